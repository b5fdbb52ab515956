//! Comments of the team: anchored, answered, resolved, mentioning; and nothing of them before anybody else.

use crate::support::{AFTER, OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;
use uuid::Uuid;

const NIL: &str = "00000000-0000-0000-0000-000000000000";
const SECRET: &str = "Le chiffre de la question cinq est faux";

struct Cast {
    scene: Scene,
    ana: Person,
    bob: Person,
    eve: Person,
    project: ProjectId,
    base: String,
}

/// The owner, an editor, a reader.
async fn cast(db: PgPool) -> Cast {
    let scene = Scene::new(db).await;
    let (ana, bob, eve) = (scene.person("Ana Diaz").await, scene.person("Bob").await, scene.person("Eve Martin").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    scene.member(project, &eve, "reader").await;
    Cast { scene, ana, bob, eve, project, base: format!("/dossiers/{project}") }
}

impl Cast {
    async fn say(&self, who: &Person, place: &str, text: &str) -> Page {
        let back = format!("{}/organisation?theme=animation", self.base);
        self.scene.post(who, &format!("{}/commentaires", self.base), &[("version", "0"), ("lieu", place), ("texte", text), ("retour", &back)]).await
    }

    async fn answer(&self, who: &Person, thread: i64, text: &str) -> Page {
        self.scene.post(who, &format!("{}/commentaires", self.base), &[("version", "0"), ("fil", &thread.to_string()), ("texte", text)]).await
    }

    async fn act(&self, who: &Person, number: i64, act: &str, pairs: &[(&str, &str)]) -> Page {
        self.scene.post(who, &format!("{}/commentaires/{number}{act}", self.base), pairs).await
    }

    async fn last(&self) -> i64 {
        sqlx::query_scalar("select max(id) from comment").fetch_one(&self.scene.app.db).await.expect("a comment")
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.scene.app.db).await.expect(sql)
    }
}

fn fifth() -> String {
    format!("organisation.animation {NIL} q5")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_thread_lives_under_its_question_and_in_the_list(db: PgPool) {
    let c = cast(db).await;
    let page = format!("{}/organisation?theme=animation", c.base);
    c.scene.get(&c.bob, &page).await.expect(200).says("Commenter");
    let said = c.say(&c.bob, &fifth(), SECRET).await;
    said.expect(303);
    let thread = c.last().await;
    assert_eq!(said.location, format!("{page}&fil={thread}#fil-{thread}"));
    let shown = c.scene.get(&c.ana, &said.location).await;
    shown.says("1 commentaire, 1 fil ouvert").says(SECRET).says("Bob aujourd’hui à 14 h");
    assert!(shown.body.contains("id=\"c-q5\" open"), "the thread asked for is open");
    c.answer(&c.ana, thread, "Corrigé <b>hier</b> & vérifié\n\nMerci").await.expect(303);
    let shown = c.scene.get(&c.bob, &page).await;
    shown.says("2 commentaires, 1 fil ouvert");
    assert!(shown.body.contains("Corrigé &#60;b&#62;hier&#60;/b&#62; &#38; vérifié"), "escaped");
    c.act(&c.ana, thread, "/etat", &[("etat", "resolu"), ("retour", &page)]).await.expect(303);
    c.scene.get(&c.bob, &page).await.says("2 commentaires, tout est résolu").says("Résolu par Ana Diaz, aujourd’hui à 14 h");
    let list = format!("{}/commentaires", c.base);
    c.scene.get(&c.eve, &list).await.expect(200).says("Aucun commentaire ouvert").is_silent_on(SECRET);
    c.scene.get(&c.eve, &format!("{list}?etat=resolus")).await.says(SECRET).says("Organisation, question 5");
    // An answer opens the thread again; opening an open one changes nothing.
    c.answer(&c.bob, thread, "Pas tout à fait").await.expect(303);
    c.act(&c.bob, thread, "/etat", &[("etat", "ouvert")]).await.expect(303);
    c.scene.get(&c.eve, &list).await.says(SECRET).says("Pas tout à fait");
    c.scene.get(&c.eve, &format!("{list}?livrable=2")).await.says("Aucun commentaire ne répond");
    c.scene.get(&c.eve, &format!("{list}?livrable=1&etat=tous")).await.says(SECRET);
    c.scene.get(&c.ana, &c.base).await.says("1 fil de commentaires ouvert");
    let acts: Vec<String> = sqlx::query_scalar("select act from journal where act like 'comment%' order by seq").fetch_all(&c.scene.app.db).await.unwrap();
    assert_eq!(acts, ["comment_added", "comment_answered", "comment_resolved", "comment_answered"]);
    let subjects: i64 = c.count("select count(*) from journal where act like 'comment%' and subject <> 'organisation.animation q5'").await;
    assert_eq!(subjects, 0, "no words of a comment in the journal");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn what_a_comment_says_is_bounded_and_kept_when_refused(db: PgPool) {
    let c = cast(db).await;
    c.say(&c.bob, &fifth(), " \n ").await.expect(422).says("Écrire le commentaire avant de l’envoyer");
    let long = "mot ".repeat(700);
    let page = c.say(&c.bob, &fifth(), &long).await;
    page.expect(422).says("2 000 caractères au plus").says("Organisation, question 5");
    assert!(page.body.contains(long.trim_end()), "what was typed comes back");
    assert!(page.body.contains(&format!("name=\"lieu\" value=\"{}\"", fifth())));
    c.say(&c.bob, &fifth(), "Une ligne\r\nune autre\u{0}\u{202e}").await.expect(303);
    let text: String = sqlx::query_scalar("select text from comment").fetch_one(&c.scene.app.db).await.unwrap();
    assert_eq!(text, "Une ligne\nune autre");
    for place in
        ["", "organisation.animation", "n’importe quoi", &format!("staff {} q5", Uuid::now_v7()), &format!("organisation.animation {} q5", Uuid::now_v7())]
    {
        c.say(&c.bob, place, "Où").await.expect(400);
    }
    c.say(&c.bob, &format!("stakeholder {} st_identity", Uuid::now_v7()), "Où").await.expect(404);
    // The same form twice, and five times at once, is one comment.
    let operation = Uuid::new_v4().to_string();
    let path = format!("{}/commentaires", c.base);
    let place = fifth();
    let pairs = [("version", "0"), ("operation", operation.as_str()), ("lieu", place.as_str()), ("texte", "Une fois"), ("retour", "//ailleurs.example")];
    let send = || c.scene.post(&c.bob, &path, &pairs);
    let (one, two, three) = tokio::join!(send(), send(), send());
    for answer in [&one, &two, &three] {
        answer.expect(303);
        assert_eq!(answer.location, one.location);
        assert!(answer.location.starts_with(&c.base), "only a page of the dossier is come back to");
    }
    assert_eq!(c.count("select count(*) from comment").await, 2);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn its_author_alone_edits_it_and_takes_it_back(db: PgPool) {
    let c = cast(db).await;
    c.say(&c.bob, &fifth(), "Premier").await.expect(303);
    let thread = c.last().await;
    c.answer(&c.ana, thread, "Réponse").await.expect(303);
    let answer = c.last().await;
    for (path, pairs) in [("", &[("version", "1"), ("texte", "Pirate")][..]), ("/retrait", &[])] {
        c.act(&c.ana, thread, path, pairs).await.expect(403).says("Seule la personne qui a écrit");
    }
    c.scene.get(&c.ana, &format!("{}/commentaires/{thread}?modifier=oui", c.base)).await.expect(200).is_silent_on("Enregistrer le commentaire");
    c.scene.get(&c.bob, &format!("{}/commentaires/{thread}?modifier=oui", c.base)).await.says("Enregistrer le commentaire");
    c.act(&c.bob, thread, "", &[("version", "1"), ("texte", "Premier, mieux dit")]).await.expect(303);
    c.act(&c.bob, thread, "", &[("version", "1"), ("texte", "Depuis un autre onglet")]).await.expect(409).says("a changé pendant ce temps");
    c.act(&c.bob, thread, "", &[("version", "2"), ("texte", "")]).await.expect(422).says("Écrire le commentaire");
    c.scene.get(&c.ana, &format!("{}/commentaires/{thread}", c.base)).await.says("Premier, mieux dit").says("modifié");
    // Answered: its place stays. Not answered: it is gone, and so is the thread.
    c.act(&c.bob, thread, "/retrait", &[]).await.expect(303);
    let shown = c.scene.get(&c.ana, &format!("{}/commentaires/{thread}", c.base)).await;
    shown.says("Commentaire retiré").says("Réponse").is_silent_on("Premier");
    c.act(&c.bob, thread, "", &[("version", "3"), ("texte", "Revenu")]).await.expect(409);
    c.act(&c.ana, answer, "/retrait", &[]).await.expect(303);
    c.scene.get(&c.ana, &format!("{}/commentaires/{thread}", c.base)).await.expect(404);
    c.scene.get(&c.ana, &format!("{}/organisation?theme=animation", c.base)).await.is_silent_on("commentaire retiré").is_silent_on("1 commentaire");
    c.scene.get(&c.ana, &c.base).await.says("Commentaires de l’équipe");
    assert_eq!(c.count("select count(*) from comment where text <> ''").await, 0, "what is taken back is erased");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_is_mentioned_is_told_by_a_link_alone(db: PgPool) {
    let c = cast(db).await;
    c.say(&c.bob, &fifth(), "@Ana Diaz et @eve, voyez ; moi aussi (@Bob) ; pas bob@Ana Diaz").await.expect(303);
    let thread = c.last().await;
    let mails: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body from mail where kind = 'mention' order by recipient").fetch_all(&c.scene.app.db).await.unwrap();
    assert_eq!(mails.iter().map(|(to, ..)| to.as_str()).collect::<Vec<_>>(), [c.ana.email.as_str(), c.eve.email.as_str()]);
    for (_, subject, body) in &mails {
        assert!(body.contains(&format!("{}/commentaires/{thread}\n", c.base)) && !body.contains("voyez") && !subject.contains("voyez"), "{body}");
    }
    c.scene.get(&c.eve, &format!("{}/commentaires/{thread}", c.base)).await.expect(200).says("Personnes prévenues par courriel : Ana Diaz et Eve Martin");
    c.scene.get(&c.ana, "/").await.says("1 commentaire ouvert vous nomme dans « Boucles »").says("Lire le commentaire");
    c.scene.get(&c.ana, &format!("{}/commentaires?moi=oui", c.base)).await.says("voyez");
    c.scene.get(&c.bob, &format!("{}/commentaires?moi=oui", c.base)).await.is_silent_on("voyez");
    // Another wording tells only the people newly named.
    c.act(&c.bob, thread, "", &[("version", "1"), ("texte", "@Ana Diaz, voyez")]).await.expect(303);
    c.act(&c.bob, thread, "", &[("version", "2"), ("texte", "@Ana Diaz et @Eve Martin, voyez")]).await.expect(303);
    assert_eq!(c.count("select count(*) from mail where kind = 'mention'").await, 2);
    // Answering, or resolving, clears what waits.
    c.answer(&c.ana, thread, "Vu").await.expect(303);
    c.scene.get(&c.ana, "/").await.is_silent_on("vous nomme");
    c.scene.get(&c.eve, "/").await.says("vous nomme");
    c.act(&c.ana, thread, "/etat", &[("etat", "resolu")]).await.expect(303);
    c.scene.get(&c.eve, "/").await.is_silent_on("vous nomme");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn who_only_reads_a_deliverable_reads_its_comments_and_writes_none(db: PgPool) {
    let c = cast(db).await;
    c.say(&c.bob, &fifth(), SECRET).await.expect(303);
    let thread = c.last().await;
    let page = c.scene.get(&c.eve, &format!("{}/organisation?theme=animation", c.base)).await;
    page.says(SECRET).is_silent_on("Nouveau commentaire").is_silent_on("Répondre").is_silent_on("Marquer comme résolu");
    c.say(&c.eve, &fifth(), "Moi aussi").await.expect(403).says("Vous lisez le livrable 1, sans commenter");
    c.answer(&c.eve, thread, "Moi aussi").await.expect(403);
    c.act(&c.eve, thread, "/etat", &[("etat", "resolu")]).await.expect(403);
    // One level higher for this deliverable, and only there.
    sqlx::query("update project_member set levels = '{2,0,0,0,0}' where account_id = $1").bind(c.eve.id.get()).execute(&c.scene.app.db).await.unwrap();
    c.answer(&c.eve, thread, "Moi aussi").await.expect(303);
    c.scene
        .get(&c.eve, &format!("{}/organisation?theme=animation", c.base))
        .await
        .says("Nouveau commentaire")
        .says("Vous commentez le livrable 1, sans écrire");
    c.say(&c.eve, &format!("etat.contexte {NIL} context"), "Là non").await.expect(403);
    // After the bound, and frozen, a team goes on talking; the pages are read.
    let after = c.scene.at(AFTER);
    let place = fifth();
    let pairs = [("version", "0"), ("lieu", place.as_str()), ("texte", "Après la clôture")];
    after.post(&c.bob, &format!("{}/commentaires", c.base), &pairs).await.expect(303);
    after.get(&c.ana, &format!("{}/organisation?theme=animation", c.base)).await.says("Après la clôture").says("Lecture seule");
    // A comment stays its author's to take back, whatever they may write since.
    let own = c.count("select max(id) from comment where account_id = (select id from account where name = 'Eve Martin')").await;
    sqlx::query("update project_member set levels = '{1,0,0,0,0}' where account_id = $1").bind(c.eve.id.get()).execute(&c.scene.app.db).await.unwrap();
    c.act(&c.eve, own, "", &[("version", "1"), ("texte", "Autrement")]).await.expect(403);
    c.act(&c.eve, own, "/retrait", &[]).await.expect(303);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_comment_on_a_row_follows_it(db: PgPool) {
    let c = cast(db).await;
    let actor = c.scene.row(&c.ana, c.project, "acteurs").await;
    c.scene.post(&c.ana, &format!("{}/acteurs/{actor}", c.base), &[("version", "1"), ("name", "Verrerie des Borderies")]).await.expect(303);
    let page = format!("{}/acteurs/{actor}", c.base);
    let place = format!("stakeholder {actor} st_role");
    let pairs = [("version", "0"), ("lieu", place.as_str()), ("texte", "Influence à revoir"), ("retour", page.as_str())];
    let said = c.scene.post(&c.bob, &format!("{}/commentaires", c.base), &pairs).await;
    said.expect(303);
    assert!(said.location.starts_with(&format!("{page}?fil=")));
    c.scene.get(&c.ana, &page).await.says("Influence à revoir");
    for no in [1, 2, 4] {
        c.scene.get(&c.ana, &format!("{}/commentaires?livrable={no}", c.base)).await.says("Acteurs, Verrerie des Borderies, rôle dans le projet");
    }
    c.scene.get(&c.ana, &format!("{}/commentaires?livrable=3", c.base)).await.is_silent_on("Verrerie");
    c.scene.post(&c.ana, &format!("{page}/retirer"), &[("version", "2")]).await.expect(303);
    c.scene.get(&c.ana, &format!("{}/commentaires", c.base)).await.says("ligne retirée du dossier").says("Influence à revoir");
    c.scene.check().await;
}

/// Every page that somebody outside the team may open, with what could leak through it.
#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_administration_sees_no_trace_of_a_comment(db: PgPool) {
    let c = cast(db).await;
    let (max, claire, remi) =
        (c.scene.staff("Max", &["manager", "committee"]).await, c.scene.staff("Claire", &["committee"]).await, c.scene.staff("Rémi", &["reviewer"]).await);
    let zoe = c.scene.person("Zoe").await;
    c.scene.project(&zoe, "Ailleurs").await;
    c.scene.fill(&c.ana, c.project).await;
    c.scene.post(&c.ana, &format!("{}/partage", c.base), &[("version", "0"), ("partage1", "oui"), ("partage2", "oui")]).await.expect(303);
    c.scene.post(&c.ana, &format!("{}/depot", c.base), &[("version", "0")]).await.expect(303);
    c.scene.assign(c.project, &remi).await;
    let open = [
        c.base.clone(),
        format!("{}/organisation?theme=animation", c.base),
        format!("{}/recu", c.base),
        format!("{}/depots/1", c.base),
        format!("/evaluation/{}", c.project),
        "/comite".to_owned(),
        "/comite.csv".to_owned(),
        format!("/appel/dossiers/{}", c.project),
        "/".to_owned(),
    ];
    let read = async |scene: &Scene, person: &Person| {
        let mut seen = Vec::new();
        for path in &open {
            let page = scene.get(person, path).await;
            // Operations are drawn anew each time.
            let words = page.body.split('"').filter(|word| Uuid::try_parse(word).is_err()).collect::<Vec<_>>().join("\"");
            seen.push((path.clone(), page.status, words.split("operation=").map(|part| part.get(36..).unwrap_or(part).to_owned()).collect::<String>()));
        }
        seen
    };
    let later = c.scene.at(OPEN + Duration::hours(5));
    let people = [&max, &claire, &remi, &zoe];
    let mut before = Vec::new();
    for person in people {
        before.push(read(&later, person).await);
    }
    assert!(before[0].iter().filter(|(_, status, _)| status.as_u16() == 200).count() >= 6, "there is something to see");
    let two_hours = c.scene.at(OPEN + Duration::hours(2));
    let place = fifth();
    let path = format!("{}/commentaires", c.base);
    two_hours.post(&c.bob, &path, &[("version", "0"), ("lieu", place.as_str()), ("texte", SECRET)]).await.expect(303);
    let thread = c.last().await;
    two_hours.post(&c.ana, &path, &[("version", "0"), ("fil", &thread.to_string()), ("texte", "@Bob, vu")]).await.expect(303);
    two_hours.post(&c.ana, &format!("{path}/{thread}/etat"), &[("etat", "resolu")]).await.expect(303);
    c.scene.get(&c.ana, &format!("{}/organisation?theme=animation", c.base)).await.says(SECRET);
    for (person, before) in people.into_iter().zip(before) {
        let after = read(&later, person).await;
        for (one, other) in before.iter().zip(&after) {
            assert_eq!(one, other, "{} changed for {}", one.0, person.email);
        }
        for path in [path.clone(), format!("{path}/{thread}"), format!("{path}?etat=tous")] {
            c.scene.get(person, &path).await.expect(404);
        }
        c.say(person, &fifth(), "Intrus").await.expect(404);
        c.answer(person, thread, "Intrus").await.expect(404);
        for (act, pairs) in [("", &[("version", "1"), ("texte", "Intrus")][..]), ("/retrait", &[]), ("/etat", &[("etat", "ouvert")])] {
            c.act(person, thread, act, pairs).await.expect(404);
        }
    }
    // A comment of one dossier is unknown in another, even to its owner.
    let elsewhere: i64 = c.count("select id from project where title = 'Ailleurs'").await;
    c.scene.get(&zoe, &format!("/dossiers/{elsewhere}/commentaires/{thread}")).await.expect(404);
    let pairs = [("version", "0"), ("fil", &*thread.to_string()), ("texte", "Intrus")];
    c.scene.post(&zoe, &format!("/dossiers/{elsewhere}/commentaires"), &pairs).await.expect(404);
    // What is printed and what was deposited hold none either, for the team itself.
    c.scene.get(&c.ana, &format!("{}/imprimer", c.base)).await.expect(200).is_silent_on(SECRET);
    two_hours.post(&c.ana, &format!("{}/organisation?theme=animation", c.base), &[("version", "1"), ("q6", "Autre")]).await.expect(303);
    two_hours.post(&c.ana, &format!("{}/depot", c.base), &[("version", "0")]).await.expect(303);
    assert_eq!(c.count("select count(*) from submission where content like '%chiffre de la question%'").await, 0);
    // Somebody recused is out of the team's talk as well.
    sqlx::query("insert into recusal (project_id, account_id, origin) values ($1, $2, 'pinned')")
        .bind(c.project.get())
        .bind(c.bob.id.get())
        .execute(&c.scene.app.db)
        .await
        .unwrap();
    c.scene.get(&c.bob, &path).await.expect(404);
    c.scene.get(&c.bob, "/").await.is_silent_on("vous nomme");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_list_is_read_page_by_page(db: PgPool) {
    let c = cast(db).await;
    for no in 1..=23 {
        c.say(&c.bob, &fifth(), &format!("Commentaire numéro {no:02}.")).await.expect(303);
    }
    let list = format!("{}/commentaires", c.base);
    let first = c.scene.get(&c.ana, &list).await;
    first.says("20 fils affichés").says("numéro 23").says("numéro 04").is_silent_on("numéro 03").says("Plus anciens");
    let older = first.body.split("href=\"").find(|part| part.contains("avant=")).and_then(|part| part.split('"').next()).expect("older").replace("&#38;", "&");
    c.scene.get(&c.ana, &older).await.says("3 fils affichés").says("numéro 03").is_silent_on("numéro 04").is_silent_on("Plus anciens");
    c.scene.get(&c.ana, &format!("{list}?avant=zut&etat=zut&livrable=9")).await.expect(200);
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_comment_sent_after_its_session_ended_comes_back(db: PgPool) {
    let c = cast(db).await;
    sqlx::query("update session set ended_at = $1 where account_id = $2").bind(OPEN).bind(c.bob.id.get()).execute(&c.scene.app.db).await.unwrap();
    let answer = c.say(&c.bob, &fifth(), SECRET).await;
    answer.expect(303);
    assert!(answer.location.starts_with("/connexion?next="));
    let next = answer.location["/connexion?next=".len()..].replace("%3F", "?").replace("%3D", "=");
    let again = c.scene.session(c.bob.id, &c.bob.email).await;
    let page = c.scene.get(&again, &next).await;
    page.expect(200).says("Votre texte est revenu").says(SECRET);
    assert_eq!(c.count("select count(*) from comment").await, 0);
    let eve = c.scene.get(&c.eve, &next).await;
    eve.expect(200).is_silent_on(SECRET);
    let pairs = [("version", "0"), ("lieu", &*page.hidden("lieu")), ("texte", SECRET), ("retour", &*page.hidden("retour"))];
    c.scene.post(&again, &format!("{}/commentaires", c.base), &pairs).await.expect(303);
    assert_eq!(c.count("select count(*) from comment").await, 1);
    c.scene.check().await;
}
