//! Documents to keep: who may have them, the same content as the screen, digests that anybody can compute again.

use std::io::Read as _;

use crate::support::{AFTER, Person, Scene};
use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Request, StatusCode};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use tower::ServiceExt as _;
use trame::app::service;
use trame::kit::ids::ProjectId;
use trame::project::files::hex;

/// A file received, with its headers.
struct Received {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Received {
    fn header(&self, name: axum::http::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Text of every page, without the spaces and the cuts that are the typesetter's.
    #[track_caller]
    fn text(&self) -> String {
        let document = lopdf::Document::load_mem(&self.bytes).expect("a PDF");
        let pages: Vec<u32> = document.get_pages().into_keys().collect();
        squeezed(&document.extract_text(&pages).expect("text"))
    }

    fn pages(&self) -> usize {
        lopdf::Document::load_mem(&self.bytes).expect("a PDF").get_pages().len()
    }
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{ad}' | '-' | '\u{2010}')).collect()
}

async fn ask(scene: &Scene, person: &Person, path: &str, held: &str) -> Received {
    let request = Request::builder().uri(path).header(COOKIE, format!("trame_session={}", person.token)).header(IF_NONE_MATCH, held);
    let response = service(&scene.app).oneshot(request.body(Body::empty()).expect("request")).await.expect("the service answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = to_bytes(response.into_body(), 64 * 1024 * 1024).await.expect("body").to_vec();
    Received { status, headers, bytes }
}

/// Asks until the document is there, as the waiting page does.
async fn have(scene: &Scene, person: &Person, path: &str) -> Received {
    for _ in 0..60 {
        let received = ask(scene, person, path, "").await;
        if received.header(axum::http::header::HeaderName::from_static("refresh")).is_empty() {
            return received;
        }
        assert!(String::from_utf8_lossy(&received.bytes).contains("Le document se prépare"));
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    }
    panic!("{path} never came");
}

async fn deposited(scene: &Scene, owner: &Person) -> ProjectId {
    let project = scene.project(owner, "Boucles de l’estuaire").await;
    scene.fill(owner, project).await;
    scene
        .upload(
            owner,
            &format!("/dossiers/{project}/pieces?slot=supports-juridiques&operation={}&retour=", uuid::Uuid::new_v4()),
            "statuts (v2).pdf",
            b"%PDF-1.4 statuts",
        )
        .await
        .expect(303);
    scene.post(owner, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    project
}

const OF_DRAFT: [&str; 4] = ["documents", "dossier.pdf", "dossier.zip", "engagement.pdf"];
const OF_DEPOSIT: [&str; 3] = ["depots/1/dossier.pdf", "depots/1/dossier.zip", "depots/1/recepisse.pdf"];

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn drafts_are_for_the_team_and_deposits_for_their_readers(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let reader = scene.person("Lou").await;
    scene.member(project, &reader, "reader").await;
    let (manager, committee) = (scene.staff("Max", &["manager"]).await, scene.staff("Claire", &["committee"]).await);
    let assigned = scene.staff("Rémi", &["reviewer"]).await;
    scene.assign(project, &assigned).await;
    let zoe = scene.person("Zoe").await;
    deposited(&scene, &zoe).await;
    let unassigned = scene.staff("Rita", &["reviewer"]).await;
    let recused = scene.staff("Marc", &["manager", "committee", "reviewer"]).await;
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(project.get())
        .bind(recused.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let operator = scene.person("Omar").await;
    sqlx::query("update account set is_operator = true where id = $1").bind(operator.id.get()).execute(&scene.app.db).await.expect("operator");
    // There is something to see.
    assert!(have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf")).await.text().contains("Bouclesdel’estuaire"));
    for path in OF_DRAFT {
        let path = format!("/dossiers/{project}/{path}");
        assert_eq!(have(&scene, &reader, &path).await.status, 200, "{path}");
        for stranger in [&zoe, &manager, &committee, &assigned, &unassigned, &recused, &operator] {
            assert_eq!(ask(&scene, stranger, &path, "").await.status, 404, "{path} {}", stranger.email);
        }
    }
    for path in OF_DEPOSIT {
        let path = format!("/dossiers/{project}/{path}");
        for person in [&reader, &manager, &committee, &assigned] {
            assert_eq!(have(&scene, person, &path).await.status, 200, "{path} {}", person.email);
        }
        for stranger in [&zoe, &unassigned, &recused, &operator] {
            assert_eq!(ask(&scene, stranger, &path, "").await.status, 404, "{path} {}", stranger.email);
        }
    }
    assert_eq!(ask(&scene, &ana, &format!("/dossiers/{project}/depots/2/dossier.pdf"), "").await.status, 404);
    assert_eq!(ask(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?livrable=6"), "").await.status, 404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_document_says_what_the_screen_says(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let hostile = "Une réponse avec #eval(\"1+1\"), $x$, *gras*, @ref, <label> & une barre \\ oblique.";
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    let version = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("q5", hostile)]).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    for (page, document) in [("imprimer", "dossier.pdf"), ("depots/1", "depots/1/dossier.pdf"), ("depots/2", "depots/2/dossier.pdf")] {
        let screen = scene.get(&ana, &format!("/dossiers/{project}/{page}")).await;
        let received = have(&scene, &ana, &format!("/dossiers/{project}/{document}")).await;
        assert_eq!(received.header(CONTENT_TYPE), "application/pdf");
        let text = received.text();
        let mut compared = 0;
        for said in pieces(&screen.body) {
            assert!(text.contains(&squeezed(&said)), "{document} lacks « {said} »");
            compared += 1;
        }
        assert!(compared > 40, "{compared}");
        assert_eq!(text.contains(&squeezed(hostile)), document != "depots/1/dossier.pdf", "{document}");
    }
    let draft = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf")).await;
    assert_eq!(draft.text().matches(&squeezed("Brouillon, état du mercredi 23 septembre 2015")).count(), draft.pages());
    let deposit = have(&scene, &ana, &format!("/dossiers/{project}/depots/1/dossier.pdf")).await.text();
    assert!(!deposit.contains("Brouillon") && deposit.contains(&squeezed("Dépôt n° 2015-01-1")));
    let part = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?livrable=3")).await.text();
    assert!(part.contains(&squeezed("Navette de la zone")) && !part.contains(&squeezed("Une réponse avec #eval")));
    scene.check().await;
}

/// Texts of the page that must be in the document: titles, answers, cells.
fn pieces(body: &str) -> Vec<String> {
    let main = body.split("<section").skip(1).collect::<String>();
    let mut found = Vec::new();
    for tag in ["h2", "h3", "h4", "dd", "td", "th", "caption", "p"] {
        for part in main.split(&format!("<{tag}")).skip(1) {
            let Some((head, rest)) = part.split_once('>') else { continue };
            // Deliverables stand above their sections on screen, once in the document; files are listed at its end.
            let is_other = head.contains("class=\"over\"") || head.contains("class=\"small soft\"") || rest.starts_with("<a ");
            let is_longer_name = !head.is_empty() && !head.starts_with(' ');
            if is_other || is_longer_name {
                continue;
            }
            let inner = rest.split(&format!("</{tag}>")).next().unwrap_or_default();
            let text = inner.split('<').enumerate().map(|(index, text)| if index == 0 { text } else { text.split_once('>').map_or("", |(_, text)| text) });
            let text = text.collect::<String>().replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
            // A shortened digest: the document gives it whole.
            if !text.trim().is_empty() && !text.contains('…') {
                found.push(text.trim().to_owned());
            }
        }
    }
    found
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_document_is_made_once_and_comes_with_its_tag_and_its_name(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let path = format!("/dossiers/{project}/depots/1/dossier.pdf");
    let first = have(&scene, &ana, &path).await;
    assert!(first.header(CONTENT_DISPOSITION).starts_with("attachment; filename=\"dossier-2015-01-1.pdf\"; filename*=UTF-8''"));
    assert_eq!(first.header(CACHE_CONTROL), "no-store");
    let tag = first.header(ETAG).to_owned();
    let again = have(&scene.at(AFTER), &ana, &path).await;
    assert!(again.bytes == first.bytes && again.header(ETAG) == tag);
    let held = ask(&scene, &ana, &path, &tag).await;
    assert_eq!((held.status.as_u16(), held.bytes.len()), (304, 0));
    let kept = |data: &std::path::Path| -> usize {
        let folders = std::fs::read_dir(data.join("pdf-cache")).expect("folder");
        folders.map(|folder| std::fs::read_dir(folder.expect("entry").path()).expect("folder").count()).sum()
    };
    assert_eq!(kept(&scene.data), 1);
    // A change of the draft is another document; the deposit stays the same one.
    let draft = format!("/dossiers/{project}/dossier.pdf");
    let before = have(&scene, &ana, &draft).await.header(ETAG).to_owned();
    scene.fill_page(&ana, &format!("/dossiers/{project}/organisation?theme=animation"), &["q5"]).await;
    scene
        .post(&ana, &format!("/dossiers/{project}/candidature"), &[("version", "1"), ("motivation", "Une autre motivation, écrite depuis.")])
        .await
        .expect(303);
    assert_ne!(have(&scene, &ana, &draft).await.header(ETAG), before);
    assert_eq!(have(&scene, &ana, &path).await.header(ETAG), tag);
    assert_eq!(trame::documents::sweep(&scene.data).expect("swept"), 0, "nothing is old");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_receipt_lists_every_piece_with_its_digest(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let receipt = have(&scene, &ana, &format!("/dossiers/{project}/depots/1/recepisse.pdf")).await;
    let digest: Vec<u8> = sqlx::query_scalar("select digest from submission").fetch_one(&scene.app.db).await.expect("deposit");
    let text = receipt.text();
    for said in [
        "Récépissé de dépôt",
        "2015-01-1",
        "mercredi 23 septembre 2015 à 14 h, heure de Paris",
        "statuts (v2).pdf",
        &hex(&digest),
        &hex(&Sha256::digest(b"%PDF-1.4 statuts")),
    ] {
        assert!(text.contains(&squeezed(said)), "{said} is not in {text}");
    }
    let mail: String = sqlx::query_scalar("select body from mail where kind = 'receipt'").fetch_one(&scene.app.db).await.expect("mail");
    assert!(mail.contains(&format!("/dossiers/{project}/depots/1/recepisse.pdf")), "{mail}");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_archive_holds_everything_and_its_digests_match(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    for (path, name) in [("depots/1/dossier.zip", "dossier-2015-01-1"), ("dossier.zip", "boucles-de-l-estuaire-brouillon")] {
        let received = have(&scene, &ana, &format!("/dossiers/{project}/{path}")).await;
        assert_eq!(received.header(CONTENT_TYPE), "application/zip");
        assert!(received.header(CONTENT_DISPOSITION).contains(&format!("{name}.zip")), "{}", received.header(CONTENT_DISPOSITION));
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(received.bytes)).expect("an archive");
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            zip.by_name(name).unwrap_or_else(|error| panic!("{name}: {error}")).read_to_end(&mut bytes).expect("read");
            bytes
        };
        assert_eq!(read("annexes/01-statuts (v2).pdf"), b"%PDF-1.4 statuts");
        let manifest: serde_json::Value = serde_json::from_slice(&read("manifeste.json")).expect("JSON");
        let lines = manifest["fichiers"].as_array().expect("files").clone();
        let text = String::from_utf8(read("manifeste.txt")).expect("text");
        for line in &lines {
            let (file, digest) = (line["nom"].as_str().expect("name"), line["sha256"].as_str().expect("digest"));
            assert_eq!(hex(&Sha256::digest(read(file))), digest, "{file}");
            assert!(text.contains(&format!("{digest}  {file}\n")), "{text}");
        }
        let names: Vec<&str> = lines.iter().filter_map(|line| line["nom"].as_str()).collect();
        assert!(names.contains(&format!("{name}.pdf").as_str()));
        if path.starts_with("depots") {
            let kept: Vec<u8> = sqlx::query_scalar("select digest from submission").fetch_one(&scene.app.db).await.expect("digest");
            assert_eq!(hex(&Sha256::digest(read("contenu.json"))), hex(&kept), "the sealed content is there to be computed again");
        }
        assert_eq!(zip.len(), lines.len() + 2);
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_is_missing_is_refused_rather_than_left_out(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let file: String = sqlx::query_scalar("select file from attachment").fetch_one(&scene.app.db).await.expect("file");
    let place = trame::project::files::path(&scene.data, &file);
    have(&scene, &ana, &format!("/dossiers/{project}/depots/1/dossier.pdf")).await;
    std::fs::write(&place, b"%PDF-1.4").expect("cut");
    let refused = have(&scene, &ana, &format!("/dossiers/{project}/depots/1/dossier.zip")).await;
    assert_eq!(refused.status, 500);
    let page = String::from_utf8_lossy(&refused.bytes).into_owned();
    assert!(page.contains("Document refusé") && page.contains("citant la référence"), "{page}");
    // The same length and other bytes: it is seen on the way, and the sending breaks off.
    std::fs::write(&place, b"%PDF-1.4 STATUTS").expect("changed");
    let request = Request::builder().uri(format!("/dossiers/{project}/depots/1/dossier.zip")).header(COOKIE, format!("trame_session={}", ana.token));
    let response = service(&scene.app).oneshot(request.body(Body::empty()).expect("request")).await.expect("answer");
    assert!(to_bytes(response.into_body(), 64 * 1024 * 1024).await.is_err());
    std::fs::write(&place, b"%PDF-1.4 statuts").expect("mended");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_call_gives_a_page_guide_and_the_concise_layout_is_counted_against_it(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    scene.get(&ana, &format!("/dossiers/{project}/documents")).await.expect(200).is_silent_on("repère");
    let manager = scene.staff("Max", &["manager"]).await;
    let page = scene.get(&manager, "/appel/presentation?appel=essai").await;
    page.expect(200).says("Repère de longueur d’un dossier, en pages");
    sqlx::query("update call set page_guide = 30").execute(&scene.app.db).await.expect("guide");
    let clone = "select clone_call(id, 'suite', 'Suite', '2016', '2016-01', deposit_bound + interval '1 year') from call where slug = 'essai'";
    sqlx::query(clone).execute(&scene.app.db).await.expect("clone");
    let cloned: Option<i32> = sqlx::query_scalar("select page_guide from call where slug = 'suite'").fetch_one(&scene.app.db).await.expect("call");
    assert_eq!(cloned, Some(30), "a call cloned from another keeps its guide");
    let concise = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?mise-en-page=concise")).await;
    let full = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf")).await;
    assert!(concise.pages() < full.pages(), "{} {}", concise.pages(), full.pages());
    assert!(concise.text().contains(&squeezed(&format!("Mise en page concise : {} pages, repère de l’appel 30 pages.", concise.pages()))));
    scene.get(&ana, &format!("/dossiers/{project}/documents")).await.expect(200).says(&format!("{} pages, pour un repère de 30", concise.pages()));
    scene.check().await;
}

/// A dossier with an engagement document that one partner was asked to sign; the partner's secret.
async fn engaged(scene: &Scene, owner: &Person, project: ProjectId) -> String {
    let path = format!("/dossiers/{project}/mobilisation?theme=engagements");
    let version = scene.get(owner, &path).await.hidden("version");
    let texts = [("charter_objectives", "Boucler trois flux avant 2018."), ("charter_principles", "Ce qui est dit reste entre nous.")];
    scene.post(owner, &path, &[("version", version.as_str()), texts[0], texts[1]]).await.expect(303);
    publish(scene, owner, project).await;
    let actor: uuid::Uuid = sqlx::query_scalar("select row from unit where project_id = $1 and kind = 'stakeholder' order by position limit 1")
        .bind(project.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("actor");
    let actor = actor.to_string();
    let pairs = [("version", "0"), ("stakeholder", actor.as_str()), ("contact", "Inès Marchand"), ("email", "ines@partenaire.example"), ("envoyer", "oui")];
    scene.post(owner, &format!("/dossiers/{project}/engagement/signataires"), &pairs).await.expect(303);
    let body: String = sqlx::query_scalar("select body from mail where recipient = 'ines@partenaire.example' and kind = 'engagement'")
        .fetch_one(&scene.app.db)
        .await
        .expect("mail");
    let secret = body.split("/engagement/").nth(1).expect("a link");
    secret.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').next().expect("a secret").to_owned()
}

async fn publish(scene: &Scene, owner: &Person, project: ProjectId) {
    let path = format!("/dossiers/{project}/engagement/publier");
    let page = scene.get(owner, &path).await;
    let (version, fingerprint) = (page.hidden("version"), page.hidden("empreinte"));
    scene.post(owner, &path, &[("version", version.as_str()), ("empreinte", fingerprint.as_str())]).await.expect(303);
}

async fn sign(scene: &Scene, secret: &str) {
    let address = format!("/engagement/{secret}");
    let page = scene.get_public(&address).await;
    let (version, operation, digest) = (page.hidden("version"), page.hidden("operation"), page.hidden("empreinte"));
    let pairs = [
        ("version", version.as_str()),
        ("operation", &operation),
        ("empreinte", &digest),
        ("nom", "Inès Marchand"),
        ("fonction", "Directrice"),
        ("organisation", "Verrerie des Borderies"),
        ("accord", "oui"),
    ];
    scene.post_public(&address, &pairs).await.expect(303);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_engagement_document_is_kept_with_its_signatures_by_the_team_and_with_their_own_by_partners(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let before = have(&scene, &ana, &format!("/dossiers/{project}/engagement.pdf")).await.text();
    assert!(before.contains(&squeezed("Texte en cours, état du")) && before.contains(&squeezed("Ce texte n’est pas publié")), "{before}");
    let secret = engaged(&scene, &ana, project).await;
    sign(&scene, &secret).await;
    let sha256: Vec<u8> = sqlx::query_scalar("select digest from engagement_document").fetch_one(&scene.app.db).await.expect("digest");
    let nobody = Person { token: String::new(), ..ana.clone() };
    let copy = have(&scene, &nobody, &format!("/engagement/{secret}/exemplaire.pdf?version=1")).await;
    assert_eq!((copy.header(CONTENT_TYPE), copy.header(CACHE_CONTROL)), ("application/pdf", "no-store"));
    assert!(copy.header(axum::http::HeaderName::from_static("x-robots-tag")).contains("noindex"));
    let team = have(&scene, &ana, &format!("/dossiers/{project}/engagement/versions/1/pdf")).await;
    for text in [copy.text(), team.text()] {
        let said = ["Boucler trois flux avant 2018.", "Ce qui est dit reste entre nous.", "Inès Marchand, Directrice", "Verrerie des Borderies", "Version 1"];
        for said in said.into_iter().chain([hex(&sha256).as_str()]) {
            assert!(text.contains(&squeezed(said)), "{said} is not in {text}");
        }
        assert!(!text.contains("partenaire.example"), "no address");
    }
    scene.get_public(&format!("/engagement/{secret}/exemplaire.pdf?version=2")).await.expect(404);
    scene.get_public(&format!("/engagement/{}/exemplaire.pdf", "x".repeat(43))).await.expect(404).says("Ce lien ne s’ouvre pas");
    // Published again: the signature stays attached to the text that it signed, and each document says so.
    let path = format!("/dossiers/{project}/mobilisation?theme=engagements");
    let version = scene.get(&ana, &path).await.hidden("version");
    scene
        .post(&ana, &path, &[("version", &version), ("charter_objectives", "Boucler quatre flux."), ("charter_principles", "Rien de plus.")])
        .await
        .expect(303);
    publish(&scene, &ana, project).await;
    let second = have(&scene, &ana, &format!("/dossiers/{project}/engagement/versions/2/pdf")).await.text();
    assert!(second.contains(&squeezed("Texte de la version 1")) && second.contains(&squeezed(&hex(&sha256))), "{second}");
    assert!(have(&scene, &ana, &format!("/dossiers/{project}/engagement/versions/1/pdf")).await.text().contains(&squeezed("remplacée depuis")));
    let archive = have(&scene, &ana, &format!("/dossiers/{project}/dossier.zip")).await;
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).expect("an archive");
    assert!(zip.by_name("document-d-engagement-version-2.txt").is_ok());
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_administration_keeps_the_version_in_force_once_deliverable_4_is_shown_to_it(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let secret = engaged(&scene, &ana, project).await;
    sign(&scene, &secret).await;
    let manager = scene.staff("Max", &["manager"]).await;
    let zoe = scene.person("Zoe").await;
    let path = |number: u8| format!("/dossiers/{project}/engagement/versions/{number}/pdf");
    assert_eq!(have(&scene, &ana, &path(1)).await.status, 200, "there is something to see");
    let share = async |deliverables: [bool; 5]| {
        let shared = "update project set shared = $2 where id = $1";
        sqlx::query(shared).bind(project.get()).bind(deliverables).execute(&scene.app.db).await.expect("shared");
    };
    // Everything else shown is not enough.
    for deliverables in [[false; 5], [true, true, true, false, true]] {
        share(deliverables).await;
        assert_eq!(ask(&scene, &manager, &path(1), "").await.status, 404, "{deliverables:?}");
    }
    share([false, false, false, true, false]).await;
    for (person, number) in [(&manager, 2), (&zoe, 1), (&zoe, 2)] {
        assert_eq!(ask(&scene, person, &path(number), "").await.status, 404, "{} {number}", person.email);
    }
    let shown = have(&scene, &manager, &path(1)).await;
    assert_eq!(shown.status, 200);
    assert!(shown.text().contains(&squeezed("Inès Marchand, Directrice")));
    let path_of = format!("/dossiers/{project}/mobilisation?theme=engagements");
    let version = scene.get(&ana, &path_of).await.hidden("version");
    scene.post(&ana, &path_of, &[("version", &version), ("charter_objectives", "Autre chose."), ("charter_principles", "Rien de plus.")]).await.expect(303);
    publish(&scene, &ana, project).await;
    assert_eq!(ask(&scene, &manager, &path(1), "").await.status, 404, "only the version in force");
    assert_eq!(have(&scene, &manager, &path(2)).await.status, 200);
    let reads: i64 = sqlx::query_scalar("select count(*) from staff_read where project_id = $1 and account_id = $2")
        .bind(project.get())
        .bind(manager.id.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("reads");
    assert!(reads > 0, "the read of a member of the staff is kept");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn drawn_views_and_questions_of_the_carriers_own_are_in_the_document(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let added = format!("/dossiers/{project}/mobilisation?theme=questions");
    let version = scene.get(&ana, &added).await.hidden("version");
    let done = scene.post(&ana, &added, &[("version", &version), ("ajouter", "question_4")]).await;
    let row = done.location.rsplit('#').next().expect("anchor")["question_4-".len()..][..36].to_owned();
    let (name, answer) = (format!("question_4.{row}.title"), format!("question_4.{row}.answer"));
    let own = [(name.as_str(), "Qui paie l’eau du canal ?"), (answer.as_str(), "Le syndicat du canal la paie.")];
    scene.post(&ana, &added, &[("version", "0"), ("question_4.id", &row), ("question_4.version", "1"), own[0], own[1]]).await.expect(303);
    let actor = scene.row(&ana, project, "acteurs").await;
    let sheet = [("name", "Tonnellerie du Port"), ("commune", "16102"), ("influence", "3"), ("interest", "4"), ("is_key_actor", "oui")];
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{actor}"), &[&[("version", "1")], &sheet[..]].concat()).await.expect(303);
    let place = format!("/dossiers/{project}/perimetre");
    let page = scene.get(&ana, &place).await;
    let (version, seen) = (page.hidden("version"), page.hidden("vues"));
    scene.post(&ana, &place, &[("version", version.as_str()), ("vues", &seen), ("ajouter", "16102")]).await.expect(303);
    let text = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf")).await.text();
    for said in [
        "Qui paie l’eau du canal",
        "Le syndicat du canal la paie.",
        "Influence et intérêt :",
        "Cercles des acteurs :",
        "Acteurs sur le territoire :",
        "Périmètre :",
    ] {
        assert!(text.contains(&squeezed(said)), "{said} is not in {text}");
    }
    let part = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?livrable=2")).await.text();
    assert!(!part.contains(&squeezed("Cercles des acteurs")) && !part.contains(&squeezed("Acteurs sur le territoire")));
    scene.check().await;
}

/// Alternatives of the figures of a tagged PDF.
fn alternatives(bytes: &[u8]) -> Vec<String> {
    let document = lopdf::Document::load_mem(bytes).expect("a PDF");
    let is_figure = |object: &&lopdf::Dictionary| object.get(b"S").and_then(lopdf::Object::as_name).is_ok_and(|name| name == b"Figure");
    let figures = document.objects.values().filter_map(|object| object.as_dict().ok()).filter(is_figure);
    figures.filter_map(|figure| figure.get(b"Alt").ok()).map(|alt| lopdf::decode_text_string(alt).expect("text")).collect()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_pictures_of_the_territory_are_in_the_assessment_as_they_were_deposited(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let plain = have(&scene, &ana, &format!("/dossiers/{project}/depots/1/dossier.pdf")).await;
    for (name, commune, direction, quantity) in
        [("Tonnellerie", "16102", "out", "300"), ("Papeterie", "16167", "in", "40"), ("Imprimerie", "16089", "out", "80")]
    {
        let actor = scene.row(&ana, project, "acteurs").await;
        let fields = [("version", "1"), ("name", name), ("commune", commune)];
        scene.post(&ana, &format!("/dossiers/{project}/acteurs/{actor}"), &fields).await.expect(303);
        let flow = scene.row(&ana, project, "flux").await;
        let what = [("domain", "material"), ("label", "Cartons"), ("type", "cartons"), ("unit", "t"), ("quantity", quantity)];
        let fields = [&[("version", "1"), ("actor", actor.as_str()), ("direction", direction)], &what[..]].concat();
        scene.post(&ana, &format!("/dossiers/{project}/flux/{flow}"), &fields).await.expect(303);
    }
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let manager = scene.staff("Max", &["manager"]).await;
    let deposit = have(&scene, &manager, &format!("/dossiers/{project}/depots/2/dossier.pdf")).await;
    let text = deposit.text();
    let headings = ["Carte du territoire", "Plus gros acteurs, matière", "Matrice flux × acteurs", "Échanges par type", "Réseau des flux", "Suivi des pistes"];
    let told = alternatives(&deposit.bytes);
    for heading in headings {
        assert!(text.contains(&squeezed(&format!("{heading}\u{a0}:"))), "{heading} is not in {text}");
    }
    for said in
        ["2\u{a0}liens possibles entre 3\u{a0}acteurs", "Une ligne par type de flux", "À gauche les sorties", "Acteurs\u{a0}: ", "Le premier porte 79\u{a0}%"]
    {
        assert!(told.iter().any(|alt| alt.contains(said)), "{said} is in no alternative: {told:?}");
    }
    assert!(!plain.text().contains(&squeezed("Matrice flux")), "nothing is drawn of a dossier without flows");
    // The first deposit stays what it was, and so does the second one once the draft has moved.
    scene.row(&ana, project, "flux").await;
    assert!(have(&scene, &ana, &format!("/dossiers/{project}/depots/1/dossier.pdf")).await.bytes == plain.bytes);
    assert!(have(&scene, &manager, &format!("/dossiers/{project}/depots/2/dossier.pdf")).await.bytes == deposit.bytes);
    let part = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?livrable=4")).await.text();
    assert!(!part.contains(&squeezed("Matrice flux")));
    scene.check().await;
}
