//! Numbered copies of the terms of reference: frozen, read, compared two by two.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::model::{Part, Terms};
use super::{frame, layout, store};
use crate::access::{NumberPart, TermsReader, TermsWriter, policy};
use crate::app::App;
use crate::call::frame::Frame;
use crate::error::AppError;
use crate::input::Input;
use crate::journal;
use crate::kit::diff::{self, Part as Piece};
use crate::kit::moment;
use crate::page::{Layout, filters, html, see};
use crate::project::units;
use crate::submission::store::remember;

/// A part that differs between two copies.
struct Differs {
    title: String,
    pieces: Vec<Piece>,
}

#[derive(Template)]
#[template(path = "advisory/version.html")]
struct VersionPage {
    layout: Layout,
    frame: Frame,
    base: String,
    number: i32,
    when: String,
    parts: Vec<Part>,
    others: Vec<(i32, String, bool)>,
    compared: Option<(String, Vec<Differs>)>,
}

/// Whoever reads the terms of reference reads a copy of them, alone or beside another.
pub async fn show(
    State(app): State<App>,
    reader: TermsReader,
    NumberPart(number): NumberPart,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let (terms, version) = store::version(&mut conn, reader.project(), number).await?;
    let versions = store::versions(&mut conn, reader.project()).await?;
    let other = match asked.get("avec").map(String::as_str) {
        None | Some("") => None,
        Some("0") => Some((store::current(&mut conn, &reader).await?.0, "le texte en cours".to_owned())),
        Some(other) => {
            let other: i64 = other.parse().map_err(|_| AppError::NotFound)?;
            let (terms, held) = store::version(&mut conn, reader.project(), other).await?;
            Some((terms, format!("la version {}", held.number)))
        }
    };
    drop(conn);
    let with = asked.get("avec").cloned().unwrap_or_default();
    let mut others: Vec<(i32, String, bool)> = vec![(0, "texte en cours".to_owned(), with == "0")];
    others.extend(versions.iter().filter(|held| held.number != version.number).map(|held| {
        let label = format!("version {}, {}", held.number, moment::date(held.at));
        (held.number, label, with == held.number.to_string())
    }));
    let compared = other.map(|(other, name)| {
        let sentence = format!("De la version {number} à {name}");
        (sentence, differences(&terms, &other))
    });
    html(&VersionPage {
        layout: layout(&app, &reader, &format!("Cahier des charges, version {number}")),
        frame: frame(&reader, &format!("Cahier des charges, version {number}"), ""),
        base: reader.url("/amo"),
        number: version.number,
        when: format!("Figée par {}, {}.", version.name, moment::full(version.at)),
        parts: terms.parts,
        others,
        compared,
    })
}

/// Parts that differ, those that are in one copy only included.
fn differences(old: &Terms, new: &Terms) -> Vec<Differs> {
    let text = |terms: &Terms, key: &str| terms.parts.iter().find(|part| part.key == key).map(|part| part.lines().join("\n")).unwrap_or_default();
    let mut keys: Vec<(&str, &str)> = old.parts.iter().map(|part| (part.key.as_str(), part.title.as_str())).collect();
    keys.extend(new.parts.iter().filter(|part| !old.parts.iter().any(|held| held.key == part.key)).map(|part| (part.key.as_str(), part.title.as_str())));
    let differ = |(key, title): (&str, &str)| {
        let (before, after) = (text(old, key), text(new, key));
        (before != after).then(|| Differs { title: title.to_owned(), pieces: diff::shortened(diff::compare(&before, &after), 24) })
    };
    keys.into_iter().filter_map(differ).collect()
}

/// The carriers freeze a copy of the terms of reference as they stand.
pub async fn freeze(State(app): State<App>, writer: TermsWriter, input: Input) -> Result<Response, AppError> {
    let operation = input.operation()?;
    let mut tx = app.db.begin().await?;
    let locked = units::lock(&mut tx, writer.project(), operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    policy::write_terms(&locked.ties(&writer), &locked.facts(writer.facts()))?;
    let (terms, _) = store::current(&mut tx, &writer).await?;
    let number = store::freeze(&mut tx, &writer, &terms).await?;
    let location = writer.url(&format!("/amo/versions/{number}"));
    journal::record(&mut tx, writer.project(), writer.account(), "terms_frozen", &number.to_string(), writer.now()).await?;
    remember(&mut tx, writer.project(), writer.account(), operation, &location).await?;
    tx.commit().await?;
    Ok(see(&location))
}
