//! Lessons learned (R16): drawn from the dossier without what is confidential, read by a manager, then by anybody, then no more.

use crate::support::chain::{Cast, LATER, recuse};
use crate::support::{Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

/// Two dossiers in evaluation; in the first an actor of each kind and a synergy of each kind.
async fn cast(db: PgPool) -> Cast {
    let scene = Scene::new(db).await;
    Cast::new(scene, &["Boucles de Charente", "Bocage en commun"]).await
}

async fn actor(scene: &Scene, project: ProjectId, name: &str, confidential: &str) {
    let account: i64 = sqlx::query_scalar("select account_id from project_member where project_id = $1")
        .bind(project.get())
        .fetch_one(&scene.app.db)
        .await
        .expect("an answer");
    sqlx::query("insert into unit (project_id, kind, row, position, version, content, raw, account_id, at) values ($1, 'stakeholder', gen_random_uuid(), 1, 1, $2::jsonb, '{}', $3, now())")
        .bind(project.get())
        .bind(format!(r#"{{"name": "{name}"{confidential}}}"#))
        .bind(account)
        .execute(&scene.app.db)
        .await
        .expect("an answer");
}

fn path(project: ProjectId) -> String {
    format!("/dossiers/{project}/fiche")
}

async fn write(scene: &Scene, person: &Person, project: ProjectId, more: &[(&str, &str)]) -> Page {
    let version = scene.get(person, &path(project)).await.hidden_or("version", "0");
    let mut pairs = vec![("version", version.as_str()), ("titre", "Partager l’eau de process"), ("lieu", "Jarnac (16)")];
    pairs.extend(more);
    scene.post(person, &path(project), &pairs).await
}

async fn propose(scene: &Scene, person: &Person, project: ProjectId, act: &str) -> Page {
    scene.post(person, &format!("{}/proposition", path(project)), &[("version", "0"), ("act", act)]).await
}

async fn decide(scene: &Scene, person: &Person, project: ProjectId, act: &str, remark: &str) -> Page {
    let version = scene.get(person, &path(project)).await.hidden_or("version", "0");
    scene.post(person, &format!("{}/decision", path(project)), &[("version", &version), ("act", act), ("remarque", remark)]).await
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_lesson_comes_from_the_dossier_and_leaves_it_once_read(db: PgPool) {
    let cast = cast(db).await;
    let (owner, project) = (cast.owners[0].clone(), cast.projects[0]);
    actor(&cast.scene, project, "Verrerie des Borderies", "").await;
    actor(&cast.scene, project, "Laiterie Muette", r#", "confidential": true"#).await;
    cast.scene.get(&owner, &path(project)).await.expect(200).says("Verrerie des Borderies").is_silent_on("Laiterie Muette");

    let shown = [("texte-context", "L’étiage dure trois mois."), ("montre-context", "oui"), ("texte-advice", "Gardé pour nous.")];
    write(&cast.scene, &owner, project, &shown).await.expect(303);
    propose(&cast.scene, &owner, project, "proposer").await.expect(403).says("une fois les résultats de l’appel publiés");
    // Nothing of it is known outside the team before the proposal.
    for person in [&cast.mia, &cast.claire, &cast.owners[1]] {
        cast.scene.get(person, &path(project)).await.expect(404);
    }
    cast.prepared(&["retained", "rejected"]).await;
    cast.publish(&cast.mia).await.expect(303);
    let scene = cast.scene.at(LATER);

    propose(&scene, &owner, project, "proposer").await.expect(303);
    scene.get(&cast.mia, "/appel/fiches?appel=essai").await.expect(200).says("Boucles de Charente");
    scene.get(&cast.mia, &path(project)).await.expect(200).says("L’étiage dure trois mois.").is_silent_on("Gardé pour nous");
    scene.get_public("/fiches").await.expect(200).says("Aucune fiche n’est encore publiée");
    scene.get_public(&format!("/fiches/{project}")).await.expect(404);
    decide(&scene, &cast.mia, project, "rendre", "").await.expect(422).says("Écrire une remarque");
    decide(&scene, &cast.mia, project, "rendre", "Dire quels mois.").await.expect(303);
    scene.get(&owner, &path(project)).await.expect(200).says("Dire quels mois.");

    write(&scene, &owner, project, &[("texte-context", "L’étiage dure de juillet à septembre.")]).await.expect(303);
    propose(&scene, &owner, project, "proposer").await.expect(303);
    decide(&scene, &cast.mia, project, "publier", "").await.expect(303);
    scene
        .get_public(&format!("/fiches/{project}"))
        .await
        .expect(200)
        .says("juillet à septembre")
        .is_silent_on("Gardé pour nous")
        .is_silent_on("Laiterie Muette");
    scene.get_public("/fiches?q=etiage").await.expect(200).says("Partager l’eau de process");
    scene.get_public("/fiches?q=garde").await.expect(200).says("Aucune fiche ne répond").is_silent_on("Partager l’eau");
    scene.get_public("/fiches?domaine=energy").await.expect(200).is_silent_on("Partager l’eau");
    scene.get_public("/fiches?q=%00&domaine=%27&apres=x").await.expect(200);

    // What is written afterwards stays inside until it is read again; the mails left once, to the team and to the managers.
    write(&scene, &owner, project, &[("texte-context", "Nouveau texte.")]).await.expect(303);
    scene.get_public(&format!("/fiches/{project}")).await.expect(200).says("juillet à septembre");
    let mails: Vec<(String, i64)> = sqlx::query_as("select recipient, count(*) from mail where kind = 'lesson' group by recipient order by 1")
        .fetch_all(&scene.app.db)
        .await
        .expect("an answer");
    assert_eq!(mails.iter().find(|(to, _)| *to == owner.email), Some(&(owner.email.clone(), 2)), "{mails:?}");
    assert!(mails.iter().any(|(to, n)| *to == cast.mia.email && *n == 2), "{mails:?}");
    scene.check().await;

    propose(&scene, &owner, project, "retirer").await.expect(303);
    scene.get_public(&format!("/fiches/{project}")).await.expect(404);
    scene.get_public("/fiches?q=etiage").await.expect(200).is_silent_on("Partager l’eau");
    scene.get(&owner, &path(project)).await.expect(200).says("Nouveau texte.");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn only_its_team_writes_only_its_owner_gives_and_who_stays_away_decides_nothing(db: PgPool) {
    let cast = cast(db).await;
    let (owner, project) = (cast.owners[0].clone(), cast.projects[0]);
    let scene = &cast.scene;
    let (editor, reader) = (scene.person("Éva").await, scene.person("Léo").await);
    scene.member(project, &editor, "editor").await;
    scene.member(project, &reader, "reader").await;
    cast.prepared(&["retained", "rejected"]).await;
    cast.publish(&cast.mia).await.expect(303);
    let scene = &cast.scene.at(LATER);
    write(scene, &editor, project, &[("texte-context", "Texte commun."), ("montre-context", "oui")]).await.expect(303);
    propose(scene, &editor, project, "proposer").await.expect(403).says("Seul le porteur");
    scene.get(&reader, &path(project)).await.expect(200).says("Texte commun.");
    scene.post(&reader, &path(project), &[("version", "1"), ("titre", "Pris")]).await.expect(403);

    // Two people on one text: the second sees both.
    let stale = scene.post(&editor, &path(project), &[("version", "0"), ("titre", "Autre titre"), ("lieu", "Jarnac (16)")]).await;
    stale.expect(409).says("Autre titre").says("Partager l’eau de process");

    propose(scene, &owner, project, "proposer").await.expect(303);
    recuse(scene, project, &cast.max).await;
    scene.get(&cast.max, &path(project)).await.expect(404);
    scene.get(&cast.max, "/appel/fiches?appel=essai").await.expect(200).is_silent_on("Boucles de Charente");
    for stranger in [&cast.max, &cast.claire, &cast.owners[1]] {
        decide(scene, stranger, project, "publier", "").await.expect(404);
        write(scene, stranger, project, &[]).await.expect(404);
        propose(scene, stranger, project, "retirer").await.expect(404);
    }
    propose(scene, &owner, project, "reprendre").await.expect(303);
    decide(scene, &cast.mia, project, "publier", "").await.expect(404);
    scene.get_public(&format!("/fiches/{project}")).await.expect(404);
}
