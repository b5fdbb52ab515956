//! The board: every order and page, who sees which figures, ranks without a gap, the file for a spreadsheet.

use crate::support::{Page, Person, Scene};
use sqlx::PgPool;

const POINT: i64 = 10_000_000_000_000;

/// A dossier of the call, with a mean when it is scored.
async fn dossier(scene: &Scene, number: i32, title: &str, mean: Option<i64>) -> i64 {
    sqlx::query_scalar(
        "with carrier as (insert into organisation (name, kind) values ('Syndicat', 'mixed_syndicate') returning id)
         insert into project (call_id, number, organisation_id, title, status, department, label, search, last_activity_at,
           reviews_assigned, reviews_delivered, reviews_counted, score_mean, score_median, score_min, score_max, score_deviation)
         select $1, $2, carrier.id, $3, case when $4::bigint is null then 'draft' else 'in_review' end, case when $2 % 2 = 0 then '16' else '79' end,
           'Syndicat, Jarnac', lower($3), timestamptz '2015-10-01' + make_interval(mins => $2 % 7), given.n, given.n, given.n,
           $4, $4, $4, $4, case when $4::bigint is null then null else 0 end
         from carrier, (select case when $4::bigint is null then 0 else 3 end as n) as given
         returning id",
    )
    .bind(scene.call.get())
    .bind(number)
    .bind(title)
    .bind(mean)
    .fetch_one(&scene.app.db)
    .await
    .expect("dossier")
}

async fn moved(scene: &Scene) {
    sqlx::query("update call set scores_version = scores_version + 1").execute(&scene.app.db).await.expect("version");
}

async fn tie(scene: &Scene, query: &'static str, project: i64, person: &Person) {
    sqlx::query(query).bind(project).bind(person.id.get()).execute(&scene.app.db).await.expect("tie");
}

/// Dossiers of a page, in order.
fn ids(page: &Page) -> Vec<i64> {
    page.body.split("<a href=/dossiers/").skip(1).map(|part| part.split('>').next().and_then(|id| id.parse().ok()).expect("id")).collect()
}

