//! The dossier's page: five deliverables, the bound, what is missing; and the list of one's dossiers.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use super::finished;
use super::gathered::{self, Gathered, Overview};
use super::store::{self, Mine, role_name};
use crate::access::{Dossier, Level, MemberRole, ProjectKnock, ProjectOwner, ProjectVisitor, Visitor, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::standing::{Standing, places};
use crate::framework::{DELIVERABLES, Deliverable, Fault, Rule, State as Filling};
use crate::input::Input;
use crate::instruction::correction::notice::{self, Notice};
use crate::instruction::reading::{self, Since};
use crate::journal;
use crate::kit::french::count;
use crate::kit::moment;
use crate::page::{Layout, Tag, Weave, html, see};

/// A deliverable on the dossier's page.
#[derive(Debug)]
struct DeliverableView {
    no: u8,
    title: &'static str,
    href: String,
    tag: Tag,
    weave: Weave,
    sentence: String,
    resume: Option<(String, String)>,
    is_shared: bool,
    is_open: bool,
    /// "Vous lisez ce livrable": said when the person does not write it.
    level: &'static str,
}

/// Something missing, as a link.
#[derive(Debug)]
struct Missing {
    href: String,
    label: String,
    sentence: String,
}

#[derive(Template)]
#[template(path = "project/overview.html")]
struct OverviewPage {
    layout: Layout,
    project: i64,
    label: String,
    heading: String,
    tag: Tag,
    notified: String,
    counts: Vec<(String, String, String)>,
    bound: String,
    bound_iso: String,
    remaining: String,
    is_open: bool,
    refusal: String,
    deposit: Option<(String, String)>,
    deposit_number: Option<i32>,
    has_changes: bool,
    deliverables: Vec<DeliverableView>,
    blocking: Vec<Missing>,
    signals: Vec<Missing>,
    team: Vec<(String, &'static str)>,
    acts: Vec<(String, String, String, String)>,
    notice: Option<(String, i32, String)>,
    call: String,
    call_slug: String,
    is_team: bool,
    parts: Vec<String>,
    talk: String,
    proposed_by: Option<String>,
    may_share: bool,
    is_shareable: bool,
    may_import: bool,
    may_copy: bool,
    may_review: bool,
    /// Requests that wait for the team.
    corrections: Vec<Notice>,
    /// What came since a reader of the deposits last opened one.
    since: Option<Since>,
    may_instruct: bool,
    may_read_opinions: bool,
    /// Reads one of the threads.
    has_messages: bool,
    has_result: bool,
    /// The AMO branch, as far as the person may know of it: what, state, address.
    mission: Vec<(&'static str, &'static str, String)>,
    version: i64,
    operation: uuid::Uuid,
}

/// The team sees its dossier whole; the administration sees its progress, and the content that the carrier shows.
pub async fn show(State(app): State<App>, knock: ProjectKnock<ProjectVisitor>) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (visitor, overview) = gathered::overview(&mut conn, &app.gathered, &knock).await?;
    if !visitor.is_team() {
        store::record_staff_read(&mut conn, &visitor).await?;
    }
    let corrections = notice::notices(&mut conn, &visitor).await?;
    let since = if visitor.is_team() { None } else { reading::since(&mut conn, &visitor).await? };
    drop(conn);
    let standing: Standing = serde_json::from_str(&visitor.head().standing).unwrap_or_default();
    let leads = leads_text(&app, &visitor, &overview);
    html(&OverviewPage { corrections, since, ..page(&app, &visitor, (overview, leads), &standing) })
}

/// "34 pistes, 5 gardées": the first figure only when the engine has it at hand.
fn leads_text(app: &App, dossier: &Dossier, overview: &Overview) -> Option<String> {
    let has_flows = overview.gathered.counts.get("flow").is_some_and(|n| *n > 0);
    let kept = Some(overview.gathered.kept).filter(|n| *n > 0).map(|n| count(n, "gardée", "gardées"));
    let found = app.leads.held(dossier.project(), dossier.head().content_version).map(|found| count(found.leads.len(), "piste", "pistes"));
    let parts: Vec<String> = found.into_iter().chain(kept).collect();
    (dossier.is_team() && has_flows).then(|| if parts.is_empty() { "Ce que trouve le moteur".to_owned() } else { parts.join(", ") })
}

fn page(app: &App, dossier: &Dossier, (overview, leads): (Overview, Option<String>), standing: &Standing) -> OverviewPage {
    let facts = dossier.facts();
    let head = dossier.head();
    let is_team = dossier.is_team();
    let (blocking, signals) = if is_team { missing(dossier, standing) } else { (Vec::new(), Vec::new()) };
    let now = dossier.now();
    let gathered = &overview.gathered;
    OverviewPage {
        layout: Layout {
            run: (format!("Appel {} {} · phase 1", head.call_title, head.edition), format!("Dossier n°\u{a0}{}", head.number)),
            ..Layout::dossier(app, dossier, "Vue d’ensemble", "")
        },
        project: head.id.get(),
        label: head.label.clone(),
        heading: head.title.clone(),
        tag: if is_team { Tag::told(dossier.told_status()) } else { Tag::of(dossier.told_status()) },
        notified: overview.notified_on.map(moment::day).unwrap_or_default(),
        counts: counts(dossier, &gathered.counts, leads).into_iter().chain(trained(dossier, overview.training)).collect(),
        bound: moment::until(facts.closes_at),
        bound_iso: moment::iso(facts.closes_at),
        remaining: moment::remaining(now, facts.closes_at).unwrap_or_default(),
        is_open: now < facts.closes_at,
        refusal: policy::write_something(dossier.ties(), facts, now).err().map(|refusal| refusal.sentence()).unwrap_or_default(),
        deposit: overview.deposit.map(|(reference, at)| (reference, moment::full(at))),
        deposit_number: overview.deposit_number,
        has_changes: dossier.has_undeposited_changes(),
        deliverables: deliverables(dossier, standing),
        blocking,
        signals,
        team: gathered.team(now).map(|(name, role)| (name.to_owned(), role_name(role))).collect(),
        acts: if is_team { acts(dossier, gathered) } else { Vec::new() },
        notice: overview.notice,
        call: head.call_title.clone(),
        call_slug: head.call_slug.clone(),
        is_team,
        parts: if is_team { gathered.parts.iter().map(|part| finished::sentence(part, now)).collect() } else { Vec::new() },
        talk: match gathered.open {
            0 => "Commentaires de l’équipe".to_owned(),
            open => count(open, "fil de commentaires ouvert", "fils de commentaires ouverts"),
        },
        proposed_by: gathered.proposed_by(dossier).map(str::to_owned),
        may_share: dossier.ties().member == Some(MemberRole::Owner),
        is_shareable: policy::share(facts).is_ok(),
        may_import: dossier.may_edit().is_ok(),
        may_copy: dossier.may_copy().is_ok(),
        may_review: dossier.ties().review.is_some(),
        corrections: Vec::new(),
        since: None,
        may_instruct: policy::instruct(dossier.ties(), facts).is_ok(),
        has_messages: policy::read_threads(dossier.ties(), facts).is_ok(),
        may_read_opinions: policy::opinions(dossier.ties(), facts).is_ok(),
        has_result: has_result(dossier),
        mission: mission(dossier),
        version: head.content_version,
        operation: uuid::Uuid::new_v4(),
    }
}

/// The AMO branch, from what the seat says already: a line for each page that the person may open.
fn mission(dossier: &Dossier) -> Vec<(&'static str, &'static str, String)> {
    use policy::SubsidyState as S;
    let (ties, facts) = (dossier.ties(), dossier.facts());
    let terms = if facts.mission.terms_shown { "cahier des charges soumis à l’expertise" } else { "facultative" };
    let consultant = if facts.mission.is_retained { "prestataire retenu" } else { terms };
    let subsidy = match facts.mission.subsidy {
        S::Absent => "pas commencée",
        S::Draft => "en préparation",
        S::Deposited => "déposée",
        S::Incomplete => "incomplète",
        S::Granted => "accordée",
        S::Refused => "refusée",
        S::Paid => "versée",
    };
    let lines = [
        (policy::read_mission(ties, facts).is_ok(), "Assistance (AMO)", consultant, "/amo"),
        (policy::read_subsidy(ties, facts).is_ok(), "Subvention", subsidy, "/subvention"),
    ];
    lines.into_iter().filter(|(may, ..)| *may).map(|(_, what, state, path)| (what, state, dossier.url(path))).collect()
}

/// The page of the result is worth opening: the instances said something that this person may read.
fn has_result(dossier: &Dossier) -> bool {
    use crate::access::Status as S;
    let status = dossier.facts().status;
    policy::decision(dossier.ties(), dossier.facts()).is_ok()
        && matches!(status, S::CommitteeOpinion | S::FundCommittee | S::CouncilDecision | S::Laureate | S::NotSelected)
}

fn counts(dossier: &Dossier, counts: &BTreeMap<String, i64>, leads: Option<String>) -> Vec<(String, String, String)> {
    let of = |kind: &str| counts.get(kind).copied().unwrap_or_default();
    let lines = [
        Some(("Périmètre", count(of("perimeter_commune"), "commune", "communes"), "/organisation?theme=perimetre#q1")),
        Some(("Acteurs", count(of("stakeholder"), "acteur", "acteurs"), "/acteurs")),
        Some(("Flux", count(of("flow"), "flux", "flux"), "/flux")),
        leads.map(|text| ("Pistes", text, "/pistes")),
        Some(("Synergies", count(of("synergy"), "synergie", "synergies"), "/synergies")),
        Some(("Engagements", count(of("commitment"), "engagement", "engagements"), "/mobilisation?theme=engagements")),
    ];
    lines.into_iter().flatten().map(|(label, text, path)| (label.to_owned(), text, if dossier.is_team() { dossier.url(path) } else { String::new() })).collect()
}

/// Days of training that somebody of the dossier attended (R106): shown, never scored; nothing when the call gives none.
fn trained(dossier: &Dossier, (attended, days): (i32, i32)) -> Option<(String, String, String)> {
    let href = if dossier.is_team() { format!("/formations?appel={}", dossier.head().call_slug) } else { String::new() };
    (days > 0).then(|| ("Formation".to_owned(), format!("{} sur {days}", count(attended, "journée suivie", "journées suivies")), href))
}

fn deliverables(dossier: &Dossier, standing: &Standing) -> Vec<DeliverableView> {
    let faults = standing.faults();
    DELIVERABLES
        .iter()
        .map(|deliverable| {
            let tally = standing.tally(deliverable);
            let prefix = format!("/{}", deliverable.path);
            let is_of = |at: &str| at.strip_prefix(&prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['?', '/', '#']));
            let of_it: Vec<_> = faults.iter().filter(|(_, fault)| is_of(&fault.at)).collect();
            let is_shared = dossier.facts().shared[usize::from(deliverable.no) - 1];
            let tag = match (tally.filled, tally.begun) {
                (0, 0) => Tag { class: "todo", word: "À faire" },
                (filled, _) if filled == tally.states.len() => Tag { class: "done", word: "Fait" },
                _ => Tag { class: "doing", word: "En cours" },
            };
            DeliverableView {
                no: deliverable.no,
                title: deliverable.title,
                href: dossier.url(&prefix),
                tag,
                weave: Weave::of(&tally.states),
                sentence: tally.sentence(deliverable),
                resume: resume(dossier, standing, deliverable, &of_it),
                is_shared,
                is_open: dossier.is_team() || is_shared,
                level: match policy::level(dossier.ties(), deliverable.no).filter(|_| dossier.is_team()) {
                    Some(Level::Read) => "Vous lisez ce livrable, sans l’écrire.",
                    Some(Level::Comment) => "Vous commentez ce livrable, sans l’écrire.",
                    _ => "",
                },
            }
        })
        .collect()
}

