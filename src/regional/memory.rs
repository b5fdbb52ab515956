//! The last views made, each for the very dossiers, versions and settings that it was made from.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::model::View;
use super::store::Territory;
use crate::leads::settings::Published;

/// Views kept: managers of one call share theirs, unless one stays away from a dossier.
const VIEWS: usize = 4;

/// Shared by every request.
#[derive(Debug, Default)]
pub struct Regional(Mutex<VecDeque<Arc<View>>>);

impl Regional {
    /// The view of those very dossiers.
    pub fn held(&self, territories: &[Territory], published: Published) -> Option<Arc<View>> {
        let views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.iter().find(|view| view.territories == territories && view.published == published).map(Arc::clone)
    }

    /// Keeps a view.
    pub fn keep(&self, view: &Arc<View>) {
        let mut views = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        views.retain(|held| held.territories != view.territories);
        views.push_front(Arc::clone(view));
        views.truncate(VIEWS);
    }
}
