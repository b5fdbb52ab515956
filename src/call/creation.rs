//! A new call, copied from the template or from another call: nobody starts from a blank page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use time::OffsetDateTime;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Alert, Asked, Frame, at, layout};
use super::store::lists::{self, Managed};
use super::store::{self, Act, NewCall};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::kit::ids::CallId;
use crate::page::{Layout, html_with, see};
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/nouveau";

#[derive(Template)]
#[template(path = "call/new.html")]
struct NewPage {
    layout: Layout,
    frame: Frame,
    form: FormView,
}

/// What is asked of a new call.
struct Wish {
    source: String,
    slug: String,
    title: String,
    short_title: String,
    edition: String,
    prefix: String,
    bound: Option<OffsetDateTime>,
}

fn wish(sheet: &mut Sheet<'_>, sources: &[Managed]) -> Wish {
    let label = |source: &Managed| {
        if source.is_template { format!("{} {} (modèle)", source.title, source.edition) } else { format!("{} {}", source.title, source.edition) }
    };
    let options: Vec<(String, String)> = sources.iter().map(|source| (source.slug.clone(), label(source))).collect();
    let first = sources.iter().find(|source| source.is_template).or(sources.first()).map(|source| source.slug.clone()).unwrap_or_default();
    let slug =
        "Dernière partie de l’adresse publique\u{a0}: minuscules sans accent, chiffres et traits d’union, 40\u{a0}caractères au plus. Elle ne change plus.";
    let prefix = "Début du numéro de chaque dépôt, par exemple 2015 donne 2015-04-2. Chaque appel a le sien.";
    let bound = "Instant à partir duquel plus rien n’est accepté. Les autres dates suivent, d’autant de semaines entières.";
    let wish = Wish {
        source: sheet.read(
            Spec::new("source", "Copier")
                .hint("Dates, critères, sièges, contacts et formations sont repris\u{a0}; ni les personnes, ni les documents.")
                .among(options),
            &first,
        ),
        title: sheet.read(Spec::new("title", "Titre"), &String::new()),
        short_title: sheet.read(Spec::new("short_title", "Titre court").hint("Dans les listes et les en-têtes.").range(0, 60), &String::new()),
        edition: sheet.read(Spec::new("edition", "Édition").hint("Par exemple 2016-2017.").range(0, 40), &String::new()),
        slug: sheet.read(Spec::new("slug", "Adresse").hint(slug).range(0, 40), &String::new()),
        prefix: sheet.read(Spec::new("number_prefix", "Préfixe des dépôts").hint(prefix).range(0, 12), &String::new()),
        bound: sheet.read(Spec::new("deposit_bound", "Limite de dépôt, heure de Paris").hint(bound).bound(), &None::<OffsetDateTime>),
    };
    if !wish.slug.is_empty() && !is_slug(&wish.slug) {
        sheet.refuse("slug", "Écrire des minuscules sans accent, des chiffres et des traits d’union, par exemple eit-2016.");
    }
    if !wish.prefix.chars().all(|c| c.is_ascii_alphanumeric()) {
        sheet.refuse("number_prefix", "Écrire des lettres sans accent et des chiffres, par exemple 2016.");
    }
    wish
}

fn is_slug(text: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() <= 40 && text.starts_with(is_plain) && text.ends_with(is_plain) && text.chars().all(|c| is_plain(c) || c == '-')
}

fn draw(app: &App, manager: &CallManager, sheet: Sheet<'_>, status: StatusCode) -> Result<Response, AppError> {
    let form = FormView::of(sheet, ("nouveau", "Le nouvel appel", "Créer l’appel"), at(&manager.call().slug, HERE), 0);
    let forms = [form];
    let frame = Frame::of(manager, "Créer un appel", HERE)
        .lead("Un appel se copie d’un modèle ou d’un appel que vous gérez. Vous en devenez gestionnaire, puis vous relisez ses réglages.")
        .alert(Alert::unsaved(&forms))
        .alert(Alert::errors(&forms));
    let [form] = forms;
    html_with(status, &NewPage { layout: layout(app, manager, "Créer un appel"), frame, form })
}

/// Whoever manages a call sees what a new one may be copied from.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let sources = lists::managed(&mut conn, &manager, true).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    drop(conn);
    let mut sheet = Sheet::kept(typed.as_ref());
    wish(&mut sheet, &sources);
    draw(&app, &manager, sheet, StatusCode::OK)
}

/// Whoever manages a call creates another one, and manages it.
pub async fn save(State(app): State<App>, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    if let Some(done) = store::lock(&mut tx, &manager, operation).await?.done {
        return Ok(see(&done));
    }
    let sources = lists::managed(&mut tx, &manager, true).await?;
    let mut sheet = Sheet::of(Some(&input));
    let wish = wish(&mut sheet, &sources);
    let source = sources.iter().find(|source| source.slug == wish.source);
    let (Some(source), Some(bound), false) = (source, wish.bound, sheet.has_errors()) else {
        return draw(&app, &manager, sheet, StatusCode::UNPROCESSABLE_ENTITY);
    };
    let new = NewCall {
        source: CallId(source.id),
        slug: &wish.slug,
        title: &wish.title,
        short_title: &wish.short_title,
        edition: &wish.edition,
        prefix: &wish.prefix,
        bound,
    };
    let created = store::create_call(&mut tx, &new, manager.account(), manager.now()).await;
    if let Some((name, sentence)) = created.as_ref().err().and_then(taken) {
        sheet.refuse(name, sentence);
        return draw(&app, &manager, sheet, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let created = created?;
    let location = at(&wish.slug, "/appel/dates");
    store::remember(&mut tx, &manager, &Act { operation, location: &location, act: "call_copied", subject: &created.to_string() }).await?;
    tx.commit().await?;
    Ok(see(&location))
}

/// The database decides what is unique; its constraint tells which control is concerned.
fn taken(error: &sqlx::Error) -> Option<(&'static str, &'static str)> {
    match error.as_database_error()?.constraint()? {
        "call_slug_key" => Some(("slug", "Cette adresse est celle d’un autre appel. En choisir une autre.")),
        "call_number_prefix_key" => Some(("number_prefix", "Ce préfixe est celui d’un autre appel. En choisir un autre.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_what_the_database_accepts() {
        for slug in ["eit-2016", "a", "2016"] {
            assert!(is_slug(slug), "{slug}");
        }
        for slug in ["", "-a", "a-", "É", "a b", "A", &"a".repeat(41)] {
            assert!(!is_slug(slug), "{slug}");
        }
    }
}
