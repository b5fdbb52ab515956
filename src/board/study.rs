//! The study of a call's scores: intervals of rank, severities, marks by criterion, other weights. Only dossiers whose scores
//! the reader may see enter it: every figure is that of the call as if the others had never been.

mod drawing;
mod store;
mod view;

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use sha2::{Digest as _, Sha256};
use trame_scoring::call::{Call, Criterion, Dossier, Review, Rules};
use trame_scoring::rank::{Ranked, Resampling, ranks};
use trame_scoring::severity::{Severities, Shrinkage, severities};
use trame_scoring::spread::{Spread, spreads};
use trame_scoring::what_if::{Move, moves};

use self::store::Entry;
use super::store::{Settings, is_blind, settings};
use super::web::Address;
use crate::access::BoardReader;
use crate::app::App;
use crate::error::AppError;
use crate::kit::values::Decimal;
use crate::page::html;

/// Dossiers from which intervals are left out: they would take seconds.
const INTERVALS_UP_TO: usize = 1000;
/// Heaviest weight that may be tried.
const HEAVIEST: i64 = 100;

/// A weight tried in the place of the call's.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Tried {
    code: String,
    label: String,
    held: i32,
    /// As typed.
    typed: String,
    /// In thousandths, or what is wrong.
    read: Result<i32, String>,
}

/// Everything that the page says.
struct Study {
    entries: Vec<Entry>,
    settings: Settings,
    seed: u64,
    ranked: Vec<Ranked>,
    has_intervals: bool,
    severities: Severities,
    spreads: Vec<Spread>,
    /// Present when weights were tried, all readable, one of them above nothing.
    moves: Option<Vec<Move>>,
    tried: Vec<Tried>,
}

impl Study {
    fn of(entries: Vec<Entry>, settings: Settings, slug: &str, tried: Vec<Tried>) -> Result<Self, AppError> {
        let seed = seed(slug);
        let rules = Rules { coverage_threshold: settings.coverage_threshold, mean_from: settings.mean_from.max(1), seed };
        let criteria = settings.criteria.iter().map(|(code, _, weight)| Criterion { key: code.clone(), weight: *weight }).collect();
        let dossiers = entries.iter().map(|entry| Dossier { key: entry.key.clone(), reviews: entry.reviews.iter().map(review).collect() }).collect();
        let call = Call::new(rules, criteria, dossiers).map_err(anyhow::Error::from)?;
        let has_intervals = entries.len() <= INTERVALS_UP_TO;
        let mut ranked = if has_intervals { ranks(&call, Resampling::SharedGaps) } else { Vec::new() };
        ranked.sort_by(|a, b| b.mean.cmp(&a.mean).then_with(|| a.dossier.cmp(&b.dossier)));
        let weights: Option<Vec<(&str, i32)>> = tried.iter().map(|tried| Some((tried.code.as_str(), *tried.read.as_ref().ok()?))).collect();
        let is_tried = tried.iter().any(|tried| tried.read != Ok(tried.held)) && tried.iter().any(|tried| tried.read.as_ref().is_ok_and(|weight| *weight > 0));
        let moves = weights.filter(|_| is_tried).map(|weights| moves(&call, &weights)).transpose().map_err(anyhow::Error::from)?;
        Ok(Self { seed, ranked, has_intervals, severities: severities(&call, Shrinkage::Estimated), spreads: spreads(&call), moves, tried, entries, settings })
    }
}

fn review(review: &store::Given) -> Review {
    Review { reviewer: review.email.clone(), marks: review.marks.clone() }
}

/// Seed of the call's draws: anybody finds the same intervals again.
fn seed(slug: &str) -> u64 {
    let digest = Sha256::digest(slug.as_bytes());
    digest.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte))
}

/// The weights typed in the address, beside those of the call.
fn tried(settings: &Settings, query: &HashMap<String, String>) -> Vec<Tried> {
    let one = |(code, label, held): &(String, String, i32)| {
        let typed = query.get(&format!("poids.{code}")).cloned();
        let read = typed.as_deref().map_or(Ok(*held), weight);
        Tried { code: code.clone(), label: label.clone(), held: *held, typed: typed.unwrap_or_else(|| crate::review::score::weight(i64::from(*held))), read }
    };
    settings.criteria.iter().map(one).collect()
}

/// A weight as typed, in thousandths.
fn weight(text: &str) -> Result<i32, String> {
    let read = Decimal::read(text, 3, HEAVIEST, "1,5").map_err(|sentence| sentence.to_string())?;
    i32::try_from(read.scaled(3)).map_err(|_| "Écrire un poids plus petit.".to_owned())
}

/// The readers of the board study the scores that they may see.
pub async fn show(State(app): State<App>, reader: BoardReader, query: Address) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let settings = settings(&mut conn, reader.call().id).await?;
    let is_blind = is_blind(&mut conn, &reader).await?;
    let entries = if is_blind { Vec::new() } else { store::entries(&mut conn, &reader).await? };
    drop(conn);
    let (tried, slug) = (tried(&settings, &query), reader.call().slug.clone());
    let study = tokio::task::spawn_blocking(move || Study::of(entries, settings, &slug, tried)).await.map_err(anyhow::Error::from)??;
    html(&view::page(&app, &reader, &study, is_blind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_read_in_thousandths() {
        for (typed, read) in [("1", 1000), ("0,5", 500), ("1.25", 1250), ("0", 0), ("100", 100_000)] {
            assert_eq!(weight(typed), Ok(read), "{typed}");
        }
        for typed in ["", "-1", "101", "beaucoup", "1e9", "1,2345"] {
            assert!(weight(typed).is_err(), "{typed}");
        }
    }

    #[test]
    fn the_seed_of_a_call_never_changes() {
        assert_eq!(seed("eit-2015"), 6_777_804_178_312_361_993);
        assert_ne!(seed("eit-2015"), seed("demo"));
    }
}
