//! Criteria of the call: weights at any time, labels and levels until a review is delivered, and how reviews count.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{FormView, Group, Sheet, Spec, Weight};
use super::frame::{Alert, Asked, Frame, at, layout};
use super::store::rows::{self, Counting, Criterion};
use super::store::{self, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::page::{Layout, html_with, see};
use crate::review;
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/criteres";

const VISIBLE: [(&str, &str); 4] = [
    ("after_mine", "quand la leur, sur le même dossier, est rendue"),
    ("after_all_mine", "quand toutes les leurs sont rendues"),
    ("always", "à tout moment"),
    ("never", "jamais"),
];

#[derive(Template)]
#[template(path = "call/criteria.html")]
struct CriteriaPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
    rows: Vec<RowView>,
    has_delivered: bool,
    total: String,
}

/// A criterion of the table: its weight to type, its text to type or to read.
struct RowView {
    code: String,
    requirement: String,
    judged: String,
    label: String,
    levels: Vec<String>,
    group: Group,
}

struct Held {
    counting: Counting,
    criteria: Vec<Criterion>,
}

async fn held(conn: &mut sqlx::PgConnection, manager: &CallManager) -> sqlx::Result<Held> {
    Ok(Held { counting: rows::counting(conn, manager.call().id).await?, criteria: rows::criteria(conn, manager.call().id).await? })
}

fn read(sheet: &mut Sheet<'_>, held: &Held) -> Held {
    let counting = &held.counting;
    let most = i64::try_from(held.criteria.len().max(1)).unwrap_or(14).min(14);
    sheet.group("");
    let counting = Counting {
        coverage_threshold: sheet
            .read(Spec::new("coverage_threshold", "Critères notés à partir desquels une évaluation compte").range(1, most), &counting.coverage_threshold),
        mean_from: sheet.read(Spec::new("mean_from", "Évaluations à partir desquelles une moyenne s’affiche").range(1, 20), &counting.mean_from),
        reviews_expected: sheet.read(Spec::new("reviews_expected", "Évaluations attendues par dossier").range(1, 20), &counting.reviews_expected),
        reviews_visible: sheet
            .read(Spec::new("reviews_visible", "Les évaluateurs voient les évaluations des autres").radios(&VISIBLE), &counting.reviews_visible),
        owner_sees_reviews: sheet
            .read(Spec::new("owner_sees_reviews", "Après la publication, le porteur lit les évaluations de son dossier"), &counting.owner_sees_reviews),
        ..counting.clone()
    };
    let criteria: Vec<Criterion> = held.criteria.iter().map(|criterion| read_criterion(sheet, criterion, counting.has_delivered)).collect();
    if criteria.iter().all(|criterion| criterion.weight_thousandths == 0) {
        let first = criteria.first().map(weight_name).unwrap_or_default();
        sheet.refuse(&first, "Un critère au moins doit avoir un poids.");
    }
    Held { counting, criteria }
}

fn weight_name(criterion: &Criterion) -> String {
    format!("weight-{}", criterion.code)
}

/// The weight of a criterion, and its texts while no delivered review was written with them.
fn read_criterion(sheet: &mut Sheet<'_>, held: &Criterion, is_weight_only: bool) -> Criterion {
    let code = &held.code;
    sheet.group(format!("Critère {code}"));
    let Weight(weight_thousandths) = sheet.read(Spec::new(weight_name(held), format!("Poids du critère {code}")), &Weight(held.weight_thousandths));
    if is_weight_only {
        return Criterion { weight_thousandths, ..held.clone() };
    }
    let label = sheet.read(Spec::new(format!("label-{code}"), format!("Intitulé du critère {code}")), &held.label);
    let levels =
        (0..=4).zip(&held.levels).map(|(mark, level)| sheet.read(Spec::new(format!("level-{code}-{mark}"), format!("{code}, niveau {mark}")), level)).collect();
    Criterion { label, weight_thousandths, levels, ..held.clone() }
}

fn draw(app: &App, manager: &CallManager, held: &Held, sheet: Sheet<'_>, (status, seen, asked): (StatusCode, i32, &Asked)) -> Result<Response, AppError> {
    let form = FormView::of(sheet, ("criteres", "Poids et niveaux", "Enregistrer les critères"), at(&manager.call().slug, HERE), seen);
    let forms = [form];
    let alerts = [Alert::unsaved(&forms), Alert::errors(&forms), Alert::conflict(&forms)];
    let [mut form] = forms;
    let of_criteria = form.groups.split_off(1);
    let rows = held.criteria.iter().zip(of_criteria).map(|(criterion, group)| row(criterion, group)).collect();
    let total: i32 = held.criteria.iter().map(|criterion| criterion.weight_thousandths).sum();
    let mut frame = Frame::of(manager, "Critères et poids", HERE)
        .lead("Le règlement ne donne ni poids, ni barème, ni note éliminatoire\u{a0}: ces réglages sont ceux de l’appel, affichés sur sa page publique.");
    if asked.0.contains_key("fait") && status == StatusCode::OK {
        frame = frame.alert(Some(Alert::done("Enregistré", "Les scores de l’appel tiennent compte de ces réglages.")));
    }
    frame.alerts.extend(alerts.into_iter().flatten());
    let page =
        CriteriaPage { layout: layout(app, manager, "Critères"), frame, form, rows, has_delivered: held.counting.has_delivered, total: Weight(total).text() };
    html_with(status, &page)
}

fn row(criterion: &Criterion, group: Group) -> RowView {
    RowView {
        code: criterion.code.clone(),
        requirement: criterion.requirement.clone(),
        judged: criterion.deliverable.map_or_else(|| "l’ensemble".to_owned(), |no| format!("le livrable {no}")),
        label: criterion.label.clone(),
        levels: criterion.levels.clone(),
        group,
    }
}

/// The managers of a call see its criteria.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = held(&mut conn, &manager).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, &held);
    let seen = sheet.seen(held.counting.version);
    draw(&app, &manager, &held, sheet, (StatusCode::OK, seen, &asked))
}

/// The managers of a call change its weights at any time, its texts until a review is delivered; scores follow.
pub async fn save(State(app): State<App>, asked: Asked, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = held(&mut tx, &manager).await?;
    let mut sheet = Sheet::of(Some(&input));
    let new = read(&mut sheet, &held);
    if let Some(status) = sheet.verdict(seen == locked.version) {
        let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
        return draw(&app, &manager, &held, sheet, (status, next, &asked));
    }
    if !sheet.changes.is_empty() {
        // Dossiers before the call, as every save of a review does.
        store::lock_all_projects(&mut tx, manager.call().id).await?;
        rows::save_criteria(&mut tx, &manager, &new.counting, &new.criteria).await?;
        store::settle(&mut tx, &manager, &Act { operation, location: &location, act: "criteria_changed", subject: &sheet.notes() }).await?;
        review::store::recompute_call(&mut tx, manager.call().id).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
