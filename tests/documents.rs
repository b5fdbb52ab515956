//! Documents to keep: who may have them, the same content as the screen, digests that anybody can compute again.

mod support;

use std::io::Read as _;

use axum::body::{Body, to_bytes};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, COOKIE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, Request, StatusCode};
use sha2::{Digest, Sha256};
use sqlx::PgPool;
use support::{AFTER, Person, Scene};
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
    let concise = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf?mise-en-page=concise")).await;
    let full = have(&scene, &ana, &format!("/dossiers/{project}/dossier.pdf")).await;
    assert!(concise.pages() < full.pages(), "{} {}", concise.pages(), full.pages());
    assert!(concise.text().contains(&squeezed(&format!("Mise en page concise : {} pages, repère de l’appel 30 pages.", concise.pages()))));
    scene.get(&ana, &format!("/dossiers/{project}/documents")).await.expect(200).says(&format!("{} pages, repère 30", concise.pages()));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_engagement_document_gathers_its_texts_and_its_signatures(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = deposited(&scene, &ana).await;
    let path = format!("/dossiers/{project}/mobilisation?theme=engagements");
    let version = scene.get(&ana, &path).await.hidden("version");
    let texts = [("charter_objectives", "Boucler trois flux avant 2018."), ("charter_principles", "Ce qui est dit reste entre nous.")];
    scene.post(&ana, &path, &[("version", version.as_str()), texts[0], texts[1]]).await.expect(303);
    let text = have(&scene, &ana, &format!("/dossiers/{project}/engagement.pdf")).await.text();
    for said in [texts[0].1, texts[1].1, "Verrerie des Borderies", "1er septembre 2015", "Texte en cours, état du"] {
        assert!(text.contains(&squeezed(said)), "{said} is not in {text}");
    }
    scene.check().await;
}
