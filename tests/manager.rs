//! What managers do to a call: confirmations before what stops others, texts kept at a session's end, who is told of a date.

use crate::support::{OPEN, Page, Person, Scene};
use sqlx::PgPool;
use uuid::Uuid;

async fn mathieu(scene: &Scene) -> Person {
    scene.staff("Mathieu", &["manager"]).await
}

async fn version(scene: &Scene) -> String {
    let version: i32 = sqlx::query_scalar("select version from call where id = $1").bind(scene.call.get()).fetch_one(&scene.app.db).await.expect("call");
    version.to_string()
}

async fn one<T>(scene: &Scene, query: &'static str) -> T
where
    T: Send + Unpin + sqlx::Type<sqlx::Postgres> + for<'r> sqlx::Decode<'r, sqlx::Postgres>,
{
    sqlx::query_scalar(query).fetch_one(&scene.app.db).await.expect(query)
}

/// Every hidden pair of the one form of a confirmation, as its buttons would send it with that answer.
fn answered<'a>(page: &'a Page, answer: &'a str) -> Vec<(String, String)> {
    let form = page.body.split("<form").find(|form| form.contains("name=\"confirme\"")).expect("a confirmation");
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    let text = |text: &str| text.replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&");
    let mut pairs: Vec<(String, String)> = inputs
        .map(|input| {
            let (name, rest) = input.split_once("\" value=\"").expect("a value");
            (name.to_owned(), text(rest.split('"').next().unwrap_or_default()))
        })
        .collect();
    pairs.push(("confirme".to_owned(), answer.to_owned()));
    pairs
}

async fn answer(scene: &Scene, person: &Person, path: &str, page: &Page, said: &str) -> Page {
    let pairs = answered(page, said);
    scene.post(person, path, &pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect::<Vec<_>>()).await
}

