//! Importing lists: previewed line by line, done and undone as one act; and the files that people may send.

use std::io::Write as _;

use crate::support::{AFTER, OPEN, Page, Person, Scene};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;
use uuid::Uuid;

/// Sends a file as the browser does.
async fn send(scene: &Scene, person: &Person, project: ProjectId, list: &str, file: (&str, &[u8])) -> Page {
    send_as(scene, person, project, list, file, Uuid::new_v4()).await
}

async fn send_as(scene: &Scene, person: &Person, project: ProjectId, list: &str, (name, bytes): (&str, &[u8]), operation: Uuid) -> Page {
    let mut body = Vec::new();
    for (key, value) in [("version", "0"), ("operation", &operation.to_string()), ("quoi", list)] {
        let _ = write!(body, "--edge\r\ncontent-disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n");
    }
    let _ = write!(body, "--edge\r\ncontent-disposition: form-data; name=\"fichier\"; filename=\"{name}\"\r\ncontent-type: application/octet-stream\r\n\r\n");
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--edge--\r\n");
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/dossiers/{project}/importer"))
        .header(COOKIE, format!("trame_session={}", person.token))
        .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
    scene.run(request.body(Body::from(body)).expect("request")).await
}

/// Sends a file, and opens its preview.
async fn preview(scene: &Scene, person: &Person, project: ProjectId, list: &str, text: &str) -> (String, Page) {
    let sent = send(scene, person, project, list, ("liste.csv", text.as_bytes())).await;
    sent.expect(303);
    let page = scene.get(person, &sent.location).await;
    page.expect(200);
    (sent.location, page)
}

/// Does what a preview shows.
async fn confirm(scene: &Scene, person: &Person, location: &str, preview: &Page) -> Page {
    let (version, digest) = (preview.hidden("version"), preview.hidden("apercu"));
    scene.post(person, location, &[("version", &version), ("apercu", &digest)]).await
}

async fn import(scene: &Scene, person: &Person, project: ProjectId, list: &str, text: &str) -> String {
    let (location, page) = preview(scene, person, project, list, text).await;
    confirm(scene, person, &location, &page).await.expect(303);
    location
}

async fn undo(scene: &Scene, person: &Person, location: &str) -> Page {
    let version = scene.get(person, location).await.hidden("version");
    scene.post(person, &format!("{location}/annuler"), &[("version", &version)]).await
}

async fn count(scene: &Scene, statement: &'static str) -> i64 {
    sqlx::query_scalar(statement).fetch_one(&scene.app.db).await.expect("done")
}

const LIVE: &str = "select count(*) from unit where kind = 'stakeholder' and not is_deleted";

