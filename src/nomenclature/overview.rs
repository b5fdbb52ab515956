//! What each nomenclature is, and each list as a file.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use trame_synergies::nomenclature::Table;

use super::frame::{Frame, Reader};
use super::lists::{LISTS, List};
use crate::access::{Arrival, Visitor};
use crate::app::App;
use crate::error::AppError;
use crate::kit::french::{count, thousands};
use crate::kit::moment;
use crate::page::{Layout, html};

const LEAD: &str = "Les listes qui font parler tous les dossiers de la même chose. Elles se lisent et se téléchargent sans compte\u{a0}; les gestionnaires d’un appel les \
    corrigent, et chaque correction garde son auteur, sa date et sa raison.";

struct ListRow {
    href: String,
    title: &'static str,
    count: String,
    what: String,
    file: String,
}

#[derive(Template)]
#[template(path = "nomenclature/overview.html")]
struct OverviewPage {
    layout: Layout,
    frame: Frame,
    rows: Vec<ListRow>,
    version: String,
    fault: String,
}

fn what(reader: &Reader, table: Table, today: &str) -> String {
    let of = |wanted: u8, levels: &mut dyn Iterator<Item = u8>| thousands(i64::try_from(levels.filter(|level| *level == wanted).count()).unwrap_or(0));
    match table {
        Table::Types => {
            let families = reader.tables.nomenclature().types().iter().filter(|kind| kind.is_family()).count();
            format!(
                "{} dans quatre domaines. Un flux saisi avec vos mots est rapproché d’un type, qui fait trouver ses pistes.",
                count(families, "famille", "familles")
            )
        }
        Table::Rules => {
            "Quel flux sortant peut répondre à quel besoin. C’est d’elles que viennent les pistes de substitution et les chaînons manquants.".to_owned()
        }
        Table::Waste => {
            let list = reader.tables.waste();
            let levels = |level| of(level, &mut list.entries().iter().filter(|entry| entry.stands(today)).map(|entry| entry.level));
            format!(
                "{} chapitres, {} sous-chapitres, {} codes en vigueur, avec ceux d’hier et de demain. Un code déchet mène à un type de flux.",
                levels(1),
                levels(2),
                levels(3)
            )
        }
        Table::Activities => {
            let list = reader.tables.activities();
            let levels = |level| of(level, &mut list.in_order().into_iter().map(|activity| activity.level));
            format!(
                "{} sections, {} divisions, {} groupes, {} classes, {} sous-classes. L’activité d’un acteur aide à deviner le type de ses flux.",
                levels(1),
                levels(2),
                levels(3),
                levels(4),
                levels(5)
            )
        }
    }
}

fn entries(reader: &Reader, table: Table) -> usize {
    match table {
        Table::Types => reader.tables.nomenclature().types().iter().filter(|kind| !kind.is_family()).count(),
        Table::Rules => reader.tables.nomenclature().rules().len(),
        Table::Waste => reader.tables.waste().entries().len(),
        Table::Activities => reader.tables.activities().in_order().len(),
    }
}

fn row(reader: &Reader, list: &List, today: &str) -> ListRow {
    ListRow {
        href: list.href(),
        title: list.title,
        count: thousands(i64::try_from(entries(reader, list.table)).unwrap_or(0)),
        what: what(reader, list.table, today),
        file: format!("/nomenclatures/{}.csv", list.slug),
    }
}

/// Anybody reads what the nomenclatures are.
pub async fn show(State(app): State<App>, visitor: Option<Visitor>, Arrival(now): Arrival) -> Result<Response, AppError> {
    let reader = Reader::of(&app, visitor).await?;
    let today = moment::iso_day(moment::paris_parts(now).0);
    let changed = count(reader.tables.changed(), "entrée changée depuis", "entrées changées depuis");
    let version = match reader.tables.version() {
        0 => format!("Celles livrées avec Trame {}, sans modification.", env!("CARGO_PKG_VERSION")),
        number => format!("Celles livrées avec Trame {}, {changed} (modification n°\u{a0}{number}).", env!("CARGO_PKG_VERSION")),
    };
    html(&OverviewPage {
        layout: reader.layout(&app, "Nomenclatures"),
        frame: Frame::of("Nomenclatures", LEAD, "/nomenclatures"),
        rows: LISTS.iter().map(|list| row(&reader, list, &today)).collect(),
        version,
        fault: reader.tables.fault().filter(|_| reader.is_expert).unwrap_or_default().to_owned(),
    })
}

/// Anybody takes a list away as a file, in the form that the import reads.
pub async fn file(State(app): State<App>, uri: Uri) -> Result<Response, AppError> {
    let slug = uri.path().rsplit('/').next().and_then(|name| name.strip_suffix(".csv")).unwrap_or_default();
    let list = List::named(slug).ok_or(AppError::NotFound)?;
    let tables = app.nomenclature.current(&app).await?;
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, format!("attachment; filename=\"{slug}.csv\""))];
    Ok((headers, tables.file(list.table)).into_response())
}
