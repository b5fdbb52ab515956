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
    suggestions: Mutex<Suggestions>,
}

/// What was answered to a question; nothing when no type was near.
#[derive(Debug, Clone)]
struct Made {
    suggestion: Option<Suggestion>,
}

/// Suggestions made with the tables of now.
#[derive(Debug, Default)]
struct Suggestions {
    tables: Option<Arc<Nomenclature>>,
    made: HashMap<u64, Made>,
}

impl Suggestions {
    fn are_of(&self, tables: &Nomenclature) -> bool {
        self.tables.as_deref().is_some_and(|held| std::ptr::eq(held, tables))
    }

    fn made_with(&self, tables: &Nomenclature, key: u64) -> Option<Made> {
        self.made.get(&key).filter(|_| self.are_of(tables)).cloned()
    }

    /// Nothing is remembered of tables that an expert has changed since.
    fn remember(&mut self, tables: &Nomenclature, key: u64, found: Option<&Suggestion>) {
        if !self.are_of(tables) {
            return;
        }
        if self.made.len() >= SUGGESTIONS {
            self.made.clear();
        }
        self.made.insert(key, Made { suggestion: found.cloned() });
    }
}

impl Leads {
    /// The analysis of that version of a dossier.
    pub fn held(&self, project: ProjectId, version: i64) -> Option<Arc<Analysis>> {
        let analyses = self.analyses.lock().unwrap_or_else(PoisonError::into_inner);
        analyses.iter().find(|(held, at, _)| *held == project && *at == version).map(|(.., found)| Arc::clone(found))
    }

    /// Forgets what was suggested with other tables than these.
    pub fn settle(&self, tables: &Arc<Nomenclature>) {
        let mut suggestions = self.suggestions.lock().unwrap_or_else(PoisonError::into_inner);
        if !suggestions.are_of(tables) {
            *suggestions = Suggestions { tables: Some(Arc::clone(tables)), made: HashMap::new() };
        }
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
        let held = || self.suggestions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = held().made_with(tables, key) {
            return made.suggestion;
        }
        let found = suggest(tables, asked).into_iter().next();
        held().remember(tables, key, found.as_ref());
        found
    }
}

fn key(asked: &Asked<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    let Asked { label, domain, direction, waste_code, activity, temperature } = asked;
    (label, domain, direction, waste_code, activity, temperature.map(f64::to_bits)).hash(&mut hasher);
    hasher.finish()
}
