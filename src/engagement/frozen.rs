//! The document as others than the team read it, in a deposit or in a shared deliverable, and as it is typeset: the text, its
//! digest, who signed. Never an address, a link, a reason nor who was only asked.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use uuid::Uuid;

use super::model::{Document, Engagement};
use super::store;
use super::weights;
use crate::error::AppError;
use crate::framework::DELIVERABLES;
use crate::framework::content::Content;
use crate::kit::french::count;
use crate::kit::ids::ProjectId;
use crate::kit::moment;
use crate::project::draw::{Answer as AnswerView, ItemView, RowView, TableView};
use crate::project::files::hex;
use crate::project::reading::SectionRead;

/// The version in force and its signatures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// Number of the version.
    pub number: i32,
    /// SHA-256 of its canonical writing, in hexadecimal.
    pub sha256: String,
    /// The canonical writing itself.
    pub content: String,
    /// Objectives.
    pub objectives: String,
    /// Principles.
    pub principles: String,
    /// "mercredi 23 septembre 2015 à 14 h, heure de Paris".
    pub published: String,
    /// Signatures that hold.
    pub signatories: Vec<FrozenSignatory>,
}

/// A signature that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenSignatory {
    /// Organisation, as its signatory wrote it.
    pub organisation: String,
    /// Who signed.
    pub name: String,
    /// Their function.
    pub function: String,
    /// Part that the organisation plays in the approach.
    pub role: String,
    /// Its weight, as known: workforce, economic and political weight.
    pub weight: String,
    /// Day of the signature, as 2015-09-23.
    pub signed_on: String,
    /// Signed on paper.
    pub is_paper: bool,
    /// Version that it signed.
    pub number: i32,
    /// Digest of the text that it signed.
    pub sha256: String,
}

impl Frozen {
    /// The document of a dossier as it stands, with the dossier's own rows; nothing while none is published.
    pub async fn take(conn: &mut PgConnection, project: ProjectId, content: &Content) -> Result<Option<Self>, AppError> {
        let engagement = store::engagement(conn, project).await?;
        Ok(Self::of(&engagement, content))
    }

    /// The same, from what was already read.
    pub fn of(engagement: &Engagement, content: &Content) -> Option<Self> {
        let Document { number, text, content: canonical, digest, at, .. } = engagement.current()?;
        let signatories = engagement.signed().map(|(signatory, answer)| {
            let actor = content.row("stakeholder", signatory.stakeholder);
            let commitment = signatory.commitment.and_then(|row| content.row("commitment", row));
            FrozenSignatory {
                organisation: answer.organisation.clone(),
                name: answer.name.clone(),
                function: answer.function.clone(),
                role: actor.map_or("", |unit| unit.text("role")).to_owned(),
                weight: weights::sentence(actor, commitment),
                signed_on: answer.signed_on.map(moment::iso_day).unwrap_or_default(),
                is_paper: answer.is_paper,
                number: answer.number,
                sha256: hex(&answer.digest),
            }
        });
        Some(Self {
            number: *number,
            sha256: hex(digest),
            content: canonical.clone(),
            objectives: text.objectives.clone(),
            principles: text.principles.clone(),
            published: moment::full(*at),
            signatories: signatories.collect(),
        })
    }

    /// As a section to read among those of deliverable 4.
    pub fn section(&self) -> SectionRead {
        let said = |label, text: &str| AnswerView { label, text: text.to_owned(), is_said: true };
        let fact = |label, text: String| AnswerView { label, text, is_said: false };
        let document = ItemView {
            key: "engagement_document",
            anchor: "document-unique".to_owned(),
            title: format!("Document unique d’engagement, version {}", self.number).into(),
            answers: vec![
                fact("Publiée le", self.published.clone()),
                fact("Empreinte (SHA-256)", self.sha256.clone()),
                fact("Signatures", count(self.signatories.len(), "organisation", "organisations")),
                said("Objectifs", &self.objectives),
                said("Principes", &self.principles),
            ],
            ..ItemView::default()
        };
        let items = if self.signatories.is_empty() { vec![document] } else { vec![document, self.table()] };
        SectionRead { deliverable: DELIVERABLES[3], title: "Document unique d’engagement".to_owned(), items }
    }

    fn table(&self) -> ItemView {
        let columns = ["Organisation", "Signataire", "Rôle", "Poids", "Signé", "Texte signé"].map(|label| (label, false)).to_vec();
        let rows = self.signatories.iter().enumerate().map(|(index, signatory)| RowView {
            no: index + 1,
            row: Uuid::nil(),
            version: 1,
            cells: Vec::new(),
            values: signatory.values(),
            past: String::new(),
        });
        let table = TableView {
            kind: "engagement_signatory",
            title: "Signataires du document unique",
            columns,
            rows: rows.collect(),
            add: String::new(),
            total: String::new(),
            removed: None,
            disputes: Vec::new(),
        };
        ItemView { key: "engagement_signatories", anchor: "signataires".to_owned(), title: "Signataires".into(), tables: vec![table], ..ItemView::default() }
    }
}

impl FrozenSignatory {
    /// As the cells of a line.
    fn values(&self) -> Vec<String> {
        let day = moment::read_date(&self.signed_on).map_or_else(|_| self.signed_on.clone(), moment::day);
        vec![
            self.organisation.clone(),
            format!("{}, {}", self.name, self.function),
            self.role.clone(),
            self.weight.clone(),
            if self.is_paper { format!("{day}, sur papier") } else { day },
            format!("version {}, {}", self.number, self.sha256.get(..8).unwrap_or_default()),
        ]
    }
}

/// The section to read among those of a deliverable, in its place; nothing when the document is not published.
pub fn insert(sections: &mut Vec<SectionRead>, frozen: Option<&Frozen>, only: Option<u8>) {
    let Some(frozen) = frozen.filter(|_| only.is_none_or(|no| no == 4)) else { return };
    let after = sections.iter().rposition(|section| section.deliverable.no <= 4).map_or(0, |index| index + 1);
    sections.insert(after, frozen.section());
}