const ACTORS: &str = "Nom;Type de structure;Commune;SIRET;Effectif de l’établissement;Acteur clé;Téléphone\n\
    Verrerie des Borderies;Entreprise;Cognac;73282932000074;100 à 199 salariés;oui;05 45\n\
    Imprimerie Pélisson;entreprise;Jarnac (16);;;non;\n\
    Club du plateau;Cercle;;;;;\n\
    ;Entreprise;Cognac;;;;\n\
    Scierie Marchais;company;Sainte-Colombe;;;;\n";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_file_is_previewed_line_by_line_then_done_and_undone_as_one_act(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let known = scene.row(&ana, project, "acteurs").await;
    scene
        .post(
            &ana,
            &format!("/dossiers/{project}/acteurs/{known}"),
            &[("version", "1"), ("name", "imprimerie pelisson"), ("kind", "company"), ("commune", "Cognac")],
        )
        .await
        .expect(303);
    let (location, page) = preview(&scene, &ana, project, "acteurs", ACTORS).await;
    page.says("liste.csv, 5 lignes").says("Toutes (5)").says("À ajouter (2)").says("À modifier (1)").says("Inchangées (0)").says("Refusées (2)");
    page.says("« Téléphone »").says("Commune : Cognac (16) → Jarnac (16)").says("Nom : imprimerie pelisson → Imprimerie Pélisson");
    page.says("Colonne « Type de structure » : écrire l’une des").says("Vous avez écrit « Cercle »");
    page.says("Colonne « Nom » : la remplir");
    page.says("1 ligne à corriger ensuite").says("communes portent ce nom. Préciser le département").says("Importer 3 lignes");
    scene.get(&ana, &format!("{location}?etat=refusees")).await.expect(200).says("Club du plateau").is_silent_on("Verrerie");
    // Nothing is written before one decides.
    assert_eq!(count(&scene, LIVE).await, 1);
    confirm(&scene, &ana, &location, &page).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 3);
    scene.get(&ana, &location).await.expect(200).says("Import enregistré").says("2 acteurs ajoutés, 1 modifié, fichier liste.csv").says("2 lignes refusées");
    scene.get(&ana, &format!("/dossiers/{project}/acteurs")).await.expect(200).says("Verrerie des Borderies").says("Dernier import").says("À corriger");
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("a importé 3 acteurs");
    scene.check().await;
    // Somebody changes one of them: it stays, the rest goes back.
    let verrerie: Uuid = sqlx::query_scalar("select row from unit where content->>'siret' = '73282932000074'").fetch_one(&scene.app.db).await.expect("done");
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{verrerie}"), &[("version", "1"), ("role", "Fournit son calcin")]).await.expect(303);
    undo(&scene, &ana, &location).await.expect(303);
    let done = scene.get(&ana, &location).await;
    done.expect(200).says("Import annulé").says("Laissé en place").says("Verrerie des Borderies").is_silent_on("Scierie");
    assert_eq!(count(&scene, LIVE).await, 2);
    scene.get(&ana, &format!("/dossiers/{project}/acteurs/{known}")).await.expect(200).says("imprimerie pelisson");
    let list = scene.get(&ana, &format!("/dossiers/{project}/acteurs")).await;
    list.is_silent_on("Scierie Marchais").is_silent_on("Dernier import");
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("a annulé un import, 2 acteurs");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_same_form_sent_twice_or_five_times_at_once_counts_once(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let operation = Uuid::new_v4();
    let file = ("liste.csv", ACTORS.as_bytes());
    let first = send_as(&scene, &ana, project, "acteurs", file, operation).await;
    let second = send_as(&scene, &ana, project, "acteurs", file, operation).await;
    assert_eq!(first.location, second.location);
    assert_eq!(count(&scene, "select count(*) from batch").await, 1);
    let page = scene.get(&ana, &first.location).await;
    let (version, digest, once) = (page.hidden("version"), page.hidden("apercu"), Uuid::new_v4().to_string());
    let pairs = [("version", version.as_str()), ("apercu", digest.as_str()), ("operation", once.as_str())];
    let send = || scene.post(&ana, &first.location, &pairs);
    let (a, b, c, d, e) = tokio::join!(send(), send(), send(), send(), send());
    for page in [&a, &b, &c, &d, &e] {
        page.expect(303);
        assert_eq!(page.location, first.location);
    }
    assert_eq!(count(&scene, LIVE).await, 3);
    assert_eq!(count(&scene, "select count(*) from journal where act = 'imported'").await, 1);
    // Another form of the same preview, from a second tab, does nothing more; two undoings neither.
    confirm(&scene, &ana, &first.location, &page).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 3);
    let version = scene.get(&ana, &first.location).await.hidden("version");
    let path = format!("{}/annuler", first.location);
    let pairs = [("version", version.as_str())];
    let (a, b) = tokio::join!(scene.post(&ana, &path, &pairs), scene.post(&ana, &path, &pairs));
    a.expect(303);
    b.expect(303);
    assert_eq!(count(&scene, "select count(*) from journal where act = 'import_undone'").await, 1);
    assert_eq!(count(&scene, LIVE).await, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_dossier_that_moved_since_the_preview_is_previewed_again(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let (location, page) = preview(&scene, &ana, project, "acteurs", "Nom;Commune\nTuilerie des Brandes;Rouillac\n").await;
    let other = scene.row(&ana, project, "acteurs").await;
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{other}"), &[("version", "1"), ("name", "Tuilerie des Brandes")]).await.expect(303);
    let again = confirm(&scene, &ana, &location, &page).await;
    again.expect(409).says("Le dossier a changé depuis l’aperçu").says("À modifier (1)").says("À ajouter (0)");
    assert_eq!(count(&scene, LIVE).await, 1);
    confirm(&scene, &ana, &location, &again).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn flows_find_their_actor_by_name_and_the_four_lists_come_back_as_they_left(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    import(&scene, &ana, project, "acteurs", "Nom;SIRET\nVerrerie des Borderies;732 829 320 00074\nMalterie du Plateau;\n").await;
    let flows = "Acteur;Sens;Domaine;Désignation;Quantité par an;Unité;Mois où le flux existe;Code déchet\n\
        VERRERIE DES BORDERIES;Sortant, ou offre;Énergie;Chaleur de four;2 200,5;MWh par an;toute l’année;\n\
        73282932000074;out;material;Calcin;;;octobre à mars;150107\n\
        Inconnue;in;water;Eau;;;;\n\
        Malterie du Plateau;in;energy;;;;;\n\
        Malterie du Plateau;in;energy;Gaz;beaucoup;;;\n";
    let (location, page) = preview(&scene, &ana, project, "flux", flows).await;
    page.says("À ajouter (3)").says("Refusées (2)").says("écrire le nom d’un acteur du dossier, ou l’y ajouter d’abord. Vous avez écrit « Inconnue »");
    page.says("Écrire un nombre de 0 à 1 000 000 000").says("Vous avez écrit « beaucoup »");
    confirm(&scene, &ana, &location, &page).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/flux")).await.says("Chaleur de four").says("Verrerie des Borderies").says("2 200,5").says("À corriger");
    import(
        &scene,
        &ana,
        project,
        "budget",
        "Horizon,Sens,Intitulé,Montant,État\nCourt terme,Dépense,Animation,\"18 600,50 €\",Acquis\nMoyen terme,Ressource,FREE,1000,\n",
    )
    .await;
    import(&scene, &ana, project, "communes", "commune\tPrécision\nCognac\tsiège\n16167\t\n").await;
    scene.get(&ana, &format!("/dossiers/{project}/organisation?theme=financement")).await.says("Dépenses : 18 600,50 €, ressources : 1 000 €");
    let perimeter = scene.get(&ana, &format!("/dossiers/{project}/organisation?theme=perimetre")).await;
    perimeter.says("2 communes,");
    assert!(perimeter.body.contains("Jarnac (16)"));
    scene.check().await;
    for list in ["acteurs", "flux", "budget", "communes"] {
        for format in ["csv", "xlsx"] {
            let request =
                Request::builder().uri(format!("/dossiers/{project}/exporter/{list}.{format}")).header(COOKIE, format!("trame_session={}", ana.token));
            let bytes = bytes(&scene, request.body(Body::empty()).expect("done")).await;
            let sent = send(&scene, &ana, project, list, (&format!("{list}.{format}"), &bytes)).await;
            sent.expect(303);
            let page = scene.get(&ana, &sent.location).await;
            page.expect(200).says("À ajouter (0)").says("À modifier (0)").says("Refusées (0)").says("Rien à importer dans ce fichier");
        }
    }
    // The same files fill another dossier.
    let second = scene.project(&ana, "Ailleurs").await;
    for (list, n) in [("acteurs", 2), ("flux", 3), ("budget", 2), ("communes", 2)] {
        let request = Request::builder().uri(format!("/dossiers/{project}/exporter/{list}.xlsx")).header(COOKIE, format!("trame_session={}", ana.token));
        let bytes = bytes(&scene, request.body(Body::empty()).expect("done")).await;
        let sent = send(&scene, &ana, second, list, ("export.xlsx", &bytes)).await;
        let page = scene.get(&ana, &sent.location).await;
        page.expect(200).says(&format!("À ajouter ({n})")).says("Refusées (0)");
        confirm(&scene, &ana, &sent.location, &page).await.expect(303);
    }
    scene.check().await;
}

async fn bytes(scene: &Scene, request: Request<Body>) -> Vec<u8> {
    use tower::ServiceExt as _;
    let response = trame::app::service(&scene.app).oneshot(request).await.expect("done");
    assert_eq!(response.status().as_u16(), 200);
    let disposition = response.headers()["content-disposition"].to_str().expect("done");
    assert!(disposition.starts_with("attachment; filename="), "{disposition}");
    axum::body::to_bytes(response.into_body(), 32 * 1024 * 1024).await.expect("done").to_vec()
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_actor_is_known_by_its_siret_then_by_its_name_and_a_line_counts_once(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    import(&scene, &ana, project, "acteurs", "Nom;SIRET;Commune\nLa Poste;35600000000048;Cognac\nLa Poste;35600000009075;Jarnac\nMalterie;;Rouillac\n").await;
    let file = "Nom;SIRET;Commune;Rôle\n\
        Poste de Cognac;356 000 000 00048;;\n\
        La Poste;;;\n\
        La Poste;;Jarnac;Relaie\n\
        La Poste;73282932000074;Saintes;\n\
        MALTERIE;73282932000075;;\n\
        malterie;;;Autre\n";
    let (_, page) = preview(&scene, &ana, project, "acteurs", file).await;
    page.says("À modifier (3)").says("À ajouter (1)").says("Refusées (2)");
    page.says("Nom : La Poste → Poste de Cognac").says("Plusieurs acteurs du dossier portent ce nom. Remplir la colonne SIRET ou la colonne Commune.");
    page.says("Vérifier le SIRET").says("Déjà décrit à la ligne 6 du fichier");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_list_takes_no_more_than_its_most(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let lines = (1..=103).fold(String::new(), |text, n| text + &format!("Dépense;Poste {n};{n}\n"));
    let (location, page) = preview(&scene, &ana, project, "budget", &format!("Sens;Intitulé;Montant\n{lines}")).await;
    page.says("À ajouter (100)").says("Refusées (3)");
    scene.get(&ana, &format!("{location}?etat=refusees")).await.says("La liste accepte 100 lignes au plus");
    confirm(&scene, &ana, &location, &page).await.expect(303);
    assert_eq!(count(&scene, "select count(*) from unit where kind = 'budget_line' and not is_deleted").await, 100);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_is_no_table_too_large_or_a_bomb_is_refused_with_a_sentence(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let send = |file: (&'static str, Vec<u8>)| {
        let (scene, ana) = (&scene, &ana);
        async move { send(scene, ana, project, "acteurs", (file.0, &file.1)).await }
    };
    send(("a.csv", Vec::new())).await.expect(422).says("Ce fichier est vide");
    send(("", Vec::new())).await.expect(422).says("Choisir un fichier à importer");
    send(("liste.csv", b"%PDF-1.4\n%%EOF".to_vec())).await.expect(422).says("ni un classeur XLSX ni un fichier CSV");
    send(("liste.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec())).await.expect(422).says("ancien format XLS");
    send(("a.csv", b"Nom;Type\n".to_vec())).await.expect(422).says("que des titres de colonnes");
    send(("a.csv", "Raison sociale;Ville\nA;B\n".as_bytes().to_vec()))
        .await
        .expect(422)
        .says("dont « Nom »")
        .says("La première ligne contient « Raison sociale » et « Ville »");
    send(("a.csv", "Nom\n".as_bytes().iter().copied().chain(b"x\n".iter().copied().cycle().take(20_000)).collect()))
        .await
        .expect(422)
        .says("6 000 lignes remplies");
    send(("a.csv", vec![b'a'; 6 * 1024 * 1024])).await.expect(413).says("5 Mo");
    send(("a.csv", format!("Nom\n{}\n", "é".repeat(40_000)).into_bytes())).await.expect(422).says("32 767 caractères");
    let bomb = archive(&[("xl/workbook.xml", vec![b' '; 1000]), ("xl/worksheets/sheet1.xml", vec![0; 80 * 1024 * 1024])]);
    assert!(bomb.len() < 1024 * 1024);
    send(("bombe.xlsx", bomb)).await.expect(422).says("une fois décompressé");
    send(("mort.xlsx", archive(&[("xl/workbook.xml", b"<not xml".to_vec())]))).await.expect(422).says("ne s’ouvre pas");
    send(("texte.docx", archive(&[("word/document.xml", b"<w/>".to_vec())]))).await.expect(422).says("ni un classeur XLSX");
    // A lone cell at the far end of a sheet costs nothing.
    let far = workbook(&[(0, 0, "Nom"), (1, 0, "Malterie"), (1_048_575, 16_383, "x")]);
    send(("loin.xlsx", far)).await.expect(422).says("100 colonnes");
    let far = workbook(&[(0, 0, "Nom"), (1_048_575, 0, "Malterie")]);
    let sent = send(("loin.xlsx", far)).await;
    scene.get(&ana, &sent.location).await.expect(200).says("À ajouter (1)").says("1048576");
    assert_eq!(count(&scene, LIVE).await, 0);
    scene.check().await;
}

fn archive(parts: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("done");
        writer.write_all(bytes).expect("done");
    }
    writer.finish().expect("done").into_inner()
}

fn workbook(cells: &[(u32, u16, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (row, column, text) in cells {
        sheet.write_string(*row, *column, *text).expect("done");
    }
    book.save_to_buffer().expect("done")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_workbook_is_read_at_the_sheet_that_holds_the_list_with_its_numbers(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Notes").expect("done").write_string(0, 0, "Liste envoyée par le club").expect("done");
    let sheet = book.add_worksheet().set_name("Partenaires").expect("done");
    for (column, head) in (0..).zip(["Nom", "SIRET", "Commune", "Hors du périmètre", "Influence sur le projet"]) {
        sheet.write_string(0, column, head).expect("done");
    }
    sheet.write_string(1, 0, "=1+1").expect("done").write_number(1, 1, 73_282_932_000_074.0).expect("done").write_number(1, 2, 1004.0).expect("done");
    sheet.write_boolean(1, 3, true).expect("done").write_number(1, 4, 3.0).expect("done");
    let bytes = book.save_to_buffer().expect("done");
    let sent = send(&scene, &ana, project, "acteurs", ("club.xlsx", &bytes)).await;
    let page = scene.get(&ana, &sent.location).await;
    page.expect(200).says("club.xlsx, feuille « Partenaires », 1 ligne").says("À ajouter (1)");
    page.says("SIRET : 73282932000074").says("Commune : Ambérieu-en-Bugey (01)").says("Hors du périmètre : oui").says("Influence sur le projet : 3, forte");
    confirm(&scene, &ana, &sent.location, &page).await.expect(303);
    let request = Request::builder().uri(format!("/dossiers/{project}/exporter/acteurs.csv")).header(COOKIE, format!("trame_session={}", ana.token));
    let file = String::from_utf8(bytes_of(&scene, request).await).expect("done");
    assert!(file.starts_with('\u{feff}') && file.contains("\r\n'=1+1;"), "{file}");
    scene.check().await;
}

async fn bytes_of(scene: &Scene, request: axum::http::request::Builder) -> Vec<u8> {
    bytes(scene, request.body(Body::empty()).expect("done")).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_proposal_is_its_author_s_alone_and_a_day_long(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, zoe) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Zoe").await);
    let manager = scene.staff("Max", &["manager", "committee"]).await;
    let project = scene.project(&ana, "Boucles").await;
    let other = scene.project(&zoe, "Ailleurs").await;
    scene.member(project, &bob, "editor").await;
    let (location, page) = preview(&scene, &ana, project, "acteurs", "Nom\nVerrerie secrète\n").await;
    let id = location.rsplit('/').next().expect("done");
    for person in [&bob, &zoe, &manager] {
        scene.get(person, &location).await.expect(404).is_silent_on("Verrerie secrète");
        scene.get(person, &format!("/dossiers/{other}/importer/{id}")).await.expect(404).is_silent_on("Verrerie secrète");
        confirm(&scene, person, &location, &page).await.expect(404);
    }
    assert_eq!(count(&scene, LIVE).await, 0);
    let tomorrow = scene.at(OPEN + Duration::hours(25));
    let ana_tomorrow = tomorrow.session(ana.id, &ana.email).await;
    tomorrow.get(&ana_tomorrow, &location).await.expect(403).says("date de plus de 24 heures");
    confirm(&tomorrow, &ana_tomorrow, &location, &page).await.expect(403);
    trame::check::sweep(&tomorrow.app).await.expect("done");
    assert_eq!(count(&scene, "select count(*) from batch").await, 0);
    // Done, it is the team's; still nobody else's.
    let location = import(&scene, &ana, project, "acteurs", "Nom\nVerrerie secrète\n").await;
    scene.get(&bob, &location).await.expect(200).says("Verrerie secrète");
    for person in [&zoe, &manager] {
        scene.get(person, &location).await.expect(404).is_silent_on("Verrerie secrète");
        scene.post(person, &format!("{location}/annuler"), &[("version", "2")]).await.expect(404);
    }
    undo(&scene, &bob, &location).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 0);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_those_who_write_import_and_only_the_team_exports(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, rosa, zoe) = (scene.person("Ana").await, scene.person("Rosa").await, scene.person("Zoe").await);
    let manager = scene.staff("Max", &["manager", "committee"]).await;
    let reviewer = scene.staff("Rémi", &["reviewer"]).await;
    let project = scene.project(&ana, "Boucles").await;
    scene.project(&zoe, "Ailleurs").await;
    scene.member(project, &rosa, "reader").await;
    scene.assign(project, &reviewer).await;
    let location = import(&scene, &ana, project, "acteurs", "Nom;Confidentiel\nVerrerie secrète;oui\n").await;
    // Even when the carrier shows everything, the lists as files stay the team's.
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("partage1", "oui"), ("partage2", "oui"), ("partage4", "oui")]).await.expect(303);
    for person in [&zoe, &manager, &reviewer] {
        for path in ["importer", "exporter/acteurs.csv", "exporter/acteurs.xlsx", "importer/modele/acteurs.xlsx"] {
            scene.get(person, &format!("/dossiers/{project}/{path}")).await.expect(404).is_silent_on("Verrerie secrète");
        }
        send(&scene, person, project, "acteurs", ("a.csv", b"Nom\nIntrus\n")).await.expect(404);
    }
    let page = scene.get(&rosa, &format!("/dossiers/{project}/importer")).await;
    page.expect(200).says("Lecture seule").is_silent_on("Voir l’aperçu");
    scene.get(&rosa, &format!("/dossiers/{project}/exporter/acteurs.csv")).await.expect(200).says("Verrerie secrète");
    send(&scene, &rosa, project, "acteurs", ("a.csv", b"Nom\nIntrus\n")).await.expect(403);
    scene.post(&rosa, &format!("{location}/annuler"), &[("version", "2")]).await.expect(403);
    scene.get(&rosa, &format!("/dossiers/{project}/exporter/inconnu.csv")).await.expect(404);
    scene.get(&rosa, &format!("/dossiers/{project}/exporter/acteurs.exe")).await.expect(404);
    // After the bound, nothing is imported nor undone; what was read stays readable.
    let late = scene.at(AFTER);
    send(&late, &ana, project, "acteurs", ("a.csv", b"Nom\nTardif\n")).await.expect(403).says("L’appel est clos");
    late.post(&ana, &format!("{location}/annuler"), &[("version", "2")]).await.expect(403);
    late.get(&ana, &location).await.expect(200).says("L’appel est clos").is_silent_on("Annuler cet import");
    assert_eq!(count(&scene, LIVE).await, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_imported_actor_that_a_colleague_s_flow_names_survives_the_undoing(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let location = import(&scene, &ana, project, "acteurs", "Nom\nVerrerie\nMalterie\nTuilerie\n").await;
    let verrerie: Uuid = sqlx::query_scalar("select row from unit where content->>'name' = 'Verrerie'").fetch_one(&scene.app.db).await.expect("done");
    let flow = scene.row(&ana, project, "flux").await;
    scene.post(&ana, &format!("/dossiers/{project}/flux/{flow}"), &[("version", "1"), ("actor", &verrerie.to_string()), ("label", "Calcin")]).await.expect(303);
    undo(&scene, &ana, &location).await.expect(303);
    scene.get(&ana, &location).await.says("Laissé en place").says("Verrerie").is_silent_on("Malterie");
    scene.get(&ana, &format!("/dossiers/{project}/flux")).await.says("Verrerie");
    assert_eq!(count(&scene, LIVE).await, 1);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_thousand_actors_come_in_and_go_as_one_act(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let lines = (1..=2_001).fold(String::new(), |text, n| text + &format!("Entreprise {n};Entreprise;Cognac\n"));
    let (location, page) = preview(&scene, &ana, project, "acteurs", &format!("Nom;Type de structure;Commune\n{lines}")).await;
    page.says("À ajouter (2000)").says("Refusées (1)").says("lignes 1 à 200 sur 2001");
    scene.get(&ana, &format!("{location}?page=11")).await.says("lignes 2001 à 2001 sur 2001").says("Entreprise 2001");
    confirm(&scene, &ana, &location, &page).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 2_000);
    undo(&scene, &ana, &location).await.expect(303);
    assert_eq!(count(&scene, LIVE).await, 0);
    scene.check().await;
}
