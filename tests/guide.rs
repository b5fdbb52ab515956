//! The trame as a guide: marks, examples, bounds in words, related data, anchors, the 136 lines, questions of one's own.

use crate::support::{AFTER, Page, Person, Scene};
use sqlx::PgPool;
use trame::framework::requirements;
use trame::framework::standing::places;
use trame::kit::ids::ProjectId;

/// Adds a question of one's own to the first deliverable; its row.
async fn added(scene: &Scene, person: &Person, path: &str, title: &str, answer: &str) -> String {
    let page = scene.get(person, path).await;
    let version = page.hidden("version");
    let done = scene.post(person, path, &[("version", &version), ("ajouter", "question_1")]).await;
    done.expect(303);
    let row = done.location.rsplit('#').next().expect("anchor")["question_1-".len()..][..36].to_owned();
    let (name, said) = (format!("question_1.{row}.title"), format!("question_1.{row}.answer"));
    let pairs = [("version", "0"), ("question_1.id", row.as_str()), ("question_1.version", "1"), (&name, title), (&said, answer)];
    scene.post(person, path, &pairs).await.expect(303);
    row
}

fn questions(project: ProjectId) -> String {
    format!("/dossiers/{project}/organisation?theme=questions")
}

/// Position of a text in the page.
#[track_caller]
fn at(page: &Page, text: &str) -> usize {
    page.body.find(text).unwrap_or_else(|| panic!("{text} is not in the page"))
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_margin_gives_the_marks_and_an_example_on_demand_and_no_reading_carries_them(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    let level: String =
        sqlx::query_scalar("select levels[4] from criterion where call_id = $1 and code = 'G3'").bind(scene.call.get()).fetch_one(&scene.app.db).await.unwrap();
    let page = scene.get(&ana, &path).await;
    page.expect(200).says("Les notes de 0 à 4").says(&level).says("Un exemple").says("L’animation repose sur deux personnes").says("Exemple fictif");
    assert!(!page.body.contains("<details open"), "closed until they are asked for");
    // Read by who may not write, printed, deposited: the answers alone.
    for reading in [scene.at(AFTER).get(&ana, &path).await, scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await] {
        reading.expect(200).is_silent_on("Les notes de 0 à 4").is_silent_on("Exemple fictif").is_silent_on("L’animation repose sur deux personnes");
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_example_is_never_an_answer(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let page = scene.get(&ana, &format!("/dossiers/{project}/organisation")).await;
    page.says("Un exemple").says("0 réponse sur 16");
    assert!(page.body.contains("name=\"q1\" aria-describedby=\"n-q1\" rows=\"7\">\n</textarea>"), "{}", page.body);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn beyond_the_hard_bound_an_answer_is_kept_whole_and_signalled_and_the_deposit_goes_through(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let path = format!("/dossiers/{project}/organisation?theme=gouvernance");
    let version = scene.get(&ana, &path).await.hidden("version");
    let long = vec!["mot"; 601].join(" ");
    scene.post(&ana, &path, &[("version", &version), ("q13", &long)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    page.says("601 mots").says("Plus de 600 mots : tout est conservé");
    assert!(page.body.contains(&long));
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("601 mots, 600 au plus sont conseillés pour rester concis");
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let shorter = vec!["mot"; 600].join(" ");
    let version = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &version), ("q13", &shorter)]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.is_silent_on("au plus sont conseillés");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_question_recalls_what_the_dossier_already_knows_to_the_team_alone(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, committee) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await);
    let project = scene.project(&ana, "Boucles").await;
    for (name, outside) in [("Papeterie du Brion", ""), ("Cimenterie de Lhoumois", "oui")] {
        let actor = scene.row(&ana, project, "acteurs").await;
        let pairs =
            [("version", "1"), ("name", name), ("kind", "company"), ("outside_perimeter", outside), ("is_key_actor", "oui"), ("acceptance", "favourable")];
        scene.post(&ana, &format!("/dossiers/{project}/acteurs/{actor}"), &pairs).await.expect(303);
    }
    let page = scene.get(&ana, &format!("/dossiers/{project}/organisation")).await;
    page.says("2 acteurs, dont 1 hors du périmètre.");
    assert!(page.body.contains(&format!("href=\"/dossiers/{project}/acteurs\">Liste des acteurs</a>")));
    scene.get(&ana, &format!("/dossiers/{project}/organisation?theme=gouvernance")).await.says("Acceptation notée pour 2 acteurs sur 2 : 2 favorables.");
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.says("Hors du périmètre : Cimenterie de Lhoumois.");
    // The first deliverable is shown to the administration; the actors belong to the others.
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("version", "0"), ("partage1", "oui")]).await.expect(303);
    for theme in ["perimetre", "animation", "gouvernance"] {
        let page = scene.get(&committee, &format!("/dossiers/{project}/organisation?theme={theme}")).await;
        page.expect(200).is_silent_on("hors du périmètre.").is_silent_on("Cimenterie").is_silent_on("Acceptation notée");
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn each_line_has_one_anchor_on_its_page_and_in_the_printed_dossier(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let page = scene.get(&ana, &format!("/dossiers/{project}/organisation")).await;
    assert!(at(&page, "id=\"i-q2\"") < at(&page, "id=\"R30\"") && at(&page, "id=\"R30\"") < at(&page, "for=\"q2\""));
    let page = scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await;
    for code in requirements::all().map(requirements::Requirement::code) {
        let expected = usize::from(places().any(|place| place.item.requirements.contains(&code.as_str()) && !place.section.is_added()));
        assert_eq!(page.body.matches(&format!("id=\"{code}\"")).count(), expected, "{code}");
    }
    let action = scene.row(&ana, project, "actions").await;
    assert_eq!(scene.get(&ana, &format!("/dossiers/{project}/actions/{action}")).await.body.matches("id=\"R16\"").count(), 1);
    assert_eq!(scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.body.matches("id=\"R16\"").count(), 1);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_136_lines_say_where_each_is_answered_and_in_what_state(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/exigences");
    let page = scene.get(&ana, &path).await;
    page.expect(200).says("136 exigences").says("Quels acteurs économiques actifs sur ce périmètre");
    for number in 1..=136 {
        assert_eq!(page.body.matches(&format!("<tr id=\"R{number}\">")).count(), 1, "R{number}");
    }
    let line =
        |page: &Page, code: &str| page.body.split(&format!("<tr id=\"{code}\">")).nth(1).and_then(|rest| rest.split("</tr>").next()).expect("line").to_owned();
    let (r30, r133, r16) = (line(&page, "R30"), line(&page, "R133"), line(&page, "R16"));
    assert!(r30.contains(&format!("/dossiers/{project}/organisation?theme=perimetre#q2")) && r30.contains("Vide"), "{r30}");
    assert!(r133.contains("/appels/essai#deposer") && r133.contains("Hors du dossier"), "{r133}");
    assert!(r16.contains(&format!("/dossiers/{project}/actions\"")) && r16.contains("Vide"), "{r16}");
    let long = vec!["mot"; 160].join(" ");
    scene.post(&ana, &format!("/dossiers/{project}/organisation"), &[("version", "0"), ("q1", &long), ("q2", "Trois mots seulement")]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(line(&page, "R29").contains("Rempli") && line(&page, "R30").contains("Commencé") && line(&page, "R31").contains("Vide"));
    let page = scene.get(&ana, &format!("{path}?etat=commence&chapitre=organisation")).await;
    // R26 and R28 are answered by the sixteen questions together.
    page.expect(200).says("3 exigences sur 136").says("Descriptif organisationnel : 1 réponse sur 16, 1 commencée");
    let listed: Vec<&str> = page.body.split("<tr id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(listed, ["R26", "R28", "R30"]);
    scene.get(&ana, &format!("{path}?etat=vide&chapitre=accompagnement")).await.expect(200).says("Aucune exigence dans ce filtre");
    scene.get(&ana, &format!("{path}?etat=%00&chapitre=inconnu")).await.expect(200);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_administration_reads_states_and_never_the_content_that_is_not_shown(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let (committee, recused) = (scene.staff("Claire", &["committee"]).await, scene.staff("Marc", &["manager"]).await);
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/exigences");
    scene.post(&ana, &format!("/dossiers/{project}/organisation?theme=animation"), &[("version", "0"), ("adhesion", "Un secret bien gardé")]).await.expect(303);
    let page = scene.get(&committee, &path).await;
    page.expect(200).says("136 exigences").says("Non montré").is_silent_on("Un secret bien gardé");
    let r19 = |page: &Page| page.body.split("<tr id=\"R19\">").nth(1).and_then(|rest| rest.split("</tr>").next()).expect("line").to_owned();
    assert!(r19(&page).contains("Non montré") && !r19(&page).contains("href"), "{}", r19(&page));
    for closed in ["organisation", "depot", "imprimer", "acteurs", "mobilisation", "actions"] {
        assert!(!page.body.contains(&format!("href=\"/dossiers/{project}/{closed}")), "{closed}");
    }
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("version", "0"), ("partage1", "oui")]).await.expect(303);
    let page = scene.get(&committee, &path).await;
    assert!(r19(&page).contains("Rempli") && r19(&page).contains("href"), "{}", r19(&page));
    assert!(!page.body.contains(&format!("href=\"/dossiers/{project}/mobilisation")));
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(project.get())
        .bind(recused.id.get())
        .execute(&scene.app.db)
        .await
        .unwrap();
    scene.get(&recused, &path).await.expect(404);
    scene.get(&bob, &path).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r9_a_question_of_ones_own_is_added_renamed_ordered_removed_and_brought_back_without_script(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = questions(project);
    scene.get(&ana, &path).await.expect(200).says("Vos propres questions").says("Aucune question ajoutée");
    let first = added(&scene, &ana, &path, "Quel lien avec le port ?", "Le port reçoit les essais.").await;
    let second = added(&scene, &ana, &path, "Quelle place pour les artisans ?", "Ils sont trente.").await;
    let page = scene.get(&ana, &path).await;
    assert!(at(&page, "Quel lien avec le port ?") < at(&page, "Quelle place pour les artisans ?"));
    let up = format!("question_1.{second}");
    scene.post(&ana, &path, &[("version", "0"), ("monter", &up)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(at(&page, "Quelle place pour les artisans ?") < at(&page, "Quel lien avec le port ?"));
    // At the top already: nothing moves, nothing breaks.
    scene.post(&ana, &path, &[("version", "0"), ("monter", &up)]).await.expect(303);
    let version: i32 = sqlx::query_scalar("select version from unit where row = $1::uuid").bind(&second).fetch_one(&scene.app.db).await.unwrap();
    let (version, name) = (version.to_string(), format!("question_1.{second}.title"));
    let pairs =
        [("version", "0"), ("question_1.id", second.as_str()), ("question_1.version", &version), (&name, "Quelle place pour les petites entreprises ?")];
    scene.post(&ana, &path, &pairs).await.expect(303);
    let removed = scene.post(&ana, &path, &[("version", "0"), ("retirer", &up)]).await;
    removed.expect(303);
    let page = scene.get(&ana, &removed.location).await;
    page.says("Question retirée");
    assert!(!page.body.contains("petites entreprises"));
    scene.post(&ana, &path, &[("version", "0"), ("retablir", &up)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("Quelle place pour les petites entreprises ?") && page.body.contains("Ils sont trente."));
    let kept: i64 = sqlx::query_scalar("select count(*) from unit_history where row = $1::uuid").bind(&first).fetch_one(&scene.app.db).await.unwrap();
    assert!(kept >= 2, "{kept} versions");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r9_a_question_of_ones_own_counts_for_nothing_blocks_nothing_and_follows_the_deposit(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let progress = || async {
        sqlx::query_scalar::<_, Vec<i16>>("select progress from project where id = $1").bind(project.get()).fetch_one(&scene.app.db).await.unwrap()
    };
    let before = progress().await;
    let path = questions(project);
    let row = added(&scene, &ana, &path, "Quel lien avec le port ?", "Le port reçoit les essais.").await;
    let empty = scene.post(&ana, &path, &[("version", "0"), ("ajouter", "question_1")]).await;
    empty.expect(303);
    // A heading too long to be read is kept as typed, and still blocks nothing.
    let long = "é".repeat(201);
    let name = format!("question_1.{row}.title");
    let page = scene.post(&ana, &path, &[("version", "0"), ("question_1.id", &row), ("question_1.version", "2"), (&name, &long)]).await;
    page.expect(422).says("Écrire 200 caractères au plus");
    assert_eq!(progress().await, before);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("Rien n’empêche le dépôt");
    let shorter = [("version", "0"), ("question_1.id", row.as_str()), ("question_1.version", "3"), (&name, "Quel lien avec le port de commerce ?")];
    scene.post(&ana, &path, &shorter).await.expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let reviewer = scene.staff("Rémi", &["reviewer"]).await;
    scene.assign(project, &reviewer).await;
    for page in [
        scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await,
        scene.get(&ana, &format!("/dossiers/{project}/depots/1")).await,
        scene.get(&reviewer, &format!("/dossiers/{project}/depots/1")).await,
        scene.get(&reviewer, &format!("/evaluation/{project}?livrable=1")).await,
    ] {
        page.expect(200)
            .says("Questions ajoutées")
            .says("Quel lien avec le port de commerce ?")
            .says("Le port reçoit les essais.")
            .is_silent_on("sans intitulé");
    }
    // What came after the deposit is not in it.
    let after = scene.get(&ana, &path).await.hidden("version");
    let said = format!("question_1.{row}.answer");
    scene
        .post(&ana, &path, &[("version", &after), ("question_1.id", &row), ("question_1.version", "4"), (&said, "Réponse d’après le dépôt")])
        .await
        .expect(303);
    scene.get(&reviewer, &format!("/dossiers/{project}/depots/1")).await.says("Le port reçoit les essais.").is_silent_on("d’après le dépôt");
    scene.at(AFTER).get(&ana, &path).await.expect(200).says("Réponse d’après le dépôt").is_silent_on("Ajouter une question");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r9_the_twenty_first_question_of_a_deliverable_is_refused(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/candidature?theme=questions");
    for _ in 0..20 {
        scene.post(&ana, &path, &[("version", "0"), ("ajouter", "question_5")]).await.expect(303);
    }
    scene.get(&ana, &path).await.says("Vingt questions au plus").is_silent_on("Ajouter une question");
    scene.post(&ana, &path, &[("version", "0"), ("ajouter", "question_5")]).await.expect(422).says("20 lignes au plus");
    // Another deliverable has its own.
    scene.post(&ana, &questions(project), &[("version", "0"), ("ajouter", "question_1")]).await.expect(303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r9_two_people_add_and_order_questions_and_only_the_team_may(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob, reader, stranger) = (scene.person("Ana").await, scene.person("Bob").await, scene.person("Lise").await, scene.person("Zoe").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    scene.member(project, &reader, "reader").await;
    let path = questions(project);
    let one = added(&scene, &ana, &path, "Question d’Ana", "Réponse d’Ana").await;
    let two = added(&scene, &bob, &path, "Question de Bob", "Réponse de Bob").await;
    // Bob's page is from before Ana moved his question: his words still go in.
    scene.post(&ana, &path, &[("version", "0"), ("monter", &format!("question_1.{two}"))]).await.expect(303);
    let said = format!("question_1.{two}.answer");
    scene.post(&bob, &path, &[("version", "0"), ("question_1.id", &two), ("question_1.version", "2"), (&said, "Réponse reprise")]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("Réponse reprise") && page.body.contains("Réponse d’Ana"));
    assert!(at(&page, "Question de Bob") < at(&page, "Question d’Ana"));
    for button in ["monter", "descendre", "retirer", "ajouter"] {
        let value = if button == "ajouter" { "question_1".to_owned() } else { format!("question_1.{one}") };
        scene.post(&reader, &path, &[("version", "0"), (button, &value)]).await.expect(403);
        scene.post(&stranger, &path, &[("version", "0"), (button, &value)]).await.expect(404);
    }
    scene.get(&reader, &path).await.expect(200).says("Question d’Ana").says("Réponse reprise");
    scene.get(&stranger, &path).await.expect(404);
    scene.check().await;
}
