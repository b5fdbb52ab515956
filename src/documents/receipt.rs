//! The receipt of a deposit as a document: what the page says, and the digest of each attachment.

use trame_pdf::{Block, Fact, Receipt};

use super::annexes;
use super::dossier::channel;
use super::store::{Deposited, Stored};
use crate::kit::moment;

/// The receipt of a deposit. It says nothing that changes with time: asked again in a year, it is the same.
pub(super) fn receipt(over: String, deposit: &Deposited, files: &[Stored], (service, contacts): (String, Vec<(String, String)>)) -> Receipt {
    let snapshot = &deposit.snapshot;
    let when = moment::full(deposit.received_at);
    let mut facts = vec![
        Fact::new("Numéro", deposit.reference.clone()),
        Fact::new("Reçu le", when.clone()),
        Fact::new("Voie", channel(&deposit.channel)),
        Fact::new("Par", deposit.depositor.clone()),
        Fact::new("Service", service),
        Fact::digest("Empreinte (SHA-256)", deposit.digest.clone()),
    ];
    if !deposit.note.is_empty() {
        facts.push(Fact::new("Note", deposit.note.clone()));
    }
    Receipt {
        name: format!("Récépissé du dépôt n°\u{a0}{}", deposit.reference),
        over,
        title: snapshot.title.clone(),
        label: snapshot.label.clone(),
        sentence: format!("Dépôt n°\u{a0}{}, reçu le {when}.", deposit.reference),
        facts,
        blocks: vec![next(contacts)],
        annexes: annexes::listed(files, &snapshot.content()),
        mark: format!("Dépôt n°\u{a0}{}", deposit.reference),
    }
}

fn next(contacts: Vec<(String, String)>) -> Block {
    let mut text = vec![
        "Un dossier peut être déposé de nouveau jusqu’à la date limite\u{a0}: le dernier dépôt reçu avant elle compte seul. Les pièces sont ensuite \
         examinées, puis le dossier est évalué et présenté au comité technique. L’équipe est prévenue par courriel à chaque étape."
            .to_owned(),
    ];
    if !contacts.is_empty() {
        let list: Vec<String> = contacts.into_iter().map(|(body, email)| format!("{body}, {email}")).collect();
        text.push(format!("Une question\u{a0}: {}.", list.join("\u{202f}; ")));
    }
    text.push("L’empreinte est celle du contenu déposé, pièces comprises\u{a0}: elle ne changerait pas sans que ce contenu change.".to_owned());
    Block { title: "La suite".to_owned(), text, ..Block::default() }
}
