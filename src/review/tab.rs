//! The parts of a dossier under review, each with the criteria marked beside it.

use super::grid::{Grid, Line};
use crate::access::Dossier;
use crate::error::AppError;
use crate::framework::DELIVERABLES;

/// A part of the dossier with the criteria to mark beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// One of the five deliverables.
    Deliverable(u8),
    /// The whole: global criteria.
    Whole,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Self; 6] = [Self::Deliverable(1), Self::Deliverable(2), Self::Deliverable(3), Self::Deliverable(4), Self::Deliverable(5), Self::Whole];

    /// From `?livrable=`; the first one without it.
    pub fn read(asked: Option<&str>) -> Result<Self, AppError> {
        let asked = asked.unwrap_or("1");
        Self::ALL.into_iter().find(|tab| tab.key() == asked).ok_or(AppError::NotFound)
    }

    /// In the address.
    pub fn key(self) -> String {
        match self {
            Self::Deliverable(no) => no.to_string(),
            Self::Whole => "ensemble".to_owned(),
        }
    }

    /// The deliverable, when it is one.
    pub fn deliverable(self) -> Option<u8> {
        if let Self::Deliverable(no) = self { Some(no) } else { None }
    }

    /// Address of the page.
    pub fn url(self, dossier: &Dossier) -> String {
        format!("{}?livrable={}", url(dossier, ""), self.key())
    }

    /// Title of the page.
    pub fn title(self) -> &'static str {
        match self {
            Self::Deliverable(no) => DELIVERABLES[usize::from(no) - 1].title,
            Self::Whole => "Ensemble du dossier",
        }
    }

    /// Title of the tab.
    pub fn short(self) -> &'static str {
        match self {
            Self::Deliverable(no) => DELIVERABLES[usize::from(no) - 1].short,
            Self::Whole => "Ensemble",
        }
    }

    /// Deliverable whose criteria are marked here; none for the global ones.
    pub fn own_criteria(self, grid: &Grid) -> Option<u8> {
        match self {
            Self::Deliverable(no) if grid.page(Some(no)).next().is_some() => Some(no),
            _ => None,
        }
    }

    /// The page where a criterion is marked first.
    pub fn of(line: &Line) -> Self {
        line.deliverable.map_or(Self::Whole, Self::Deliverable)
    }

    /// The tab after.
    pub fn next(self) -> Option<Self> {
        let index = Self::ALL.iter().position(|tab| *tab == self)?;
        Self::ALL.get(index + 1).copied()
    }
}

/// Address of one's review of a dossier, followed by that path.
pub fn url(dossier: &Dossier, path: &str) -> String {
    format!("/evaluation/{}{path}", dossier.project())
}