/// Where to go on writing: what blocks, else what is empty, else what is begun; a mere signal is to be read again. Nothing
/// for who does not write.
fn resume(dossier: &Dossier, standing: &Standing, deliverable: &Deliverable, faults: &[&(String, &Fault)]) -> Option<(String, String)> {
    if dossier.may_edit().is_err() || policy::level(dossier.ties(), deliverable.no) != Some(Level::Write) {
        return None;
    }
    let own = || places().filter(|place| place.deliverable.no == deliverable.no && place.item.is_element);
    let written = || own().filter(|place| !matches!(place.item.rule, Rule::Assembled(_)));
    let is_untouched = own().all(|place| standing.state(place.item.key) == Filling::Empty);
    let verb = if is_untouched { "Commencer" } else { "Reprendre" };
    let at = |state| written().find(|place| standing.state(place.item.key) == state).map(|place| (place.address(), format!("{verb}\u{a0}: {}", place.label())));
    let said = |verb: &str, is_blocking: bool| {
        let (label, fault) = faults.iter().find(|(_, fault)| fault.is_blocking == is_blocking)?;
        Some((fault.at.clone(), format!("{verb}\u{a0}: {label}")))
    };
    let found = said(verb, true).or_else(|| at(Filling::Empty)).or_else(|| at(Filling::Begun)).or_else(|| said("À relire", false));
    found.map(|(path, words)| (dossier.url(&path), words))
}

