//! The single engagement document as a PDF: a version with who signed it, the copy of one partner, or the text as written now.

use time::OffsetDateTime;
use trame_pdf::{Block, Engagement, Fact, Table};

use super::dossier::said;
use crate::engagement::document::Printed;
use crate::engagement::frozen::FrozenSignatory;
use crate::engagement::partner_copy::Exemplar;
use crate::engagement::text::{Text, digest};
use crate::error::AppError;
use crate::kit::french::count;
use crate::kit::moment;
use crate::project::files::hex;

/// The text of a version, refused when it is not the one of its digest.
struct Sealed<'a> {
    number: i32,
    text: &'a Text,
    sha256: &'a str,
}

impl Sealed<'_> {
    fn document(&self, over: String, published: Fact, signatures: Block) -> Result<Engagement, AppError> {
        let Self { number, text, sha256 } = self;
        if hex(&digest(&text.canonical(*number))) != **sha256 {
            return Err(AppError::Document(anyhow::anyhow!("engagement document: version {number} is not the text of its digest")));
        }
        let mut document = blank(over, text);
        document.mark = format!("Version {number}");
        document.facts.extend([Fact::new("Version", number.to_string()), published, Fact::digest("Empreinte (SHA-256)", *sha256)]);
        document.blocks.push(signatures);
        Ok(document)
    }
}

/// A version with the signatures that hold.
pub(super) fn version(over: String, printed: &Printed, is_current: bool) -> Result<Engagement, AppError> {
    let sealed = Sealed { number: printed.number, text: &printed.text, sha256: &printed.sha256 };
    let since = if is_current { "" } else { ", remplacée depuis" };
    sealed.document(over, Fact::new("Publiée", format!("{}{since}", printed.published)), signatures(printed))
}

/// What a partner keeps: the text and their own signature.
pub(super) fn exemplar(over: String, (exemplar, published): (&Exemplar, String)) -> Result<Engagement, AppError> {
    let sealed = Sealed { number: exemplar.number, text: &exemplar.text, sha256: &exemplar.sha256 };
    let facts = exemplar.signature.iter().map(|(label, value)| Fact::new(*label, value.clone())).collect();
    let text = if exemplar.signature.is_empty() { vec!["Aucune signature en cours sur ce texte.".to_owned()] } else { Vec::new() };
    let own = Block { title: "Signature".to_owned(), facts, text, ..Block::default() };
    let document = sealed.document(over, Fact::new("Publiée", published), own)?;
    Ok(Engagement { name: format!("{}, exemplaire", document.name), ..document })
}

/// The text as it is written now: nobody has signed it.
pub(super) fn draft(over: String, text: &Text) -> Engagement {
    let mut document = blank(over, text);
    document.is_draft = true;
    let sentence = "Ce texte n’est pas publié\u{a0}: personne ne peut encore le signer.";
    document.blocks.push(Block { title: "Signataires".to_owned(), text: vec![sentence.to_owned()], ..Block::default() });
    document
}

/// Says of when a text is, while it may still change.
pub(super) fn mark(document: &mut Engagement, at: OffsetDateTime) {
    document.mark = format!("Texte en cours, état du {} à {}", moment::date(at), moment::hour(at));
    document.facts.insert(0, Fact::new("Version", format!("texte en cours, état du {}", moment::full(at))));
}

fn blank(over: String, text: &Text) -> Engagement {
    Engagement {
        name: format!("{}, document unique d’engagement", text.title),
        over,
        title: text.title.clone(),
        label: text.carrier.clone(),
        mark: String::new(),
        is_draft: false,
        facts: vec![Fact::new("Territoire", text.territory.clone())],
        blocks: [("Objectifs", &text.objectives), ("Principes", &text.principles), ("Ce que signer signifie", &text.meaning)]
            .map(|(title, written)| part(title, written))
            .into(),
    }
}

fn part(title: &str, written: &str) -> Block {
    if written.trim().is_empty() {
        return Block { title: title.to_owned(), text: vec!["Ce texte n’est pas encore écrit.".to_owned()], ..Block::default() };
    }
    Block { title: title.to_owned(), said: vec![said("", written)], ..Block::default() }
}

fn signatures(printed: &Printed) -> Block {
    let title = "Signataires".to_owned();
    if printed.signatories.is_empty() {
        return Block { title, text: vec!["Personne n’a encore signé cette version.".to_owned()], ..Block::default() };
    }
    let columns = ["Organisation", "Signataire", "Rôle", "Poids", "Signé le"].map(|label| (label.to_owned(), false)).to_vec();
    let rows = printed.signatories.iter().map(|signatory| line(signatory, printed.number)).collect();
    let total = count(printed.signatories.len(), "organisation signataire", "organisations signataires");
    Block { title, facts: earlier(printed), tables: vec![Table::new("", columns, rows, format!("{total}."))], ..Block::default() }
}

fn line(signatory: &FrozenSignatory, number: i32) -> Vec<String> {
    let day = moment::read_date(&signatory.signed_on).map_or_else(|_| signatory.signed_on.clone(), moment::day);
    let paper = if signatory.is_paper { ", sur papier" } else { "" };
    let older = if signatory.number == number { String::new() } else { format!(", version {}", signatory.number) };
    vec![
        signatory.organisation.clone(),
        format!("{}, {}", signatory.name, signatory.function),
        signatory.role.clone(),
        signatory.weight.clone(),
        format!("{day}{paper}{older}"),
    ]
}

/// Digests of the earlier versions that some signatures are attached to.
fn earlier(printed: &Printed) -> Vec<Fact> {
    let mut older: Vec<(i32, &str)> =
        printed.signatories.iter().map(|one| (one.number, one.sha256.as_str())).filter(|(number, _)| *number != printed.number).collect();
    older.sort_unstable();
    older.dedup();
    older.into_iter().map(|(number, sha256)| Fact::digest(format!("Texte de la version {number}"), sha256)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text() -> Text {
        Text {
            title: "Boucles".into(),
            carrier: "Syndicat".into(),
            territory: "Jarnac (16)".into(),
            objectives: "Réduire.".into(),
            principles: "Partager.".into(),
            meaning: "Signer.".into(),
        }
    }

    fn printed(signatories: Vec<FrozenSignatory>) -> Printed {
        Printed { number: 2, text: text(), sha256: hex(&digest(&text().canonical(2))), published: "mardi".into(), signatories }
    }

    #[test]
    fn a_text_that_is_not_the_one_of_its_digest_is_refused() {
        assert!(version(String::new(), &printed(Vec::new()), true).is_ok());
        let changed = Printed { text: Text { objectives: "Réduire tout.".into(), ..text() }, ..printed(Vec::new()) };
        assert!(matches!(version(String::new(), &changed, true), Err(AppError::Document(_))));
    }

    #[test]
    fn a_signature_of_an_earlier_version_keeps_its_text() {
        let signatory = FrozenSignatory {
            organisation: "Verrerie".into(),
            name: "Ana".into(),
            function: "directrice".into(),
            role: String::new(),
            weight: String::new(),
            signed_on: "2015-09-23".into(),
            is_paper: true,
            number: 1,
            sha256: "ab".repeat(32),
        };
        let document = version(String::new(), &printed(vec![signatory]), true).expect("document");
        let signatures = document.blocks.last().expect("signatures");
        assert_eq!(signatures.facts, [Fact::digest("Texte de la version 1", "ab".repeat(32))]);
        assert_eq!(signatures.tables[0].rows[0][4], "mercredi 23\u{a0}septembre 2015, sur papier, version 1");
    }
}
