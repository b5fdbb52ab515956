//! Threads of a dossier: who reads what, and an adversary in every other role who looks for one word.

use crate::support::{OPEN, Page, Person, Scene};
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE};
use axum::http::{Method, Request};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;
use uuid::Uuid;

/// A word that nobody writes by chance.
const SECRET: &str = "zirconium-quarante";

/// A dossier with its team, its administration, and people who have nothing to do with its threads.
struct Cast {
    scene: Scene,
    project: ProjectId,
    owner: Person,
    editor: Person,
    reader: Person,
    manager: Person,
    officer: Person,
    reviewer: Person,
    /// Who must read nothing: another carrier, the committee, a reviewer of the call, a manager who stays away, the operator, a stranger.
    others: Vec<(&'static str, Person)>,
}

impl Cast {
    async fn new(db: PgPool) -> Self {
        let scene = Scene::new(db).await;
        let owner = scene.person("Ana").await;
        let project = scene.project(&owner, "Boucles de Charente").await;
        let (editor, reader) = (scene.person("Bob").await, scene.person("Lise").await);
        scene.member(project, &editor, "editor").await;
        scene.member(project, &reader, "reader").await;
        let (manager, officer) = (scene.staff("Max", &["manager"]).await, scene.staff("Olga", &["manager"]).await);
        let reviewer = scene.staff("Rémi", &["reviewer"]).await;
        scene.assign(project, &reviewer).await;
        let other = scene.person("Zoe").await;
        scene.project(&other, "Ailleurs").await;
        let away = scene.staff("Marc", &["manager", "committee", "reviewer"]).await;
        let ended = scene.person("Carl").await;
        scene.member(project, &ended, "consultant").await;
        let operator = scene.person("Omar").await;
        let cast = Self {
            project,
            others: vec![
                ("other carrier", other),
                ("committee", scene.staff("Claire", &["committee"]).await),
                ("unassigned reviewer", scene.staff("Rita", &["reviewer"]).await),
                ("recused manager", away.clone()),
                ("ended consultant", ended.clone()),
                ("operator", operator.clone()),
                ("stranger", scene.person("Sam").await),
            ],
            scene,
            owner,
            editor,
            reader,
            manager,
            officer,
            reviewer,
        };
        cast.run("update account set is_operator = true where id = $1", operator.id.get()).await;
        cast.run("insert into recusal (project_id, account_id, origin) select id, $1, 'pinned' from project where title like 'Boucles%'", away.id.get()).await;
        cast.run("update project_member set ends_at = '2015-09-01Z' where account_id = $1", ended.id.get()).await;
        cast
    }

    async fn run(&self, query: &'static str, id: i64) {
        sqlx::query(query).bind(id).execute(&self.scene.app.db).await.expect(query);
    }

