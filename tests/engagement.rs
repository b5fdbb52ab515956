//! The single engagement document: published in versions, signed by partners through a personal link, kept with what was signed.

use crate::support::{AFTER, BOUND, OPEN, Page, Person, Scene};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;
use uuid::Uuid;

const DAY: Duration = Duration::hours(25);

/// A dossier whose document is written: its owner, its two actors.
struct Stage {
    scene: Scene,
    owner: Person,
    project: ProjectId,
    actors: Vec<String>,
}

impl Stage {
    async fn new(db: PgPool) -> Self {
        let scene = Scene::new(db).await;
        let owner = scene.person("Ana").await;
        let project = scene.project(&owner, "Boucles").await;
        let mut stage = Self { scene, owner, project, actors: Vec::new() };
        stage.write("Réduire de dix pour cent l’eau prélevée.", "Ce qui est dit en réunion y reste.").await;
        let sheets: [&[(&str, &str)]; 3] = [
            &[
                ("name", "Verrerie des Borderies"),
                ("kind", "company"),
                ("naf", "23.13Z"),
                ("headcount", "100-199"),
                ("role", "Fournit la chaleur"),
                ("influence", "3"),
            ],
            &[("name", "Communauté de Jarnac"), ("kind", "authority"), ("headcount", "50-99"), ("role", "Finance"), ("influence", "4")],
            &[("name", "Tonnellerie du Port"), ("kind", "company"), ("headcount", "20-49")],
        ];
        for sheet in sheets {
            let actor = stage.scene.row(&stage.owner, project, "acteurs").await;
            let mut pairs = vec![("version", "1")];
            pairs.extend(sheet);
            stage.scene.post(&stage.owner, &format!("/dossiers/{project}/acteurs/{actor}"), &pairs).await.expect(303);
            stage.actors.push(actor);
        }
        stage
    }

    fn url(&self, path: &str) -> String {
        format!("/dossiers/{}/engagement{path}", self.project)
    }

    async fn write(&self, objectives: &str, principles: &str) {
        let path = format!("/dossiers/{}/mobilisation?theme=engagements", self.project);
        let version = self.scene.get(&self.owner, &path).await.hidden("version");
        let pairs = [("version", version.as_str()), ("charter_objectives", objectives), ("charter_principles", principles)];
        self.scene.post(&self.owner, &path, &pairs).await.expect(303);
    }

    /// Publishes the text as written; those signatories are asked to sign it.
    async fn publish(&self, asked: &[i64]) -> Page {
        self.publish_at(&self.scene, asked).await
    }

    async fn publish_at(&self, scene: &Scene, asked: &[i64]) -> Page {
        let path = self.url("/publier");
        let page = scene.get(&self.owner, &path).await;
        page.expect(200);
        let (version, fingerprint) = (page.hidden("version"), page.hidden("empreinte"));
        let ids: Vec<String> = asked.iter().map(ToString::to_string).collect();
        let mut pairs = vec![("version", version.as_str()), ("empreinte", fingerprint.as_str())];
        pairs.extend(ids.iter().map(|id| ("signataire", id.as_str())));
        scene.post(&self.owner, &path, &pairs).await
    }

    /// Puts an actor in the list and writes to it; its id and its secret.
    async fn invite(&self, actor: usize, contact: &str) -> (i64, String) {
        let email = format!("{}@partenaire.example", trame::kit::french::slug(contact));
        let pairs = [("version", "0"), ("stakeholder", self.actors[actor].as_str()), ("contact", contact), ("email", &email), ("envoyer", "oui")];
        self.scene.post(&self.owner, &self.url("/signataires"), &pairs).await.expect(303);
        let id = sqlx::query_scalar("select id from engagement_signatory where email = $1 and removed_at is null")
            .bind(&email)
            .fetch_one(&self.scene.app.db)
            .await
            .expect("signatory");
        (id, self.secret(&email).await)
    }

    /// The secret of the last link mailed to an address.
    async fn secret(&self, email: &str) -> String {
        let bodies = self.mails(email).await;
        let body = bodies.iter().rev().find(|(kind, _)| kind.starts_with("engagement") && kind != "engagement_copy").expect("a link").1.clone();
        body.split("/engagement/")
            .nth(1)
            .expect("a link")
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_')
            .next()
            .expect("a secret")
            .to_owned()
    }

    async fn mails(&self, email: &str) -> Vec<(String, String)> {
        sqlx::query_as("select kind, body from mail where recipient = $1 order by id").bind(email).fetch_all(&self.scene.app.db).await.expect("mails")
    }

    async fn open(&self, token: &str) -> Page {
        self.scene.get_public(&format!("/engagement/{token}")).await
    }

    async fn sign(&self, scene: &Scene, token: &str, name: &str) -> Page {
        let page = scene.get_public(&format!("/engagement/{token}")).await;
        let fingerprint = page.hidden("empreinte");
        let (version, operation) = (page.hidden("version"), page.hidden("operation"));
        let pairs = [
            ("version", version.as_str()),
            ("operation", &operation),
            ("empreinte", &fingerprint),
            ("nom", name),
            ("fonction", "Directrice"),
            ("organisation", "Verrerie des Borderies"),
            ("accord", "oui"),
        ];
        scene.post_public(&format!("/engagement/{token}"), &pairs).await
    }