const PEOPLE: &str = "/appel/personnes?appel=essai";
const DATES: &str = "/appel/dates?appel=essai";

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn taking_a_role_away_says_what_follows_and_waits_for_an_answer(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, solene, ana) = (mathieu(&scene).await, scene.staff("Solene", &["reviewer", "committee"]).await, scene.person("Ana").await);
    let (boucles, secret) = (scene.project(&ana, "Boucles").await, scene.project(&ana, "Dont Mathieu se tient à l’écart").await);
    scene.assign(boucles, &solene).await;
    scene.assign(secret, &solene).await;
    sqlx::query("insert into recusal (project_id, account_id, origin, reason) values ($1, $2, 'declared', 'un parent y travaille')")
        .bind(secret.get())
        .bind(manager.id.get())
        .execute(&scene.app.db)
        .await
        .expect("recusal");
    let (version, account) = (version(&scene).await, solene.id.to_string());
    let pairs = [("act", "retirer"), ("version", version.as_str()), ("account", account.as_str()), ("role", "reviewer")];
    let asked = scene.post(&manager, PEOPLE, &pairs).await;
    asked.expect(200).says("Retirer ce rôle").says("Solene n’aura plus le rôle « évaluateur »").says("Cette personne reste membre du comité technique");
    // One of two: a dossier that the manager stays away from is in no figure.
    asked.says("1 évaluation non commencée lui est retirée").says("Confirmer").says("Revenir");
    let held = "select count(*) from call_role where role = 'reviewer'";
    assert_eq!(one::<i64>(&scene, held).await, 1);
    let back = answer(&scene, &manager, PEOPLE, &asked, "non").await;
    assert_eq!((back.expect(303).location.as_str(), one::<i64>(&scene, held).await), (PEOPLE, 1));
    let done = answer(&scene, &manager, PEOPLE, &asked, "oui").await;
    assert!(done.expect(303).location.contains("fait=retirer&role=reviewer"), "{}", done.location);
    assert_eq!(one::<i64>(&scene, held).await, 0);
    scene.get(&manager, &done.location).await.expect(200).says("Rôle retiré");
    // Sent twice, it is done once and asks nothing more.
    assert_eq!(answer(&scene, &manager, PEOPLE, &asked, "oui").await.expect(303).location, done.location);
    scene.post(&manager, PEOPLE, &pairs).await.expect(303);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_manager_who_leaves_is_told_and_lands_on_a_page_that_opens(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, lea) = (mathieu(&scene).await, scene.staff("Lea", &["manager"]).await);
    let (version, account) = (version(&scene).await, manager.id.to_string());
    let asked = scene.post(&manager, PEOPLE, &[("act", "retirer"), ("version", &version), ("account", &account), ("role", "manager")]).await;
    asked.expect(200).says("C’est votre propre rôle").says("L’appel garde 1 gestionnaire.");
    let done = answer(&scene, &manager, PEOPLE, &asked, "oui").await;
    assert_eq!(done.expect(303).location, "/");
    scene.get(&manager, PEOPLE).await.expect(404);
    let account = lea.id.to_string();
    let last = scene.post(&lea, PEOPLE, &[("act", "retirer"), ("version", &version), ("account", &account), ("role", "manager")]).await;
    last.expect(422).says("Un appel garde au moins un gestionnaire");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_bound_moved_ahead_is_told_to_the_owners_by_the_page_and_by_mail(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, ana, bob, zoe) = (mathieu(&scene).await, scene.person("Ana").await, scene.person("Bob").await, scene.person("Zoe").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.member(project, &bob, "editor").await;
    let gone = scene.project(&zoe, "Retiré").await;
    sqlx::query("update project set status = 'withdrawn' where id = $1").bind(gone.get()).execute(&scene.app.db).await.expect("withdrawn");
    let version = version(&scene).await;
    let pairs = [("act", "limite"), ("version", version.as_str()), ("deposit_bound", "2015-10-21T00:00"), ("reason", "Grève des postes")];
    let moved = scene.post(&manager, DATES, &pairs).await;
    scene
        .get(&manager, &moved.expect(303).location)
        .await
        .expect(200)
        .says("Enregistré")
        .says("Grève des postes")
        .says("mardi 20 octobre 2015 à 23 h 59 min 59 s");
    let mails: Vec<(String, String, String)> =
        sqlx::query_as("select recipient, subject, body from mail where kind = 'deadline'").fetch_all(&scene.app.db).await.expect("mails");
    let [(recipient, subject, body)] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(recipient, &ana.email);
    assert!(subject.contains("Date limite de dépôt modifiée"), "{subject}");
    let body = body.replace(['\u{a0}', '\u{202f}'], " ");
    assert!(body.contains("Dépôt possible jusqu’au mardi 20 octobre 2015 à 23 h 59 min 59 s") && body.contains("Motif : Grève des postes"), "{body}");
    // Nobody who does not manage the call moves anything.
    scene.post(&ana, DATES, &pairs).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_bound_in_the_past_is_asked_about_and_keeps_what_was_typed(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, ana) = (mathieu(&scene).await, scene.person("Ana").await);
    let (draft, own) = (scene.project(&ana, "Boucles").await, scene.project(&ana, "Prolongé").await);
    sqlx::query("update project set extended_until = $2 where id = $1")
        .bind(own.get())
        .bind(OPEN + time::Duration::days(60))
        .execute(&scene.app.db)
        .await
        .unwrap();
    let version = version(&scene).await;
    let typed = "Motif « tapé » avec <des> \"signes\"";
    let pairs = [("act", "limite"), ("version", version.as_str()), ("deposit_bound", "2015-09-20T00:00"), ("reason", typed)];
    let asked = scene.post(&manager, DATES, &pairs).await;
    asked.expect(200).says("Fixer la limite de dépôt dans le passé").says("samedi 19 septembre 2015 à 23 h 59 min 59 s");
    asked.says("les équipes ne peuvent plus ni modifier ni déposer").says("1 dossier n’a jamais été déposé").says("1 dossier garde son propre délai");
    let held = "select count(*) from deadline_decision where kind = 'bound'";
    assert_eq!((one::<i64>(&scene, held).await, one::<i64>(&scene, "select count(*) from mail").await), (0, 0));
    let back = answer(&scene, &manager, DATES, &asked, "non").await;
    back.expect(200).says("Rien n’a changé").says("Vous n’avez pas confirmé");
    assert!(back.body.contains("value=\"2015-09-20T00:00\"") && back.body.contains("Motif « tapé » avec &#60;des&#62;"), "{}", back.body);
    assert!(!back.body.contains("Deux versions"));
    assert_eq!(one::<i64>(&scene, held).await, 0);
    let done = answer(&scene, &manager, DATES, &asked, "oui").await;
    done.expect(303);
    assert_eq!((one::<i64>(&scene, held).await, one::<String>(&scene, "select reason from deadline_decision").await.as_str()), (1, typed));
    assert_eq!(one::<i64>(&scene, "select count(*) from mail where kind = 'deadline'").await, 1);
    scene.get(&ana, &format!("/dossiers/{draft}/organisation")).await.expect(200).says("Lecture seule");
    // Somebody saved between the question and the answer: both values, never a silent write.
    sqlx::query("update call set version = version + 1").execute(&scene.app.db).await.expect("faster");
    let pairs = [("act", "limite"), ("version", version.as_str()), ("deposit_bound", "2015-09-01T00:00"), ("reason", "Encore"), ("confirme", "oui")];
    scene.post(&manager, DATES, &pairs).await.expect(409).says("Deux versions");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn another_date_that_enters_the_past_is_asked_about(db: PgPool) {
    let scene = Scene::new(db).await;
    let manager = mathieu(&scene).await;
    sqlx::query("update call set council_on = '2016-02-12', committee_at = '2015-11-12 08:30Z'").execute(&scene.app.db).await.expect("dates");
    let version = version(&scene).await;
    let ahead = [("act", "calendrier"), ("version", version.as_str()), ("council_on", "2016-03-01"), ("launched_on", "2014-10-01")];
    scene.post(&manager, DATES, &ahead).await.expect(303);
    let version = self::version(&scene).await;
    let past = [("act", "calendrier"), ("version", version.as_str()), ("council_on", "2015-03-01"), ("committee_place", "Angoulême, salle 4")];
    let asked = scene.post(&manager, DATES, &past).await;
    asked.expect(200).says("Enregistrer une date passée").says("Commission permanente : dimanche 1er mars 2015.").is_silent_on("Réunion du comité technique :");
    let done = answer(&scene, &manager, DATES, &asked, "oui").await;
    done.expect(303);
    let kept: (String, String) =
        sqlx::query_as("select council_on::text, committee_place from call where id = $1").bind(scene.call.get()).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(kept, ("2015-03-01".to_owned(), "Angoulême, salle 4".to_owned()));
    scene.check().await;
}

/// Every long form of the manager: where it is posted, what was typed, where it comes back.
#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_form_sent_after_the_sessions_end_comes_back_after_sign_in(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, lea, ana) = (mathieu(&scene).await, scene.staff("Lea", &["manager"]).await, scene.person("Ana").await);
    let project = scene.project(&ana, "Boucles").await;
    let (record, extension) = (format!("/appel/dossiers/{project}"), format!("/appel/dossiers/{project}/delai"));
    let version = version(&scene).await;
    let forms = [
        ("/appel/presentation?appel=essai", vec![("act", "presentation"), ("summary", "Un résumé tapé longtemps")], "Un résumé tapé longtemps"),
        ("/appel/criteres?appel=essai", vec![("act", "criteres"), ("label-2.1", "Un intitulé tapé longtemps")], "Un intitulé tapé longtemps"),
        ("/appel/contacts?appel=essai", vec![("act", "contacts"), ("body-0", "Pôle des Éco-Industries")], "Pôle des Éco-Industries"),
        (DATES, vec![("act", "limite"), ("deposit_bound", "le 32"), ("reason", "Un motif tapé longtemps")], "Un motif tapé longtemps"),
        (DATES, vec![("act", "calendrier"), ("committee_place", "Une salle tapée")], "Une salle tapée"),
        (PEOPLE, vec![("act", "inviter"), ("role", "committee"), ("email", "nouvelle@example.org")], "nouvelle@example.org"),
        ("/appel/pistes/poids?appel=essai", vec![("act", "poids"), ("reason", "Un motif de poids")], "Un motif de poids"),
        ("/appel/nouveau?appel=essai", vec![("act", "nouveau"), ("title", "Un appel tapé")], "Un appel tapé"),
        ("/appel/dossiers/nouveau?appel=essai", vec![("act", "nouveau"), ("manifestation", "Un résumé\r\nde dossier")], "Un résumé\r\nde dossier"),
        (&record, vec![("act", "fiche"), ("title", "Un titre tapé")], "Un titre tapé"),
        (&extension, vec![("act", "delai"), ("reason", "Un délai tapé")], "Un délai tapé"),
    ];
    sqlx::query("update session set expires_at = $1").bind(OPEN - time::Duration::minutes(1)).execute(&scene.app.db).await.unwrap();
    let (again, other) = (scene.session(manager.id, &manager.email).await, scene.session(lea.id, &lea.email).await);
    for (path, typed, shown) in forms {
        let version = if path.starts_with("/appel/dossiers/") { "0" } else { &version };
        let pairs: Vec<(&str, &str)> = typed.into_iter().chain([("version", version)]).collect();
        let sent = scene.post(&manager, path, &pairs).await;
        let next = sent.expect(303).location.trim_start_matches("/connexion?next=").replace("%3F", "?").replace("%3D", "=").replace("%26", "&");
        assert!(next.starts_with(path) && next.contains("reprise="), "{next}");
        let next = match scene.get(&again, &next).await {
            page if page.status == 303 => page.location,
            _ => next,
        };
        let back = scene.get(&again, &next).await;
        back.expect(200).says("Votre texte est revenu");
        assert!(back.body.contains(shown), "{path}: {}", back.body);
        assert!(!back.body.contains("Deux versions"), "{path}");
        // Only its author reads it.
        let page = scene.get(&other, &next).await;
        assert!(page.expect(200).body.contains("<h1>") && !page.body.contains(shown) && !page.body.contains("Votre texte est revenu"), "{path}");
    }
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_cookie_outlives_the_session_and_then_opens_nothing(db: PgPool) {
    let scene = Scene::new(db).await;
    let manager = mathieu(&scene).await;
    let path = "/appel/presentation?appel=essai";
    let days = |days| scene.at(OPEN + time::Duration::days(days));
    sqlx::query("update session set expires_at = $1").bind(OPEN + time::Duration::days(14)).execute(&scene.app.db).await.unwrap();
    days(13).get(&manager, path).await.expect(200);
    days(15).get(&manager, path).await.expect(303);
    let sent = days(44).post(&manager, path, &[("version", "0"), ("summary", "Tard")]).await;
    assert!(sent.expect(303).location.contains("reprise"), "{}", sent.location);
    let sent = days(46).post(&manager, path, &[("version", "0"), ("summary", "Trop tard")]).await;
    assert!(!sent.expect(303).location.contains("reprise"), "{}", sent.location);
    // Who never had a session proves nothing: nothing is kept.
    let nobody = Person { token: Uuid::new_v4().simple().to_string(), ..manager.clone() };
    let sent = scene.post(&nobody, path, &[("version", "0"), ("summary", "De personne")]).await;
    assert!(!sent.expect(303).location.contains("reprise"), "{}", sent.location);
    assert_eq!(one::<i64>(&scene, "select count(*) from suspended_post").await, 1);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_address_of_a_refused_form_leads_back_to_its_page(db: PgPool) {
    let scene = Scene::new(db).await;
    let (manager, ana) = (mathieu(&scene).await, scene.person("Ana").await);
    let project = scene.project(&ana, "Boucles").await;
    scene.post(&manager, &format!("/appel/dossiers/{project}/delai"), &[("version", "0"), ("extended_until", "le 32"), ("reason", "x")]).await.expect(422);
    for (person, path, page) in [
        (&manager, format!("/appel/dossiers/{project}/delai?appel=essai"), format!("/appel/dossiers/{project}?appel=essai")),
        (&manager, format!("/dossiers/{project}/depots"), format!("/appel/dossiers/{project}")),
        (&ana, format!("/dossiers/{project}/acteurs/nouveau"), format!("/dossiers/{project}/acteurs")),
        (&ana, format!("/dossiers/{project}/engagement/signataires"), format!("/dossiers/{project}/engagement")),
        (&ana, "/compte/mot-de-passe".to_owned(), "/compte".to_owned()),
    ] {
        let led = scene.get(person, &path).await;
        assert_eq!(led.expect(303).location, page);
        scene.get(person, &page).await.expect(200);
    }
    // It opens nothing by itself, and what is not asked for so is refused as before.
    let led = scene.get(&ana, &format!("/appel/dossiers/{project}/delai")).await;
    scene.get(&ana, &led.expect(303).location).await.expect(404);
    let hostile = scene.get(&ana, "/dossiers/%2F%2Fexample.org%0D%0Ax/acteurs/nouveau").await;
    assert!(hostile.expect(303).location.starts_with("/dossiers/%2F%2Fexample.org"), "{}", hostile.location);
    scene.send(Some(&ana), axum::http::Method::DELETE, "/compte/mot-de-passe", None, false).await.expect(405).says("Cette adresse ne se consulte pas ainsi");
    scene.post(&ana, "/comite", &[]).await.expect(405);
}
