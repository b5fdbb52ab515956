//! Pictures of the flows and of what could be exchanged, as on the page of the territory.

use std::collections::HashMap;
use std::fmt::Write as _;

use sqlx::PgConnection;
use trame_pdf::{Figure, Table};

use super::{Subject, View, WIDTH};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::french::uncapitalized;
use crate::leads::{analysis, decision};
use crate::project::perimeter::store;
use crate::territory::map::Ground;
use crate::territory::matrix::Matrix;
use crate::territory::picture::{self, Picture};
use crate::territory::web::{KINDS, Matter};
use crate::territory::{exchanges, funnel, map, matrix, network, pareto};

/// Pages of the matrix; the page of the territory has the others.
const MATRICES: usize = 3;

/// The pictures of a dossier that describes flows.
pub(super) async fn views(app: &App, conn: &mut PgConnection, subject: &Subject<'_>) -> Result<Vec<View>, AppError> {
    if subject.content.rows("flow").next().is_none() {
        return Ok(Vec::new());
    }
    // What was decided after a deposit is no part of it.
    let decisions = match subject.at {
        Some(at) => decision::as_of(conn, subject.project, at).await?,
        None => decision::last(conn, subject.project).await?,
    };
    let content = needed(subject.content);
    let found = analysis::of_content(app, conn, subject.project, content.clone()).await?;
    let mut matter = Matter { found, content, decisions, outlines: HashMap::new() };
    let codes = Ground::of(&matter.sight(None)).codes();
    matter.outlines = store::outlines(conn, &codes).await?;
    tokio::task::spawn_blocking(move || drawn(&matter)).await.map_err(anyhow::Error::from)?
}

/// The rows that pictures read.
fn needed(content: &Content) -> Content {
    let is_read = |kind: &str| KINDS.contains(&kind) || analysis::KINDS.contains(&kind);
    Content { units: content.units.iter().filter(|unit| is_read(&unit.kind)).cloned().collect(), filled_slots: Vec::new() }
}

fn drawn(matter: &Matter) -> Result<Vec<View>, AppError> {
    let sight = matter.sight(None);
    let mut pictures: Vec<(&'static str, Picture)> = Vec::new();
    pictures.extend(map::draw(sight, &Ground::of(&sight), &matter.outlines).map(|picture| ("generators", picture)));
    pictures.extend(
        pareto::draw(sight).into_iter().filter(|picture| picture.tables.iter().any(|table| table.rows.len() > 1)).map(|picture| ("generators", picture)),
    );
    pictures.extend(matrices(&Matrix::of(sight)).into_iter().map(|picture| ("pooling", picture)));
    pictures.extend([exchanges::draw(sight), network::draw(sight), funnel::draw(sight)].into_iter().flatten().map(|picture| ("substitution", picture)));
    pictures.into_iter().map(|(item, picture)| view(item, &picture)).collect()
}

/// The first pages of columns, and what they leave out.
fn matrices(whole: &Matrix) -> Vec<Picture> {
    let all = whole.page_of(1, 1);
    let drawn = all.all_columns.min(MATRICES);
    let pages = (1..=drawn).filter_map(|no| {
        let mut picture = matrix::draw(whole, whole.page_of(no, 1))?;
        if no > 1 {
            picture.key = format!("{}-{no}", picture.key);
            picture.heading = format!("{}, suite", picture.heading);
        }
        if no == drawn && drawn < all.all_columns {
            picture.notes.push("Les acteurs suivants sont à la page du territoire.".to_owned());
        }
        Some(picture)
    });
    pages.collect()
}

fn view(item: &'static str, picture: &Picture) -> Result<View, AppError> {
    let (drawing, size) = picture.drawing(WIDTH).map_err(anyhow::Error::from)?;
    let figure = Figure {
        title: format!("{}\u{a0}: {}.", picture.heading, uncapitalized(&picture.said)),
        alt: alternative(picture),
        drawing: drawing.name.clone(),
        size,
        legend: format!("{} Visibilité\u{a0}: lecteurs du dossier.", picture.notes.join(" ")),
        table: picture.tables.iter().rfind(|table| !table.rows.is_empty()).map(table),
    };
    Ok(View { item, figure, drawing })
}

/// What is drawn; tables that do not follow the drawing are told here.
fn alternative(picture: &Picture) -> String {
    let mut alt = picture.alt.clone();
    let filled = picture.tables.iter().filter(|table| !table.rows.is_empty()).count();
    for table in picture.tables.iter().filter(|table| !table.rows.is_empty()).take(filled.saturating_sub(1)) {
        let rows: Vec<String> = table.rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(", ")).collect();
        let _ = write!(alt, " {}\u{a0}: {}.", table.caption, rows.join("\u{202f}; "));
    }
    alt
}

fn table(table: &picture::Table) -> Table {
    let heads = table.heads.iter().map(|(label, is_figure)| ((*label).to_owned(), *is_figure)).collect();
    let rows = table.rows.iter().map(|row| row.iter().map(|cell| cell.text.clone()).collect()).collect();
    Table::new(table.caption.clone(), heads, rows, "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::leads::decision::Decisions;
    use crate::territory::sight::sample;

    #[test]
    fn every_picture_has_its_own_name_and_the_table_that_says_the_same() {
        let content = sample::content(44);
        let matter = Matter { found: std::sync::Arc::new(sample::found(&content)), content, decisions: Decisions::default(), outlines: HashMap::new() };
        let views = drawn(&matter).expect("views");
        let names: std::collections::BTreeSet<&str> = views.iter().map(|view| view.drawing.name.as_str()).collect();
        assert_eq!(names.len(), views.len());
        assert!(names.contains("territoire-matrice-3") && names.contains("territoire-carte"), "{names:?}");
        assert!(views.iter().all(|view| view.figure.drawing == view.drawing.name && view.figure.size[0] == WIDTH && view.figure.table.is_some()));
        let map = &views[0].figure;
        assert!(map.alt.contains("Acteurs\u{a0}: Acteur ") && map.title.starts_with("Carte du territoire\u{a0}: 44\u{a0}acteurs"), "{} {}", map.title, map.alt);
        assert!(views.iter().any(|view| view.figure.legend.contains("page du territoire")), "the fourth page is told");
    }
}
