//! A new dossier: its carrier, its manifestation, its eligibility (R2, R3, R17, R18), and who will write it.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use time::Date;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Alert, Asked, Frame, at, layout};
use super::owner;
use super::store::{self, Act, NOT_ELIGIBLE, NewProject, is_notifiable};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::kit::territory;
use crate::kit::values::Email;
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/dossiers/nouveau";

/// Kinds of organisations that carry a dossier, as kept and as read.
pub const KINDS: [(&str, &str); 12] = [
    ("intermunicipal_body", "Intercommunalité (EPCI)"),
    ("mixed_syndicate", "Syndicat mixte"),
    ("municipality", "Commune"),
    ("department", "Département"),
    ("association", "Association"),
    ("business_club", "Club d’entreprises"),
    ("chamber", "Chambre consulaire"),
    ("cluster", "Pôle ou grappe d’entreprises"),
    ("company", "Entreprise"),
    ("university", "Université ou école"),
    ("public_body", "Établissement public"),
    ("other", "Autre structure"),
];

#[derive(Template)]
#[template(path = "call/new.html")]
struct NewPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
}

/// What is asked of a new dossier.
struct Wish {
    organisation: String,
    kind: String,
    commune: String,
    title: String,
    manifested_on: Option<Date>,
    manifestation: String,
    is_reducing_impact: bool,
    is_collective: bool,
    notified_on: Option<Date>,
    owner: String,
}

fn wish(sheet: &mut Sheet<'_>) -> Wish {
    let kinds = KINDS.map(|(key, label)| (key.to_owned(), label.to_owned())).to_vec();
    sheet.group("La structure qui porte le projet");
    let organisation = sheet.read(Spec::new("organisation", "Structure").hint("Nom complet, tel qu’il figure aux statuts.").range(0, 160), &String::new());
    let kind = sheet.read(Spec::new("kind", "Nature").among(kinds), &KINDS[0].0.to_owned());
    let commune = sheet.read(Spec::new("commune", "Commune du siège").hint("Nom ou code INSEE, par exemple Cognac ou 16102."), &String::new());
    sheet.group("La manifestation d’intérêt");
    let title = sheet.read(Spec::new("title", "Titre du projet").range(0, 160), &String::new());
    let manifested_on = sheet.read(Spec::new("manifested_on", "Reçue le (R2)").optional(), &None::<Date>);
    let manifestation = sheet.read(
        Spec::new("manifestation", "Résumé").hint("Le projet tel qu’il a été manifesté. Le porteur le retrouve dans son dossier (R27).").long(8000).optional(),
        &String::new(),
    );
    sheet.group("L’éligibilité");
    let is_reducing_impact = sheet
        .read(Spec::new("is_reducing_impact", "La démarche vise la diminution globale des impacts environnementaux des activités du territoire (R17)"), &false);
    let is_collective =
        sheet.read(Spec::new("is_collective", "Le projet est collectif et collaboratif, et implique l’ensemble des parties prenantes (R18)"), &false);
    let notified_on =
        sheet.read(Spec::new("notified_on", "Notifiée le (R3)").hint("Vide tant que l’éligibilité n’est pas notifiée.").optional(), &None::<Date>);
    sheet.group("Le porteur");
    let owner = Spec::new("owner", "Adresse électronique du porteur")
        .hint("Une invitation part à cette adresse\u{a0}; avec un compte existant, le dossier s’y ajoute aussitôt. Attend la notification.");
    let owner = sheet.read(owner.email().optional(), &String::new());
    let wish = Wish { organisation, kind, commune, title, manifested_on, manifestation, is_reducing_impact, is_collective, notified_on, owner };
    check(sheet, &wish);
    wish
}

/// What no control can see alone.
fn check(sheet: &mut Sheet<'_>, wish: &Wish) {
    if !is_notifiable(wish.notified_on, wish.is_reducing_impact, wish.is_collective) {
        sheet.refuse("notified_on", NOT_ELIGIBLE);
    }
    if wish.notified_on.is_none() && !wish.owner.is_empty() {
        sheet.refuse(
            "owner",
            "Seul un projet dont l’éligibilité est notifiée a un dossier à écrire (R3). Indiquer la date de notification, ou laisser l’adresse vide.",
        );
    }
    if let (false, Err(sentence)) = (wish.commune.is_empty(), territory::read(&wish.commune)) {
        sheet.refuse("commune", sentence);
    }
}

fn draw(app: &App, manager: &CallManager, sheet: Sheet<'_>, status: StatusCode) -> Result<Response, AppError> {
    let forms = [FormView::of(sheet, ("dossier", "Le nouveau dossier", "Créer le dossier"), at(&manager.call().slug, HERE), 0)];
    let frame = Frame::of(manager, "Créer un dossier", HERE)
        .lead("Les porteurs ne s’inscrivent pas eux-mêmes\u{a0}: le dossier s’ouvre ici, après la manifestation d’intérêt.")
        .alert(Alert::unsaved(&forms))
        .alert(Alert::errors(&forms));
    let [form] = forms;
    html_with(status, &NewPage { layout: layout(app, manager, "Créer un dossier"), frame, form })
}

/// The managers of a call see what a new dossier needs.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    drop(conn);
    let mut sheet = Sheet::kept(typed.as_ref());
    wish(&mut sheet);
    draw(&app, &manager, sheet, StatusCode::OK)
}

/// The managers of a call open a dossier in it, and invite its owner.
pub async fn save(State(app): State<App>, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut sheet = Sheet::of(Some(&input));
    let wish = wish(&mut sheet);
    let commune = territory::read(&wish.commune);
    let (Ok(commune), false) = (commune, sheet.has_errors()) else {
        return draw(&app, &manager, sheet, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let mut tx = app.db.begin().await?;
    if let Some(done) = store::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let new = NewProject {
        call: manager.call().id,
        title: &wish.title,
        organisation: &wish.organisation,
        kind: &wish.kind,
        commune: Some(commune.code),
        manifested_on: wish.manifested_on,
        manifestation: &wish.manifestation,
        is_reducing_impact: wish.is_reducing_impact,
        is_collective: wish.is_collective,
        notified_on: wish.notified_on,
    };
    let project = store::create_project(&mut tx, &new, manager.account(), manager.now()).await?;
    if let Ok(email) = Email::read(&wish.owner) {
        owner::give(&mut tx, &app, project, &email, (manager.account(), manager.now())).await?;
    }
    let location = format!("/appel/dossiers/{project}");
    store::remember(&mut tx, &manager, &Act { operation, location: &location, act: "project_created", subject: &project.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}