/// What is missing, blocking first, each as a link that lands on the field.
fn missing(dossier: &Dossier, standing: &Standing) -> (Vec<Missing>, Vec<Missing>) {
    let mut found = (Vec::new(), Vec::new());
    for (label, fault) in blanks(standing).iter().map(|(label, fault)| (label.clone(), fault)).chain(standing.faults()) {
        let missing = Missing { href: dossier.url(&fault.at), label, sentence: fault.sentence.clone() };
        if fault.is_blocking { found.0.push(missing) } else { found.1.push(missing) }
    }
    found
}

/// Elements of a dossier that nobody ever opened have no kept line: they are empty.
fn blanks(standing: &Standing) -> Vec<(String, Fault)> {
    places()
        .filter(|place| place.item.is_element && !standing.0.contains_key(place.item.key))
        .filter(|place| standing.state(place.item.key) == Filling::Empty && !matches!(place.item.rule, Rule::Assembled(_)))
        .map(|place| {
            let fault = Fault { is_blocking: place.item.is_blocking, at: place.address(), sentence: "sans réponse".to_owned() };
            (place.label(), fault)
        })
        .collect()
}

fn acts(dossier: &Dossier, gathered: &Gathered) -> Vec<(String, String, String, String)> {
    let line = |(at, name, act, subject): (_, &str, _, _)| (moment::iso(at), moment::near(at, dossier.now()), name.to_owned(), act_text(act, subject));
    gathered.acts().map(line).collect()
}

