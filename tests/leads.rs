//! The leads pages: a territory typed through the forms, what the engine finds in it, and what people decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::support::statements::Counter;
use crate::support::{AFTER, Page, Person, Scene};
use sqlx::PgPool;
use trame::kit::ids::ProjectId;

async fn row(scene: &Scene, person: &Person, project: ProjectId, list: &str, fields: &[(&str, &str)]) -> String {
    let row = scene.row(person, project, list).await;
    let pairs: Vec<(&str, &str)> = [("version", "1")].into_iter().chain(fields.iter().copied()).collect();
    scene.post(person, &format!("/dossiers/{project}/{list}/{row}"), &pairs).await.expect(303);
    row
}

/// A brewery, two farms, three workshops near Jarnac; the rows that the tests name.
struct Territory {
    scene: Scene,
    ana: Person,
    project: ProjectId,
    brewery: String,
    grains: String,
    feed: String,
}

impl Territory {
    async fn typed(db: PgPool) -> Self {
        let scene = Scene::new(db).await;
        let ana = scene.person("Ana").await;
        let project = scene.project(&ana, "Boucles").await;
        let brewery = row(&scene, &ana, project, "acteurs", &[("name", "Brasserie du Pont"), ("lat", "45,68"), ("lon", "-0,17")]).await;
        let farm = row(&scene, &ana, project, "acteurs", &[("name", "Élevage des Rives"), ("lat", "45,70"), ("lon", "-0,20"), ("confidential", "oui")]).await;
        let out = [("actor", brewery.as_str()), ("direction", "out"), ("domain", "material"), ("label", "Drêches de brasserie humides"), ("quantity", "400")];
        let grains = row(&scene, &ana, project, "flux", &[&out[..], &[("unit", "t"), ("evidence", "declared"), ("ref", "DRE")]].concat()).await;
        let need = [("actor", farm.as_str()), ("direction", "in"), ("domain", "material"), ("label", "Aliments pour bétail"), ("evidence", "knowledge")];
        let feed = row(&scene, &ana, project, "flux", &[&need[..], &[("ref", "ALI")]].concat()).await;
        for (name, lat) in [("Atelier Un", "45,681"), ("Atelier Deux", "45,682"), ("Atelier Trois", "45,683")] {
            let actor = row(&scene, &ana, project, "acteurs", &[("name", name), ("lat", lat), ("lon", "-0,171")]).await;
            row(&scene, &ana, project, "flux", &[("actor", &actor), ("direction", "in"), ("domain", "service"), ("label", "Gardiennage de nuit")]).await;
        }
        Self { scene, ana, project, brewery, grains, feed }
    }

    fn url(&self, path: &str) -> String {
        format!("/dossiers/{}{path}", self.project)
    }

    fn pair(&self) -> String {
        self.url(&format!("/pistes/paire.{}.{}", self.grains, self.feed))
    }

    async fn get(&self, path: &str) -> Page {
        self.scene.get(&self.ana, &self.url(path)).await
    }

    async fn decide(&self, person: &Person, verdict: &str, more: &[(&str, &str)]) -> Page {
        let seen = self.scene.get(&self.ana, &self.pair()).await.hidden_or("seen", "0");
        self.decide_from(person, verdict, &seen, more).await
    }

    async fn decide_from(&self, person: &Person, verdict: &str, seen: &str, more: &[(&str, &str)]) -> Page {
        let pairs: Vec<(&str, &str)> = [("seen", seen), ("verdict", verdict)].into_iter().chain(more.iter().copied()).collect();
        self.scene.post(person, &self.pair(), &pairs).await
    }

