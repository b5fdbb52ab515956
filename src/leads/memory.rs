//! What is remembered of the engine's work: the last analyses, and the types suggested for what people wrote.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::suggest::{Asked, Suggestion, suggest};

use super::analysis::Analysis;
use super::flows::Memory;
use crate::kit::ids::ProjectId;

/// Analyses kept: a dossier of 5 000 flows weighs a few megabytes.
const ANALYSES: usize = 8;
/// Suggestions kept.
const SUGGESTIONS: usize = 50_000;

/// Shared by every request.
#[derive(Debug, Default)]
pub struct Leads {
    analyses: Mutex<VecDeque<(ProjectId, i64, Arc<Analysis>)>>,
    suggestions: Mutex<HashMap<u64, Option<Suggestion>>>,
}

impl Leads {
    /// The analysis of that version of a dossier.
    pub fn held(&self, project: ProjectId, version: i64) -> Option<Arc<Analysis>> {
        let analyses = self.analyses.lock().unwrap_or_else(PoisonError::into_inner);
        analyses.iter().find(|(held, at, _)| *held == project && *at == version).map(|(.., found)| Arc::clone(found))
    }

    /// Keeps an analysis in the place of the dossier's former one.
    pub fn keep(&self, project: ProjectId, version: i64, found: &Arc<Analysis>) {
        let mut analyses = self.analyses.lock().unwrap_or_else(PoisonError::into_inner);
        analyses.retain(|(held, ..)| *held != project);
        analyses.push_front((project, version, Arc::clone(found)));
        analyses.truncate(ANALYSES);
    }
}

impl Memory for Leads {
    fn suggestion(&self, tables: &Nomenclature, asked: &Asked<'_>) -> Option<Suggestion> {
        let key = key(asked);
        if let Some(held) = self.suggestions.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return held.clone();
        }
        let found = suggest(tables, asked).into_iter().next();
        let mut suggestions = self.suggestions.lock().unwrap_or_else(PoisonError::into_inner);
        if suggestions.len() >= SUGGESTIONS {
            suggestions.clear();
        }
        suggestions.insert(key, found.clone());
        found
    }
}

fn key(asked: &Asked<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Asked { label, domain, direction, waste_code, activity, temperature } = asked;
    (label, domain, direction, waste_code, activity, temperature.map(f64::to_bits)).hash(&mut hasher);
    hasher.finish()
}