/// An act of the journal as a sentence's end.
pub fn act_text(act: &str, subject: &str) -> String {
    match act {
        "saved" | "added" | "removed" | "restored" => {
            let verb = match act {
                "saved" => "a complété",
                "added" => "a ajouté",
                "removed" => "a retiré",
                _ => "a rétabli",
            };
            format!("{verb} {}", subject_name(subject))
        }
        "carded" => "a noté des flux en atelier".to_owned(),
        "perimeter_changed" => perimeter_text(subject),
        "imported" | "import_undone" | "copied" | "copy_undone" => many_text(act, subject),
        "attached" => "a joint une pièce".to_owned(),
        "attachment_removed" => "a retiré une pièce".to_owned(),
        "attachment_restored" => "a rétabli une pièce".to_owned(),
        "deposited" => format!("a déposé le dossier, n°\u{a0}{subject}"),
        "deposit_registered" => format!("a enregistré le dépôt n°\u{a0}{subject}"),
        "admissibility_opened" => "a ouvert l’examen de recevabilité".to_owned(),
        "admissibility_decided" if subject == "admissible" => "a déclaré le dossier recevable".to_owned(),
        "admissibility_decided" => "a déclaré le dossier irrecevable".to_owned(),
        "correction_requested" => format!("a demandé une correction, n°\u{a0}{subject}"),
        "correction_answered" => format!("a répondu à une demande de correction, dépôt n°\u{a0}{subject}"),
        "correction_closed" => format!("a clos la demande de correction n°\u{a0}{}", subject.split(' ').next().unwrap_or_default()),
        "correction_delayed" => format!("a changé la date limite de la demande de correction n°\u{a0}{subject}"),
        "created" => "a créé le dossier".to_owned(),
        "withdrawn" => "a retiré le dossier".to_owned(),
        "invited" => "a invité une personne dans l’équipe".to_owned(),
        "joined" => "a rejoint l’équipe".to_owned(),
        "member_changed" => "a changé l’équipe".to_owned(),
        "part_finished" => format!("a terminé sa partie du livrable {subject}"),
        "part_resumed" => format!("a repris sa partie du livrable {subject}"),
        "ownership_proposed" => "a proposé le portage du dossier".to_owned(),
        "ownership_accepted" => "a accepté le portage du dossier".to_owned(),
        "ownership_declined" => "a décliné le portage du dossier".to_owned(),
        "ownership_withdrawn" => "a retiré la proposition de portage".to_owned(),
        // Told by the page of comments, never among the acts of a dossier.
        "comment_added" | "comment_answered" => "a écrit un commentaire".to_owned(),
        "comment_edited" => "a modifié un commentaire".to_owned(),
        "comment_removed" => "a retiré un commentaire".to_owned(),
        "comment_resolved" => "a résolu un fil de commentaires".to_owned(),
        "comment_reopened" => "a rouvert un fil de commentaires".to_owned(),
        "engagement_published" => format!("a publié la version {subject} du document d’engagement"),
        "engagement_added" => "a ajouté un signataire attendu".to_owned(),
        "engagement_invited" => "a envoyé le document d’engagement à un partenaire".to_owned(),
        "engagement_reminded" => {
            format!("a envoyé un rappel pour le document d’engagement ({})", count(subject.parse::<i64>().unwrap_or(1), "partenaire", "partenaires"))
        }
        "engagement_signed" => "a signé le document d’engagement par son lien personnel".to_owned(),
        "engagement_recorded" => "a enregistré une signature sur papier du document d’engagement".to_owned(),
        "engagement_declined" => "a décliné le document d’engagement par son lien personnel".to_owned(),
        "engagement_withdrawn" => "a retiré sa signature du document d’engagement par son lien personnel".to_owned(),
        "engagement_cancelled" => "a annulé une signature sur papier du document d’engagement".to_owned(),
        "engagement_contact" | "engagement_removed" => "a changé la liste des signataires attendus".to_owned(),
        "engagement_revoked" => "a annulé les liens d’un partenaire".to_owned(),
        "engagement_settings" => "a changé les réglages du document d’engagement".to_owned(),
        "engagement_reminders_stopped" => "a reçu d’un partenaire le souhait de ne plus être relancé".to_owned(),
        "engagement_reminders_resumed" => "a reçu d’un partenaire l’accord d’être relancé".to_owned(),
        "training_enrolled" => "s’est inscrit à une formation".to_owned(),
        "training_waited" => "attend une place dans une formation".to_owned(),
        "training_promoted" => "a reçu une place dans une formation".to_owned(),
        "training_left" => "a rendu sa place dans une formation".to_owned(),
        "training_attended" => "a noté des présences à une formation".to_owned(),
        "lead_kept" => "a gardé une piste de synergie".to_owned(),
        "lead_dismissed" => "a écarté une piste de synergie".to_owned(),
        "lead_promoted" => "a promu une piste en synergie".to_owned(),
        "lead_reopened" => "a repris une piste de synergie".to_owned(),
        "shared" => "a changé ce que l’administration peut lire avant le dépôt".to_owned(),
        _ => "a modifié le dossier".to_owned(),
    }
}