    async fn count(&self, statement: &'static str) -> i64 {
        sqlx::query_scalar(statement).fetch_one(&self.scene.app.db).await.expect("count")
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_partner_signs_without_an_account_and_the_dossier_follows(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.scene.get(&stage.owner, &stage.url("")).await.says("Aucune version publiée").says("Personne dans la liste");
    stage.publish(&[]).await.expect(303);
    let page = stage.scene.get(&stage.owner, &stage.url("")).await;
    page.says("version 1").says("Le texte écrit dans le dossier est celui de cette version");
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    stage.scene.get(&stage.owner, &stage.url("")).await.says("Inès Marchand").says("Invité").says("Fournit la chaleur").says("100 à 199 salariés");

    let page = stage.open(&token).await;
    page.expect(200)
        .says("Réduire de dix pour cent")
        .says("Ce qui est dit en réunion y reste")
        .says("Syndicat mixte Rives de Charente")
        .says("mercredi 14 octobre 2015");
    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow, noarchive");
    assert_eq!(page.headers["cache-control"], "no-store");
    stage.scene.get(&stage.owner, &stage.url("")).await.says("Vu");

    let answer = stage.sign(&stage.scene, &token, "Inès Marchand").await;
    answer.expect(303);
    assert_eq!(answer.location, format!("/engagement/{token}#etat"));
    let page = stage.open(&token).await;
    page.says("Vous avez signé ce document")
        .says("Inès Marchand, Directrice, mercredi 23 septembre 2015 à 14 h, heure de Paris")
        .is_silent_on("Signer le document");

    let (digest, content): (Vec<u8>, String) =
        sqlx::query_as("select digest, content from engagement_document").fetch_one(&stage.scene.app.db).await.expect("text");
    let hex = trame::project::files::hex(&digest);
    let copy = stage.scene.get_public(&format!("/engagement/{token}/exemplaire?version=1")).await;
    copy.expect(200).says("Réduire de dix pour cent").says("Inès Marchand, Directrice").says(&hex);
    let text = stage.scene.get_public(&format!("/engagement/{token}/texte?version=1")).await;
    assert_eq!(text.body, content, "the text downloaded is the one that has the digest");
    assert!(text.headers["content-disposition"].to_str().expect("ascii").starts_with("attachment"));
    let mails = stage.mails("ines-marchand@partenaire.example").await;
    let (_, body) = mails.iter().find(|(kind, _)| kind == "engagement_copy").expect("a copy");
    assert!(body.contains(&hex) && body.contains("Réduire de dix pour cent") && body.contains(&format!("/engagement/{token}/exemplaire")), "{body}");
    assert_eq!(stage.mails(&stage.owner.email).await.iter().filter(|(kind, _)| kind == "engagement_answer").count(), 1);

    let commitment: serde_json::Value =
        sqlx::query_scalar("select content from unit where kind = 'commitment' and not is_deleted").fetch_one(&stage.scene.app.db).await.expect("commitment");
    assert_eq!(
        commitment,
        serde_json::json!({ "stakeholder": stage.actors[0], "kind": "commitment_charter", "signatory": "Inès Marchand", "function": "Directrice", "signed_on": "2015-09-23" })
    );
    assert_eq!(stage.count("select commitments::bigint from project").await, 1);
    let page = stage.scene.get(&stage.owner, &stage.url("")).await;
    page.says("1 signature sur 1 organisation")
        .says("1 organisation signataire, 1 sollicitée et 3 acteurs au dossier")
        .says("100 à 199 salariés chez les signataires, 170 à 347");
    page.says("23, Fabrication d’autres produits minéraux non métalliques").says("1 signataire d’influence forte ou décisive sur 2");
    stage.scene.get(&stage.owner, &format!("/dossiers/{}", stage.project)).await.says("a signé le document d’engagement par son lien personnel");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_link_opens_one_document_and_nothing_else(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, verrerie) = stage.invite(0, "Inès Marchand").await;
    let (_, mairie) = stage.invite(1, "Paul Roy").await;
    stage.scene.post_public(&format!("/engagement/{mairie}/refus"), &[("motif", "Un désaccord sur la clé de répartition")]).await.expect(303);
    stage.sign(&stage.scene, &verrerie, "Inès Marchand").await.expect(303);

    // The team has it all to see.
    let list = stage.scene.get(&stage.owner, &stage.url("")).await;
    list.says("Paul Roy").says("Décliné");
    let signatory: i64 = stage.count("select max(id) from engagement_signatory").await;
    stage.scene.get(&stage.owner, &stage.url(&format!("/signataires/{signatory}"))).await.says("clé de répartition").says("paul-roy@partenaire.example");
    for path in ["", "/exemplaire", "/refus", "/retrait", "/rappels"] {
        let page = stage.scene.get_public(&format!("/engagement/{verrerie}{path}")).await;
        page.expect(200).is_silent_on("Paul Roy").is_silent_on("clé de répartition").is_silent_on("partenaire.example").is_silent_on("Communauté de Jarnac");
        assert!(!page.body.contains("partenaire.example") && !page.body.contains("/dossiers/"), "{path}");
    }
    // The carrier may let the names of those who signed be seen: names of organisations, and only those who signed.
    let setting = stage.scene.get(&stage.owner, &stage.url("")).await;
    assert!(setting.body.contains("name=\"noms\" value=\"oui\""));
    stage.scene.post(&stage.owner, &stage.url(""), &[("version", "0"), ("noms", "oui")]).await.expect(303);
    let page = stage.open(&mairie).await;
    page.says("Ont déjà signé").says("Verrerie des Borderies").is_silent_on("Inès Marchand").is_silent_on("Tonnellerie");
    stage.open(&verrerie).await.is_silent_on("Communauté de Jarnac");
    // A stale form of the settings changes nothing.
    stage.scene.post(&stage.owner, &stage.url(""), &[("version", "0")]).await.expect(409).says("Une autre personne vient de les changer");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn unknown_expired_and_revoked_links_lead_to_the_same_page(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, token) = stage.invite(0, "Inès Marchand").await;
    stage.open(&token).await.expect(200);
    let unknown = stage.open("inconnu").await;
    unknown.expect(404).says("Ce lien ne s’ouvre pas").says("demandez un autre lien");
    let late = stage.scene.at(OPEN + Duration::days(91));
    let expired = late.get_public(&format!("/engagement/{token}")).await;
    // After the bound a link still shows its holder what they answered, for ninety days.
    stage.scene.at(AFTER).get_public(&format!("/engagement/{token}")).await.expect(200).says("L’appel est clos").is_silent_on("Signer le document");
    stage.scene.post(&stage.owner, &stage.url(&format!("/signataires/{id}/liens")), &[("version", "1")]).await.expect(303);
    let revoked = stage.open(&token).await;
    for page in [expired, revoked] {
        page.expect(404);
        assert_eq!(page.body, unknown.body, "nothing tells why a link does not open");
    }
    for path in ["/refus", "/retrait", "/rappels", "/exemplaire", "/texte"] {
        stage.scene.get_public(&format!("/engagement/{token}{path}")).await.expect(404);
    }
    for path in ["", "/refus", "/retrait", "/rappels"] {
        let pairs = [("nom", "A"), ("fonction", "B"), ("organisation", "C"), ("accord", "oui"), ("motif", "Non"), ("empreinte", "x")];
        stage.scene.post_public(&format!("/engagement/{token}{path}"), &pairs).await.expect(404);
    }
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 0);
    let mut last = 0;
    for _ in 0..60 {
        last = stage.open("essai").await.status.as_u16();
    }
    assert_eq!(last, 429, "links are not found by trying");
    let kept: Vec<Vec<u8>> = sqlx::query_scalar("select token_hash from engagement_link").fetch_all(&stage.scene.app.db).await.expect("links");
    assert_eq!(kept, [trame::access::digest(&token)], "only the digest of a link is kept");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_form_sent_five_times_at_once_is_one_signature(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    let page = stage.open(&token).await;
    let (fingerprint, operation) = (page.hidden("empreinte"), page.hidden("operation"));
    let address = format!("/engagement/{token}");
    let form = [
        ("operation", operation.as_str()),
        ("empreinte", &fingerprint),
        ("nom", "Inès Marchand"),
        ("fonction", "Directrice"),
        ("organisation", "Verrerie"),
        ("accord", "oui"),
    ];
    let send = || stage.scene.post_public(&address, &form);
    let (a, b, c, d, e) = tokio::join!(send(), send(), send(), send(), send());
    for page in [a, b, c, d, e] {
        page.expect(303);
        assert_eq!(page.location, format!("/engagement/{token}#etat"));
    }
    let form = [
        ("operation", "0190a5a0-0000-7000-8000-000000000001"),
        ("nom", "Autre"),
        ("fonction", "x"),
        ("organisation", "y"),
        ("accord", "oui"),
        ("empreinte", "z"),
    ];
    stage.scene.post_public(&address, &form).await.expect(303);
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 1);
    assert_eq!(stage.count("select count(*) from unit where kind = 'commitment'").await, 1);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_copy'").await, 1);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_partner_declines_signs_all_the_same_then_takes_it_back(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, token) = stage.invite(0, "Inès Marchand").await;
    let refusal = format!("/engagement/{token}/refus");
    stage.scene.get_public(&refusal).await.expect(200).says("lus que de l’équipe");
    stage.scene.post_public(&refusal, &[("motif", "  ")]).await.expect(422).says("Écrire pourquoi");
    let long = "é".repeat(2_001);
    stage.scene.post_public(&refusal, &[("motif", &long)]).await.expect(422).says("2 000 caractères au plus").says(&long[..100]);
    stage.scene.post_public(&refusal, &[("motif", "Pas avant l’assemblée générale.")]).await.expect(303);
    stage.scene.post_public(&refusal, &[("motif", "Pas avant l’assemblée générale.")]).await.expect(303);
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 1, "the same refusal is kept once");
    stage.open(&token).await.says("Vous avez décliné").says("Signer le document");
    let reasons = stage.mails(&stage.owner.email).await;
    assert!(reasons.iter().any(|(kind, body)| kind == "engagement_answer" && body.contains("assemblée générale")));

    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    assert_eq!(stage.count("select commitments::bigint from project").await, 1);
    let take_back = format!("/engagement/{token}/retrait");
    stage.scene.get_public(&take_back).await.expect(200).says("reste dans l’historique");
    stage.scene.post_public(&take_back, &[]).await.expect(303);
    stage.scene.post_public(&take_back, &[]).await.expect(303);
    assert_eq!(stage.count("select commitments::bigint from project").await, 0);
    stage.open(&token).await.says("Vous avez retiré votre signature").says("Signer le document");
    stage
        .scene
        .get(&stage.owner, &stage.url(&format!("/signataires/{id}")))
        .await
        .says("Signature retirée")
        .says("a signé par son lien")
        .says("A retiré sa signature");
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 4, "nothing is erased");
    assert_eq!(stage.count("select count(*) from unit where kind = 'commitment'").await, 1, "one organisation has one commitment");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_floods_the_team_by_changing_their_mind(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    for _ in 0..10 {
        stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
        stage.scene.post_public(&format!("/engagement/{token}/retrait"), &[]).await.expect(303);
    }
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(429).says("Vous avez répondu vingt fois");
    stage.sign(&stage.scene.at(OPEN + DAY), &token, "Inès Marchand").await.expect(303);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn when_the_text_changes_a_signature_stays_with_the_text_signed_and_another_is_asked(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (verrerie, first) = stage.invite(0, "Inès Marchand").await;
    let (mairie, second) = stage.invite(1, "Paul Roy").await;
    stage.sign(&stage.scene, &first, "Inès Marchand").await.expect(303);
    stage.sign(&stage.scene, &second, "Paul Roy").await.expect(303);
    let stale = stage.scene.get(&stage.owner, &stage.url("/publier")).await;
    stale.says("Le texte est celui de la version en vigueur");

    let later = stage.scene.at(OPEN + DAY);
    stage.write("Réduire de quinze pour cent l’eau prélevée.", "Ce qui est dit en réunion y reste.").await;
    stage.scene.get(&stage.owner, &stage.url("")).await.says("Le texte écrit dans le dossier a changé depuis").says("Objectifs : 1 mot ajouté, 1 mot retiré");
    let page = later.get(&stage.owner, &stage.url("/publier")).await;
    page.says("Publier la version 2").says("1 mot ajouté, 1 mot retiré").says("Inès Marchand").says("Paul Roy");
    assert_eq!(page.body.matches("name=\"signataire\"").count(), page.body.matches("checked>").count(), "everybody is asked unless the team says otherwise");
    stage.publish_at(&later, &[verrerie]).await.expect(303);

    let list = later.get(&stage.owner, &stage.url("")).await;
    list.says("À re-signer")
        .says("a signé la version 1")
        .says("Signé")
        .says("2 signatures sur 2 organisations, dont 1 d’une version précédente, à signer de nouveau");
    let mails = stage.mails("ines-marchand@partenaire.example").await;
    let (_, body) = mails.last().expect("a mail");
    assert!(body.contains("« dix » devient « quinze »".replace("« ", "«\u{a0}").replace(" »", "\u{a0}»").as_str()), "{body}");
    assert_eq!(stage.mails("paul-roy@partenaire.example").await.iter().filter(|(kind, _)| kind == "engagement").count(), 1, "nobody else is written to");

    // Both links of the first, old and new, show the new text, what changed, and the text signed before.
    let token = stage.secret("ines-marchand@partenaire.example").await;
    assert_ne!(token, first);
    for link in [&token, &first] {
        let page = later.get_public(&format!("/engagement/{link}")).await;
        page.says("Le texte a changé depuis votre signature").says("quinze").says("Signer le document");
        assert!(page.body.contains("<del>dix </del><ins>quinze </ins>"), "{}", page.body);
        later.get_public(&format!("/engagement/{link}/exemplaire?version=1")).await.expect(200).says("dix pour cent").says("Inès Marchand, Directrice");
    }
    // The other keeps the text signed, and does not read the new one.
    let page = later.get_public(&format!("/engagement/{second}")).await;
    page.says("Vous avez signé ce document").says("dix pour cent").is_silent_on("quinze");

    stage.sign(&later, &token, "Inès Marchand").await.expect(303);
    let signed: Vec<(i32, bool)> = sqlx::query_as(
        "select document.number, document.digest = answer.digest from engagement_answer as answer
         join engagement_document as document on document.id = answer.document_id where signatory_id = $1 order by answer.id",
    )
    .bind(verrerie)
    .fetch_all(&stage.scene.app.db)
    .await
    .expect("answers");
    assert_eq!(signed, [(1, true), (2, true)]);
    later.get(&stage.owner, &stage.url(&format!("/signataires/{mairie}"))).await.says("version 1");
    assert!(sqlx::query("update engagement_document set objectives = 'x'").execute(&stage.scene.app.db).await.is_err(), "a version never changes");
    assert!(sqlx::query("delete from engagement_answer").execute(&stage.scene.app.db).await.is_err(), "a signature is never erased");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_signs_or_publishes_a_text_that_they_have_not_read(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    let read = stage.open(&token).await.hidden("empreinte");
    let page = stage.scene.get(&stage.owner, &stage.url("/publier")).await;
    page.says("Il n’y a rien à publier");
    stage.write("Réduire de vingt pour cent l’eau prélevée.", "Ce qui est dit en réunion y reste.").await;
    let fingerprint = stage.scene.get(&stage.owner, &stage.url("/publier")).await.hidden("empreinte");
    stage.write("Réduire de trente pour cent l’eau prélevée.", "Ce qui est dit en réunion y reste.").await;
    let stale = stage.scene.post(&stage.owner, &stage.url("/publier"), &[("version", "2"), ("empreinte", &fingerprint)]).await;
    stale.expect(409).says("Relisez avant de publier").says("trente");
    stage.publish(&[]).await.expect(303);

    let form = [("empreinte", read.as_str()), ("nom", "Inès Marchand"), ("fonction", "Directrice"), ("organisation", "Verrerie"), ("accord", "oui")];
    let answer = stage.scene.post_public(&format!("/engagement/{token}"), &form).await;
    answer.expect(409).says("Le texte a changé depuis que vous l’avez ouvert").says("trente").says("Rien n’est signé");
    assert!(answer.body.contains("value=\"Directrice\"") && !answer.body.contains("value=\"oui\" checked"), "what was typed comes back, but the consent");
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 0);
    stage.write("", "Ce qui est dit en réunion y reste.").await;
    let page = stage.scene.get(&stage.owner, &stage.url("/publier")).await;
    page.says("Écrire les objectifs du document");
    assert!(!page.body.contains("name=\"empreinte\""), "nothing to press while a part is missing");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn reminders_leave_once_a_day_and_stop_when_asked(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, token) = stage.invite(0, "Inès Marchand").await;
    stage.invite(1, "Paul Roy").await;
    let remind = stage.url(&format!("/signataires/{id}/envoi"));
    stage.scene.post(&stage.owner, &remind, &[("version", "1")]).await.expect(403).says("Un courriel est déjà parti depuis moins d’un jour");
    stage.scene.post(&stage.owner, &stage.url("/relances"), &[("version", "1")]).await.expect(303);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_reminder'").await, 0);

    let later = stage.scene.at(OPEN + DAY);
    later.get(&stage.owner, &stage.url("")).await.says("Relancer les 2 en attente");
    later.post(&stage.owner, &remind, &[("version", "1")]).await.expect(303);
    later.post(&stage.owner, &remind, &[("version", "1")]).await.expect(403);
    let answer = later.post(&stage.owner, &stage.url("/relances"), &[("version", "1"), ("operation", "0190a5a0-0000-7000-8000-000000000002")]).await;
    answer.expect(303);
    later.post(&stage.owner, &stage.url("/relances"), &[("version", "1"), ("operation", "0190a5a0-0000-7000-8000-000000000002")]).await.expect(303);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_reminder'").await, 2, "one each");
    later.get(&stage.owner, &answer.location).await.says("1 courriel est dans la file d’envoi");

    // Opening the page of the refusal changes nothing: mail programs open links by themselves.
    let stop = format!("/engagement/{token}/rappels");
    later.get_public(&stop).await.expect(200).says("Ne plus recevoir de rappel");
    assert_eq!(stage.count("select count(*) from engagement_signatory where reminders_stopped_at is not null").await, 0);
    later.post_public(&stop, &[("rappels", "non")]).await.expect(303);
    later.get_public(&stop).await.says("Vous ne recevrez plus de rappel");
    let after = stage.scene.at(OPEN + DAY * 2);
    after.post(&stage.owner, &remind, &[("version", "1")]).await.expect(403).says("ne souhaite plus recevoir de rappel");
    after.post(&stage.owner, &stage.url("/relances"), &[("version", "1")]).await.expect(303);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_reminder' and recipient like 'ines%'").await, 1);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_reminder' and recipient like 'paul%'").await, 2);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn seven_days_before_the_bound_a_reminder_leaves_by_itself_once_when_the_team_asked_so(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    stage.invite(1, "Paul Roy").await;
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    let near = stage.scene.at(BOUND - Duration::days(6));
    let run = async |scene: &Scene| trame::engagement::reminders::run(&scene.app).await.expect("run");
    assert_eq!(run(&near).await, 0, "nobody asked for it");
    stage.scene.post(&stage.owner, &stage.url(""), &[("version", "0"), ("rappel", "oui")]).await.expect(303);
    assert_eq!(run(&stage.scene.at(BOUND - Duration::days(7) - Duration::SECOND)).await, 0, "too early");
    let (one, two) = tokio::join!(run(&near), run(&near));
    assert_eq!(one + two, 1, "two instances do it once, for the one who has not answered");
    assert_eq!(run(&stage.scene.at(BOUND - Duration::days(2))).await, 0, "and once only");
    assert_eq!(run(&stage.scene.at(AFTER)).await, 0);
    assert_eq!(stage.count("select count(*) from mail where kind = 'engagement_reminder' and recipient like 'paul%'").await, 1);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn after_the_bound_a_signature_is_refused_with_the_instant_and_what_was_typed_comes_back(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, token) = stage.invite(0, "Inès Marchand").await;
    let read = stage.open(&token).await.hidden("empreinte");
    let form = [("empreinte", read.as_str()), ("nom", "Inès Marchand"), ("fonction", "Directrice"), ("organisation", "Verrerie"), ("accord", "oui")];
    let late = stage.scene.at(BOUND);
    let answer = late.post_public(&format!("/engagement/{token}"), &form).await;
    answer.expect(403).says("L’appel est clos depuis le jeudi 15 octobre 2015 à 0 h").says("Votre envoi est arrivé le jeudi 15 octobre 2015");
    answer.says("Ce que vous aviez écrit").says("Directrice").is_silent_on("Signer le document");
    late.post_public(&format!("/engagement/{token}/refus"), &[("motif", "Trop tard pour nous")])
        .await
        .expect(403)
        .says("L’appel est clos")
        .says("Trop tard pour nous");
    late.post(&stage.owner, &stage.url(&format!("/signataires/{id}/envoi")), &[("version", "1")]).await.expect(403).says("L’appel est clos");
    stage.sign(&stage.scene.at(BOUND - Duration::microseconds(1)), &token, "Inès Marchand").await.expect(303);
    late.post_public(&format!("/engagement/{token}/retrait"), &[]).await.expect(403);
    late.get_public(&format!("/engagement/{token}")).await.expect(200).says("Vous avez signé").is_silent_on("Retirer ma signature");
    late.get_public(&format!("/engagement/{token}/exemplaire")).await.expect(200);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_withdrawn_dossier_is_signed_by_nobody(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    let read = stage.open(&token).await.hidden("empreinte");
    sqlx::query("update project set status = 'withdrawn'").execute(&stage.scene.app.db).await.expect("written");
    let form = [("empreinte", read.as_str()), ("nom", "Inès"), ("fonction", "Directrice"), ("organisation", "Verrerie"), ("accord", "oui")];
    stage.scene.post_public(&format!("/engagement/{token}"), &form).await.expect(403).says("Ce dossier est retiré");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn between_two_deposits_a_signature_is_an_undeposited_change_and_the_deposit_shows_it_without_addresses(db: PgPool) {
    let stage = Stage::new(db).await;
    let (scene, owner, project) = (&stage.scene, &stage.owner, stage.project);
    scene.fill(owner, project).await;
    stage.publish(&[]).await.expect(303);
    let (_, verrerie) = stage.invite(0, "Inès Marchand").await;
    let (_, mairie) = stage.invite(1, "Paul Roy").await;
    scene.post_public(&format!("/engagement/{mairie}/refus"), &[("motif", "Un désaccord sur la clé de répartition")]).await.expect(303);
    scene.post(owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    scene.get(owner, &format!("/dossiers/{project}")).await.is_silent_on("Modifications non déposées");
    stage.sign(scene, &verrerie, "Inès Marchand").await.expect(303);
    scene.get(owner, &format!("/dossiers/{project}")).await.says("Modifications non déposées");
    let max = scene.staff("Max", &["manager"]).await;
    scene.get(&max, &format!("/dossiers/{project}/depots/1")).await.says("Document unique d’engagement, version 1").is_silent_on("Inès Marchand");
    scene.post(owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let deposit = scene.get(&max, &format!("/dossiers/{project}/depots/2")).await;
    deposit.says("Inès Marchand, Directrice").says("Verrerie des Borderies").says("Fournit la chaleur").says("Réduire de dix pour cent");
    for secret in ["partenaire.example", "Paul Roy", "clé de répartition", verrerie.as_str(), "/engagement/"] {
        assert!(!deposit.body.contains(secret), "{secret} is in the deposit");
    }
    let frozen: String = sqlx::query_scalar("select content from submission where number = 2").fetch_one(&scene.app.db).await.expect("deposit");
    assert!(frozen.contains("\"engagement\":{\"number\":1") && !frozen.contains("partenaire.example") && !frozen.contains("répartition"));
    let rita = scene.staff("Rita", &["reviewer"]).await;
    scene.assign(project, &rita).await;
    let read = scene.get(&rita, &format!("/evaluation/{project}?livrable=4")).await;
    read.expect(200).says("Document unique d’engagement, version 1").says("Inès Marchand, Directrice");
    assert!(!read.body.contains("partenaire.example"));
    // The page itself opens to the administration only when deliverable 4 is shown to it.
    for path in ["", "/publier", "/versions/1", "/signataires/1"] {
        scene.get(&max, &stage.url(path)).await.expect(404);
    }
    scene.post(owner, &format!("/dossiers/{project}/partage"), &[("version", "0"), ("partage4", "oui")]).await.expect(303);
    scene.get(&max, &format!("/dossiers/{project}/mobilisation?theme=engagements")).await.expect(200).says("Version 1 publiée, 1 signature");
    let shown = scene.get(&max, &stage.url("")).await;
    shown.expect(200).says("Verrerie des Borderies").says("Inès Marchand, Directrice").is_silent_on("Paul Roy");
    assert!(!shown.body.contains("partenaire.example"));
    scene.get(&max, &stage.url("/versions/1")).await.expect(404);
    scene.check().await;
}

/// The form of a signature on paper, as a browser sends it.
async fn paper(stage: &Stage, person: &Person, signatory: i64, fields: &[(&str, &str)], scan: Option<&[u8]>) -> Page {
    let mut body = Vec::new();
    let operation = Uuid::new_v4().to_string();
    for (name, value) in fields.iter().chain([("operation", operation.as_str())].iter()) {
        body.extend_from_slice(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
    }
    if let Some(scan) = scan {
        body.extend_from_slice(b"--edge\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"charte signee.pdf\"\r\n\r\n");
        body.extend_from_slice(scan);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--edge--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(stage.url(&format!("/signataires/{signatory}/papier")))
        .header(COOKIE, format!("trame_session={}", person.token))
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
    stage.scene.run(request.body(Body::from(body)).expect("request")).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_signature_on_paper_is_recorded_with_its_scan_for_a_given_version(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let pairs = [("version", "0"), ("stakeholder", stage.actors[0].as_str()), ("contact", "Inès Marchand"), ("email", ""), ("envoyer", "non")];
    stage.scene.post(&stage.owner, &stage.url("/signataires"), &pairs).await.expect(303);
    let id = stage.count("select id from engagement_signatory").await;
    stage.scene.post(&stage.owner, &stage.url(&format!("/signataires/{id}/envoi")), &[("version", "1")]).await.expect(403).says("Sans adresse électronique");
    let fields = [("nom", "Inès Marchand"), ("fonction", "Directrice"), ("signe", "2015-09-22"), ("numero", "1")];
    let scan = b"%PDF-1.4\n1 0 obj\n";
    let page = paper(&stage, &stage.owner, id, &[("nom", ""), ("fonction", "Directrice"), ("signe", "2015-12-31"), ("numero", "7")], None).await;
    page.expect(422)
        .says("Écrire le prénom et le nom")
        .says("Cette date est dans le futur")
        .says("Choisir la version signée")
        .says("Joindre le document signé");
    assert!(page.body.contains("value=\"Directrice\""));
    paper(&stage, &stage.owner, id, &fields, Some(b"<script>")).await.expect(422).says("n’est pas d’un type accepté");
    assert_eq!(stage.count("select count(*) from engagement_answer").await, 0);
    paper(&stage, &stage.owner, id, &fields, Some(scan)).await.expect(303);
    let page = stage.scene.get(&stage.owner, &stage.url(&format!("/signataires/{id}"))).await;
    page.says("a signé sur papier, le mardi 22 septembre 2015").says("Ouvrir le document signé").is_silent_on("Enregistrer une signature sur papier");
    let (slot, row): (String, Uuid) =
        sqlx::query_as("select slot, unit.row from attachment join unit on unit.kind = 'commitment'").fetch_one(&stage.scene.app.db).await.expect("scan");
    assert_eq!(slot, format!("engagement:{row}"));
    let sheet = stage.scene.get(&stage.owner, &format!("/dossiers/{}/engagements/{row}", stage.project)).await;
    sheet.says("charte signee.pdf");
    assert!(sheet.body.contains("value=\"Inès Marchand\"") && sheet.body.contains("value=\"2015-09-22\""));
    paper(&stage, &stage.owner, id, &fields, Some(scan)).await.expect(422).says("plus récente que celle déjà signée");
    assert_eq!(stage.count("select commitments::bigint from project").await, 1);

    stage.scene.post(&stage.owner, &stage.url(&format!("/signataires/{id}/retrait")), &[("version", "1")]).await.expect(403).says("Ce partenaire a signé");
    stage.scene.post(&stage.owner, &stage.url(&format!("/signataires/{id}/papier/retrait")), &[("version", "1")]).await.expect(303);
    assert_eq!(stage.count("select commitments::bigint from project").await, 0);
    stage.scene.get(&stage.owner, &stage.url(&format!("/signataires/{id}"))).await.says("L’équipe a retiré la signature sur papier");
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_signature_fills_the_commitment_that_awaited_it(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let row = stage.scene.row(&stage.owner, stage.project, "engagements").await;
    let path = format!("/dossiers/{}/engagements/{row}", stage.project);
    let fields = [
        ("version", "1"),
        ("stakeholder", stage.actors[0].as_str()),
        ("kind", "commitment_charter"),
        ("strength", "Deux jours par mois."),
        ("economic_weight", "180 emplois"),
    ];
    stage.scene.post(&stage.owner, &path, &fields).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    assert_eq!(stage.count("select count(*) from unit where kind = 'commitment'").await, 1);
    stage.scene.get(&stage.owner, &path).await.says("Deux jours par mois").says("Enregistré par Ana");
    stage.scene.get(&stage.owner, &stage.url("")).await.says("180 emplois").says("poids économique décrit pour 1 signataire sur 1");
    // The team takes the row out by hand: the signature stays, and the page says what it means.
    let version = stage.scene.get(&stage.owner, &path).await.hidden("version");
    stage.scene.post(&stage.owner, &format!("{path}/retirer"), &[("version", &version)]).await.expect(303);
    let id = stage.count("select id from engagement_signatory").await;
    stage.scene.get(&stage.owner, &stage.url(&format!("/signataires/{id}"))).await.says("Sa fiche d’engagement a été retirée");
    stage.scene.post_public(&format!("/engagement/{token}/retrait"), &[]).await.expect(303);
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    assert_eq!(stage.count("select commitments::bigint from project").await, 1);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn readers_read_others_see_nothing_and_a_signatory_of_another_dossier_is_unknown(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, _) = stage.invite(0, "Inès Marchand").await;
    let (reader, editor, zoe) = (stage.scene.person("Dora").await, stage.scene.person("Bob").await, stage.scene.person("Zoe").await);
    stage.scene.member(stage.project, &reader, "reader").await;
    stage.scene.member(stage.project, &editor, "editor").await;
    let other = stage.scene.project(&zoe, "Ailleurs").await;
    let own = stage.url(&format!("/signataires/{id}"));
    stage.scene.get(&reader, &stage.url("")).await.expect(200).says("Inès Marchand").says("Votre rôle permet de lire").is_silent_on("Ajouter une organisation");
    stage.scene.get(&reader, &own).await.expect(200).says("ines-marchand@partenaire.example").is_silent_on("Annuler ses liens");
    let acts = [
        stage.url(""),
        stage.url("/publier"),
        stage.url("/relances"),
        stage.url("/signataires"),
        own.clone(),
        format!("{own}/envoi"),
        format!("{own}/liens"),
        format!("{own}/retrait"),
        format!("{own}/papier/retrait"),
    ];
    for path in &acts {
        stage.scene.post(&reader, path, &[("version", "1")]).await.expect(403);
        stage.scene.post(&zoe, path, &[("version", "1")]).await.expect(404);
    }
    paper(&stage, &reader, id, &[("nom", "x")], None).await.expect(403);
    paper(&stage, &zoe, id, &[("nom", "x")], None).await.expect(404);
    // Through one's own dossier, the signatory of another is a page that does not exist.
    for path in ["", "/envoi", "/liens", "/retrait", "/papier/retrait"] {
        let path = format!("/dossiers/{other}/engagement/signataires/{id}{path}");
        stage.scene.post(&zoe, &path, &[("version", "1"), ("contact", "Zoe"), ("email", "zoe@example.org")]).await.expect(404);
    }
    stage.scene.get(&zoe, &format!("/dossiers/{other}/engagement/signataires/{id}")).await.expect(404);
    stage.scene.get(&zoe, &format!("/dossiers/{other}/engagement/versions/1")).await.expect(404);
    let pairs = [("version", "0"), ("stakeholder", stage.actors[0].as_str()), ("contact", "Zoe"), ("email", "zoe@example.org"), ("envoyer", "non")];
    stage
        .scene
        .post(&zoe, &format!("/dossiers/{other}/engagement/signataires"), &pairs)
        .await
        .expect(422)
        .says("Choisir une organisation parmi les acteurs du dossier");
    stage.scene.post(&editor, &own, &[("version", "1"), ("contact", "Inès Marchand"), ("email", "direction@partenaire.example")]).await.expect(303);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn changing_the_address_ends_the_links_sent_to_the_former_one(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (id, token) = stage.invite(0, "Inès Marchand").await;
    let own = stage.url(&format!("/signataires/{id}"));
    stage
        .scene
        .post(&stage.owner, &own, &[("version", "1"), ("contact", " "), ("email", "pas une adresse")])
        .await
        .expect(422)
        .says("pas une adresse")
        .says("Écrire le prénom");
    stage.scene.post(&stage.owner, &own, &[("version", "7"), ("contact", "Inès Marchand"), ("email", "autre@partenaire.example")]).await.expect(409);
    stage.open(&token).await.expect(200);
    stage.scene.post(&stage.owner, &own, &[("version", "1"), ("contact", "Inès Marchand"), ("email", "autre@partenaire.example")]).await.expect(303);
    stage.open(&token).await.expect(404);
    stage.scene.get(&stage.owner, &stage.url("")).await.says("À inviter");
    stage.scene.post(&stage.owner, &format!("{own}/envoi"), &[("version", "2")]).await.expect(303);
    assert_eq!(stage.mails("autre@partenaire.example").await[0].0, "engagement", "a new person is invited, not reminded");
    let other = stage.secret("autre@partenaire.example").await;
    stage.open(&other).await.expect(200);
    stage.scene.post(&stage.owner, &format!("{own}/retrait"), &[("version", "2")]).await.expect(303);
    stage.open(&other).await.expect(404);
    stage.scene.get(&stage.owner, &own).await.expect(404);
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn hostile_input_gets_a_sentence_and_never_a_fault_of_ours(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.write("<script>alert(1)</script> {{ 7 * 7 }}\n\n\"';--", "=1+1").await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    let page = stage.open(&token).await;
    assert!(!page.body.contains("<script>alert"), "what people write is never markup");
    page.says("{{ 7 * 7 }}");
    let read = page.hidden("empreinte");
    let million = "x".repeat(1_000_000);
    for name in ["", " ", "\0", "\u{202e}", &"é".repeat(121), &million[..500_000]] {
        let form = [("empreinte", read.as_str()), ("nom", name), ("fonction", "Directrice"), ("organisation", "Verrerie"), ("accord", "oui")];
        stage.scene.post_public(&format!("/engagement/{token}"), &form).await.expect(422).says("Écrire votre prénom et votre nom");
    }
    let form = [("empreinte", read.as_str()), ("nom", "Inès"), ("fonction", "Directrice"), ("organisation", "Verrerie")];
    stage.scene.post_public(&format!("/engagement/{token}"), &form).await.expect(422).says("Cocher la case pour dire votre accord");
    stage.scene.post_public(&format!("/engagement/{token}"), &[("nom", million.as_str()), ("fonction", &million)]).await.expect(413);
    stage.scene.send(None, Method::POST, &format!("/engagement/{token}"), Some("nom=x".into()), false).await.expect(400);
    for path in ["/engagement/%00", "/engagement/..%2f..", "/engagement/%F0%9F%98%80", "/engagement/a/texte?version=99999999999999999999"] {
        stage.scene.get_public(path).await.expect(404);
    }
    stage.scene.get_public(&format!("/engagement/{token}/exemplaire?version=2")).await.expect(404);
    stage.scene.get(&stage.owner, &stage.url("/versions/99999999999")).await.expect(404);
    stage.scene.get(&stage.owner, &stage.url("/signataires/-1")).await.expect(404);
    let form = [
        ("empreinte", read.as_str()),
        ("nom", "Inès\r\nBcc: x@y.fr"),
        ("fonction", "<b>Directrice</b>"),
        ("organisation", "'; drop table unit;--"),
        ("accord", "oui"),
    ];
    stage.scene.post_public(&format!("/engagement/{token}"), &form).await.expect(303);
    let page = stage.scene.get(&stage.owner, &stage.url("/versions/1")).await;
    page.says("Inès  Bcc: x@y.fr".replace("  ", " ").as_str());
    assert!(!page.body.contains("<b>Directrice</b>"));
    stage.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_verification_finds_a_text_or_a_commitment_changed_behind_our_back(db: PgPool) {
    let stage = Stage::new(db).await;
    stage.publish(&[]).await.expect(303);
    let (_, token) = stage.invite(0, "Inès Marchand").await;
    stage.sign(&stage.scene, &token, "Inès Marchand").await.expect(303);
    stage.scene.check().await;
    for (statement, fault) in [
        ("alter table engagement_document disable trigger user; update engagement_document set objectives = 'x'", "ne correspond pas au texte"),
        (
            "alter table unit_history disable trigger user; delete from history_entry; delete from unit_history where kind = 'commitment'",
            "n’a pas rempli d’engagement",
        ),
    ] {
        sqlx::raw_sql(statement).execute(&stage.scene.app.db).await.expect("tampered");
        let report = trame::check::run(&stage.scene.app).await.expect("check").to_string();
        assert!(report.contains(fault), "{report}");
    }
}