    async fn synergies(&self) -> Vec<serde_json::Value> {
        sqlx::query_scalar("select content from unit where project_id = $1 and kind = 'synergy' and not is_deleted")
            .bind(self.project.get())
            .fetch_all(&self.scene.app.db)
            .await
            .expect("done")
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_territory_typed_by_hand_gives_its_types_its_first_pair_and_its_sentence(db: PgPool) {
    let t = Territory::typed(db).await;
    let page = t.get("/pistes").await;
    page.expect(200)
        .says("5 flux donnent 1 type de synergie, 1 paire possible et 1 mutualisation d’au moins trois acteurs")
        .says("Drêches de brasserie et de distillerie → alimentation animale (matières premières)")
        .says("1 offre : Brasserie du Pont")
        .says("1 cherche : Élevage des Rives")
        .says("offertes : quelques centaines de tonnes par an");
    let pairs = t.get("/pistes?vue=paires").await;
    pairs
        .expect(200)
        .says("Drêches de brasserie humides → Aliments pour bétail")
        .says("Brasserie du Pont → Élevage des Rives, 3,2 km")
        .says("Nature : équivalence reconnue")
        .says("déclaré d’un côté, connaissance du porteur de l’autre")
        .says("À demander : période à préciser (offre) ; quantité à préciser (besoin) ; période à préciser (besoin)");
    t.get("/pistes?vue=mutualisations").await.says("3 acteurs : Atelier Deux").says("ont le même besoin de service");
    t.get("/pistes?vue=generateurs").await.says("Matière, ce qui sort des sites").says("Un seul acteur a une quantité connue").says("400 t/an");
    t.get("/pistes?vue=types-de-flux").await.says("Drêches de brasserie humides").says("confiance").says("Confirmer");
    // Filters hold for every view, and are kept from one to the other.
    let none = t.get("/pistes?vue=paires&domaine=eau").await;
    none.says("Aucune ligne ne répond à ces filtres");
    assert!(none.body.contains("pistes?vue=mutualisations&#38;domaine=eau"), "{}", none.body);
    t.get(&format!("/pistes?vue=paires&acteur={}&q=betail&indice=30", t.brewery)).await.says("Aliments pour bétail");
    t.get("/pistes?vue=paires&indice=100").await.says("Aucune ligne ne répond à ces filtres");
    t.get("/pistes?vue=paires&apres=50.paire.perdue&acteur=x&etat=y").await.expect(200);
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_lead_opens_onto_its_components_its_data_and_what_is_missing(db: PgPool) {
    let t = Territory::typed(db).await;
    let page = t.scene.get(&t.ana, &t.pair()).await;
    page.expect(200).says("Piste de substitution").says("À vérifier d’abord").says("compte pour moitié").says("Indice = 100 × nature").says("Type Drêches");
    assert!(page.body.contains(&format!("/flux/{}#quantity\"", t.feed)), "a link to the very field: {}", page.body);
    assert!(page.body.contains("/nomenclatures/regles?n="), "{}", page.body);
    t.get("/pistes/type.dreches.alimentation-animale").await.expect(200).says("Les paires qui portent ce type").says("Meilleur indice");
    let pools = t.get("/pistes?vue=mutualisations").await;
    let key = pools.body.split("id=\"groupe.").nth(1).and_then(|rest| rest.split('"').next()).expect("a group").to_owned();
    t.get(&format!("/pistes/groupe.{key}")).await.expect(200).says("Piste de mutualisation").says("Proximité").says("Gardiennage de nuit");
    for path in ["/pistes/type.dreches.vapeur", "/pistes/paire.1.2", "/pistes/chainon.rien", "/pistes/nouveau"] {
        t.get(path).await.expect(404);
    }
    // The flow's own page says its type, and its leads at once.
    let flow = t.get(&format!("/flux/{}", t.grains)).await;
    flow.expect(200).says("Type proposé : Drêches de brasserie et de distillerie (confiance").says("1 piste pour ce flux").says("Aliments pour bétail");
    assert!(flow.body.contains("<datalist id=\"types\">") && flow.body.contains("list=\"types\""));
    t.get("/flux").await.says("proposé : Drêches de brasserie et de distillerie");
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_type_is_confirmed_in_one_click_and_the_queue_goes_on(db: PgPool) {
    let t = Territory::typed(db).await;
    let pairs = [("version", "2"), ("retour", "pistes"), ("type", "Drêches de brasserie et de distillerie")];
    let page = t.scene.post(&t.ana, &t.url(&format!("/flux/{}", t.grains)), &pairs).await;
    page.expect(303);
    assert_eq!(page.location, t.url("/pistes?vue=types-de-flux"));
    t.get("/pistes?vue=types-de-flux").await.is_silent_on("Drêches de brasserie humides").says("Aliments pour bétail");
    let wrong = t.scene.post(&t.ana, &t.url(&format!("/flux/{}", t.feed)), &[("version", "2"), ("retour", "pistes"), ("type", "Vin chaud")]).await;
    wrong.expect(422).says("Choisir un type de la nomenclature").says("Vin chaud");
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_decision_is_told_taken_back_and_outlives_what_changes_elsewhere(db: PgPool) {
    let t = Territory::typed(db).await;
    let kept = t.decide(&t.ana, "garder", &[]).await;
    kept.expect(303);
    t.scene.get(&t.ana, &kept.location).await.says("Piste gardée").says("Annuler").says("Ana a gardé cette piste");
    // Another flow changes, and comes: the decision stays on its pair.
    row(&t.scene, &t.ana, t.project, "flux", &[("actor", &t.brewery), ("direction", "out"), ("domain", "material"), ("label", "Palettes bois Europe")]).await;
    t.get("/pistes?vue=paires&etat=gardees").await.says("Aliments pour bétail").says("Gardée");
    t.get("/pistes?vue=paires&etat=a-decider").await.is_silent_on("Aliments pour bétail");
    t.get("").await.says("a gardé une piste de synergie");
    // Set aside, with a reason and nothing less.
    t.decide(&t.ana, "ecarter", &[("reason", "  ")]).await.expect(422).says("Choisir une raison, ou l’écrire");
    let long = "x".repeat(501);
    t.decide(&t.ana, "ecarter", &[("motif", "loin"), ("reason", &long)]).await.expect(422).says(&long);
    let aside = t.decide(&t.ana, "ecarter", &[("motif", "loin"), ("reason", "route coupée")]).await;
    aside.expect(303);
    let page = t.scene.get(&t.ana, &aside.location).await;
    page.says("Piste écartée : Trop loin, ou transport trop coûteux : route coupée");
    t.get("/pistes?vue=paires").await.is_silent_on("Aliments pour bétail");
    t.get("/pistes?vue=paires&etat=ecartees").await.says("par Ana : Trop loin");
    t.get("/visites").await.is_silent_on("Aliments pour bétail");
    // Undone: back to what stood before.
    assert!(page.body.contains("name=\"verdict\" value=\"garder\">Annuler"), "{}", page.body);
    t.decide(&t.ana, "reprendre", &[]).await.expect(303);
    t.get("/pistes?vue=paires&etat=a-decider").await.says("Aliments pour bétail");
    // Kept from the list, which it goes back to.
    let seen = t.scene.get(&t.ana, &t.pair()).await.hidden("seen");
    let path = format!("{}?vue=paires&domaine=matiere&depuis=liste", t.pair());
    let page = t.scene.post(&t.ana, &path, &[("seen", &seen), ("verdict", "garder")]).await;
    page.expect(303);
    assert!(page.location.starts_with(&t.url("/pistes?vue=paires&domaine=matiere&fait=paire.")), "{}", page.location);
    t.scene.get(&t.ana, &page.location).await.says("Gardée : Drêches de brasserie humides → Aliments pour bétail").says("Annuler");
    // A lead that the engine no longer finds keeps its decisions.
    let version = t.get(&format!("/flux/{}", t.feed)).await.hidden("version");
    t.scene.post(&t.ana, &t.url(&format!("/flux/{}", t.feed)), &[("version", &version), ("direction", "out")]).await.expect(303);
    t.scene.get(&t.ana, &t.pair()).await.expect(200).says("Le moteur ne trouve plus cette piste").says("Ana a gardé cette piste");
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_flow_that_changes_changes_its_own_leads_alone(db: PgPool) {
    let t = Territory::typed(db).await;
    let label = "Cartons d’emballage pliés";
    let out = [("actor", t.brewery.as_str()), ("direction", "out"), ("domain", "material"), ("label", label), ("ref", "CAR")];
    let cartons = row(&t.scene, &t.ana, t.project, "flux", &out).await;
    let mill = row(&t.scene, &t.ana, t.project, "acteurs", &[("name", "Papeterie"), ("lat", "45,66"), ("lon", "-0,15")]).await;
    row(&t.scene, &t.ana, t.project, "flux", &[("actor", &mill), ("direction", "in"), ("domain", "material"), ("label", "Vieux cartons"), ("ref", "VIE")])
        .await;
    let read = async || -> serde_json::Value { serde_json::from_str(&t.get("/pistes.json").await.body).expect("JSON") };
    let of = |file: &serde_json::Value, from: &str| -> Vec<serde_json::Value> {
        file["substitutions"].as_array().expect("pairs").iter().filter(|pair| pair["from_flow"] == from).cloned().collect()
    };
    let before = read().await;
    assert_eq!((of(&before, "DRE").len(), of(&before, "CAR").len()), (1, 1));
    let months: Vec<(&str, &str)> = ["1", "2", "3"].iter().map(|month| ("months", *month)).collect();
    let pairs = [&[("version", "2"), ("quantity", "12"), ("unit", "t"), ("evidence", "statistics")][..], &months].concat();
    t.scene.post(&t.ana, &t.url(&format!("/flux/{cartons}")), &pairs).await.expect(303);
    let after = read().await;
    assert_eq!(of(&after, "DRE"), of(&before, "DRE"));
    assert_ne!(of(&after, "CAR"), of(&before, "CAR"));
    assert_eq!(after["mutualisations"], before["mutualisations"]);
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn two_people_who_decide_at_once_are_told(db: PgPool) {
    let t = Territory::typed(db).await;
    let bob = t.scene.person("Bob").await;
    t.scene.member(t.project, &bob, "editor").await;
    t.decide_from(&t.ana, "ecarter", "0", &[("motif", "fait")]).await.expect(303);
    let stale = t.decide_from(&bob, "garder", "0", &[]).await;
    stale.expect(409).says("Ana a écarté cette piste : Existe déjà").says("Vous vouliez garder la piste : rien n’est changé");
    t.decide_from(&bob, "garder", &stale.hidden("seen"), &[]).await.expect(303);
    // The same wish, sent twice or shared: nothing to dispute.
    t.decide_from(&bob, "garder", "0", &[]).await.expect(303);
    t.decide_from(&t.ana, "garder", "0", &[]).await.expect(303);
    t.decide_from(&t.ana, "ecarter", "0", &[("motif", "fait")]).await.expect(409);
    t.decide_from(&t.ana, "", "0", &[]).await.expect(400);
    t.decide_from(&t.ana, "garder", "x", &[]).await.expect(400);
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_promotion_makes_one_synergy_filled_from_the_evidence(db: PgPool) {
    let t = Territory::typed(db).await;
    let operation = [("operation", "6f0f3e64-6cf0-4b4e-9c43-0f9f3fbc1d12")];
    let first = t.decide_from(&t.ana, "promouvoir", "0", &operation).await;
    let second = t.decide_from(&t.ana, "promouvoir", "0", &operation).await;
    first.expect(303);
    assert_eq!(first.location, second.location);
    t.decide_from(&t.ana, "promouvoir", "0", &[]).await.expect(409);
    let made = t.synergies().await;
    assert_eq!(made.len(), 1);
    assert_eq!(
        (made[0]["kind"].as_str(), made[0]["status"].as_str(), made[0]["emitter"].as_str()),
        (Some("substitution"), Some("study"), Some(t.brewery.as_str()))
    );
    assert_eq!(made[0]["title"], "Drêches de brasserie humides → Aliments pour bétail");
    assert_eq!(made[0]["confidential"], true, "one of the actors is");
    let sources = made[0]["sources"].as_str().expect("sources").replace(['\u{a0}', '\u{202f}'], " ");
    assert!(sources.starts_with("Piste du moteur de Trame, indice ") && sources.contains("le mercredi 23 septembre 2015 : Drêches"), "{sources}");
    assert!(sources.contains("« Aliments pour bétail », Élevage des Rives (connaissance du porteur)"), "{sources}");
    // Each leads to the other.
    let synergy = t.scene.get(&t.ana, &first.location).await;
    synergy.expect(200).says("Issue d’une piste du moteur").says("Promue par Ana");
    assert!(synergy.body.contains(&format!("href=\"{}\"", t.pair())));
    let lead = t.scene.get(&t.ana, &t.pair()).await;
    lead.says("Cette piste est devenue une synergie du dossier").says("Ana a promu cette piste en synergie");
    let seen: i64 = sqlx::query_scalar("select max(id) from lead_decision").fetch_one(&t.scene.app.db).await.expect("done");
    t.decide_from(&t.ana, "reprendre", &seen.to_string(), &[]).await.expect(422).says("retirez d’abord la synergie");
    // Taken out, the synergy lets its lead be decided of again.
    t.scene.post(&t.ana, &format!("{}/retirer", first.location), &[("version", "1")]).await.expect(303);
    let lead = t.scene.get(&t.ana, &t.pair()).await;
    lead.says("La synergie issue de cette piste a été retirée du dossier").says("Reprendre, à décider");
    t.decide_from(&t.ana, "reprendre", &seen.to_string(), &[]).await.expect(303);
    t.get("/pistes?vue=paires&etat=a-decider").await.says("Aliments pour bétail");
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn types_groups_and_missing_links_are_promoted_too(db: PgPool) {
    let t = Territory::typed(db).await;
    let kind = t.url("/pistes/type.dreches.alimentation-animale");
    t.scene.post(&t.ana, &kind, &[("seen", "0"), ("verdict", "promouvoir")]).await.expect(303);
    let pools = t.get("/pistes?vue=mutualisations").await;
    let key = pools.body.split("id=\"groupe.").nth(1).and_then(|rest| rest.split('"').next()).expect("a group").to_owned();
    t.scene.post(&t.ana, &t.url(&format!("/pistes/groupe.{key}")), &[("seen", "0"), ("verdict", "promouvoir")]).await.expect(303);
    let flow = [("actor", t.brewery.as_str()), ("direction", "out"), ("domain", "material"), ("label", "Huiles moteur usagées"), ("waste_code", "13 02 05*")];
    row(&t.scene, &t.ana, t.project, "flux", &flow).await;
    let gaps = t.get("/pistes?vue=chainons").await;
    gaps.expect(200).says("sans indice");
    let key = gaps.body.split("id=\"chainon.").nth(1).and_then(|rest| rest.split('"').next()).expect("a missing link").to_owned();
    t.get(&format!("/pistes/chainon.{key}")).await.expect(200).says("Chaînon manquant");
    t.scene.post(&t.ana, &t.url(&format!("/pistes/chainon.{key}")), &[("seen", "0"), ("verdict", "promouvoir")]).await.expect(303);
    let made = t.synergies().await;
    assert_eq!(made.len(), 3);
    let pooling = made.iter().find(|one| one["kind"] == "pooling").expect("a pooling");
    assert_eq!((pooling["object"].as_str(), pooling["actors"].as_array().map(Vec::len)), (Some("service"), Some(3)));
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn leads_are_the_team_s_alone_and_decided_by_who_writes(db: PgPool) {
    let t = Territory::typed(db).await;
    let (rosa, carl, zoe) = (t.scene.person("Rosa").await, t.scene.person("Carl").await, t.scene.person("Zoe").await);
    t.scene.member(t.project, &rosa, "reader").await;
    t.scene.member(t.project, &carl, "consultant").await;
    t.scene.project(&zoe, "Ailleurs").await;
    let manager = t.scene.staff("Max", &["manager", "committee"]).await;
    let reviewer = t.scene.staff("Rémi", &["reviewer"]).await;
    t.scene.fill(&t.ana, t.project).await;
    let shared: Vec<(&str, &str)> = ["partage1", "partage2", "partage3", "partage4", "partage5"].iter().map(|name| (*name, "oui")).collect();
    t.scene.post(&t.ana, &t.url("/partage"), &shared).await.expect(303);
    t.scene.post(&t.ana, &t.url("/depot"), &[("version", "0")]).await.expect(303);
    t.scene.assign(t.project, &reviewer).await;
    let pair = t.pair();
    for person in [&zoe, &manager, &reviewer] {
        for path in ["/pistes", "/pistes?vue=paires", "/pistes.json", "/pistes.csv", "/visites"] {
            t.scene.get(person, &t.url(path)).await.expect(404).is_silent_on("Élevage").is_silent_on("Brasserie du Pont");
        }
        t.scene.get(person, &pair).await.expect(404).is_silent_on("Drêches").is_silent_on("Élevage");
        t.decide_from(person, "garder", "0", &[]).await.expect(404);
    }
    // There was something to see.
    t.scene.get(&rosa, &t.url("/pistes?vue=paires")).await.expect(200).says("Élevage des Rives").says("Lecture seule").is_silent_on("Garder :");
    let page = t.scene.get(&rosa, &pair).await;
    page.expect(200).says("la décision revient à qui écrit le livrable 2");
    assert!(!page.body.contains("name=\"verdict\""));
    t.decide_from(&rosa, "garder", "0", &[]).await.expect(403).says("Votre rôle permet de lire");
    t.decide_from(&carl, "garder", "0", &[]).await.expect(303);
    let late = Territory { scene: t.scene.at(AFTER), ana: t.ana.clone(), brewery: String::new(), grains: t.grains.clone(), feed: t.feed.clone(), ..t };
    let refused = late.decide_from(&late.ana, "ecarter", "0", &[("reason", "Un mot à garder")]).await;
    refused.expect(403).says("Votre envoi est arrivé");
    late.get("/pistes?vue=paires").await.expect(200).says("Gardée");
    late.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn files_hold_every_lead_say_who_may_read_them_and_are_journalled(db: PgPool) {
    let t = Territory::typed(db).await;
    let file = t.get("/pistes.json").await;
    file.expect(200);
    let read: serde_json::Value = serde_json::from_str(&file.body).expect("JSON");
    assert_eq!(read["visibilite"], "équipe du dossier");
    assert_eq!((read["substitutions"][0]["from_flow"].as_str(), read["substitutions"][0]["to_flow"].as_str()), (Some("DRE"), Some("ALI")));
    assert_eq!((read["substitutions"].as_array().map(Vec::len), read["mutualisations"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let disposition = file.headers.get("content-disposition").and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!(disposition, "attachment; filename=\"pistes-boucles-2015-09-23.json\"");
    let csv = t.get("/pistes.csv").await;
    assert_eq!(csv.body.lines().count(), 3);
    assert!(csv.body.contains("substitution,DRE,ALI,") && csv.body.contains("équipe du dossier"), "{}", csv.body);
    let told: Vec<String> =
        sqlx::query_scalar("select subject from journal where act = 'exported' order by id").fetch_all(&t.scene.app.db).await.expect("done");
    assert_eq!(told, [format!("{} pistes.json", t.project), format!("{} pistes.csv", t.project)]);
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn a_visit_asks_each_thing_once_the_best_lead_first(db: PgPool) {
    let t = Territory::typed(db).await;
    let page = t.get("/visites").await;
    page.expect(200).says("Élevage des Rives").says("Combien en faut-il par an, même en ordre de grandeur ?").says("Atelier Un");
    assert_eq!(page.plain().matches("Combien en faut-il").count(), 1);
    let plain = page.plain();
    assert!(plain.find("Brasserie du Pont").expect("there") < plain.find("Atelier Un").expect("there"), "the best lead first");
    let lone = t.get(&format!("/visites?acteur={}", t.brewery)).await;
    lone.expect(200).says("Visite : Brasserie du Pont").is_silent_on("Atelier Un").says("1 piste concernée");
    t.get("/visites?acteur=00000000-0000-7000-8000-000000000000").await.expect(404);
    t.scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn an_empty_dossier_is_told_how_to_begin(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    for view in ["", "?vue=paires", "?vue=mutualisations", "?vue=chainons", "?vue=generateurs", "?vue=types-de-flux"] {
        scene
            .get(&ana, &format!("/dossiers/{project}/pistes{view}"))
            .await
            .expect(200)
            .says("Aucun flux n’est encore décrit")
            .says("Importer d’abord les acteurs");
    }
    scene.get(&ana, &format!("/dossiers/{project}/visites")).await.expect(200).says("Aucun flux n’est encore décrit");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn the_number_of_statements_does_not_depend_on_the_number_of_flows(db: PgPool) {
    let t = Territory::typed(db).await;
    let sent = Arc::new(AtomicUsize::new(0));
    let _guard = tracing::subscriber::set_default(Counter::of(&sent));
    let flow = format!("/flux/{}", t.grains);
    let pair = t.pair().replace(&t.url(""), "");
    let paths = ["/pistes", "/pistes?vue=paires", "/pistes?vue=mutualisations", "/pistes?vue=types-de-flux", "/visites", "/flux", &flow, &pair];
    let count = async || {
        let mut counts = Vec::new();
        for path in paths {
            t.get(path).await.expect(200);
            // Another test's thread may have met the same statements first, with nobody listening.
            tracing::callsite::rebuild_interest_cache();
            sent.store(0, Ordering::Relaxed);
            t.get(path).await.expect(200);
            counts.push(sent.load(Ordering::Relaxed));
        }
        counts
    };
    let few = count().await;
    for n in 0..30 {
        let label = format!("Drêches du brassin {n}");
        row(&t.scene, &t.ana, t.project, "flux", &[("actor", &t.brewery), ("direction", "out"), ("domain", "material"), ("label", &label)]).await;
    }
    assert_eq!(count().await, few);
    assert!(few[..5].iter().all(|n| *n > 0 && *n <= 5), "{few:?}");
    t.scene.check().await;
}
