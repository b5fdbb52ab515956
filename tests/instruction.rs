//! Instruction: admissibility, corrections that reopen what they aim at and nothing else, what came since one's last reading, and
//! what the administration keeps to itself.

use crate::support::{AFTER, OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

const LETTER: &str = "Une réponse écrite pour l’essai, qui dit l’essentiel.";

async fn one<T>(scene: &Scene, query: &'static str, project: ProjectId) -> T
where
    T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    sqlx::query_scalar(query).bind(project.get()).fetch_one(&scene.app.db).await.expect(query)
}

async fn status(scene: &Scene, project: ProjectId) -> String {
    one(scene, "select status from project where id = $1", project).await
}

/// Addresses that received a mail of that kind, each with its text.
async fn mails(scene: &Scene, kind: &str) -> Vec<(String, String)> {
    sqlx::query_as("select recipient, subject || ' ' || body from mail where kind = $1 order by id").bind(kind).fetch_all(&scene.app.db).await.expect("mails")
}

/// A deposited dossier, its owner and a manager of its call, after the bound.
async fn deposited(db: PgPool) -> (Scene, Person, Person, ProjectId) {
    let scene = Scene::new(db).await;
    let (owner, manager) = (scene.person("Ana").await, scene.staff("Mathieu", &["manager"]).await);
    let project = scene.project(&owner, "Boucles de Charente").await;
    scene.fill(&owner, project).await;
    scene.post(&owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    (scene.at(AFTER), owner, manager, project)
}

async fn open(scene: &Scene, manager: &Person, project: ProjectId) {
    scene.post(manager, &format!("/dossiers/{project}/instruction/ouverture"), &[("version", "0")]).await.expect(303);
}

async fn judge(scene: &Scene, manager: &Person, project: ProjectId, judgement: &str) {
    let path = format!("/dossiers/{project}/instruction");
    let version = scene.get(manager, &path).await.hidden("version");
    let names: Vec<String> = ["eligibility", "impact", "collective", "deadline", "letter", "motivation", "organisation", "assessment", "actions", "commitment"]
        .iter()
        .map(|key| format!("jugement.{key}"))
        .collect();
    let mut pairs = vec![("version", version.as_str())];
    pairs.extend(names.iter().map(|name| (name.as_str(), judgement)));
    scene.post(manager, &path, &pairs).await.expect(303);
}

/// Asks for a correction of those points, due five days later.
async fn ask(scene: &Scene, manager: &Person, project: ProjectId, points: &[&str]) -> String {
    let mut pairs = vec![("version", "0"), ("message", "Préciser qui décide, et à quelle fréquence."), ("echeance", "2015-10-25T12:00")];
    pairs.extend(points.iter().map(|point| ("point", *point)));
    let page = scene.post(manager, &format!("/dossiers/{project}/corrections/nouvelle"), &pairs).await;
    page.expect(303);
    page.location
}

async fn section_version(scene: &Scene, person: &Person, path: &str) -> String {
    scene.get(person, path).await.hidden_or("version", "1")
}

async fn write(scene: &Scene, person: &Person, path: &str, pairs: &[(&str, &str)]) -> Page {
    let version = section_version(scene, person, path).await;
    let mut all = vec![("version", version.as_str())];
    all.extend_from_slice(pairs);
    scene.post(person, path, &all).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r107_the_pieces_are_examined_after_the_bound_and_the_verdict_is_told(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let path = format!("/dossiers/{project}/instruction");
    scene.at(OPEN).post(&mathieu, &format!("{path}/ouverture"), &[("version", "0")]).await.expect(403).says("Le dépôt est encore ouvert");
    scene.at(OPEN).get(&mathieu, &path).await.expect(200).says("Le dépôt est encore ouvert");
    scene.get(&mathieu, &path).await.expect(200).says("oui, dépôt n° 2015-01-1 reçu le").says("oui, notifiée le").says("R113");
    let id = mathieu.id.to_string();
    scene.post(&mathieu, &format!("{path}/charge"), &[("version", "0"), ("charge", &id)]).await.expect(303);
    scene.post(&mathieu, &format!("{path}/charge"), &[("version", "1"), ("charge", "999999")]).await.expect(422);
    open(&scene, &mathieu, project).await;
    scene.post(&mathieu, &format!("{path}/ouverture"), &[("version", "0")]).await.expect(403).says("déjà ouvert");
    assert_eq!(status(&scene, project).await, "admissibility");
    assert_eq!(mails(&scene, "admissibility").await.len(), 1);
    assert!(mails(&scene, "admissibility").await[0].1.contains("Mathieu"));
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("En recevabilité").says("a ouvert l’examen de recevabilité");

    let decision = format!("{path}/decision");
    let verdict = [("version", "2"), ("decision", "admissible"), ("motif", "")];
    scene.post(&mathieu, &decision, &verdict).await.expect(403).says("Chaque point de la liste");
    judge(&scene, &mathieu, project, "met").await;
    scene.post(&mathieu, &decision, &[("version", "3"), ("decision", ""), ("motif", "")]).await.expect(422).says("Choisir une décision");
    scene.post(&mathieu, &decision, &[("version", "3"), ("decision", "inadmissible"), ("motif", " ")]).await.expect(422).says("Écrire le motif");
    scene
        .post(&mathieu, &decision, &[("version", "2"), ("decision", "inadmissible"), ("motif", "Une pièce manque.")])
        .await
        .expect(409)
        .says("Une pièce manque.");
    judge(&scene, &mathieu, project, "unmet").await;
    scene.post(&mathieu, &decision, &[("version", "4"), ("decision", "admissible"), ("motif", "")]).await.expect(422).says("malgré");
    let once =
        [("version", "4"), ("decision", "inadmissible"), ("motif", "Le courrier n’est pas signé."), ("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a01")];
    scene.post(&mathieu, &decision, &once).await.expect(303);
    scene.post(&mathieu, &decision, &once).await.expect(303);
    assert_eq!(status(&scene, project).await, "inadmissible");
    let told = mails(&scene, "verdict").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].0 == ana.email && told[0].1.contains("Le courrier n’est pas signé."), "{told:?}");
    assert_eq!(one::<i64>(&scene, "select count(*) from admissibility_verdict where project_id = $1", project).await, 1);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("Irrecevable").says("a déclaré le dossier irrecevable");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_found_admissible_goes_to_review_and_one_under_examination_waits(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let before = scene.at(OPEN);
    let other = before.project(&ana, "Rives").await;
    before.fill(&ana, other).await;
    before.post(&ana, &format!("/dossiers/{other}/depot"), &[("version", "0")]).await.expect(303);
    for dossier in [project, other] {
        open(&scene, &mathieu, dossier).await;
    }
    judge(&scene, &mathieu, project, "met").await;
    let version = scene.get(&mathieu, &format!("/dossiers/{project}/instruction/decision")).await.hidden("version");
    let verdict = [("version", version.as_str()), ("decision", "admissible"), ("motif", "")];
    scene.post(&mathieu, &format!("/dossiers/{project}/instruction/decision"), &verdict).await.expect(303);
    scene.get(&mathieu, "/appel/ouvrir-evaluation?appel=essai").await.says("Prêts 1 dossier").says("En examen de recevabilité 1");
    scene.post(&mathieu, "/appel/ouvrir-evaluation?appel=essai", &[("version", "1")]).await.expect(303);
    assert_eq!((status(&scene, project).await.as_str(), status(&scene, other).await.as_str()), ("in_review", "admissibility"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_correction_reopens_what_it_aims_at_and_nothing_else(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    open(&scene, &mathieu, project).await;
    let base = format!("/dossiers/{project}");
    let action: uuid::Uuid = one(&scene, "select row from unit where project_id = $1 and kind = 'action'", project).await;
    let actor: uuid::Uuid = one(&scene, "select row from unit where project_id = $1 and kind = 'stakeholder'", project).await;
    let asked = ask(&scene, &mathieu, project, &["organisation.animation/q5", &format!("action/{action}")]).await;
    assert_eq!(asked, format!("{base}/corrections/1"));
    assert_eq!(status(&scene, project).await, "changes_requested");
    let mail = &mails(&scene, "correction").await[0];
    assert!(mail.0 == ana.email && mail.1.contains("question") | mail.1.contains("5.") && mail.1.contains("qui décide"), "{mail:?}");

    scene.get(&ana, &base).await.says("Correction demandée n° 1").says("Complément demandé").says("qui décide");
    let animation = format!("{base}/organisation?theme=animation");
    let page = scene.get(&ana, &animation).await;
    page.expect(200).says("Correction demandée n° 1");
    assert!(page.body.contains("name=\"q5\"") && !page.body.contains("name=\"q6\""), "only what is asked is drawn to be written");
    let version = page.hidden("version");
    let other = scene.get(&ana, &format!("{base}/organisation?theme=portage")).await;
    other.says("Seuls les points d’une demande de correction se modifient");
    assert!(!other.body.contains("name=\"q11\""));

    // What is asked is written, by the form and by the script.
    let saved = scene.autosave(&ana, &animation, &[("version", &version), ("q5", "Le comité décide, chaque mois.")]).await;
    saved.expect(200);
    write(&scene, &ana, &format!("{base}/actions/{action}"), &[("title", "Navette des trois zones")]).await.expect(303);

    // Nothing else is, even beside what is asked, and nothing of such a sending is kept.
    let both = write(&scene, &ana, &animation, &[("q5", "Autre chose"), ("q6", "Glissé à côté")]).await;
    both.expect(403).says("Seuls les points").says("Glissé à côté");
    write(&scene, &ana, &format!("{base}/organisation?theme=portage"), &[("q11", "Glissé ailleurs")]).await.expect(403);
    write(&scene, &ana, &format!("{base}/acteurs/{actor}"), &[("name", "Verrerie renommée")]).await.expect(403);
    let version = section_version(&scene, &ana, &format!("{base}/actions/{action}")).await;
    for (path, pairs) in [
        (format!("{base}/acteurs/nouveau"), vec![("version", "0")]),
        (format!("{base}/actions/nouveau"), vec![("version", "0")]),
        (format!("{base}/acteurs/{actor}/retirer"), vec![("version", version.as_str())]),
        (format!("{base}/depot"), vec![("version", "0")]),
        (format!("{base}/historique"), vec![("version", "1"), ("source", "1")]),
        (format!("{base}/perimetre"), vec![("version", "0"), ("ajouter", "16167")]),
        (format!("{base}/atelier"), vec![("version", "0"), ("carte", "eau")]),
        (format!("{base}/parties/1"), vec![("version", "0"), ("partie", "terminee")]),
        (format!("{base}/engagement"), vec![("version", "0")]),
    ] {
        scene.post(&ana, &path, &pairs).await.expect(403);
    }
    let pieces = |slot: &str| format!("{base}/pieces?slot={slot}&operation={}&retour={base}", uuid::Uuid::new_v4());
    scene.upload(&ana, &pieces("courrier"), "courrier.pdf", b"%PDF-1.4 essai").await.expect(403);
    scene.upload(&ana, &pieces(&format!("preuves:{action}")), "preuve.pdf", b"%PDF-1.4 essai").await.expect(303);
    let kept: String = one(&scene, "select content->>'q5' from unit where project_id = $1 and kind = 'organisation.animation'", project).await;
    assert_eq!(kept, "Le comité décide, chaque mois.");
    let texts: i64 = one(&scene, "select count(*) from unit_history where project_id = $1 and content::text like '%Glissé%'", project).await;
    assert_eq!(texts, 0, "what is refused is kept nowhere");

    // Its due instant closes it, for the answer too.
    let late = scene.at(time::macros::datetime!(2015-10-25 11:00 UTC));
    late.post(&ana, &animation, &[("version", "3"), ("q5", "Trop tard")]).await.expect(403).says("La correction était attendue");
    late.post(&ana, &format!("{asked}/reponse"), &[("version", "1"), ("mot", "")]).await.expect(403).says("La correction était attendue");
    late.get(&ana, &base).await.says("Elle était attendue jusqu’au");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_answer_is_a_deposit_that_changes_only_what_was_asked(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let base = format!("/dossiers/{project}");
    // Written after the deposit and never deposited: a correction does not carry it in.
    let before = scene.at(OPEN + Duration::hours(1));
    write(&before, &ana, &format!("{base}/organisation?theme=portage"), &[("q11", "Jamais déposé, jamais lu.")]).await.expect(303);
    open(&scene, &mathieu, project).await;
    ask(&scene, &mathieu, project, &["organisation.animation/q5"]).await;
    ask(&scene, &mathieu, project, &["candidature.pieces/letter"]).await;
    let digest: Vec<u8> = one(&scene, "select digest from submission where project_id = $1 and number = 1", project).await;
    let answer = format!("{base}/corrections/1/reponse");
    scene.post(&ana, &answer, &[("version", "1"), ("mot", "")]).await.expect(422).says("Rien n’a changé");
    write(&scene, &ana, &format!("{base}/organisation?theme=animation"), &[("q5", "Le comité décide, chaque mois.")]).await.expect(303);
    let once = [("version", "1"), ("mot", "La fréquence est dite."), ("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a02")];
    scene.post(&ana, &answer, &once).await.expect(303);
    scene.post(&ana, &answer, &once).await.expect(303);
    assert_eq!(one::<i64>(&scene, "select count(*) from submission where project_id = $1", project).await, 2);
    assert_eq!(one::<String>(&scene, "select channel from submission where project_id = $1 and number = 2", project).await, "correction");
    assert_eq!(one::<Vec<u8>>(&scene, "select digest from submission where project_id = $1 and number = 1", project).await, digest);
    let content: String = one(&scene, "select content from submission where project_id = $1 and number = 2", project).await;
    assert!(content.contains("chaque mois") && !content.contains("Jamais déposé"));
    // The other request still waits; what was answered is closed to writing.
    assert_eq!(status(&scene, project).await, "changes_requested");
    write(&scene, &ana, &format!("{base}/organisation?theme=animation"), &[("q5", "Encore")]).await.expect(403);
    let page = scene.get(&mathieu, &format!("{base}/corrections/1")).await;
    page.expect(200).says("La fréquence est dite.").says("Réponse reçue").is_silent_on("Jamais déposé");
    assert!(page.body.contains("<ins>Le comité décide, chaque mois.</ins>") || page.body.contains("<ins>"), "word by word");
    assert_eq!(mails(&scene, "correction_kept").await.len(), 1);
    assert_eq!(mails(&scene, "correction_answered").await.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [mathieu.email.as_str()]);

    scene.post(&mathieu, &format!("{base}/corrections/2/cloture"), &[("version", "1"), ("issue", "accepted")]).await.expect(422);
    scene.post(&mathieu, &format!("{base}/corrections/2/cloture"), &[("version", "1"), ("issue", "cancelled"), ("mot", "Inutile.")]).await.expect(303);
    assert_eq!(status(&scene, project).await, "admissibility");
    scene.post(&mathieu, &format!("{base}/corrections/1/cloture"), &[("version", "1"), ("issue", "accepted")]).await.expect(409);
    scene.post(&mathieu, &format!("{base}/corrections/1/cloture"), &[("version", "2"), ("issue", "accepted")]).await.expect(303);
    assert_eq!(mails(&scene, "correction_closed").await.len(), 2);
    scene.get(&ana, &format!("{base}/corrections")).await.says("Correction acceptée").says("Demande annulée");
    scene.get(&mathieu, &format!("{base}/comparaison?de=1&a=2")).await.expect(200).says("1 point diffère");
    scene.get(&mathieu, &format!("{base}/comparaison?de=1&a=9")).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_correction_asked_during_the_review_stops_marks_and_leaves_what_was_judged(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let (solene, rita) = (scene.staff("Solene", &["reviewer"]).await, scene.staff("Rita", &["reviewer"]).await);
    scene.assign(project, &solene).await;
    scene.assign(project, &rita).await;
    scene.post(&mathieu, "/appel/ouvrir-evaluation?appel=essai", &[("version", "1")]).await.expect(303);
    let criterion: i64 = sqlx::query_scalar("select id from criterion where call_id = $1 order by position limit 1")
        .bind(scene.call.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("criterion");
    let review = format!("/evaluation/{project}");
    let mark = format!("c{criterion}");
    scene.post(&solene, &review, &[("version", "1"), (&mark, "3")]).await.expect(303);
    ask(&scene, &mathieu, project, &["candidature.pieces/letter"]).await;
    scene.post(&solene, &review, &[("version", "2"), (&mark, "1")]).await.expect(403);
    write(&scene, &ana, &format!("/dossiers/{project}/candidature"), &[("letter", "Courrier signé par la présidente.")]).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/corrections/1/reponse"), &[("version", "1"), ("mot", "")]).await.expect(303);
    assert_eq!(status(&scene, project).await, "in_review");
    let judged = |who: &Person| {
        let (db, id) = (scene.app.db.clone(), who.id.get());
        async move {
            sqlx::query_scalar::<_, i32>(
                "select submission.number from review join submission on submission.id = review.submission_id where review.account_id = $1",
            )
            .bind(id)
            .fetch_one(&db)
            .await
            .expect("number")
        }
    };
    assert_eq!((judged(&solene).await, judged(&rita).await), (1, 2));
    scene.get(&solene, &review).await.expect(200).says("Un dépôt plus récent existe");
    scene.post(&solene, &review, &[("version", "2"), (&mark, "2")]).await.expect(303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn whoever_reads_the_deposits_is_told_what_came_since(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let claire = scene.staff("Claire", &["committee"]).await;
    let base = format!("/dossiers/{project}");
    scene.get(&claire, &base).await.is_silent_on("Depuis votre dernière lecture");
    scene.get(&claire, &format!("{base}/depots/1")).await.expect(200).is_silent_on("Depuis votre dernière lecture");
    open(&scene, &mathieu, project).await;
    ask(&scene, &mathieu, project, &["candidature.pieces/letter"]).await;
    write(&scene, &ana, &format!("{base}/candidature"), &[("letter", "Courrier signé par la présidente.")]).await.expect(303);
    scene.post(&ana, &format!("{base}/corrections/1/reponse"), &[("version", "1"), ("mot", "")]).await.expect(303);
    let page = scene.get(&claire, &base).await;
    page.says("Depuis votre dernière lecture").says("complément demandé n° 2015-01-2");
    assert!(page.body.contains(&format!("{base}/comparaison?de=1&#38;a=2")) || page.body.contains(&format!("{base}/comparaison?de=1&amp;a=2")));
    scene.get(&claire, &format!("{base}/depots/1")).await.says("Depuis votre dernière lecture");
    scene.get(&claire, &format!("{base}/comparaison?de=1&a=2")).await.expect(200).says("signé par la présidente").says("Courrier de dépôt");
    scene.get(&claire, &base).await.is_silent_on("Depuis votre dernière lecture");
    scene.check().await;
}

/// Words that only the managers of the call may read, one for each thing that could leak.
const SECRETS: [&str; 6] = ["NOTESECRETE", "ETIQUETTESECRETE", "JUGEMENTSECRET", "AVISSECRET", "expert.secret@example.org", "QUESTIONSECRETE"];

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_the_administration_keeps_to_itself_is_read_by_nobody_else(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let base = format!("/dossiers/{project}");
    open(&scene, &mathieu, project).await;
    scene.post(&mathieu, &format!("{base}/instruction/notes"), &[("version", "0"), ("note", "NOTESECRETE sur la gouvernance")]).await.expect(303);
    let label = [("version", "0"), ("etiquette", "0"), ("nom", "ETIQUETTESECRETE"), ("couleur", "madder"), ("act", "garder")];
    scene.post(&mathieu, "/appel/etiquettes?appel=essai", &label).await.expect(303);
    let id: i64 = sqlx::query_scalar("select id from label").fetch_one(&scene.app.db).await.expect("label");
    scene.post(&mathieu, &format!("{base}/instruction/etiquettes"), &[("version", "0"), ("etiquette", &id.to_string())]).await.expect(303);
    let version = scene.get(&mathieu, &format!("{base}/instruction")).await.hidden("version");
    let check = [("version", version.as_str()), ("jugement.letter", "unmet"), ("note.letter", "JUGEMENTSECRET")];
    scene.post(&mathieu, &format!("{base}/instruction"), &check).await.expect(303);
    let token = asked_opinion(&scene, &mathieu, project, true).await;
    scene.post_public(&format!("/avis/{token}"), &[("avis", "unfavourable"), ("motifs", "AVISSECRET, trop fragile.")]).await.expect(303);
    ask(&scene, &mathieu, project, &["candidature.pieces/letter"]).await;

    let shown = scene.get(&mathieu, &format!("{base}/instruction")).await.body + &scene.get(&mathieu, &format!("{base}/avis")).await.body;
    for secret in SECRETS {
        assert!(shown.contains(secret), "{secret} is there to be seen");
    }
    let bob = scene.person("Bob").await;
    scene.member(project, &bob, "editor").await;
    let zoe = scene.person("Zoe").await;
    scene.project(&zoe, "Ailleurs").await;
    let remi = scene.staff("Rémi", &["reviewer"]).await;
    scene.assign(project, &remi).await;
    let tied = scene.staff("Tania", &["manager"]).await;
    scene.member(project, &tied, "reader").await;
    let marc = scene.staff("Marc", &["manager", "committee", "reviewer"]).await;
    scene.assign(project, &marc).await;
    let omar = scene.person("Omar").await;
    sqlx::query("update account set is_operator = true where id = $1").bind(omar.id.get()).execute(&scene.app.db).await.expect("operator");
    let id = marc.id.to_string();
    let pinned = [("version", "0"), ("account", id.as_str()), ("recusal_reason", "Un parent y travaille.")];
    scene.post(&mathieu, &format!("/appel/dossiers/{project}/deports"), &pinned).await.expect(303);
    scene.get(&mathieu, "/appel?appel=essai").await.says("ETIQUETTESECRETE");
    let people = [ana.clone(), bob, zoe, remi, scene.staff("Rita", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await, tied, marc, omar];
    for person in &people {
        for (verb, path) in trame::routes::table() {
            if verb != "get" || path.contains("{token}") || path.contains("presence") {
                continue;
            }
            let path = path.replace("{id}", &project.to_string()).replace("{number}", "1").replace("{slug}", "essai").replace("{key}", "organisation");
            let page = scene.get(person, &path.replace("{row}", "00000000-0000-7000-8000-000000000000")).await;
            for secret in SECRETS {
                // The labels of a call are its managers', whatever the dossier they stay away from.
                let is_own = secret == "ETIQUETTESECRETE" && ["/appel/etiquettes", "/appel/messages/groupe"].contains(&path.as_str());
                assert!(is_own || !page.body.contains(secret), "{} reads {secret} at {path}", person.email);
            }
        }
        for path in ["/instruction", "/instruction/decision", "/instruction/notes/1", "/corrections/nouvelle", "/avis/nouveau"] {
            scene.get(person, &format!("{base}{path}")).await.expect(404);
        }
        for path in ["/instruction", "/instruction/notes", "/instruction/etiquettes", "/instruction/charge", "/corrections/1/cloture", "/avis/1/retrait"] {
            scene.post(person, &format!("{base}{path}"), &[("version", "1"), ("issue", "cancelled"), ("note", "intrus")]).await.expect(404);
        }
    }
    // How many dossiers bear a label says nothing of the one that a manager stays away from.
    scene.get(&people[7], "/appel/etiquettes?appel=essai").await.says("aucun dossier");
    scene.get(&mathieu, "/appel/etiquettes?appel=essai").await.says("1 dossier");
    // Requests for correction are the team's and the managers'; the others neither read nor answer them.
    for person in &people[2..] {
        let may = person.email.starts_with("tania");
        scene.get(person, &format!("{base}/corrections/1")).await.expect(if may { 200 } else { 404 });
        scene.post(person, &format!("{base}/corrections/1/reponse"), &[("version", "1"), ("mot", "")]).await.expect(if may { 403 } else { 404 });
    }
    let letters: Vec<String> =
        sqlx::query_scalar("select subject || body from mail where recipient <> 'expert.secret@example.org'").fetch_all(&scene.app.db).await.expect("mails");
    assert!(letters.iter().all(|letter| SECRETS.iter().all(|secret| !letter.contains(secret))));
    let recused: i64 =
        sqlx::query_scalar("select count(*) from mail where recipient = $1").bind(&people[7].email).fetch_one(&scene.app.db).await.expect("mails");
    assert_eq!(recused, 0);
    scene.check().await;
}

/// Asks for an opinion; the secret of its link.
async fn asked_opinion(scene: &Scene, manager: &Person, project: ProjectId, is_confidential: bool) -> String {
    let pairs = [
        ("version", "0"),
        ("nom", "Jeanne Roux"),
        ("organisation", "Université de Poitiers"),
        ("courriel", "expert.secret@example.org"),
        ("question", "QUESTIONSECRETE : la chaleur est-elle récupérable ?"),
        ("echeance", "2015-11-03T12:00"),
        ("confidentiel", if is_confidential { "oui" } else { "" }),
    ];
    scene.post(manager, &format!("/dossiers/{project}/avis/nouveau"), &pairs).await.expect(303);
    link(scene, "opinion").await
}

/// The secret in the last mail of that kind.
async fn link(scene: &Scene, kind: &str) -> String {
    let body: String =
        sqlx::query_scalar("select body from mail where kind = $1 order by id desc limit 1").bind(kind).fetch_one(&scene.app.db).await.expect("mail");
    body.split("/avis/").nth(1).expect("a link").split_whitespace().next().expect("a secret").to_owned()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn somebody_outside_gives_one_opinion_on_what_the_deposit_shows(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let before = scene.at(OPEN + Duration::hours(1));
    let base = format!("/dossiers/{project}");
    let actor = before.row(&ana, project, "acteurs").await;
    before
        .post(&ana, &format!("{base}/acteurs/{actor}"), &[("version", "1"), ("name", "Fonderie discrète"), ("kind", "company"), ("confidential", "oui")])
        .await
        .expect(303);
    before.post(&ana, &format!("{base}/depot"), &[("version", "0")]).await.expect(303);
    let (remi, claire) = (scene.staff("Rémi", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await);
    scene.assign(project, &remi).await;
    scene
        .post(&mathieu, &format!("{base}/avis/nouveau"), &[("version", "0"), ("nom", ""), ("courriel", "pas une adresse"), ("echeance", "2010-01-01T00:00")])
        .await
        .expect(422)
        .says("Écrire le prénom");
    let token = asked_opinion(&scene, &mathieu, project, false).await;
    let hash: Vec<u8> = sqlx::query_scalar("select token_hash from outside_opinion_link").fetch_one(&scene.app.db).await.expect("hash");
    assert_eq!(hash, trame::access::digest(&token));
    let path = format!("/avis/{token}");
    let page = scene.get_public(&path).await;
    page.expect(200).says("QUESTIONSECRETE").says(LETTER).says("Verrerie des Borderies").is_silent_on("Fonderie discrète");
    assert!(page.headers.get("x-robots-tag").is_some());
    scene.get(&remi, &format!("{base}/avis")).await.expect(200).is_silent_on("Jeanne Roux");
    scene.post_public(&path, &[("avis", "peut-être"), ("motifs", "")]).await.expect(422).says("Choisir un avis").says("Écrire les motifs");
    scene.post_public(&path, &[("avis", "reserved"), ("motifs", "La chaleur est trop loin.")]).await.expect(303);
    scene.post_public(&path, &[("avis", "favourable"), ("motifs", "Je change d’avis.")]).await.expect(303);
    scene.get_public(&path).await.expect(200).says("Votre avis est rendu : réservé").is_silent_on("Je change d’avis");
    for reader in [&remi, &claire, &mathieu] {
        scene.get(reader, &format!("{base}/avis")).await.expect(200).says("La chaleur est trop loin.").says("Réservé");
    }
    scene.get(&remi, &format!("{base}/avis")).await.is_silent_on("expert.secret@example.org");
    scene.get(&ana, &format!("{base}/avis")).await.expect(404);
    assert_eq!(mails(&scene, "opinion_given").await.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [mathieu.email.as_str()]);

    // A link taken back, unknown or too old opens the same page; a reminder is a new link.
    scene.post(&mathieu, &format!("{base}/avis/1/relance"), &[("version", "0")]).await.expect(403);
    let second = asked_opinion(&scene, &mathieu, project, true).await;
    scene.post(&mathieu, &format!("{base}/avis/2/relance"), &[("version", "0")]).await.expect(303);
    let again = link(&scene, "opinion_reminder").await;
    assert_ne!(second, again);
    scene.get_public(&format!("/avis/{again}")).await.expect(200);
    let late = scene.at(time::macros::datetime!(2015-11-03 11:00 UTC));
    late.post_public(&format!("/avis/{again}"), &[("avis", "favourable"), ("motifs", "Écrit trop tard.")]).await.expect(403).says("Écrit trop tard.");
    scene.post(&mathieu, &format!("{base}/avis/2/retrait"), &[("version", "0")]).await.expect(303);
    for secret in [second.as_str(), again.as_str(), "inconnu"] {
        scene.get_public(&format!("/avis/{secret}")).await.expect(404).says("Ce lien ne s’ouvre pas");
        scene.post_public(&format!("/avis/{secret}"), &[("avis", "favourable"), ("motifs", "Encore")]).await.expect(404);
    }
    scene.at(time::macros::datetime!(2015-12-10 11:00 UTC)).get_public(&path).await.expect(404);
    scene.get(&claire, &format!("{base}/avis")).await.is_silent_on("Demande retirée");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn reminders_leave_once_and_who_instructs_is_told_that_nothing_came(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    let marc = scene.staff("Marc", &["manager"]).await;
    open(&scene, &mathieu, project).await;
    let version = scene.get(&mathieu, &format!("/dossiers/{project}/instruction")).await.hidden("version");
    scene.post(&mathieu, &format!("/dossiers/{project}/instruction/charge"), &[("version", &version), ("charge", &marc.id.to_string())]).await.expect(303);
    ask(&scene, &mathieu, project, &["candidature.pieces/letter"]).await;
    asked_opinion(&scene, &mathieu, project, false).await;
    let run = |scene: &Scene| {
        let app = scene.app.clone();
        async move { trame::instruction::reminders::run(&app).await.expect("run") }
    };
    assert_eq!(run(&scene).await, 0);
    let soon = scene.at(time::macros::datetime!(2015-10-23 8:00 UTC));
    assert_eq!((run(&soon).await, run(&soon).await), (1, 0));
    assert_eq!(mails(&scene, "correction_reminder").await.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [ana.email.as_str()]);
    // The officer now stays away: only who asked is told.
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(project.get())
        .bind(marc.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let after = scene.at(time::macros::datetime!(2015-11-01 8:00 UTC));
    assert_eq!((run(&after).await, run(&after).await), (2, 0));
    assert_eq!(mails(&scene, "correction_lapsed").await.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [mathieu.email.as_str()]);
    assert_eq!(mails(&scene, "opinion_reminder").await.len(), 1);
    after.get(&mathieu, &format!("/dossiers/{project}/instruction")).await.says("personne pour l’instant").says("Sans réponse à la date limite");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_request_that_cannot_be_read_comes_back_as_typed(db: PgPool) {
    let (scene, _, mathieu, project) = deposited(db).await;
    let path = format!("/dossiers/{project}/corrections/nouvelle");
    scene.get(&mathieu, &path).await.expect(403).says("Une correction se demande");
    open(&scene, &mathieu, project).await;
    scene.get(&mathieu, &path).await.expect(200).says("Verrerie des Borderies").says("Courrier de dépôt");
    let nothing = scene.post(&mathieu, &path, &[("version", "0"), ("message", "Un message\u{0}"), ("echeance", "2015-10-25T12:00")]).await;
    nothing.expect(422).says("Choisir au moins un point").says("Un message");
    let row = format!("stakeholder/{}", uuid::Uuid::now_v7());
    for (point, due) in [
        ("candidature.pieces/piece_actions", "2015-10-25T12:00"),
        ("candidature.pieces/letter", "2015-10-01T12:00"),
        (row.as_str(), "2015-10-25T12:00"),
        ("x", "hier"),
    ] {
        let page = scene.post(&mathieu, &path, &[("version", "0"), ("message", "Gardé tel quel"), ("echeance", due), ("point", point)]).await;
        page.expect(422).says("Gardé tel quel");
    }
    assert_eq!(status(&scene, project).await, "admissibility");
    let note = format!("/dossiers/{project}/instruction/notes");
    scene.post(&mathieu, &note, &[("version", "0"), ("note", "  ")]).await.expect(422).says("Écrire la note");
    let long = "n".repeat(4001);
    scene.post(&mathieu, &note, &[("version", "0"), ("note", &long)]).await.expect(422).says("4 000 caractères");
    scene.post(&mathieu, &note, &[("version", "0"), ("note", "À relire")]).await.expect(303);
    let other = scene.staff("Marc", &["manager"]).await;
    let id: i64 = one(&scene, "select id from staff_note where project_id = $1", project).await;
    scene.get(&other, &format!("{note}/{id}")).await.expect(404);
    scene.post(&other, &format!("{note}/{id}"), &[("version", "1"), ("act", "retirer")]).await.expect(404);
    scene.post(&mathieu, &format!("{note}/{id}"), &[("version", "1"), ("act", "modifier"), ("note", "Relu")]).await.expect(303);
    scene.get(&other, &format!("/dossiers/{project}/instruction")).await.says("Relu").is_silent_on("À relire");
    scene.post(&mathieu, &format!("{note}/{id}"), &[("version", "2"), ("act", "retirer")]).await.expect(303);
    scene.get(&mathieu, &format!("/dossiers/{project}/instruction")).await.is_silent_on("Relu");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_due_date_changes_with_its_reason_and_the_team_is_told(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    open(&scene, &mathieu, project).await;
    let asked = ask(&scene, &mathieu, project, &["organisation.animation/q5"]).await;
    let path = format!("{asked}/delai");
    let late = scene.at(time::macros::datetime!(2015-10-26 8:00 UTC));
    trame::instruction::reminders::run(&late.app).await.expect("run");
    late.post(&ana, &format!("/dossiers/{project}/organisation?theme=animation"), &[("version", "3"), ("q5", "Trop tard")]).await.expect(403);
    for (due, reason, said) in [
        ("2015-11-05T12:00", " ", "Écrire le motif"),
        ("2015-10-26T09:00", "Une semaine de plus", "Choisir un instant à venir"),
        ("2015-10-25T12:00", "Une semaine de plus", "déjà celle-ci"),
    ] {
        let page = late.post(&mathieu, &path, &[("version", "1"), ("echeance", due), ("motif_delai", reason)]).await;
        page.expect(422).says(said);
        assert!(page.body.contains(due), "what was typed stays");
    }
    late.post(&mathieu, &path, &[("version", "7"), ("echeance", "2015-11-05T12:00"), ("motif_delai", "Congés de l’équipe")])
        .await
        .expect(409)
        .says("Congés de l’équipe");
    let once =
        [("version", "1"), ("echeance", "2015-11-05T12:00"), ("motif_delai", "Congés de l’équipe"), ("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a11")];
    late.post(&mathieu, &path, &once).await.expect(303);
    late.post(&mathieu, &path, &once).await.expect(303);
    let told = mails(&scene, "correction_delayed").await;
    assert_eq!(told.len(), 1);
    assert!(told[0].0 == ana.email && told[0].1.contains("Congés de l’équipe") && told[0].1.contains("jeudi 5\u{a0}novembre"), "{told:?}");
    for person in [&ana, &mathieu] {
        late.get(person, &asked).await.says("Date limite changée").says("Congés de l’équipe").says("par Mathieu");
    }
    late.get(&ana, &format!("/dossiers/{project}")).await.says("a changé la date limite de la demande de correction n° 1");
    // What is asked is open again, and its reminder leaves again.
    write(&late, &ana, &format!("/dossiers/{project}/organisation?theme=animation"), &[("q5", "Le comité décide, chaque mois.")]).await.expect(303);
    let soon = scene.at(time::macros::datetime!(2015-11-03 8:00 UTC));
    assert_eq!(trame::instruction::reminders::run(&soon.app).await.expect("run"), 1);

    let marc = scene.staff("Marc", &["manager"]).await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(project.get())
        .bind(marc.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let (remi, claire) = (scene.staff("Rémi", &["reviewer"]).await, scene.staff("Claire", &["committee"]).await);
    scene.assign(project, &remi).await;
    for person in [&ana, &marc, &remi, &claire] {
        late.post(person, &path, &[("version", "2"), ("echeance", "2015-12-05T12:00"), ("motif_delai", "Forgé")]).await.expect(404);
    }
    scene.post(&ana, &format!("{asked}/reponse"), &[("version", "2"), ("mot", "")]).await.expect(303);
    scene.post(&mathieu, &path, &[("version", "3"), ("echeance", "2015-12-05T12:00"), ("motif_delai", "Trop tard")]).await.expect(403).says("n’attend plus");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_reviewer_proposes_a_correction_that_the_instruction_sends_or_declines(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    scene.post(&mathieu, "/appel/ouvrir-evaluation?appel=essai", &[("version", "1")]).await.expect(303);
    let (remi, rita) = (scene.staff("Rémi Secret", &["reviewer"]).await, scene.staff("Rita", &["reviewer"]).await);
    for person in [&remi, &rita] {
        scene.assign(project, person).await;
    }
    let own = format!("/evaluation/{project}/corrections");
    scene.get(&remi, &own).await.expect(200).says("Points à corriger");
    scene.post(&remi, &own, &[("version", "0"), ("message", "PASSAGESECRET"), ("point", "x")]).await.expect(422).says("Un point choisi").says("PASSAGESECRET");
    scene.post(&remi, &own, &[("version", "0"), ("message", ""), ("point", "organisation.animation/q5")]).await.expect(422).says("Dire en quelques mots");
    let once = [
        ("version", "0"),
        ("message", "PASSAGESECRET : qui décide ?"),
        ("point", "organisation.animation/q5"),
        ("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a12"),
    ];
    scene.post(&remi, &own, &once).await.expect(303);
    scene.post(&remi, &own, &once).await.expect(303);
    scene.post(&remi, &own, &[("version", "0"), ("message", "AUTRESECRET"), ("point", "organisation.animation/q6")]).await.expect(303);
    scene.get(&remi, &own).await.says("À traiter").says("PASSAGESECRET");
    scene.get(&rita, &own).await.expect(200).is_silent_on("PASSAGESECRET").is_silent_on("Rémi Secret");
    let told = mails(&scene, "correction_wished").await;
    assert_eq!(told.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [mathieu.email.as_str(); 2]);

    // Sent, changed by who instructs: the team reads the request, never who had the idea.
    let base = format!("/dossiers/{project}");
    scene.get(&mathieu, &format!("{base}/instruction")).await.says("Proposées par les évaluateurs").says("Rémi Secret");
    scene.get(&mathieu, &format!("{base}/corrections/propositions/1")).await.says("PASSAGESECRET").says("Rémi Secret");
    let form = scene.get(&mathieu, &format!("{base}/corrections/nouvelle?proposition=1")).await;
    form.expect(200).says("PASSAGESECRET").says("Reprise de la proposition");
    assert!(form.body.contains("value=\"organisation.animation/q5\" checked"));
    let fields =
        [("version", "0"), ("proposition", "1"), ("message", "Préciser qui décide."), ("echeance", "2015-10-28T12:00"), ("point", "organisation.animation/q5")];
    scene.post(&mathieu, &format!("{base}/corrections/nouvelle"), &fields).await.expect(303);
    scene.post(&mathieu, &format!("{base}/corrections/nouvelle"), &fields).await.expect(403).says("déjà traitée");
    scene.post(&mathieu, &format!("{base}/corrections/propositions/1"), &[("version", "0"), ("motif", "Non, finalement")]).await.expect(403);
    scene.post(&mathieu, &format!("{base}/corrections/propositions/2"), &[("version", "0"), ("motif", " ")]).await.expect(422).says("Écrire le motif");
    scene.post(&mathieu, &format!("{base}/corrections/propositions/2"), &[("version", "0"), ("motif", "MOTIFSECRET, déjà dit.")]).await.expect(303);
    scene
        .get(&remi, &own)
        .await
        .says("Demandée au porteur")
        .says("Demande n° 1 au porteur")
        .says("correction attendue")
        .says("Non retenue")
        .says("MOTIFSECRET");
    let ended = mails(&scene, "correction_wish_ended").await;
    assert_eq!(ended.iter().map(|(to, _)| to.as_str()).collect::<Vec<_>>(), [remi.email.as_str(); 2]);

    let (claire, marc) = (scene.staff("Claire", &["committee"]).await, scene.staff("Marc", &["manager"]).await);
    let tania = scene.staff("Tania", &["manager"]).await;
    scene.member(project, &tania, "reader").await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(project.get())
        .bind(marc.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let secrets = ["Rémi Secret", "PASSAGESECRET", "AUTRESECRET", "MOTIFSECRET"];
    for person in [&ana, &tania] {
        for path in [base.clone(), format!("{base}/corrections"), format!("{base}/corrections/1"), format!("{base}/historique")] {
            let page = scene.get(person, &path).await;
            for secret in secrets {
                page.is_silent_on(secret);
            }
        }
    }
    for person in [&ana, &tania, &claire, &marc, &rita] {
        scene.get(person, &format!("{base}/corrections/propositions/1")).await.expect(404);
        scene.post(person, &format!("{base}/corrections/propositions/2"), &[("version", "0"), ("motif", "Forgé")]).await.expect(404);
    }
    for person in [&ana, &tania, &claire, &marc, &mathieu] {
        scene.get(person, &own).await.expect(404);
        scene.post(person, &own, &[("version", "0"), ("message", "Forgé"), ("point", "organisation.animation/q5")]).await.expect(404);
    }
    let letters: Vec<String> = sqlx::query_scalar("select subject || body from mail where recipient in ($1, $2)")
        .bind(&ana.email)
        .bind(&tania.email)
        .fetch_all(&scene.app.db)
        .await
        .expect("mails");
    assert!(letters.iter().all(|letter| secrets.iter().all(|secret| !letter.contains(secret))));
    // A reviewer who comes to stay away takes their proposals with them.
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'suggested')")
        .bind(project.get())
        .bind(remi.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    scene.get(&remi, &own).await.expect(404);
    scene.get(&mathieu, &format!("{base}/instruction")).await.is_silent_on("Proposées par les évaluateurs");
    scene.get(&mathieu, &format!("{base}/corrections/propositions/2")).await.expect(404);
    let mut tx = scene.app.db.begin().await.expect("begin");
    trame::review::store::recompute_project(&mut tx, project).await.expect("figures");
    tx.commit().await.expect("commit");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_list_of_dossiers_is_filtered_by_label(db: PgPool) {
    let (scene, ana, mathieu, project) = deposited(db).await;
    scene.project(&ana, "Rives sans étiquette").await;
    scene
        .post(&mathieu, "/appel/etiquettes?appel=essai", &[("version", "0"), ("etiquette", "0"), ("act", "garder"), ("nom", "À suivre"), ("couleur", "weld")])
        .await
        .expect(303);
    let label: i64 = sqlx::query_scalar("select id from label").fetch_one(&scene.app.db).await.expect("label");
    scene.post(&mathieu, &format!("/dossiers/{project}/instruction/etiquettes"), &[("version", "0"), ("etiquette", &label.to_string())]).await.expect(303);
    let filtered = format!("/appel?etiquette={label}&appel=essai");
    scene.get(&mathieu, "/appel?appel=essai").await.says("Boucles de Charente").says("Rives sans étiquette").says("À suivre 1");
    scene.get(&mathieu, &filtered).await.expect(200).says("Boucles de Charente").is_silent_on("Rives sans étiquette").says("1 dossier");
    scene.get(&mathieu, "/appel?etiquette=999999&appel=essai").await.expect(404);
    // Who stays away from the dossier, or is of its team, does not learn that it bears the label: not by a line, nor by a count.
    let (marc, tania) = (scene.staff("Marc", &["manager"]).await, scene.staff("Tania", &["manager"]).await);
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(project.get())
        .bind(marc.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    scene.member(project, &tania, "reader").await;
    for person in [&marc, &tania] {
        let page = scene.get(person, &filtered).await;
        page.expect(200).says("Aucun dossier ne porte").is_silent_on("Boucles de Charente").is_silent_on("Déport").says("À suivre 0");
    }
    for person in [&ana, &scene.staff("Rémi", &["reviewer"]).await, &scene.staff("Claire", &["committee"]).await] {
        scene.get(person, &filtered).await.expect(404);
    }
    scene.check().await;
}
