//! How many statements a page sends.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts the statements that this thread sends.
pub struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Counts into that number.
    pub fn of(sent: &Arc<AtomicUsize>) -> Self {
        Self(Arc::clone(sent))
    }
}

impl tracing::Subscriber for Counter {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
