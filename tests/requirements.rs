//! The regulation, line by line: each R-number of the scope is a test that fills it in, reads it back, or finds it where
//! the person it concerns looks for it.

use crate::support::chain::Cast;
use crate::support::{AFTER, Scene};
use sqlx::PgPool;
use trame::framework::COLLECTIONS;
use trame::framework::standing::places;

/// A field of a section: it is there under its R-number, filled in, read back on its page and in the printed dossier.
async fn answered(db: PgPool, requirement: &str, path: &str, field: &str, value: &str, read: &str) {
    let is_asked = places().any(|place| place.item.requirements.contains(&requirement) && place.item.fields.iter().any(|held| held.key == field));
    assert!(is_asked, "{requirement} has no field {field}");
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}{path}");
    scene.get(&ana, &path).await.expect(200).is_silent_on(read);
    scene.post(&ana, &path, &[("version", "0"), (field, value)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    page.expect(200);
    assert!(page.body.contains(value), "{field} is not read back");
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.expect(200).says(read);
    scene.check().await;
}

/// A field of a row with a page of its own.
async fn row_answered(db: PgPool, requirement: &str, path: &str, field: &str, value: &str, read: &str) {
    let rows = COLLECTIONS.iter().find(|rows| rows.path == Some(path)).expect("collection");
    let is_asked = rows.items.iter().any(|item| item.requirements.contains(&requirement) && item.fields.iter().any(|held| held.key == field));
    assert!(is_asked, "{requirement} has no field {field}");
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let row = scene.row(&ana, project, path).await;
    let path = format!("/dossiers/{project}/{path}/{row}");
    let name = rows.name_field;
    let pairs = if name == field { vec![("version", "1"), (field, value)] } else { vec![("version", "1"), (name, "Nom de la ligne"), (field, value)] };
    scene.post(&ana, &path, &pairs).await.expect(303);
    scene.at(AFTER).get(&ana, &path).await.expect(200).says(read);
    scene.check().await;
}

/// A line of a small table.
async fn line_answered(db: PgPool, requirement: &str, path: &str, (kind, field): (&str, &str), value: &str, read: &str) {
    let is_asked = places().any(|place| {
        place.item.tables.iter().any(|rows| rows.kind == kind && rows.fields().any(|held| held.key == field))
            && (place.item.requirements.contains(&requirement)
                || place.item.tables.iter().any(|rows| rows.items.iter().any(|item| item.requirements.contains(&requirement))))
    });
    assert!(is_asked, "{requirement} has no line {kind}.{field}");
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}{path}");
    let added = scene.post(&ana, &path, &[("version", "0"), ("ajouter", kind)]).await;
    let row = added.location.rsplit('#').next().expect("anchor")[kind.len() + 1..][..36].to_owned();
    let (id, version, name) = (format!("{kind}.id"), format!("{kind}.version"), format!("{kind}.{row}.{field}"));
    scene.post(&ana, &path, &[("version", "0"), (&id, &row), (&version, "1"), (&name, value)]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/imprimer")).await.says(read);
    scene.check().await;
}

macro_rules! sections {
    ($($name:ident: $requirement:literal, $path:literal, $field:literal;)+) => {$(
        #[sqlx::test(migrator = "trame::MIGRATOR")]
        async fn $name(db: PgPool) {
            answered(db, $requirement, $path, $field, "Réponse précise du territoire", "Réponse précise du territoire").await;
        }
    )+};
}

sections! {
    r15_the_benefits_are_shown: "R15", "/etat-des-lieux?theme=ambition", "benefit_social";
    r17_the_decrease_of_impacts_is_argued: "R17", "/etat-des-lieux", "stakes";
    r19_factors_of_adhesion_are_asked: "R19", "/organisation?theme=animation", "adhesion";
    r20_facilitation_and_mediation_are_asked: "R20", "/organisation?theme=animation", "mediation";
    r21_legal_instruments_are_asked: "R21", "/organisation?theme=gouvernance", "legal";
    r22_interdependency_risks_are_asked: "R22", "/organisation?theme=gouvernance", "interdependence";
    r23_confidentiality_is_asked: "R23", "/organisation?theme=gouvernance", "confidentiality";
    r25_skills_are_asked: "R25", "/etat-des-lieux?theme=ambition", "skills";
    r26_the_elements_of_the_approach_are_questioned: "R26", "/organisation", "q1";
    r28_answers_may_be_as_long_as_they_are_precise: "R28", "/organisation", "q1";
    r29_the_perimeter_is_described: "R29", "/organisation", "q1";
    r30_economic_actors_are_presented: "R30", "/organisation", "q2";
    r31_density_is_argued: "R31", "/organisation", "q3";
    r32_territories_and_powers: "R32", "/organisation", "q4";
    r33_key_actors_of_the_facilitation: "R33", "/organisation?theme=animation", "q5";
    r34_information_and_awareness: "R34", "/organisation?theme=animation", "q6";
    r35_links_outside_the_perimeter: "R35", "/organisation?theme=animation", "q7";
    r36_links_with_other_initiatives: "R36", "/organisation?theme=animation", "q8";
    r38_facilitation_after_the_support: "R38", "/organisation?theme=animation", "q10";
    r39_the_carrying_structure: "R39", "/organisation?theme=portage", "carrier_name";
    r40_skills_of_the_structure: "R40", "/organisation?theme=portage", "q12";
    r41_governance: "R41", "/organisation?theme=gouvernance", "q13";
    r42_acceptance: "R42", "/organisation?theme=gouvernance", "q14";
    r43_funding: "R43", "/organisation?theme=financement", "q15";
    r44_business_model: "R44", "/organisation?theme=financement", "q16";
    r45_context_and_stakes: "R45", "/etat-des-lieux", "context";
    r47_flow_generators_are_analysed: "R47", "/etat-des-lieux?theme=flux", "generators_text";
    r48_pooling_synergies_are_estimated: "R48", "/etat-des-lieux?theme=flux", "pooling_text";
    r49_substitution_synergies_are_estimated: "R49", "/etat-des-lieux?theme=flux", "substitution_text";
    r50_existing_actors_and_initiatives: "R50", "/etat-des-lieux?theme=appuis", "support_text";
    r51_sources_and_method: "R51", "/etat-des-lieux?theme=appuis", "method";
    r53_data_collection_is_shown: "R53", "/etat-des-lieux?theme=appuis", "method";
    r54_the_analysis_is_shown: "R54", "/etat-des-lieux", "interest";
    r55_knowledge_of_actors_is_shown: "R55", "/etat-des-lieux?theme=appuis", "support_text";
    r56_leads_and_prospects_are_shown: "R56", "/etat-des-lieux?theme=ambition", "benefit_economic";
    r57_knowledge_of_the_actors: "R57", "/actions", "knowledge";
    r58_the_mobilising_effect_is_explained: "R58", "/actions", "knowledge";
    r73_governance_of_stakeholders: "R73", "/mobilisation?theme=gouvernance", "stakeholder_governance";
    r76_the_single_engagement_document: "R76", "/mobilisation?theme=engagements", "charter_objectives";
    r78_written_objectives_are_shown: "R78", "/mobilisation?theme=engagements", "charter_principles";
    r108_the_cover_letter: "R108", "/candidature", "letter";
    r109_objectives_and_motivation: "R109", "/candidature", "motivation";
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r10_to_r14_kinds_of_innovative_processes_are_chosen(db: PgPool) {
    for requirement in ["R10", "R11", "R12", "R13", "R14"] {
        assert!(places().any(|place| place.item.key == "ambition" && place.item.requirements.contains(&requirement)), "{requirement}");
    }
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/etat-des-lieux?theme=ambition");
    let kinds = ["flux_industriels", "adaptation", "partage", "interface"];
    let mut pairs = vec![("version", "0"), ("processes", "")];
    pairs.extend(kinds.map(|kind| ("processes", kind)));
    pairs.push(("processes", "inconnue"));
    scene.post(&ana, &path, &pairs).await.expect(303);
    let page = scene.get(&ana, &path).await;
    for kind in kinds {
        assert!(page.body.contains(&format!("value=\"{kind}\" checked")), "{kind}");
    }
    assert!(!page.body.contains("inconnue"));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r24_jobs_are_counted(db: PgPool) {
    answered(db, "R24", "/etat-des-lieux?theme=ambition", "jobs_created", "4321", "4 321").await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r27_the_initial_manifestation_stands_beside_the_retained_organisation(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let page = scene.get(&ana, &format!("/dossiers/{project}/organisation?theme=evolution")).await;
    page.expect(200).says("Manifestation initiale, vendredi 28 novembre 2014").says("Une première intention, de trois communes.");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r29_the_perimeter_is_a_list_of_real_communes(db: PgPool) {
    line_answered(db, "R29", "/organisation", ("perimeter_commune", "commune"), "cognac", "Cognac (16)").await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r32_territories_are_crossed_with_their_powers(db: PgPool) {
    line_answered(db, "R32", "/organisation", ("territory", "powers"), "déchets, eau", "déchets, eau").await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r37_staff_is_a_table_in_full_time_equivalents(db: PgPool) {
    line_answered(db, "R37", "/organisation?theme=animation", ("staff", "fte"), "0,5", "0,5 ETP").await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r41_governance_bodies_are_named(db: PgPool) {
    line_answered(db, "R41", "/organisation?theme=gouvernance", ("governance_body", "name"), "Comité de pilotage", "Comité de pilotage").await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r43_the_budget_has_lines(db: PgPool) {
    line_answered(db, "R43", "/organisation?theme=financement", ("budget_line", "amount"), "18 600,50", "18 600,50 €").await;
}

macro_rules! rows {
    ($($name:ident: $requirement:literal, $path:literal, $field:literal = $value:literal => $read:literal;)+) => {$(
        #[sqlx::test(migrator = "trame::MIGRATOR")]
        async fn $name(db: PgPool) {
            row_answered(db, $requirement, $path, $field, $value, $read).await;
        }
    )+};
}

rows! {
    r14_a_synergy_has_an_intermediary: "R14", "synergies", "intermediary" = "Atelier de lavage" => "Atelier de lavage";
    r16_a_lesson_is_kept: "R16", "actions", "lesson" = "Commencer petit" => "Commencer petit";
    r18_a_stakeholder_has_a_role: "R18", "acteurs", "role" = "Accueille les réunions" => "Accueille les réunions";
    r23_an_actor_may_be_confidential: "R23", "acteurs", "confidential" = "oui" => "oui";
    r30_actors_have_an_activity: "R30", "acteurs", "naf" = "23.13z" => "23.13Z";
    r35_actors_may_be_outside: "R35", "acteurs", "outside_perimeter" = "oui" => "Hors du périmètre";
    r47_a_big_generator_is_flagged: "R47", "acteurs", "is_major" = "oui" => "Gros générateur de flux";
    r48_a_pooling_synergy_is_typed: "R48", "synergies", "kind" = "pooling" => "utualisation";
    r49_a_substitution_synergy_is_typed: "R49", "synergies", "kind" = "substitution" => "ubstitution";
    r51_a_synergy_states_its_sources: "R51", "synergies", "sources" = "Entretiens de mars 2015" => "Entretiens de mars 2015";
    r60_an_action_is_a_concrete_act: "R60", "actions", "description" = "Une collecte commune" => "Une collecte commune";
    r61_an_action_has_an_origin: "R61", "actions", "origin" = "preexisting" => "réexistant";
    r62_an_action_says_how_far_it_is: "R62", "actions", "evidence" = "Deux réunions tenues" => "Deux réunions tenues";
    r63_an_action_has_a_theme: "R63", "actions", "theme" = "shared_collection" => "ollecte mutualisée";
    r64_an_action_answers_a_need: "R64", "actions", "need" = "Des bennes à moitié vides" => "Des bennes à moitié vides";
    r68_an_action_has_a_quality: "R68", "actions", "dynamic" = "Trois voisins ont suivi" => "Trois voisins ont suivi";
    r70_an_action_advances: "R70", "actions", "progress" = "in_progress" => "n cours";
    r72_skill_and_way_of_working: "R72", "acteurs", "working_mode" = "Groupe de travail mensuel" => "Groupe de travail mensuel";
    r74_a_commitment_has_one_of_four_forms: "R74", "engagements", "kind" = "partnership_agreement" => "ccord de partenariat";
    r77_a_key_actor_is_flagged: "R77", "acteurs", "is_key_actor" = "oui" => "Acteur clé";
    r79_signatories_have_a_weight: "R79", "engagements", "economic_weight" = "420 emplois" => "420 emplois";
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r46_three_boxes_of_four_are_enough(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let path = format!("/dossiers/{project}/etat-des-lieux?theme=analyse");
    let two = [("version", "0"), ("strength_resources", "Chaleur"), ("weakness_economy", "Un seul marché")];
    scene.post(&ana, &path, &two).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("2 cases remplies sur quatre, il en faut trois");
    scene.post(&ana, &path, &[("version", "1"), ("opportunity_resources", "Chaufferies à renouveler")]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.is_silent_on("il en faut trois");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r52_quantities_are_never_mandatory(db: PgPool) {
    assert!(places().any(|place| place.item.requirements.contains(&"R52") && !place.item.not_expected.is_empty()));
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let row = scene.row(&ana, project, "flux").await;
    let path = format!("/dossiers/{project}/flux/{row}");
    scene.post(&ana, &path, &[("version", "1"), ("label", "Copeaux de chêne"), ("direction", "out"), ("domain", "material")]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}/flux")).await.says("Copeaux de chêne").is_silent_on("À corriger");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r59_and_r69_a_third_showcase_action_is_refused_and_they_are_counted(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.row(&ana, project, "actions").await;
    scene.row(&ana, project, "actions").await;
    scene.post(&ana, &format!("/dossiers/{project}/actions/nouveau"), &[("version", "0")]).await.expect(422).says("2 lignes au plus");
    scene.get(&ana, &format!("/dossiers/{project}/actions")).await.expect(200).says("2 au plus");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r65_resources_must_equal_expenses_or_the_deposit_is_blocked(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let row: uuid::Uuid =
        sqlx::query_scalar("select row from unit where kind = 'action_line' and content->>'side' = 'resource'").fetch_one(&scene.app.db).await.unwrap();
    let (version, action): (i32, uuid::Uuid) =
        sqlx::query_as("select version, parent from unit where row = $1").bind(row).fetch_one(&scene.app.db).await.unwrap();
    let (id, seen, name) = (row.to_string(), version.to_string(), format!("action_line.{row}.amount"));
    let path = format!("/dossiers/{project}/actions/{action}");
    let page = scene.get(&ana, &path).await.hidden("version");
    scene.post(&ana, &path, &[("version", &page), ("action_line.id", &id), ("action_line.version", &seen), (&name, "16 200")]).await.expect(303);
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("18 600 € de dépenses pour 16 200 € de ressources");
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(422).says("18 600 € de dépenses pour 16 200 € de ressources");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r66_the_call_is_refused_as_a_resource_at_the_deposit_never_at_the_save(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.fill(&ana, project).await;
    let row: uuid::Uuid =
        sqlx::query_scalar("select row from unit where kind = 'action_line' and content->>'side' = 'resource'").fetch_one(&scene.app.db).await.unwrap();
    let (version, action): (i32, uuid::Uuid) =
        sqlx::query_as("select version, parent from unit where row = $1").bind(row).fetch_one(&scene.app.db).await.unwrap();
    let (id, seen, name) = (row.to_string(), version.to_string(), format!("action_line.{row}.label"));
    let path = format!("/dossiers/{project}/actions/{action}");
    let page = scene.get(&ana, &path).await.hidden("version");
    scene
        .post(&ana, &path, &[("version", &page), ("action_line.id", &id), ("action_line.version", &seen), (&name, "Subvention de l’AMI EIT")])
        .await
        .expect(303);
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(422).says("l’appel ne finance pas les actions");
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r67_the_fund_is_a_source_of_an_action(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let action = scene.row(&ana, project, "actions").await;
    let path = format!("/dossiers/{project}/actions/{action}");
    scene.post(&ana, &path, &[("version", "1"), ("ajouter", "action_line")]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    page.says("FREE");
    let sources = page.body.split("<option").filter(|option| option.contains("AMI") || option.contains("appel à manifestation")).count();
    assert_eq!(sources, 0, "the call is never offered as a resource");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r71_actors_involved_are_chosen_among_the_dossiers_own(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    let actor = scene.row(&ana, project, "acteurs").await;
    scene.post(&ana, &format!("/dossiers/{project}/acteurs/{actor}"), &[("version", "1"), ("name", "Tonnellerie du Solençon")]).await.expect(303);
    let action = scene.row(&ana, project, "actions").await;
    let path = format!("/dossiers/{project}/actions/{action}");
    let stranger = uuid::Uuid::new_v4().to_string();
    scene.post(&ana, &path, &[("version", "1"), ("actors", ""), ("actors", &actor), ("actors", &stranger)]).await.expect(303);
    let page = scene.get(&ana, &path).await;
    page.says("Tonnellerie du Solençon");
    assert!(page.body.contains(&format!("value=\"{actor}\" checked")) && !page.body.contains(&stranger));
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r75_and_r21_documents_are_attached_by_content_and_never_served_inline(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, stranger) = (scene.person("Ana").await, scene.person("Bob").await);
    let project = scene.project(&ana, "Boucles").await;
    let path = |slot: &str| format!("/dossiers/{project}/pieces?slot={slot}&operation={}&retour=", uuid::Uuid::new_v4());
    scene.upload(&ana, &path("document-engagement"), "charte signée.pdf", b"%PDF-1.4 charte").await.expect(303);
    scene.upload(&ana, &path("supports-juridiques"), "piege.pdf", b"<html><script>alert(1)</script>").await.expect(422).says("n’est pas d’un type accepté");
    scene.upload(&ana, &path("emplacement-inconnu"), "a.pdf", b"%PDF-1.4").await.expect(400);
    let id: uuid::Uuid = sqlx::query_scalar("select id from attachment").fetch_one(&scene.app.db).await.unwrap();
    let file = scene.get(&ana, &format!("/dossiers/{project}/pieces/{id}")).await;
    file.expect(200);
    assert_eq!(file.headers["content-security-policy"], "sandbox; default-src 'none'");
    assert!(file.headers["content-disposition"].to_str().unwrap().starts_with("attachment; filename*=UTF-8''charte%20sign"));
    assert_eq!(file.headers["x-content-type-options"], "nosniff");
    assert_eq!(file.body, "%PDF-1.4 charte");
    scene.get(&stranger, &format!("/dossiers/{project}/pieces/{id}")).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r80_r81_and_r107_to_r113_the_six_pieces_assemble_and_are_deposited(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(422).says("points empêchent le dépôt");
    scene.fill(&ana, project).await;
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("6 pièces sur 6").says("Rien n’empêche le dépôt");
    scene.post(&ana, &format!("/dossiers/{project}/depot"), &[("version", "0")]).await.expect(303);
    let page = scene.get(&ana, &format!("/dossiers/{project}/depots/1")).await;
    page.expect(200);
    for piece in ["Descriptif organisationnel", "État des lieux", "Actions collectives", "Mobilisation", "candidature"] {
        page.says(piece);
    }
    scene.check().await;
}

macro_rules! public {
    ($($name:ident: $($text:literal),+;)+) => {$(
        #[sqlx::test(migrator = "trame::MIGRATOR")]
        async fn $name(db: PgPool) {
            let scene = Scene::new(db).await;
            let page = scene.get_public("/appels/essai").await;
            page.expect(200)$(.says($text))+;
        }
    )+};
}

public! {
    r1_the_call_has_a_title_two_organisers_and_a_launch: "Appel d’essai", "Région Poitou-Charentes et ADEME", "septembre 2014";
    r2_the_manifestation_bound_is_exclusive: "jeudi 4 décembre 2014";
    r4_and_r5_two_phases_are_explained: "phase 1";
    r96_the_ceiling_of_eligible_expense: "10 000 €";
    r97_the_rate_of_aid: "70 %";
    r98_and_r102_the_training_is_presented: "formation";
    r99_the_trainer: "Pôle des Éco-Industries";
    r100_the_training_is_for_carriers: "réservés aux porteurs";
    r104_the_dates_are_to_be_kept: "réserver ces dates";
    r105_the_training_starts_a_network: "réseau régional";
    r106_the_training_is_advised_never_compulsory: "n’est pas obligatoire", "vivement conseillé";
    r129_one_committee_bears_two_names: "comité de sélection";
    r101_the_title_of_the_training: "Structurer sa démarche";
    r103_the_five_days: "jeudi 12 février 2015", "vendredi 13 février 2015", "lundi 23 mars 2015", "mardi 24 mars 2015", "lundi 20 avril 2015";
    r115_clarity_is_a_criterion: "G1";
    r116_potential_is_a_criterion: "G2";
    r117_mobilisation_is_a_criterion: "G3";
    r118_maturity_is_a_criterion: "G4";
    r119_the_technical_committee_is_described: "omité technique";
    r120_two_services_of_the_region: "économie", "environnement";
    r121_two_seats_of_ademe: "ADEME";
    r122_dreal: "DREAL";
    r123_the_counties: "Conseil général";
    r124_the_university: "Université de Poitiers";
    r125_oree: "Orée";
    r130_the_fund_committee: "omité de gestion";
    r131_the_council: "ommission permanente";
    r132_the_bound_is_written_by_its_last_instant: "mercredi 14 octobre 2015 à 23 h 59 min 59 s, heure de Paris";
    r133_the_postal_address: "Poitiers";
    r134_the_email_address: "@example.org";
    r135_the_contact_of_ademe: "ADEME";
    r136_the_contact_of_the_region: "Région";
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r3_the_eligibility_is_notified_and_shown(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("notifiée le lundi 22 décembre 2014");
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r126_the_committee_follows_before_the_deposit_with_what_is_shared(db: PgPool) {
    let scene = Scene::new(db).await;
    let (ana, committee) = (scene.person("Ana").await, scene.staff("Claire", &["committee"]).await);
    let project = scene.project(&ana, "Boucles de Charente").await;
    scene.post(&ana, &format!("/dossiers/{project}/organisation"), &[("version", "0"), ("q1", "Un périmètre confié")]).await.expect(303);
    scene.get(&committee, "/comite?appel=essai").await.expect(200).says("Boucles de Charente");
    scene.get(&committee, &format!("/dossiers/{project}")).await.expect(200).says("réponse");
    scene.get(&committee, &format!("/dossiers/{project}/organisation")).await.expect(404);
    scene.post(&ana, &format!("/dossiers/{project}/partage"), &[("version", "0"), ("partage1", "oui")]).await.expect(303);
    scene.get(&committee, &format!("/dossiers/{project}/organisation")).await.expect(200).says("Un périmètre confié");
    scene.get(&committee, &format!("/dossiers/{project}/mobilisation")).await.expect(404);
    scene.check().await;
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r127_two_chairs_have_equal_rights(db: PgPool) {
    let scene = Scene::new(db).await;
    let chairs: i64 =
        sqlx::query_scalar("select count(*) from seat where call_id = $1 and is_chair").bind(scene.call.get()).fetch_one(&scene.app.db).await.unwrap();
    assert_eq!(chairs, 2);
    let (ademe, region) = (scene.staff("Ademe", &["manager"]).await, scene.staff("Region", &["manager"]).await);
    for manager in [&ademe, &region] {
        scene.get(manager, "/appel?appel=essai").await.expect(200);
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r131_nobody_of_the_team_reads_a_decision_before_the_publication(db: PgPool) {
    let cast = Cast::new(Scene::new(db).await, &["Boucles"]).await;
    let owners = cast.owners.clone();
    let (ana, project) = (&owners[0], cast.projects[0]);
    cast.prepared(&["retained"]).await;
    for page in ["/dossiers".to_owned(), "/".to_owned(), format!("/dossiers/{project}")] {
        cast.scene.get(ana, &page).await.expect(200).is_silent_on("Lauréat");
    }
    cast.publish(&cast.mia).await.expect(303);
    cast.scene.get(ana, "/dossiers").await.says("Lauréat");
    let scene = &cast.scene;
    let refused = sqlx::query("update project set status = 'draft' where id = $1").bind(project.get()).execute(&scene.app.db).await;
    assert!(refused.is_err(), "the database refuses an edge that does not exist");
}

/// Every line of the scope is asked somewhere in the framework (R10 to R81, R108 to R113).
#[test]
fn every_line_asked_of_a_carrier_has_its_place() {
    let asked: std::collections::BTreeSet<&str> = places()
        .flat_map(|place| {
            place.item.requirements.iter().chain(place.item.tables.iter().flat_map(|rows| rows.items.iter().flat_map(|item| item.requirements.iter())))
        })
        .chain(COLLECTIONS.iter().flat_map(|rows| rows.items.iter().flat_map(|item| item.requirements.iter())))
        .copied()
        .collect();
    for number in (10..=81).chain(108..=113) {
        let requirement = format!("R{number}");
        assert!(asked.contains(requirement.as_str()), "{requirement} is asked nowhere");
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r6_each_question_cites_its_lines_of_the_framework_document(db: PgPool) {
    let scene = Scene::new(db).await;
    let ana = scene.person("Ana").await;
    let project = scene.project(&ana, "Boucles").await;
    for place in places() {
        let path = format!("/dossiers/{project}{}", place.address());
        let page = scene.get(&ana, &path).await;
        page.expect(200);
        for code in place.item.requirements {
            let note = page.body.split(&format!("id=\"n-{}\"", place.item.key)).nth(1).and_then(|rest| rest.split("</aside>").next()).expect("note");
            assert!(note.contains(*code), "{} does not cite {code}", place.item.key);
            assert_eq!(page.body.matches(&format!("id=\"{code}\"")).count(), 1, "{code} on {path}");
            assert!(page.body.contains(&format!("/dossiers/{project}/exigences?chapitre={}", place.deliverable.path)));
        }
    }
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r9_the_carrier_completes_what_is_expected(db: PgPool) {
    line_answered(db, "R9", "/mobilisation?theme=questions", ("question_4", "answer"), "Propre au territoire", "Propre au territoire").await;
}

#[test]
fn r9_each_deliverable_ends_with_questions_of_the_carriers_own() {
    let ends = trame::framework::DELIVERABLES.map(|deliverable| deliverable.sections.last().is_some_and(trame::framework::Section::is_added));
    assert_eq!(ends, [true; 5]);
}

#[sqlx::test(migrator = "trame::MIGRATOR")]
async fn r6_and_r114_a_document_of_the_call_is_versioned_and_the_teams_are_told(db: PgPool) {
    use axum::body::Body;
    use axum::http::header::{CONTENT_TYPE, COOKIE};
    use axum::http::{Method, Request};
    use std::fmt::Write as _;

    let scene = Scene::new(db).await;
    let (ana, manager) = (scene.person("Ana").await, scene.staff("Max", &["manager"]).await);
    let project = scene.project(&ana, "Boucles").await;
    for version in ["première", "seconde"] {
        let operation = uuid::Uuid::new_v4().to_string();
        let mut body = String::new();
        let notice = format!("La {version} rédaction précise les pièces");
        for (name, value) in [("kind", "answer_framework"), ("title", "Cadre de réponse"), ("notice", &notice), ("operation", &operation), ("version", "0")] {
            let _ = write!(body, "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        body.push_str("--edge\r\ncontent-disposition: form-data; name=\"piece\"; filename=\"cadre.pdf\"\r\n\r\n%PDF-1.4 cadre\r\n--edge--\r\n");
        let request = Request::builder()
            .method(Method::POST)
            .uri("/appel/documents?appel=essai")
            .header(COOKIE, format!("trame_session={}", manager.token))
            .header(CONTENT_TYPE, "multipart/form-data; boundary=edge");
        scene.run(request.body(Body::from(body)).expect("request")).await.expect(303);
    }
    scene.get_public("/appels/essai").await.says("Cadre de réponse").says("version 2").says("La seconde rédaction").says("Version 1");
    scene.get(&ana, &format!("/dossiers/{project}")).await.says("Cadre de réponse, version 2");
    let told: i64 = sqlx::query_scalar("select count(*) from mail where recipient = $1 and body like '%Cadre de réponse%'")
        .bind(&ana.email)
        .fetch_one(&scene.app.db)
        .await
        .expect("mails");
    assert_eq!(told, 2);
    scene.check().await;
}