    async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.scene.app.db).await.expect(query)
    }

    fn path(&self, rest: &str) -> String {
        format!("/dossiers/{}/messages{rest}", self.project)
    }

    async fn post(&self, person: &Person, thread: &str, text: &str) -> Page {
        self.scene.post(person, &self.path(&format!("/{thread}")), &[("version", "0"), ("texte", text)]).await
    }

    async fn last(&self) -> i64 {
        self.count("select max(id) from message").await
    }

    async fn unread(&self, person: &Person) -> Vec<(String, i32)> {
        sqlx::query_as("select thread, unread from thread_unread where account_id = $1 and unread > 0 order by thread")
            .bind(person.id.get())
            .fetch_all(&self.scene.app.db)
            .await
            .expect("unread")
    }

    /// Sends a text with files, as a browser does.
    async fn send(&self, person: &Person, thread: &str, text: &str, files: &[(&str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, value) in [("version", "0"), ("operation", &Uuid::new_v4().to_string()), ("texte", text)] {
            body.extend_from_slice(format!("--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes());
        }
        for (name, bytes) in files {
            body.extend_from_slice(format!("--edge\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"{name}\"\r\n\r\n").as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri(self.path(&format!("/{thread}")))
            .header(COOKIE, format!("trame_session={}", person.token))
            .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        self.scene.run(request.body(Body::from(body)).expect("request")).await
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn three_threads_and_an_adversary_in_every_other_role(db: PgPool) {
    let c = Cast::new(db).await;
    c.post(&c.owner, "administration", &format!("Une question, {SECRET}-adm.")).await.expect(303);
    c.post(&c.editor, "expertise", &format!("Une méthode, {SECRET}-exp.")).await.expect(303);
    c.post(&c.editor, "equipe", &format!("Entre nous, {SECRET}-eq.")).await.expect(303);

    // There is something to see, for who may.
    let admin = c.path("/administration");
    c.scene.get(&c.manager, &admin).await.expect(200).says(&format!("{SECRET}-adm"));
    c.scene.get(&c.reviewer, &c.path("/expertise")).await.expect(200).says(&format!("{SECRET}-exp"));
    c.scene.get(&c.reader, &c.path("/equipe")).await.expect(200).says(&format!("{SECRET}-eq"));
    c.scene.get(&c.manager, "/appel/messages?appel=essai&q=ZIRCONIUM").await.says(&format!("{SECRET}-adm")).says(&format!("{SECRET}-exp")).is_silent_on("-eq");
    c.scene.get(&c.reviewer, &c.path("?q=zirconium")).await.says(&format!("{SECRET}-exp")).is_silent_on("-adm").is_silent_on("-eq");
    c.scene.get(&c.owner, &c.path("?q=Zirconium-Quarante")).await.says("-adm").says("-exp").says("-eq");

    // Each in their place.
    for thread in ["administration", "equipe"] {
        c.scene.get(&c.reviewer, &c.path(&format!("/{thread}"))).await.expect(404);
        c.post(&c.reviewer, thread, "Je m’invite.").await.expect(404);
    }
    c.scene.get(&c.manager, &c.path("/equipe")).await.expect(404);
    c.scene.get(&c.manager, &c.path("")).await.expect(200).is_silent_on("Entre nous");
    c.scene.get(&c.reviewer, &c.path("")).await.expect(200).is_silent_on("Avec l’administration");
    c.post(&c.reader, "administration", "Au nom de l’équipe.").await.expect(403).says("pas d’y écrire au nom de l’équipe");
    c.post(&c.reader, "equipe", "Je lis, et je parle aux miens.").await.expect(303);

    let last = c.last().await;
    for (who, person) in &c.others {
        let place = |path: &str| c.path(path);
        for path in [place(""), place("/administration"), place("/expertise"), place("/equipe"), place(&format!("/{last}")), place("?q=zirconium")] {
            assert_eq!(c.scene.get(person, &path).await.status.as_u16(), 404, "{who} {path}");
        }
        for thread in ["administration", "expertise", "equipe"] {
            c.post(person, thread, "Je m’invite.").await.expect(404);
        }
        for path in
            ["/", "/compte/avis", "/appel/messages?appel=essai", "/appel/messages?appel=essai&q=zirconium", "/appel/messages/groupe?appel=essai", "/comite"]
        {
            let page = c.scene.get(person, path).await;
            assert!(!page.body.contains(SECRET), "{who} {path}");
            // The board is the committee's, and the list of one's dossiers has its own tests.
            if path != "/comite" && *who != "ended consultant" {
                assert!(!page.plain().contains("Boucles de Charente"), "{who} {path}");
            }
        }
        assert_eq!(c.unread(person).await, [], "{who}");
        let told = "select count(*) from mail where recipient = (select email from account where id = ";
        let query = format!("{told}{}) and kind = 'message'", person.id);
        assert_eq!(sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(query)).fetch_one(&c.scene.app.db).await.expect("mails"), 0, "{who}");
    }
    // No mail nor notice ever carries a word of a message.
    assert_eq!(c.count("select count(*) from mail where subject || body like '%zirconium%'").await, 0);
    assert_eq!(c.count("select count(*) from notice where title || path like '%zirconium%'").await, 0);
    assert!(c.count("select count(*) from mail where kind = 'message'").await > 5);
    // What the rules say of one person, the statements say of everybody.
    for (person, threads) in [(&c.owner, 3), (&c.reader, 3), (&c.manager, 2), (&c.reviewer, 1)] {
        let held: i64 = sqlx::query_scalar("select count(*) from thread_reader($3) as r where r.project_id = $1 and r.account_id = $2")
            .bind(c.project.get())
            .bind(person.id.get())
            .bind(OPEN)
            .fetch_one(&c.scene.app.db)
            .await
            .expect("readers");
        assert_eq!(held, threads, "{}", person.email);
    }
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_waits_is_counted_once_read_and_told_to_the_officer_first(db: PgPool) {
    let c = Cast::new(db).await;
    let id = c.officer.id.to_string();
    c.scene.post(&c.officer, &format!("/dossiers/{}/instruction/charge", c.project), &[("version", "0"), ("charge", &id)]).await.expect(303);
    c.post(&c.owner, "administration", "Une question.").await.expect(303);
    c.post(&c.owner, "administration", "Et une autre.").await.expect(303);
    assert_eq!(c.unread(&c.manager).await, [("administration".to_owned(), 2)]);
    assert_eq!(c.unread(&c.owner).await, []);
    let mails: Vec<String> = sqlx::query_scalar("select recipient from mail where kind = 'message' and message_id = (select min(id) from message) order by 1")
        .fetch_all(&c.scene.app.db)
        .await
        .expect("mails");
    assert_eq!(mails, [c.editor.email.clone(), c.reader.email.clone(), c.officer.email.clone()], "the officer, not every manager");
    c.scene.get(&c.manager, "/compte/avis").await.expect(200).says("Nouveau message : Boucles de Charente").says("Non lu");
    c.scene.get(&c.manager, "/appel/messages?appel=essai&etat=non-lus").await.says("2 non lus").says("De l’équipe").says("Olga");
    c.scene.get(&c.manager, "/").await.says("Lire les messages de « Boucles de Charente »").says("2 messages non lus").says("2 avis non lus");

    let page = c.scene.get(&c.manager, &c.path("/administration")).await;
    page.says("Nouveau").says("Une question.").says("Lu par personne encore");
    assert_eq!(c.unread(&c.manager).await, []);
    c.scene.get(&c.manager, "/appel/messages?appel=essai&etat=non-lus").await.says("Aucun échange ne répond à ces filtres.");
    c.scene.get(&c.manager, "/").await.is_silent_on("avis non lus").is_silent_on("Lire les messages");
    c.scene.get(&c.owner, &c.path("/administration")).await.says("Lu par 1 sur 4").says("Max,").says("Olga, pas encore");
    c.scene.get(&c.manager, &c.path("/administration")).await.is_silent_on("Nouveau");
    assert_eq!(c.unread(&c.officer).await, [("administration".to_owned(), 2)]);
    // Reading costs the same for one message and for three, and a list the same for one thread and for many.
    c.post(&c.manager, "administration", "Voici la réponse.").await.expect(303);
    c.scene.get(&c.owner, &c.path("")).await.says("3 messages").says("1 non lu");
    c.scene.get(&c.manager, "/appel/messages?appel=essai&etat=sans-reponse").await.says("Aucun échange");
    c.scene.get(&c.officer, "/appel/messages?appel=essai&charge=moi").await.says("Boucles de Charente");
    c.scene.get(&c.manager, "/appel/messages?appel=essai&charge=moi").await.is_silent_on("Boucles de Charente");

    // A recusal closes everything at once: lists, counts, notices, mails that did not leave.
    c.run("insert into recusal (project_id, account_id, origin) select id, $1, 'declared' from project where title like 'Boucles%'", c.officer.id.get()).await;
    for path in ["/", "/compte/avis", "/appel/messages?appel=essai"] {
        c.scene.get(&c.officer, path).await.is_silent_on("Boucles").is_silent_on("avis non lu").is_silent_on("message non lu");
    }
    trame::mail::drain(&c.scene.app).await.expect("drained");
    let left = c.count("select count(*) from mail where kind = 'message' and recipient like 'olga%' and sent_at is not null").await;
    let dropped = c.count("select count(*) from mail where kind = 'message' and recipient like 'olga%' and dropped_at is not null").await;
    assert_eq!((left, dropped), (0, 3));
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_message_is_worded_again_for_a_while_taken_back_at_any_time_and_sent_once(db: PgPool) {
    let c = Cast::new(db).await;
    let once = [("version", "0"), ("texte", "Bonjour, une coquile."), ("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a11")];
    c.scene.post(&c.owner, &c.path("/administration"), &once).await.expect(303);
    c.scene.post(&c.owner, &c.path("/administration"), &once).await.expect(303);
    assert_eq!(c.count("select count(*) from message").await, 1);
    c.post(&c.owner, "administration", "   ").await.expect(422).says("Écrire le message avant de l’envoyer.");
    c.post(&c.owner, "administration", &"x".repeat(8001)).await.expect(422).says("8 000");
    let number = c.last().await;
    let own = c.path(&format!("/{number}"));
    let page = c.scene.get(&c.owner, &format!("{own}?modifier=oui")).await;
    page.expect(200).says("une coquile");
    c.scene.post(&c.manager, &own, &[("version", "1"), ("texte", "À ma façon.")]).await.expect(403).says("Seule la personne qui a écrit");
    c.scene.post(&c.owner, &own, &[("version", "1"), ("texte", "Bonjour, une coquille.")]).await.expect(303);
    c.scene.post(&c.owner, &own, &[("version", "1"), ("texte", "Autre onglet.")]).await.expect(409).says("Autre onglet.");
    c.scene.get(&c.manager, &c.path("/administration")).await.says("une coquille").says("Modifié");
    let later = c.scene.at(OPEN + Duration::minutes(15));
    later.post(&c.owner, &own, &[("version", "2"), ("texte", "Trop tard.")]).await.expect(403).says("pendant un quart d’heure");
    later.get(&c.owner, &format!("{own}?modifier=oui")).await.expect(303);
    later.post(&c.editor, &format!("{own}/retrait"), &[("version", "0")]).await.expect(403);
    assert_eq!(c.unread(&c.officer).await, [("administration".to_owned(), 1)]);
    later.post(&c.owner, &format!("{own}/retrait"), &[("version", "0")]).await.expect(303);
    later.post(&c.owner, &format!("{own}/retrait"), &[("version", "0")]).await.expect(403).says("déjà retiré");
    later.get(&c.manager, &c.path("/administration")).await.says("Message retiré par son auteur").is_silent_on("coquille");
    later.get(&c.manager, &c.path("?q=coquille")).await.says("Aucun message ne contient");
    assert_eq!(c.unread(&c.officer).await, [], "it waits for nobody");
    later.get(&c.officer, "/compte/avis?etat=non-lus").await.is_silent_on("Boucles");
    let acts: Vec<String> =
        sqlx::query_scalar("select act from journal where act like 'message%' order by seq").fetch_all(&c.scene.app.db).await.expect("journal");
    assert_eq!(acts, ["message_posted", "message_edited", "message_removed"]);
    // A dossier's last activity says nothing of what is written in its threads.
    let moved = c.count("select count(*) from project where title like 'Boucles%' and last_activity_at = '2015-09-23 12:00Z'").await;
    assert_eq!(moved, 0);

    // Pages by key: thirty at a time, each in its order, the last first.
    for index in 0..40 {
        c.post(&c.owner, "equipe", &format!("Message n° {index}.")).await.expect(303);
    }
    let first = c.scene.get(&c.editor, &c.path("/equipe")).await;
    first.says("Message n° 39.").says("Message n° 10.").is_silent_on("Message n° 9.").says("Messages plus anciens");
    let older = first.body.split("href=\"").find(|part| part.contains("avant=")).expect("older").split('"').next().expect("address").replace("&#38;", "&");
    c.scene.get(&c.editor, &older).await.says("Message n° 9.").says("Message n° 0.").is_silent_on("Message n° 10.").says("Messages plus récents");
    assert_eq!(c.unread(&c.editor).await, []);
    c.scene.get(&c.editor, &c.path("/equipe?imprimer=oui")).await.says("Message n° 0.").says("Message n° 39.").is_silent_on("Envoyer le message");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn files_travel_with_a_message_within_the_same_limits_and_rights(db: PgPool) {
    let c = Cast::new(db).await;
    let pdf: &[u8] = b"%PDF-1.4\nfin";
    c.send(&c.owner, "administration", "La délibération.", &[("delib.pdf", pdf), ("../plan.pdf", pdf)]).await.expect(303);
    let page = c.scene.get(&c.manager, &c.path("/administration")).await;
    page.says("delib.pdf").says("plan.pdf").is_silent_on("../");
    let href = page.body.split("href=\"").find(|part| part.contains("/pieces/")).expect("file").split('"').next().expect("address").to_owned();
    let file = c.scene.get(&c.manager, &href).await;
    assert_eq!((file.status.as_u16(), file.body.as_bytes()), (200, pdf));
    assert!(file.headers["content-disposition"].to_str().expect("ascii").starts_with("attachment"));
    for person in [&c.reviewer, &c.others[0].1, &c.others[3].1, &c.others[4].1] {
        c.scene.get(person, &href).await.expect(404);
    }
    c.send(&c.owner, "administration", "Un texte à garder.", &[("x.pdf", b"<script>")]).await.expect(422).says("Un texte à garder.").says("type accepté");
    c.send(&c.owner, "administration", "Six.", &[("a.pdf", pdf); 6]).await.expect(422).says("Cinq fichiers au plus");
    c.send(&c.owner, "administration", "", &[("a.pdf", pdf)]).await.expect(422).says("dit ce que contiennent");
    assert_eq!(c.count("select count(*) from message_file").await, 2);
    let kept = walk(&c.scene.data.join("fichiers"));
    assert_eq!(kept, 2, "what was refused left nothing");
    let number = c.last().await;
    c.scene.post(&c.owner, &c.path(&format!("/{number}/retrait")), &[("version", "0")]).await.expect(303);
    c.scene.get(&c.manager, &href).await.expect(404);
    // The session ended while writing: the text waits for its author.
    c.run("update session set expires_at = '2015-09-23 11:00Z' where account_id = $1", c.owner.id.get()).await;
    let sent = c.send(&c.owner, "administration", "Tapé longuement.", &[("delib.pdf", pdf)]).await;
    sent.expect(303);
    assert!(sent.location.starts_with("/connexion?next="), "{}", sent.location);
    let back = sent.location.split("next=").nth(1).expect("next").replace("%2F", "/").replace("%3F", "?").replace("%3D", "=");
    let again = c.scene.session(c.owner.id, &c.owner.email).await;
    c.scene.get(&again, &back).await.expect(200).says("Votre texte est revenu").says("Tapé longuement.");
    assert_eq!(walk(&c.scene.data.join("fichiers")), 2);
    c.scene.check().await;
}

fn walk(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder)
        .map_or(0, |entries| entries.map(|entry| entry.expect("entry").path()).map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum())
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_manager_writes_once_to_many_dossiers_and_sees_what_became_of_it(db: PgPool) {
    let c = Cast::new(db).await;
    let second = c.scene.project(&c.others[0].1, "Rives lointaines").await;
    let template = [("version", "0"), ("modele", "0"), ("nom", "Rappel"), ("texte", "Bonjour {porteur}, « {titre} » avant le {echeance}."), ("act", "garder")];
    let page = "/appel/messages/modeles?appel=essai";
    c.scene
        .post(&c.manager, page, &[("version", "0"), ("modele", "0"), ("nom", "X"), ("texte", "{nom}"), ("act", "garder")])
        .await
        .expect(422)
        .says("« {nom} » n’existe pas");
    c.scene.post(&c.manager, page, &template).await.expect(303);
    c.scene.post(&c.owner, page, &template).await.expect(404);
    let id = c.count("select id from message_template").await;
    c.scene
        .get(&c.manager, &c.path(&format!("/administration?modele={id}")))
        .await
        .says("Bonjour Ana, « Boucles de Charente » avant le mercredi 14 octobre 2015")
        .says("Modèle rempli");
    c.scene.get(&c.owner, &c.path(&format!("/administration?modele={id}"))).await.is_silent_on("Bonjour Ana");

    let here = "/appel/messages/groupe?appel=essai";
    c.scene.get(&c.manager, here).await.says("Boucles de Charente").says("Rives lointaines");
    let (one, two) = (c.project.to_string(), second.to_string());
    let said = "Bonjour {porteur}, {titre}.";
    let base = [("version", "0"), ("texte", said), ("dossier", one.as_str()), ("dossier", two.as_str()), ("destinataires", "owners")];
    let with = |act| [&base[..], &[("act", act)]].concat();
    c.scene
        .post(&c.manager, here, &with("apercu"))
        .await
        .expect(200)
        .says("Bonjour Ana, Boucles de Charente.")
        .says("Courriel à Zoe.")
        .says("2 dossiers recevront");
    assert_eq!(c.count("select count(*) from message").await, 0, "nothing left yet");
    c.scene.post(&c.manager, here, &[("version", "0"), ("texte", said), ("act", "apercu")]).await.expect(422).says("Choisir au moins un dossier");
    // A dossier that the manager stays away from is never written to.
    let away = &c.others[3].1;
    c.scene.get(away, here).await.says("Rives lointaines").is_silent_on("Boucles");
    c.scene.post(away, here, &[("version", "0"), ("texte", said), ("dossier", one.as_str()), ("act", "envoyer")]).await.expect(404);
    let once = [&with("envoyer")[..], &[("operation", "7b3d6f0e-8f0f-4d6a-9f0e-2f8f5d0c0a12")]].concat();
    let sent = c.scene.post(&c.manager, here, &once).await;
    sent.expect(303);
    c.scene.post(&c.manager, here, &once).await.expect(303);
    assert_eq!((c.count("select count(*) from message").await, c.count("select count(*) from mail where kind = 'message_group'").await), (2, 2));
    assert_eq!(c.count("select count(*) from notice where kind = 'message_group'").await, 4, "the whole teams");
    c.scene.get(&c.editor, &c.path("/administration")).await.says("Bonjour Ana, Boucles de Charente.").says("parti vers plusieurs dossiers");
    c.scene.get(&c.manager, &sent.location).await.expect(200).says("2 destinataires").says("Courriel en attente").says("pas encore");
    trame::mail::drain(&c.scene.app).await.expect("drained");
    c.scene.get(&c.owner, &c.path("/administration")).await.expect(200);
    c.scene.get(&c.manager, &sent.location).await.says("2 courriels partis");
    c.scene.get(away, &sent.location).await.says("Zoe").is_silent_on("Ana").is_silent_on("Boucles").says("1 destinataire");
    for person in [&c.owner, &c.reviewer, &c.others[1].1] {
        c.scene.get(person, &sent.location).await.expect(404);
        c.scene.get(person, here).await.expect(404);
    }
    c.scene.check().await;
}
