//! What is sent too late, or without the right to it any more, is not written, and comes back in the page.

use crate::support::{BOUND, Scene};
use sqlx::PgPool;

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_answer_sent_after_the_bound_without_script_is_shown_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "À temps"), ("mediation", "Inchangé")]).await.expect(303);
    let pairs = [("version", "1"), ("q5", "Tapé avant, envoyé après"), ("mediation", "Inchangé")];
    let late = scene.at(BOUND).post(&ana, &path, &pairs).await;
    late.expect(403).says("Votre texte n’a pas été enregistré").says("Votre envoi est arrivé le").says("Le texte que vous avez envoyé").says("À temps");
    assert!(late.body.contains("readonly>\nTapé avant, envoyé après</textarea>"), "{}", late.body);
    assert_eq!(late.body.matches("readonly").count(), 1, "only what differs is shown back");
    let told = scene.at(BOUND).autosave(&ana, &path, &pairs).await;
    assert!(told.expect(403).body.contains("Votre envoi est arrivé"), "{}", told.body);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_line_a_row_and_a_text_whose_right_was_taken_away_are_shown_back(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let page = format!("/dossiers/{project}/organisation?theme=animation");
    let line = scene.post(&bob, &page, &[("version", "0"), ("ajouter", "staff")]).await;
    let line = line.expect(303).location.rsplit('#').next().expect("anchor")["staff-".len()..][..36].to_owned();
    let actor = scene.row(&bob, project, "acteurs").await;
    sqlx::query("update project_member set role = 'reader' where account_id = $1").bind(bob.id.get()).execute(&scene.app.db).await.expect("role");
    let (structure, status) = (format!("staff.{line}.structure"), format!("staff.{line}.status"));
    let pairs = [("version", "0"), ("staff.id", &line), ("staff.version", "1"), (&structure, "Le club"), (&status, "acquired"), ("q5", "Un texte de Bob")];
    let refused = scene.post(&bob, &page, &pairs).await;
    refused.expect(403).says("Votre rôle permet de lire").says("Le club").says("acquis").says("Un texte de Bob");
    let refused = scene.post(&bob, &format!("/dossiers/{project}/acteurs/{actor}"), &[("version", "1"), ("name", "Verrerie tardive")]).await;
    refused.expect(403).says("Votre texte n’a pas été enregistré").says("Verrerie tardive");
    let comment = [("lieu", "organisation.animation/q5"), ("texte", "Un avis de Bob")];
    let place = scene.get(&ana, &page).await.hidden("lieu");
    let refused = scene.post(&bob, &format!("/dossiers/{project}/commentaires"), &[("lieu", &place), comment[1]]).await;
    refused.expect(403).says("Non enregistré").says("Un avis de Bob");
    // Who is no longer of the team is told nothing of the dossier.
    sqlx::query("delete from project_member where account_id = $1").bind(bob.id.get()).execute(&scene.app.db).await.expect("gone");
    scene.post(&bob, &page, &pairs).await.expect(404).is_silent_on("Boucles");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn each_answer_is_signed_by_who_wrote_it(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, bob) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let path = format!("/dossiers/{project}/organisation?theme=animation");
    scene.post(&ana, &path, &[("version", "0"), ("q5", "Écrit par Ana")]).await.expect(303);
    scene.post(&bob, &path, &[("version", "1"), ("q5", "Écrit par Ana"), ("q6", "Écrit par Bob")]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    assert!(page.body.contains("data-signed=\"q5\">Ana, ") && page.body.contains("data-signed=\"q6\">Bob, "), "{}", page.body);
    assert_eq!(page.body.matches("data-signed").count(), 2, "an empty answer is signed by nobody");
    // A page that took the new version, and asks about one field: the other text is signed by the other person.
    let pairs = [("version", "2"), ("q6", "Tout autre chose"), ("q6~depuis", "Avant")];
    let clash = scene.post(&ana, &path, &pairs).await;
    clash.expect(409).says("Deux versions");
    assert!(clash.body.contains("<b>Bob, "), "{}", clash.body);
    scene.check().await;
}