/// "a ajouté 57 communes au périmètre", from "57 0": what was added, what was taken out.
fn perimeter_text(subject: &str) -> String {
    let (added, removed) = subject.split_once(' ').unwrap_or((subject, "0"));
    let figure = |text: &str| count(text.parse::<i64>().unwrap_or(0), "commune", "communes");
    match (added, removed) {
        (added, "0") => format!("a ajouté {} au périmètre", figure(added)),
        ("0", removed) => format!("a retiré {} du périmètre", figure(removed)),
        (added, removed) => format!("a ajouté {} au périmètre et en a retiré {removed}", figure(added)),
    }
}

/// "a importé 24 acteurs": the subject is a kind, a number of rows, and the act itself.
fn many_text(act: &str, subject: &str) -> String {
    let mut parts = subject.split(' ');
    let rows = parts.next().and_then(crate::framework::standing::rows_of);
    let n: i64 = parts.next().and_then(|n| n.parse().ok()).unwrap_or(0);
    let (one, many) = rows.map_or(("élément", "éléments"), super::exchange::start::nouns);
    let what = count(n, one, many);
    match act {
        "imported" => format!("a importé {what}"),
        "import_undone" => format!("a annulé un import, {what}"),
        "copied" => format!("a repris {what} d’un autre dossier"),
        _ => format!("a annulé une copie, {what}"),
    }
}

