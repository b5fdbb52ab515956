//! `/dossiers/{id}/territoire`: the pictures of a territory, each with its tables, each to be kept as a file.

use std::collections::HashMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use trame_synergies::flow::Domain;

use super::matrix::{Matrix, Page};
use super::picture::{Around, Picture};
use super::sheet::Mark;
use super::sight::Sight;
use super::sign::{self, ALL};
use super::{exchanges, funnel, map, matrix, network, pareto, squares};
use crate::access::{Dossier, KeyPart, ProjectReader};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::french::{count, slug};
use crate::kit::geometry::Outline;
use crate::kit::moment;
use crate::leads::analysis::{self, Analysis};
use crate::leads::decision::{self, Decisions};
use crate::leads::export::TEAM;
use crate::page::{Layout, html};
use crate::project::perimeter::store;
use crate::project::units;

/// Kinds of rows read beside what the engine reads.
pub const KINDS: [&str; 2] = ["perimeter_commune", "synergy"];

/// What is asked: a domain, a page of the matrix, its empty squares.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Asked {
    pub(super) domain: Option<Domain>,
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) is_filling: bool,
}

impl Asked {
    /// From an address; what it does not know is not asked.
    fn read(asked: &HashMap<String, String>) -> Self {
        let number = |name: &str| asked.get(name).and_then(|text| text.parse().ok()).unwrap_or(1);
        Self {
            domain: asked.get("domaine").and_then(|key| sign::asked(key)),
            columns: number("colonnes"),
            rows: number("lignes"),
            is_filling: asked.contains_key("remplir"),
        }
    }

    pub(super) fn query(self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.domain.map(|domain| format!("domaine={}", sign::of(domain).key)));
        for (name, page) in [("colonnes", self.columns), ("lignes", self.rows)] {
            parts.extend((page > 1).then(|| format!("{name}={page}")));
        }
        parts.extend(self.is_filling.then(|| "remplir=1".to_owned()));
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// What the pictures are drawn from.
#[derive(Debug, Clone)]
pub struct Matter {
    /// What the engine found.
    pub found: Arc<Analysis>,
    /// Synergies and perimeter, at least.
    pub content: Content,
    /// What was decided.
    pub decisions: Decisions,
    /// Outlines by code.
    pub outlines: HashMap<String, Outline>,
}

impl Matter {
    /// Looks at one domain, or all.
    pub fn sight(&self, domain: Option<Domain>) -> Sight<'_> {
        Sight { found: &self.found, domain, content: &self.content, decisions: &self.decisions }
    }
}

async fn gather(app: &App, reader: &Dossier, asked: Asked) -> Result<Matter, AppError> {
    let mut conn = app.db.acquire().await?;
    let found = analysis::of(app, &mut conn, reader.project(), reader.head().content_version).await?;
    let content = units::load(&mut conn, reader.project(), &KINDS).await?;
    let decisions = decision::last(&mut conn, reader.project()).await?;
    let mut matter = Matter { found, content, decisions, outlines: HashMap::new() };
    let codes = map::Ground::of(&matter.sight(asked.domain)).codes();
    matter.outlines = store::outlines(&mut conn, &codes).await?;
    Ok(matter)
}

/// Every picture, and the matrix as a table.
struct Drawn {
    pictures: Vec<Picture>,
    matrix: Matrix,
    page: Page,
}

/// Draws them all, off the async threads.
async fn drawn(matter: Matter, asked: Asked) -> Result<Drawn, AppError> {
    let work = move || {
        let sight = matter.sight(asked.domain);
        let matrix = Matrix::of(sight);
        let page = matrix.page_of(asked.columns, asked.rows);
        let mut pictures = Vec::new();
        pictures.extend(map::draw(sight, &map::Ground::of(&sight), &matter.outlines));
        pictures.extend(network::draw(sight));
        pictures.extend(exchanges::draw(sight));
        pictures.extend(matrix::draw(&matrix, page));
        pictures.extend(pareto::draw(sight));
        pictures.extend(funnel::draw(sight));
        Drawn { pictures, matrix: matrix.cut(page), page }
    };
    Ok(tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?)
}

/// A part of the page: its pictures, or why there is none.
struct PartView {
    anchor: &'static str,
    heading: &'static str,
    none: &'static str,
    act: (&'static str, &'static str),
    pictures: Vec<(Picture, String)>,
    matrix: Option<squares::MatrixView>,
}

#[derive(Template)]
#[template(path = "territory/territory.html")]
struct TerritoryPage {
    layout: Layout,
    base: String,
    lead: String,
    filters: Vec<(&'static str, &'static str, bool)>,
    is_filtered: bool,
    is_empty: bool,
    parts: Vec<PartView>,
}

/// Anchor, heading, picture, why there is none, and where to mend that: address and words.
type Part = (&'static str, &'static str, &'static str, &'static str, (&'static str, &'static str));

