//! The single engagement document: its two texts, written once, and who signed.

use time::OffsetDateTime;
use trame_pdf::{Block, Engagement, Fact, Fault, Pdf, Signatory, Source, render};

use super::dossier::said;
use super::press::moment;
use crate::framework::COMMITMENT;
use crate::framework::content::{Content, Unit};
use crate::kit::moment::{date, full, hour};
use crate::project::draw::Pen;

/// What the engagement document is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    /// Title of the dossier.
    pub title: String,
    /// Carrier and place.
    pub label: String,
    /// Call and phase.
    pub over: String,
    /// Objectives.
    pub objectives: String,
    /// Principles.
    pub principles: String,
    /// "Version 2, du 3 mars 2015"; nothing while the text may still change.
    pub version: String,
    /// SHA-256 of the exact text that is signed, in hexadecimal; nothing when it is not known.
    pub digest: String,
    /// Signatures, in the order of the document.
    pub signatures: Vec<Signature>,
    /// What remains to be said under the signatures.
    pub notes: Vec<String>,
}

/// A signature.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signature {
    /// Organisation.
    pub organisation: String,
    /// Name of who signed.
    pub name: String,
    /// Function.
    pub function: String,
    /// Form of the commitment.
    pub form: String,
    /// Day or instant, as read.
    pub when: String,
    /// What else is known.
    pub detail: String,
}

/// The engagement document as a PDF, dated of that instant. Long: not for a thread that answers requests.
///
/// # Errors
/// When the document would be incomplete, or not be accessible and archivable.
pub fn engagement(charter: &Charter, at: OffsetDateTime) -> Result<Pdf, Fault> {
    let mut document = document(charter);
    if document.is_draft {
        mark(&mut document, at);
    }
    render(Source::Engagement(&document), moment(at))
}

/// Says of when a text is, while it may still change.
pub(super) fn mark(document: &mut Engagement, at: OffsetDateTime) {
    document.mark = format!("Texte en cours, état du {} à {}", date(at), hour(at));
    document.facts.insert(0, Fact::new("Version", format!("texte en cours, état du {}", full(at))));
}

/// The values of the document.
pub(super) fn document(charter: &Charter) -> Engagement {
    let is_draft = charter.version.is_empty();
    let mut facts: Vec<Fact> = (!is_draft).then(|| Fact::new("Version", charter.version.clone())).into_iter().collect();
    if !charter.digest.is_empty() {
        facts.push(Fact::digest("Empreinte du texte", charter.digest.clone()));
    }
    Engagement {
        name: format!("{}, document unique d’engagement", charter.title),
        over: charter.over.clone(),
        title: charter.title.clone(),
        label: charter.label.clone(),
        mark: charter.version.clone(),
        is_draft,
        facts,
        texts: vec![text("Objectifs", &charter.objectives), text("Principes", &charter.principles)],
        signatories: charter.signatures.iter().map(signatory).collect(),
        notes: charter.notes.clone(),
    }
}

fn text(title: &str, written: &str) -> Block {
    if written.trim().is_empty() {
        return Block { title: title.to_owned(), text: vec!["Ce texte n’est pas encore écrit.".to_owned()], ..Block::default() };
    }
    Block { title: title.to_owned(), said: vec![said("", written)], ..Block::default() }
}

fn signatory(signature: &Signature) -> Signatory {
    let person = [signature.name.as_str(), signature.function.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    Signatory {
        organisation: signature.organisation.clone(),
        person,
        form: signature.form.clone(),
        when: signature.when.clone(),
        detail: signature.detail.clone(),
    }
}

/// The charter of a draft, from its answers and its commitments; only dated commitments are signatures.
pub(super) fn of_draft(content: &Content, (title, label, over): (&str, &str, String)) -> Charter {
    let pen = Pen { content, criteria: &[], conflicts: &[], by: "", shows_errors: false, removed: None };
    let shown = |unit: &Unit, key: &str| COMMITMENT.field(key).map(|field| pen.shown(field, unit)).unwrap_or_default();
    let (signed, waiting): (Vec<&Unit>, Vec<&Unit>) = content.rows(COMMITMENT.kind).partition(|unit| unit.has("signed_on"));
    let signature = |unit: &&Unit| Signature {
        organisation: pen.name(unit),
        name: shown(unit, "signatory"),
        function: shown(unit, "function"),
        form: shown(unit, "kind"),
        when: shown(unit, "signed_on"),
        detail: shown(unit, "strength"),
    };
    let names: Vec<String> = waiting.iter().map(|unit| pen.name(unit)).collect();
    let notes = if names.is_empty() { Vec::new() } else { vec![format!("Engagements annoncés, sans date de signature\u{a0}: {}.", names.join("\u{202f}; "))] };
    Charter {
        title: title.to_owned(),
        label: label.to_owned(),
        over,
        objectives: content.text("mobilisation.engagements", "charter_objectives").to_owned(),
        principles: content.text("mobilisation.engagements", "charter_principles").to_owned(),
        version: String::new(),
        digest: String::new(),
        signatures: signed.iter().map(signature).collect(),
        notes,
    }
}