fn subject_name(subject: &str) -> String {
    let section = DELIVERABLES.iter().flat_map(|deliverable| deliverable.sections.iter()).find(|section| section.key == subject);
    if let Some(section) = section {
        return format!("«\u{a0}{}\u{a0}»", section.title);
    }
    crate::framework::standing::rows_of(subject).map_or_else(|| "le dossier".to_owned(), |rows| rows.one.to_owned())
}

#[derive(Template)]
#[template(path = "project/mine.html")]
struct MinePage {
    layout: Layout,
    rows: Vec<MineView>,
}

struct MineView {
    mine: Mine,
    tag: Tag,
    bound: String,
    activity: String,
    rates: String,
}

/// Anybody signed in sees the dossiers of whose team they are.
pub async fn list(State(app): State<App>, visitor: Visitor, arrival: crate::access::Arrival) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let rows = store::mine(&mut conn, visitor.account, arrival.0).await?;
    let rows = rows
        .into_iter()
        .map(|mine| MineView {
            tag: Tag::told(mine.status),
            bound: moment::until(mine.closes_at),
            activity: moment::near(mine.last_activity_at, arrival.0),
            rates: mine.progress.iter().map(|rate| format!("{rate}\u{a0}%")).collect::<Vec<_>>().join(", "),
            mine,
        })
        .collect();
    html(&MinePage { layout: Layout::personal(&app, &visitor, "Mes dossiers", "/dossiers"), rows })
}

/// The owner chooses which deliverables the administration reads before the deposit.
pub async fn share(State(app): State<App>, owner: ProjectOwner, input: Input) -> Result<Response, AppError> {
    policy::share(owner.facts())?;
    let shared: Vec<bool> = (1..=5).map(|no| input.get(&format!("partage{no}")) == "oui").collect();
    let mut tx = app.db.begin().await?;
    sqlx::query!("update project set shared = $2 where id = $1", owner.project().get(), &shared).execute(&mut *tx).await?;
    let subject: String = shared.iter().map(|is_on| if *is_on { '1' } else { '0' }).collect();
    journal::record(&mut tx, owner.project(), owner.account(), "shared", &subject, owner.now()).await?;
    tx.commit().await?;
    Ok(see(&owner.url("#partage")))
}