/// Parts of the page: anchor, heading, pictures, why there is none and what to do.
const PARTS: [Part; 6] = [
    (
        "carte",
        "Carte du territoire",
        "carte",
        "Rien n’a encore de place\u{a0}: un périmètre, ou la commune d’un acteur, suffit.",
        ("Choisir le périmètre", "/perimetre"),
    ),
    (
        "reseau",
        "Réseau des flux",
        "reseau",
        "Aucun flux sortant ne rencontre encore un besoin\u{a0}: décrivez ce qui sort chez l’un et ce qui entre chez l’autre.",
        ("Décrire les flux", "/flux"),
    ),
    (
        "echanges",
        "Échanges par type",
        "echanges",
        "Aucun type de sortie ne répond encore à un type de besoin\u{a0}: donnez un type aux flux qui n’en ont pas.",
        ("Décrire les flux", "/flux"),
    ),
    ("matrice", "Matrice flux × acteurs", "matrice", "Aucun flux n’est encore décrit.", ("Décrire les flux", "/flux")),
    (
        "generateurs",
        "Plus gros acteurs",
        "generateurs-",
        "Aucune quantité n’est connue\u{a0}: un ordre de grandeur en tonnes, en mètres cubes ou en MWh suffit, chez quelques acteurs.",
        ("Compléter les flux", "/flux"),
    ),
    ("suivi", "Suivi des pistes", "suivi", "Aucune piste à suivre pour l’instant.", ("Décrire les flux", "/flux")),
];

/// The team sees the pictures of its territory: they name actors that others may not know.
pub async fn show(State(app): State<App>, reader: ProjectReader, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let asked = Asked::read(&asked);
    let matter = gather(&app, &reader, asked).await?;
    let (flows, leads) = (matter.found.read.flows.len(), matter.found.leads.len());
    let Drawn { pictures, matrix, page } = drawn(matter, asked).await?;
    let mut parts = parts(&reader, asked, pictures);
    if let Some(part) = parts.iter_mut().find(|part| part.anchor == "matrice" && !part.pictures.is_empty()) {
        part.matrix = Some(squares::view(&reader, &matrix, page, asked));
    }
    html(&TerritoryPage {
        layout: Layout::dossier(&app, &reader, "Territoire en images", "/territoire"),
        base: reader.url(""),
        lead: format!("{} et {} en six images, à projeter, à imprimer ou à joindre.", count(flows, "flux", "flux"), count(leads, "piste", "pistes")),
        filters: ALL.iter().map(|sign| (sign.key, sign.label, asked.domain == Some(sign.domain))).collect(),
        is_filtered: asked.domain.is_some(),
        is_empty: flows == 0,
        parts,
    })
}

fn parts(reader: &Dossier, asked: Asked, pictures: Vec<Picture>) -> Vec<PartView> {
    let query = Asked { is_filling: false, ..asked }.query();
    let mut left = pictures;
    PARTS
        .into_iter()
        .map(|(anchor, heading, key, none, act)| {
            let (own, others): (Vec<Picture>, Vec<Picture>) = left.drain(..).partition(|picture| picture.key.starts_with(key));
            left = others;
            let pictures = own.into_iter().map(|picture| {
                let file = reader.url(&format!("/territoire/{}.svg{query}", picture.key));
                (picture, file)
            });
            PartView { anchor, heading, none, act, pictures: pictures.collect(), matrix: None }
        })
        .collect()
}

/// The team keeps a picture as a file that says everything by itself, and who may see it.
pub async fn file(
    State(app): State<App>,
    reader: ProjectReader,
    KeyPart(key): KeyPart,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<Response, AppError> {
    let key = key.strip_suffix(".svg").ok_or(AppError::NotFound)?;
    if !PARTS.iter().any(|(_, _, known, ..)| key.starts_with(known)) {
        return Err(AppError::NotFound);
    }
    let asked = Asked::read(&asked);
    let matter = gather(&app, &reader, asked).await?;
    let picture = drawn(matter, asked).await?.pictures.into_iter().find(|picture| picture.key == key).ok_or(AppError::NotFound)?;
    let svg = picture.file(&around(&reader, &picture, asked)).map_err(anyhow::Error::from)?;
    let name = format!("attachment; filename=\"{}-{key}.svg\"", slug(&reader.head().title));
    let headers =
        [(CONTENT_TYPE, "image/svg+xml".to_owned()), (CONTENT_DISPOSITION, name), (CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned())];
    Ok((headers, svg).into_response())
}

fn around(reader: &Dossier, picture: &Picture, asked: Asked) -> Around {
    let head = reader.head();
    let domain = asked.domain.filter(|_| picture.key != "suivi").map(|domain| format!(", {}", sign::of(domain).label)).unwrap_or_default();
    let state = format!("{}, état du {}. Visibilité\u{a0}: {TEAM}.", head.title, moment::full(reader.now()));
    let mut foot = picture.notes.clone();
    foot.push(state);
    Around { head: vec![format!("{}{domain}", picture.heading), format!("{}.", picture.said)], foot }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_what_is_asked_and_nothing_else() {
        let read = |pairs: &[(&str, &str)]| Asked::read(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
        let all = read(&[("domaine", "eau"), ("colonnes", "2"), ("lignes", "x"), ("remplir", "1")]);
        assert_eq!(all, Asked { domain: Some(Domain::Water), columns: 2, rows: 1, is_filling: true });
        assert_eq!(all.query(), "?domaine=eau&colonnes=2&remplir=1");
        assert_eq!(read(&[("domaine", "terre"), ("colonnes", "-3")]).query(), "");
    }
}
