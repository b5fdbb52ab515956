//! Questions to the contacts of a call: who asks, who answers, what is published, and an adversary in every other role who looks for
//! one word of a question that is not.

use crate::support::chain::recuse;
use crate::support::{OPEN, Page, Person, Scene};
use sqlx::PgPool;
use time::Duration;
use trame::kit::ids::ProjectId;

/// A word that nobody writes by chance.
const SECRET: &str = "zirconium-quarante";
const HERE: &str = "/questions?appel=essai";

struct Cast {
    scene: Scene,
    project: ProjectId,
    ana: Person,
    max: Person,
    mia: Person,
    /// Who must know nothing of what Ana asks.
    others: Vec<(&'static str, Person)>,
}

impl Cast {
    async fn new(db: PgPool) -> Self {
        let scene = Scene::new(db).await;
        let ana = scene.person("Ana").await;
        let project = scene.project(&ana, "Boucles de Charente").await;
        let mate = scene.person("Bob").await;
        scene.member(project, &mate, "editor").await;
        let (max, mia) = (scene.staff("Max", &["manager"]).await, scene.staff("Mia", &["manager"]).await);
        let away = scene.staff("Marc", &["manager", "committee", "reviewer"]).await;
        recuse(&scene, project, &away).await;
        let both = scene.staff("Odile", &["manager"]).await;
        scene.member(project, &both, "reader").await;
        let reviewer = scene.staff("Rémi", &["reviewer"]).await;
        scene.assign(project, &reviewer).await;
        let zoe = scene.person("Zoe").await;
        scene.project(&zoe, "Ailleurs").await;
        let operator = scene.person("Omar").await;
        sqlx::query("update account set is_operator = true where id = $1").bind(operator.id.get()).execute(&scene.app.db).await.expect("operator");
        let others = vec![
            ("a colleague of the team", mate),
            ("a manager who stays away", away),
            ("a manager of the team", both),
            ("reviewer", reviewer),
            ("committee", scene.staff("Claire", &["committee"]).await),
            ("other carrier", zoe),
            ("operator", operator),
            ("stranger", scene.person("Sam").await),
        ];
        Self { scene, project, ana, max, mia, others }
    }

    async fn ask(&self, person: &Person, subject: &str, text: &str) -> Page {
        self.scene.post(person, HERE, &[("version", "0"), ("objet", subject), ("texte", text)]).await
    }

    async fn say(&self, person: &Person, number: i32, text: &str) -> Page {
        self.scene.post(person, &address(number, ""), &[("version", "0"), ("texte", text)]).await
    }