fn next(page: &Page) -> Option<String> {
    let (before, _) = page.body.split_once("\" rel=\"next\"")?;
    Some(before.rsplit("href=\"").next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

/// Rank shown beside a title.
fn rank(page: &Page, title: &str) -> String {
    let row = page.body.split("<tr>").find(|row| row.contains(title)).expect("row");
    let cells: Vec<&str> = row.split("<td>").collect();
    cells[7].trim().replace('\u{a0}', " ")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn every_order_pages_by_key_without_a_hole_nor_a_double(db: PgPool) {
    let scene = Scene::new(db).await;
    let reader = scene.staff("Claire", &["committee", "reviewer"]).await;
    let mut all = Vec::new();
    for number in 1..=120 {
        let mean = (number % 3 != 0).then_some(i64::from(number % 10) * POINT);
        all.push(dossier(&scene, number, &format!("Dossier {}", number % 5), mean).await);
    }
    // A reviewer who has not delivered: their dossiers come last in the orders by score.
    let hidden = [all[0], all[1], all[3]];
    for project in hidden {
        tie(&scene, "insert into review (project_id, account_id, status) values ($1, $2, 'draft')", project, &reader).await;
    }
    moved(&scene).await;
    all.sort_unstable();
    for order in ["dossier", "etat", "evaluations", "moyenne", "mediane", "activite"] {
        let mut path = format!("/comite?appel=essai&tri={order}");
        let mut seen = Vec::new();
        loop {
            let page = scene.get(&reader, &path).await;
            page.expect(200).says("120 dossiers");
            assert!(ids(&page).len() <= 50, "{order}");
            seen.extend(ids(&page));
            let Some(following) = next(&page) else { break };
            path = following;
        }
        if matches!(order, "moyenne" | "mediane") {
            assert_eq!(seen[117..], hidden, "{order}: unseen scores come last, by number");
        }
        seen.sort_unstable();
        assert_eq!(seen, all, "{order}");
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn scores_wait_for_ones_own_review(db: PgPool) {
    let scene = Scene::new(db).await;
    let (reader, manager) = (scene.staff("Claire", &["committee", "reviewer"]).await, scene.staff("Mathieu", &["manager"]).await);
    let best = dossier(&scene, 1, "Thouet", Some(90 * POINT)).await;
    dossier(&scene, 2, "Bocage", Some(40 * POINT)).await;
    tie(&scene, "insert into review (project_id, account_id) values ($1, $2)", best, &reader).await;
    moved(&scene).await;
    let page = scene.get(&reader, "/comite?appel=essai&tri=moyenne").await;
    page.expect(200).says("– visible quand votre évaluation est rendue").is_silent_on("90").says("1 dossier a une moyenne");
    assert_eq!(ids(&page).last(), Some(&best));
    assert_eq!(rank(&page, "Bocage"), "1", "a rank skips what the reader may not see");
    assert_eq!(rank(&scene.get(&manager, "/comite?appel=essai").await, "Bocage"), "2");
    scene.get(&reader, "/comite.csv?appel=essai").await.expect(200).is_silent_on(";90;");

    for (rule, seen) in [("never", false), ("after_all_mine", false), ("always", true)] {
        sqlx::query("update call set reviews_visible = $2 where id = $1").bind(scene.call.get()).bind(rule).execute(&scene.app.db).await.unwrap();
        let page = scene.get(&reader, "/comite?appel=essai&tri=moyenne").await;
        assert_eq!(page.plain().contains("90 90"), seen, "{rule}");
    }
    sqlx::query("update call set reviews_visible = 'after_all_mine'").execute(&scene.app.db).await.unwrap();
    let page = scene.get(&reader, "/comite?appel=essai&tri=moyenne").await;
    page.says("Les dossiers sont rangés par titre.").is_silent_on("ont une moyenne").is_silent_on("40");
    assert_eq!(ids(&page).last(), Some(&best), "by title");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_recused_dossier_is_an_untitled_line_outside_every_count(db: PgPool) {
    let scene = Scene::new(db).await;
    let reader = scene.staff("Claire", &["committee"]).await;
    let recused = dossier(&scene, 1, "Arsenal", Some(90 * POINT)).await;
    dossier(&scene, 3, "Bocage", Some(58 * POINT)).await;
    dossier(&scene, 5, "Chaleur", Some(58 * POINT)).await;
    let own = dossier(&scene, 7, "Drague", Some(58 * POINT)).await;
    dossier(&scene, 9, "Estuaire", Some(40 * POINT)).await;
    moved(&scene).await;
    let before = scene.get(&reader, "/comite?appel=essai").await;
    before.says("5 dossiers").says("Arsenal");
    assert_eq!((rank(&before, "Bocage"), rank(&before, "Estuaire")), ("2 =".to_owned(), "5".to_owned()));

    tie(&scene, "insert into recusal (project_id, account_id, origin) values ($1, $2, 'declared')", recused, &reader).await;
    tie(&scene, "insert into project_member (project_id, account_id, role) values ($1, $2, 'editor')", own, &reader).await;
    let page = scene.get(&reader, "/comite?appel=essai").await;
    page.says("3 dossiers, 1 déport, 1 de votre équipe").says("Vous ne participez ni à l’examen ni au vote").is_silent_on("Arsenal").is_silent_on("Drague");
    page.says("3 dossiers ont une moyenne");
    assert_eq!((rank(&page, "Bocage"), rank(&page, "Estuaire")), ("1 =".to_owned(), "3".to_owned()));
    for path in ["/comite?appel=essai&q=arsenal", "/comite.csv?appel=essai", "/comite?appel=essai&tri=moyenne", "/comite?appel=essai&apres=A~0"] {
        scene.get(&reader, path).await.expect(200).is_silent_on("Arsenal");
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn filters_live_in_the_address_and_an_empty_page_repeats_them(db: PgPool) {
    let scene = Scene::new(db).await;
    let reader = scene.staff("Claire", &["manager"]).await;
    scene.get(&reader, "/comite?appel=essai").await.expect(200).says("Aucun dossier pour l’instant.");
    let even = dossier(&scene, 2, "100% Forêt_vive", None).await;
    let odd = dossier(&scene, 3, "Chaleur", Some(50 * POINT)).await;
    sqlx::query("update project set search = '100% foret_vive' where id = $1").bind(even).execute(&scene.app.db).await.unwrap();
    let found = |page: &Page| ids(page);
    assert_eq!(found(&scene.get(&reader, "/comite?appel=essai&etat=en-evaluation").await), [odd]);
    assert_eq!(found(&scene.get(&reader, "/comite?appel=essai&dep=16").await), [even]);
    assert_eq!(found(&scene.get(&reader, "/comite?appel=essai&q=For%C3%AAt_").await), [even]);
    assert_eq!(found(&scene.get(&reader, "/comite?appel=essai&q=100%25+F").await), [even]);
    let page = scene.get(&reader, "/comite?appel=essai&etat=evalue&dep=86&q=zzz").await;
    page.says("Aucun dossier ne correspond à ces filtres.").says("état « Évalué », département « Vienne », mots « zzz »").says("Sans filtre : 2 dossiers.");
    for odd in ["etat=%00", "q=%00%FF", "tri=x", "apres=%00", "apres=~", "apres=abc~9&tri=moyenne", "apres=99999999999999999999~1&tri=activite", "dep=';--"] {
        scene.get(&reader, &format!("/comite?appel=essai&{odd}")).await.expect(200);
    }
    scene.get(&reader, "/comite/calcul?appel=essai").await.expect(200).says("Rang = 1 +").says("G4");
    scene.get(&scene.staff("Solene", &["reviewer"]).await, "/comite?appel=essai").await.expect(404);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_file_opens_right_in_a_spreadsheet(db: PgPool) {
    let scene = Scene::new(db).await;
    let reader = scene.staff("Claire", &["committee"]).await;
    dossier(&scene, 1, "=HYPERLINK(\"http://x\")", Some(50 * POINT)).await;
    dossier(&scene, 2, "Épée", None).await;
    let file = scene.get(&reader, "/comite.csv?appel=essai&tri=moyenne").await;
    file.expect(200);
    assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename=\"comite-essai-2015-09-23.csv\""));
    let lines: Vec<&str> = file.body.split("\r\n").collect();
    assert!(lines[0].starts_with("\u{feff}Numéro;Dossier;"));
    assert!(lines[1].starts_with("1;\"'=HYPERLINK(\"\"http://x\"\")\";"), "{}", lines[1]);
    assert!(lines[1].contains(";3;3;50;50;50;50;0;1;;"));
    assert!(lines[2].starts_with("2;Épée;") && lines[2].ends_with(";Pas encore en évaluation"));
    let exports: i64 = sqlx::query_scalar("select count(*) from journal where act = 'board_exported'").fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(exports, 1);
}
