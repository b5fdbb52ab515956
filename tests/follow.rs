//! The board through the phase: what its views tell and to whom, filters by facts, saved views, the map and the calendar.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::statements::Counter;
use crate::support::{AFTER, OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use time::macros::datetime;
use trame::kit::ids::ProjectId;

const PROGRESS: &str = "/comite?appel=essai&vue=avancement";
const SUPPORT: &str = "/comite?appel=essai&vue=accompagnement";
const MAP: &str = "/comite/carte?appel=essai";
/// Ten hours before the bound, three weeks after the dossiers were last touched.
const LAST_DAY: time::OffsetDateTime = datetime!(2015-10-14 13:00 UTC);

/// Dossiers of a page, in order.
fn ids(page: &Page) -> Vec<i64> {
    page.body.split("<a href=/dossiers/").skip(1).map(|part| part.split('>').next().and_then(|id| id.parse().ok()).expect("id")).collect()
}

async fn set(scene: &Scene, query: &'static str, project: ProjectId) {
    sqlx::query(query).bind(project.get()).execute(&scene.app.db).await.expect("set");
}

async fn recuse(scene: &Scene, project: ProjectId, person: &Person) {
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')")
        .bind(project.get())
        .bind(person.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
}

async fn perimeter(scene: &Scene, owner: &Person, project: ProjectId, commune: &str) {
    scene.post(owner, &format!("/dossiers/{project}/perimetre"), &[("version", "0"), ("vues", ""), ("ajouter", commune)]).await.expect(303);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn figures_are_always_shown_and_content_never_before_it_is_shared(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await);
    let project = scene.project(&ana, "Boucles").await;
    scene.get(&claire, PROGRESS).await.expect(200).says("Boucles").says("points bloquent le dépôt").says("0 %");
    scene.fill(&ana, project).await;
    perimeter(&scene, &ana, project, "16102").await;
    let page = scene.at(OPEN + Duration::days(2)).get(&claire, PROGRESS).await;
    page.expect(200)
        .says("1 : à l’étude")
        .says("1/1")
        .says("23 sept.")
        .says("1 dossier présente une action vitrine")
        .is_silent_on("points bloquent le dépôt")
        .is_silent_on("point bloque le dépôt");
    let written = ["Navette de la zone", "Verrerie des Borderies", "Une réponse écrite", "Cognac"];
    for path in [PROGRESS, SUPPORT, MAP, "/comite?appel=essai", "/comite.csv?appel=essai"] {
        let page = scene.get(&claire, path).await;
        page.expect(200).says("Boucles");
        for text in written {
            page.is_silent_on(text);
        }
    }
    let file = scene.get(&claire, "/comite.csv?appel=essai").await;
    file.says(";1;à l’étude;1;0;;0;;;").says("Mouvement du livrable 3").is_silent_on("Étiquettes");
    // What is kept is what the content says.
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn risks_are_told_counted_and_listed(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire, max) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await, scene.staff("Max", &["manager"]).await);
    let whole = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, whole).await;
    let blank = scene.project(&ana, "Thouet").await;
    let list = async |scene: &Scene, path: &str| ids(&scene.get(&claire, path).await);
    assert_eq!(list(&scene, &format!("{PROGRESS}&risque=immobile")).await, [blank.get()], "the other was written in today");

    let late = scene.at(LAST_DAY);
    let page = late.get(&claire, PROGRESS).await;
    page.expect(200).says("2 dossiers sans mouvement").says("1 dossier à compléter avant une limite proche").says("depuis 21 jours");
    assert_eq!(list(&late, &format!("{PROGRESS}&risque=immobile")).await, [whole.get(), blank.get()]);
    assert_eq!(list(&late, &format!("{PROGRESS}&risque=limite")).await, [blank.get()]);
    assert_eq!(list(&late, &format!("{PROGRESS}&risque=tous&actions=aucune")).await, [blank.get()]);
    late.get(&claire, &format!("{PROGRESS}&risque=correction")).await.says("Aucun dossier ne correspond").says("risque « Correction en retard »");
    // The same filter holds in the other views and in the file.
    assert_eq!(list(&late, &format!("{SUPPORT}&risque=limite")).await, [blank.get()]);
    late.get(&claire, "/comite.csv?appel=essai&risque=limite").await.says("Thouet").is_silent_on("Boucles");
    let over = scene.at(AFTER);
    over.get(&claire, PROGRESS).await.says("2 dossiers non déposés à la limite").is_silent_on("sans mouvement");
    // An extension moves the bound of that dossier alone.
    sqlx::query("update project set extended_until = $2 where id = $1")
        .bind(whole.get())
        .bind(AFTER + Duration::days(3))
        .execute(&scene.app.db)
        .await
        .expect("extension");
    assert_eq!(list(&over, &format!("{PROGRESS}&risque=non-depose")).await, [blank.get()]);

    let version = scene.get(&max, "/appel/dates?appel=essai").await.hidden("version");
    let alerts =
        |days: &'static str| [("version", version.clone()), ("act", "alertes".to_owned()), ("still_days", days.to_owned()), ("near_days", "15".to_owned())];
    let post = async |days| {
        let pairs = alerts(days);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        scene.post(&max, "/appel/dates?appel=essai", &pairs).await
    };
    let refused = post("400").await;
    refused.expect(422).says("Alertes du tableau");
    assert!(refused.body.contains("value=\"400\""), "what was typed comes back");
    post("60").await.expect(303);
    assert_eq!(list(&late, &format!("{PROGRESS}&risque=immobile")).await, [blank.get()]);
    late.get(&claire, PROGRESS).await.says("depuis 60 jours").is_silent_on("Changer ces seuils");
    late.get(&max, PROGRESS).await.says("Changer ces seuils");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn labels_and_subsidies_are_for_who_instructs_and_an_amo_is_known_once_retained(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire, max) = (scene.person("Ana").await, scene.staff("Claire", &["committee", "reviewer"]).await, scene.staff("Max", &["manager"]).await);
    let (one, two) = (scene.project(&ana, "Boucles").await, scene.project(&ana, "Thouet").await);
    set(&scene, "update project set subsidy_state = 'granted', trainings_attended = 3 where id = $1", one).await;
    set(&scene, "update project set subsidy_state = 'draft' where id = $1", two).await;
    scene
        .post(&max, "/appel/etiquettes?appel=essai", &[("version", "0"), ("etiquette", "0"), ("nom", "À revoir"), ("couleur", "weld"), ("act", "garder")])
        .await
        .expect(303);
    let label: i64 = sqlx::query_scalar("select id from label where name = 'À revoir'").fetch_one(&scene.app.db).await.expect("label");
    sqlx::query("insert into project_label (project_id, label_id, account_id, at) values ($1, $2, $3, now())")
        .bind(one.get())
        .bind(label)
        .bind(max.id.get())
        .execute(&scene.app.db)
        .await
        .expect("label");

    let page = scene.get(&max, SUPPORT).await;
    page.expect(200).says("À revoir : 1").says("1 subvention accordée").says("Accordée").says("3 jours").is_silent_on("AMO retenue");
    assert_eq!(ids(&scene.get(&max, &format!("{SUPPORT}&etiquette={label}")).await), [one.get()]);
    assert_eq!(ids(&scene.get(&max, &format!("{SUPPORT}&subvention=accordee")).await), [one.get()]);
    assert_eq!(ids(&scene.get(&max, &format!("{SUPPORT}&subvention=aucune")).await), [two.get()], "a draft is its team's alone");
    assert_eq!(ids(&scene.get(&max, &format!("{SUPPORT}&formation=aucune")).await), [two.get()]);
    scene.get(&max, &format!("/comite?appel=essai&etiquette={label}")).await.says("étiquette « À revoir »");
    scene.get(&max, "/comite.csv?appel=essai").await.says("Étiquettes").says("À revoir").says("Accordée");

    // The committee: neither column, nor count, nor filter, nor file; what it asks of them is as if it were not asked.
    for path in [
        SUPPORT.to_owned(),
        format!("{SUPPORT}&etiquette={label}"),
        format!("{SUPPORT}&subvention=accordee"),
        format!("{SUPPORT}&subvention=accordee&etiquette={label}&tri=activite"),
        format!("/comite.csv?appel=essai&etiquette={label}&subvention=accordee"),
    ] {
        let page = scene.get(&claire, &path).await;
        page.expect(200).says("Boucles").says("Thouet").is_silent_on("À revoir").is_silent_on("ubvention").is_silent_on("Accordée").is_silent_on("tiquette");
    }
    for person in [&claire, &max] {
        scene.get(person, &format!("{SUPPORT}&amo=retenue")).await.says("Aucun dossier ne correspond");
        scene.get(person, SUPPORT).await.is_silent_on("Retenue");
    }
    set(&scene, "update project set consultant_state = 'retained' where id = $1", two).await;
    for person in [&claire, &max] {
        assert_eq!(ids(&scene.get(person, &format!("{SUPPORT}&amo=retenue")).await), [two.get()]);
        scene.get(person, SUPPORT).await.says("Retenue").says("1 AMO retenue");
    }
    // A saved view, whatever it was kept with, gives no more than the address does.
    let kept = format!("vue=accompagnement&etiquette={label}&subvention=accordee");
    let saved = scene.post(&claire, "/comite/vues?appel=essai", &[("version", "0"), ("act", "enregistrer"), ("nom", "Curieuse"), ("adresse", &kept)]).await;
    saved.expect(303);
    scene.get(&claire, &saved.location).await.expect(200).says("Thouet").is_silent_on("À revoir");
    scene.get(&claire, "/comite/vues?appel=essai").await.expect(200).is_silent_on("À revoir");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_correction_under_way_is_followed_until_it_is_closed(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire, max) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await, scene.staff("Max", &["manager"]).await);
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let after = scene.at(AFTER);
    after.post(&max, &format!("/dossiers/{project}/instruction/ouverture"), &[("version", "0")]).await.expect(303);
    sqlx::query(
        "insert into correction (project_id, number, submission_id, resumes, message, due_at, account_id, at)
         select id, 1, submission_id, 'admissibility', 'MOTIFSECRET', $2, $3, $4 from project where id = $1",
    )
    .bind(project.get())
    .bind(AFTER + Duration::days(10))
    .bind(max.id.get())
    .bind(AFTER)
    .execute(&scene.app.db)
    .await
    .expect("correction");
    let page = after.get(&claire, &format!("{SUPPORT}&correction=en-cours")).await;
    page.expect(200).says("1, pour le 30 oct.").says("1 dossier en correction").is_silent_on("MOTIFSECRET");
    let overdue = scene.at(AFTER + Duration::days(11));
    assert_eq!(ids(&overdue.get(&claire, &format!("{PROGRESS}&risque=correction")).await), [project.get()]);
    overdue.get(&claire, SUPPORT).await.says("en retard depuis le 30 oct.");
    set(&scene, "update correction set closed_at = due_at, closed_by = account_id, outcome = 'cancelled' where project_id = $1", project).await;
    overdue.get(&claire, &format!("{SUPPORT}&correction=en-cours")).await.says("Aucun dossier ne correspond");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_stays_away_meets_the_dossier_in_no_view_count_filter_nor_map(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire, max) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await, scene.staff("Max", &["manager"]).await);
    let (secret, other) = (scene.project(&ana, "Arsenal").await, scene.project(&ana, "Bocage").await);
    for project in [secret, other] {
        perimeter(&scene, &ana, project, "16102").await;
        set(
            &scene,
            "update project set trainings_attended = 2, consultant_state = 'retained', subsidy_state = 'paid', shared = '{t,t,t,t,t}' where id = $1",
            project,
        )
        .await;
    }
    for person in [&claire, &max] {
        scene.get(person, SUPPORT).await.says("2 dossiers formés").says("2 AMO retenues");
        recuse(&scene, secret, person).await;
        scene.get(person, SUPPORT).await.expect(200).says("1 dossier formé").says("1 AMO retenue").says("Vous ne participez ni à l’examen ni au vote");
        for path in [
            PROGRESS.to_owned(),
            SUPPORT.to_owned(),
            format!("{SUPPORT}&formation=suivie"),
            format!("{SUPPORT}&amo=retenue"),
            format!("{SUPPORT}&subvention=versee"),
            format!("{PROGRESS}&risque=tous"),
            format!("{PROGRESS}&q=arsenal"),
            MAP.to_owned(),
            format!("{MAP}&q=arsenal"),
            "/comite.csv?appel=essai".to_owned(),
        ] {
            let page = scene.at(LAST_DAY).get(person, &path).await;
            page.expect(200).is_silent_on("Arsenal");
            assert!(!page.body.contains(&format!("/dossiers/{secret}")) && !page.body.contains(&format!("d-{secret}\"")), "{path}");
        }
        scene.get(person, MAP).await.says("Bocage").says("Déport").says("1 périmètre dessiné");
    }
    scene.get(&max, SUPPORT).await.says("1 subvention versée");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_filter_by_score_tells_nothing_of_the_scores_one_may_not_read(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire) = (scene.person("Ana").await, scene.staff("Claire", &["committee", "reviewer"]).await);
    let (mine, other) = (scene.project(&ana, "Arsenal").await, scene.project(&ana, "Bocage").await);
    for project in [mine, other] {
        set(
            &scene,
            "update project set status = 'deposited', reviews_assigned = 2, reviews_delivered = 2, score_mean = 500000000000000, score_median = 500000000000000,
               score_min = 100000000000000, score_max = 900000000000000, score_deviation = 400000000000000 where id = $1",
            project,
        )
        .await;
    }
    scene.assign(mine, &claire).await;
    sqlx::query("update call set scores_version = scores_version + 1").execute(&scene.app.db).await.expect("version");
    scene.get(&claire, "/comite?appel=essai").await.says("1 dossier a une moyenne").says("1 dossier en désaccord").says("4 évaluations rendues");
    for filter in ["moyenne", "ecart"] {
        assert_eq!(ids(&scene.get(&claire, &format!("/comite?appel=essai&scores={filter}")).await), [other.get()]);
        assert_eq!(ids(&scene.get(&claire, &format!("/comite?appel=essai&scores={filter}&tri=moyenne")).await), [other.get()]);
    }
    assert_eq!(ids(&scene.get(&claire, "/comite?appel=essai&evaluations=rendues").await), [mine.get(), other.get()]);
    sqlx::query("update call set reviews_visible = 'after_all_mine'").execute(&scene.app.db).await.expect("rule");
    let blind = scene.get(&claire, "/comite?appel=essai&scores=ecart").await;
    assert_eq!(ids(&blind), [mine.get(), other.get()], "as if nothing were asked");
    blind.is_silent_on("désaccord").is_silent_on("Avec une moyenne");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_view_is_kept_under_a_name_for_oneself_alone(db: PgPool) {
    let scene = Scene::new(db).await;
    let (claire, denis) = (scene.staff("Claire", &["committee"]).await, scene.staff("Denis", &["committee"]).await);
    let address = "/comite/vues?appel=essai";
    let keep = async |person: &Person, name: &str, kept: &str| {
        scene.post(person, address, &[("version", "0"), ("act", "enregistrer"), ("nom", name), ("adresse", kept)]).await
    };
    scene.get(&claire, address).await.expect(200).says("Aucune vue enregistrée");
    let made = keep(&claire, " À relancer ", "vue=avancement&risque=immobile&dep=16&tri=activite&apres=x~3&appel=autre&etat=rien").await;
    made.expect(303);
    assert_eq!(made.location, "/comite?appel=essai&vue=avancement&dep=16&risque=immobile&tri=activite");
    let board = scene.get(&claire, &made.location).await;
    assert!(board.expect(200).body.contains("aria-current=\"page\">À relancer</a>"));
    keep(&claire, "À relancer", "vue=avancement&risque=immobile&dep=16&tri=activite").await.expect(303);
    let page = scene.get(&claire, "/comite/vues?appel=essai&adresse=vue%3Davancement%26risque%3Dimmobile").await;
    page.expect(200).says("risque « Sans mouvement »").says("par titre");
    assert_eq!(page.hidden("adresse").replace("&#38;", "&"), "vue=avancement&risque=immobile");
    let taken = keep(&claire, "à RELANCER", "").await;
    taken.expect(422).says("porte déjà ce nom");
    assert!(taken.body.contains("value=\"à RELANCER\"") && taken.body.contains("aria-invalid"));
    keep(&claire, "  ", "vue=avancement").await.expect(422).says("Écrire le nom de la vue.");
    keep(&claire, &"a".repeat(61), "").await.expect(422).says("60");
    keep(&claire, "<b>\u{202e}\0", "q=%3Cscript%3E").await.expect(303);
    scene.get(&claire, address).await.expect(200).says("&#60;b&#62;").says("mots « &#60;script&#62; »");

    // Nobody else's: not told, not renamed, not taken away.
    let id: i64 = sqlx::query_scalar("select id from board_view where name = 'À relancer'").fetch_one(&scene.app.db).await.expect("view");
    let id = id.to_string();
    scene.get(&denis, address).await.is_silent_on("À relancer");
    scene.get(&denis, "/comite?appel=essai").await.is_silent_on("À relancer");
    scene.post(&denis, address, &[("version", "0"), ("act", "renommer"), ("vue", &id), ("nom", "Volée")]).await.expect(422);
    scene.post(&denis, address, &[("version", "0"), ("act", "retirer"), ("vue", &id)]).await.expect(303);
    scene.get(&claire, address).await.says("À relancer").is_silent_on("Volée");
    for role in [&["reviewer"][..], &[]] {
        let person = if role.is_empty() { scene.person("Zoe").await } else { scene.staff("Rita", role).await };
        for path in [address, MAP, PROGRESS] {
            scene.get(&person, path).await.expect(404);
        }
        scene.post(&person, address, &[("version", "0"), ("act", "retirer"), ("vue", &id)]).await.expect(404);
    }

    let refused = scene.post(&claire, address, &[("version", "0"), ("act", "renommer"), ("vue", &id), ("nom", "")]).await;
    refused.expect(422).says("Écrire le nom de la vue.");
    scene.post(&claire, address, &[("version", "0"), ("act", "renommer"), ("vue", &id), ("nom", "Relances")]).await.expect(303);
    scene.get(&claire, address).await.says("Relances").is_silent_on("À relancer");
    for n in 0..18 {
        keep(&claire, &format!("Vue {n}"), "vue=avancement").await.expect(303);
    }
    keep(&claire, "De trop", "vue=avancement").await.expect(422).says("20 vues au plus");
    scene.post(&claire, address, &[("version", "0"), ("act", "retirer"), ("vue", &id)]).await.expect(303);
    keep(&claire, "Une place", "vue=avancement").await.expect(303);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_perimeter_is_drawn_once_shared_or_deposited_and_the_dates_are_under_it(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, claire) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await);
    scene.get(&claire, MAP).await.expect(200).says("Aucun dossier à placer").says("Limite de dépôt des dossiers").says("mercredi 14 octobre 2015");
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    perimeter(&scene, &ana, project, "16102").await;
    let page = scene.get(&claire, MAP).await;
    page.expect(200).says("0 périmètre dessiné, 1 dossier au siège de son porteur").says("siège du porteur à Jarnac").is_silent_on("Cognac");
    assert!(
        page.body.contains("class=\"per seat\"") && page.body.contains(&format!("href=\"#d-{project}\"")) && page.body.contains(&format!("id=\"d-{project}\""))
    );

    let version = scene.get(&ana, &format!("/dossiers/{project}")).await.hidden("version");
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("version", &version), ("partage1", "oui")]).await.expect(303);
    let page = scene.get(&claire, MAP).await;
    page.says("1 périmètre dessiné").says("1 commune, brouillon que le porteur montre").says("Cognac");
    assert!(page.body.contains("class=\"per draft\""));
    set(&scene, "update project set shared = '{f,f,f,f,f}' where id = $1", project).await;
    scene.get(&claire, MAP).await.is_silent_on("Cognac");

    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    perimeter(&scene, &ana, project, "17299").await;
    let page = scene.get(&claire, MAP).await;
    page.says("1 commune, comme déposé").says("Cognac").is_silent_on("Rochefort");
    set(&scene, "update project set status = 'withdrawn' where id = $1", project).await;
    scene.get(&claire, MAP).await.expect(200).is_silent_on("Cognac");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_number_of_statements_does_not_depend_on_the_number_of_dossiers(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, max) = (scene.person("Ana").await, scene.staff("Max", &["manager"]).await);
    let sent = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Counter::of(&sent));
    let count = async |path: &str| {
        scene.get(&max, path).await.expect(200);
        // Another test's thread may have met the same statements first, with nobody listening.
        tracing::callsite::rebuild_interest_cache();
        sent.store(0, Ordering::Relaxed);
        scene.get(&max, path).await.expect(200);
        sent.load(Ordering::Relaxed)
    };
    let paths = ["/comite?appel=essai", PROGRESS, SUPPORT, MAP, "/comite/vues?appel=essai"];
    let counts = async || {
        let mut counts = Vec::new();
        for path in paths {
            counts.push(count(path).await);
        }
        counts
    };
    let one = scene.project(&ana, "Boucles").await;
    perimeter(&scene, &ana, one, "16102").await;
    let few = counts().await;
    for title in ["Thouet", "Bocage", "Estuaire"] {
        let project = scene.project(&ana, title).await;
        perimeter(&scene, &ana, project, "17299").await;
        set(&scene, "update project set shared = '{t,t,t,t,t}' where id = $1", project).await;
    }
    assert_eq!(counts().await, few);
    assert!(few[0] <= 1 && few[1] <= 2 && few[2] <= 2, "{few:?}");
}
