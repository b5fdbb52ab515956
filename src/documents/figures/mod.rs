//! Drawn views of a document: the same actors, places and communes as on screen, laid out for a sheet of paper. Their
//! attributes say everything, since no stylesheet follows them; shapes and letters say what colours say.

mod circles;
mod grid;
mod ink;
mod maps;
mod territory;

use sqlx::PgConnection;
use time::OffsetDateTime;
use trame_pdf::{Drawing, Figure, Table};

use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::kit::french::count;
use crate::kit::ids::ProjectId;
use crate::project::stakeholders::mark::{Actor, Bond, actors};

/// Width of a drawing, in points: that of a page's text.
const WIDTH: u32 = 464;

const MARKS: &str = "Rond et E\u{a0}: engagement signé\u{202f}; losange et P\u{a0}: engagement en préparation\u{202f}; carré et N\u{a0}: pas d’engagement. \
     La taille suit l’effectif\u{a0}: moins de 10 ou inconnu, de 10 à 99, 100 ou plus. En gras, les acteurs clés\u{202f}; en italique, ceux hors du périmètre.";

/// A drawn view, and the item that it illustrates.
#[derive(Debug)]
pub(super) struct View {
    /// Key of the item.
    pub(super) item: &'static str,
    /// Its caption and its alternative.
    pub(super) figure: Figure,
    /// Itself.
    pub(super) drawing: Drawing,
}

/// A dossier to draw.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    /// Dossier.
    pub(super) project: ProjectId,
    /// What is written.
    pub(super) content: &'a Content,
    /// Instant of the deposit; nothing for a draft.
    pub(super) at: Option<OffsetDateTime>,
}

/// Every drawn view of a dossier, or of one deliverable.
pub(super) async fn all(app: &App, conn: &mut PgConnection, subject: Subject<'_>, only: Option<u8>) -> Result<Vec<View>, AppError> {
    let is_asked = |no: u8| only.is_none_or(|only| only == no);
    let content = subject.content;
    let mut views = Vec::new();
    if is_asked(1) {
        views.extend(maps::perimeter(conn, content).await?);
        views.extend(maps::actors(conn, content).await?);
    }
    if is_asked(2) {
        views.extend(territory::views(app, conn, &subject).await?);
    }
    if is_asked(4) {
        let actors = actors(content);
        views.extend(grid::view(&actors));
        views.extend(circles::view(&actors));
    }
    Ok(views)
}

/// The same as the grid and the circles, actor by actor.
fn places(actors: &[Actor<'_>]) -> Table {
    let columns = [("Acteur", false), ("Cercle", false), ("Engagement", false), ("Influence", false), ("Intérêt", false)];
    let level = |level: Option<u8>, words: [&str; 4]| level.map_or("non dit", |level| words[usize::from(level) - 1]).to_owned();
    let rows = actors.iter().map(|actor| {
        let bond = match actor.bond {
            Bond::Signed => "signé",
            Bond::Prepared => "en préparation",
            Bond::None => "aucun",
        };
        let name = if actor.is_outside() { format!("{} (hors du périmètre)", actor.name) } else { actor.name.clone() };
        vec![name, actor.circle.label().to_owned(), bond.to_owned(), level(actor.influence, grid::INFLUENCE), level(actor.interest, grid::INTEREST)]
    });
    let columns = columns.map(|(label, is_figure)| (label.to_owned(), is_figure));
    Table::new("Cercle, engagement, influence et intérêt de chaque acteur", columns.to_vec(), rows.collect(), "")
}

/// "24 acteurs dessinés sur 30, les autres sont dans le tableau.", or nothing when all are.
fn left_out(hidden: usize, all: usize) -> String {
    if hidden == 0 {
        return String::new();
    }
    format!(" {} sur {all}, les autres sont dans le tableau.", count(all - hidden, "acteur dessiné", "acteurs dessinés"))
}