    async fn list(&self, query: &'static str) -> Vec<String> {
        sqlx::query_scalar(query).fetch_all(&self.scene.app.db).await.expect(query)
    }
}

fn address(number: i32, end: &str) -> String {
    format!("/questions/{number}{end}?appel=essai")
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_question_is_asked_answered_and_followed_on_both_sides(db: PgPool) {
    let c = Cast::new(db).await;
    c.scene.get(&c.ana, HERE).await.expect(200).says("Aucune question pour l’instant");
    c.scene.get(&c.ana, "/appels/essai").await.says("Poser une question aux contacts de l’appel").says("Aucune question publiée");
    // What cannot be read comes back beside its field.
    c.ask(&c.ana, "", "Un texte gardé.").await.expect(422).says("Un texte gardé.").says("Une valeur est à corriger");
    let operation = uuid::Uuid::new_v4().to_string();
    for _ in 0..2 {
        let pairs = [("version", "0"), ("operation", operation.as_str()), ("objet", "TVA du devis"), ("texte", "Hors taxes, ou toutes taxes comprises ?")];
        c.scene.post(&c.ana, HERE, &pairs).await.expect(303);
    }
    assert_eq!(c.list("select subject from question").await, ["TVA du devis"], "sent twice, asked once");
    assert_eq!(c.list("select recipient from mail where kind = 'question' order by 1").await, [c.max.email.clone(), c.mia.email.clone()]);
    let words = c.list("select subject || body from mail where kind = 'question'").await;
    assert!(words.iter().all(|words| !words.contains("TVA") && !words.contains("Ana")), "neither what nor who: {words:?}");

    // It waits for the managers, one of them answers, it waits for nobody but who asked.
    c.scene.get(&c.max, "/").await.says("Répondre à 1 question");
    c.scene.get(&c.max, "/appel/questions?appel=essai&etat=attente").await.expect(200).says("TVA du devis").says("Ana").says("1 non lu");
    c.scene.get(&c.max, &address(1, "")).await.expect(200).says("Hors taxes, ou toutes taxes").says("Nouveau").says("Boucles de Charente");
    c.scene.get(&c.max, &address(1, "")).await.is_silent_on("Nouveau");
    c.say(&c.max, 1, " ").await.expect(422);
    c.say(&c.max, 1, "Hors taxes. Écrivez les deux montants.").await.expect(303);
    c.scene.get(&c.max, "/").await.is_silent_on("Répondre à 1 question");
    c.scene.get(&c.mia, "/appel/questions?appel=essai&etat=attente").await.says("Aucune question ne répond à ces filtres");
    assert_eq!(c.list("select recipient from mail where kind = 'question_answer'").await, std::slice::from_ref(&c.ana.email));
    c.scene.get(&c.ana, "/").await.says("Lire la réponse à votre question « TVA du devis »").says("1 avis non lu");
    c.scene.get(&c.ana, HERE).await.says("1 non lu").says("Répondue");
    c.scene.get(&c.ana, &address(1, "")).await.says("Hors taxes. Écrivez les deux montants.").says("gestion de l’appel").says("Nouveau");
    c.scene.get(&c.ana, "/").await.is_silent_on("Lire la réponse à votre question");
    assert_eq!(
        c.list("select kind from notice where read_at is null and kind like 'question%' and account_id = (select id from account where name = 'Ana')").await,
        [] as [String; 0]
    );

    // She goes on; a manager says that nothing more is awaited, and a new message opens it again.
    c.say(&c.ana, 1, "Merci !").await.expect(303);
    c.scene.post(&c.ana, &address(1, ""), &[("version", "0"), ("act", "clore")]).await.expect(404);
    c.scene.post(&c.mia, &address(1, ""), &[("version", "0"), ("act", "clore")]).await.expect(303);
    c.scene.get(&c.max, "/").await.is_silent_on("Répondre à 1 question");
    c.say(&c.ana, 1, "Une dernière chose.").await.expect(303);
    c.scene.get(&c.max, "/").await.says("Répondre à 1 question");

    // Search, accents and capitals aside, on both sides.
    c.ask(&c.ana, "Périmètre élargi", "Deux communes du département voisin.").await.expect(303);
    c.scene.get(&c.ana, &format!("{HERE}&q=ELARGI")).await.says("Périmètre élargi").is_silent_on("TVA du devis");
    c.scene.get(&c.max, "/appel/questions?appel=essai&q=toutes%20taxes").await.says("TVA du devis").is_silent_on("Périmètre");
    c.scene.get(&c.max, "/appel/questions?appel=essai&q=introuvable").await.says("Aucune question ne répond à ces filtres");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn nobody_else_knows_of_a_question_and_the_published_one_does_not_say_who_asked(db: PgPool) {
    let c = Cast::new(db).await;
    c.ask(&c.ana, &format!("Objet {SECRET}"), &format!("Le texte {SECRET}.")).await.expect(303);
    c.say(&c.max, 1, &format!("La réponse {SECRET}.")).await.expect(303);
    c.scene.get(&c.max, &address(1, "")).await.expect(200).says(SECRET);
    let places = [
        HERE.to_owned(),
        format!("{HERE}&q=zirconium"),
        "/appel/questions?appel=essai".to_owned(),
        "/appel/questions?appel=essai&q=zirconium".to_owned(),
        "/".to_owned(),
        "/compte/avis".to_owned(),
        "/appels/essai".to_owned(),
        "/appel/messages?appel=essai&q=zirconium".to_owned(),
        "/exploitation/courriels".to_owned(),
        format!("/dossiers/{}", c.project),
        format!("/dossiers/{}/historique", c.project),
        format!("/dossiers/{}/messages?q=zirconium", c.project),
    ];
    for (who, person) in &c.others {
        for path in &places {
            let page = c.scene.get(person, path).await;
            assert!(!page.body.contains("zirconium-quarante") && !page.plain().contains("Réponse à votre question"), "{who} {path}");
            assert!(!page.plain().contains("question attend"), "{who} {path}: {}", page.plain());
        }
        c.scene.get(person, &address(1, "")).await.expect(404);
        c.say(person, 1, "Je m’invite.").await.expect(404);
        c.scene.post(person, &address(1, "/publication"), &[("version", "0"), ("question", "Q ?"), ("reponse", "R.")]).await.expect(404);
    }
    let told = c.list("select recipient from mail where kind like 'question%' order by id").await;
    assert_eq!(told, [c.max.email.clone(), c.mia.email.clone(), c.ana.email.clone()]);

    // Published in other words, with nothing of who asked; worded again, taken back, never from a stale page.
    c.scene.post(&c.ana, &address(1, "/publication"), &[("version", "0"), ("question", "Q ?"), ("reponse", "R.")]).await.expect(404);
    c.scene.post(&c.max, &address(1, "/publication"), &[("version", "0"), ("question", " "), ("reponse", "Gardée.")]).await.expect(422).says("Gardée.");
    let words = [("version", "0"), ("question", "L’aide est-elle hors taxes ?"), ("reponse", "Oui, toujours.")];
    c.scene.post(&c.max, &address(1, "/publication"), &words).await.expect(303);
    let public = c.scene.get_public("/appels/essai").await;
    public.says("L’aide est-elle hors taxes ?").says("Oui, toujours.").is_silent_on("Ana").is_silent_on(SECRET).is_silent_on("Boucles de Charente");
    c.scene.get(&c.ana, "/compte/avis").await.says("Votre question est publiée, sans votre nom");
    let stale = [("version", "0"), ("question", "Autre ?"), ("reponse", "Autre.")];
    c.scene.post(&c.mia, &address(1, "/publication"), &stale).await.expect(409).says("Autre ?").says("L’aide est-elle hors taxes ?");
    let again = [("version", "1"), ("question", "L’aide se calcule-t-elle hors taxes ?"), ("reponse", "Oui.")];
    c.scene.post(&c.mia, &address(1, "/publication"), &again).await.expect(303);
    c.scene.get_public("/appels/essai").await.says("L’aide se calcule-t-elle hors taxes ?").is_silent_on("Oui, toujours.");
    assert_eq!(c.list("select recipient from mail where kind = 'question_published'").await.len(), 1, "told once");
    c.scene.post(&c.mia, &address(1, "/publication"), &[("version", "2"), ("act", "retirer")]).await.expect(303);
    c.scene.get_public("/appels/essai").await.is_silent_on("hors taxes ?");
    c.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_place_that_ends_by_the_application_s_clock_closes_the_question_and_its_mail(db: PgPool) {
    let c = Cast::new(db).await;
    let amo = c.scene.person("Hélène").await;
    c.scene.member(c.project, &amo, "consultant").await;
    sqlx::query("update project_member set ends_at = $2 where account_id = $1")
        .bind(amo.id.get())
        .bind(OPEN + Duration::hours(2))
        .execute(&c.scene.app.db)
        .await
        .expect("end");
    // The database's own clock is years later: the application's decides.
    c.ask(&amo, "Un objet", "Un texte.").await.expect(303);
    c.scene.get(&amo, &address(1, "")).await.expect(200);
    let later = c.scene.at(OPEN + Duration::hours(3));
    later.get(&amo, &address(1, "")).await.expect(404);
    later.get(&amo, HERE).await.expect(404);
    later.post(&c.max, &address(1, ""), &[("version", "0"), ("texte", "Trop tard pour elle.")]).await.expect(303);
    assert_eq!(c.list("select kind from mail where kind = 'question_answer'").await, [] as [String; 0]);
    // Whoever was at a training of the call asks too, though no longer of a team.
    let zoe = c.others.iter().find(|(who, _)| *who == "stranger").map(|(_, person)| person.clone()).expect("somebody");
    later.get(&zoe, HERE).await.expect(404);
    sqlx::query(
        "insert into enrolment (training_id, account_id, project_id, status, asked_at, settled_at)
         select training.id, $1, $2, 'enrolled', now(), now() from training join call on call.id = training.call_id where call.slug = 'essai' limit 1",
    )
    .bind(zoe.id.get())
    .bind(c.project.get())
    .execute(&c.scene.app.db)
    .await
    .expect("enrolled");
    later.get(&zoe, HERE).await.expect(200);
    later.post(&zoe, HERE, &[("version", "0"), ("objet", "Après la formation"), ("texte", "Un texte.")]).await.expect(303);
    later.get(&c.max, "/appel/questions?appel=essai").await.says("Après la formation");
}
