//! A dossier as a document: the sections that the screen reads, as values for the template.

use trame_pdf::{Cell, Deliverable, Dossier as Document, Fact, Item, Layout, Said, Section, Table};

use super::annexes;
use super::asked::Asked;
use super::figures::View;
use super::store::{Deposited, Stored};
use crate::access::Dossier;
use crate::engagement::frozen::{self, Frozen};
use crate::framework::content::Content;
use crate::framework::standing::Standing;
use crate::framework::{DELIVERABLES, State};
use crate::kit::french::count;
use crate::kit::{moment, words};
use crate::project::attachments::FileView;
use crate::project::draw::{Answer, ItemView, TableView};
use crate::project::reading::{self, SectionRead};
use crate::project::store::Criterion;

/// What a document is made of.
pub(super) struct Matter<'a> {
    /// What is written.
    pub(super) content: &'a Content,
    /// Attachments as the pages show them.
    pub(super) views: &'a [FileView],
    /// Attachments as stored, in the order of their numbers.
    pub(super) files: &'a [Stored],
    /// Criteria of the call.
    pub(super) criteria: &'a [Criterion],
    /// The engagement document and its signatures, when one is published.
    pub(super) engagement: Option<&'a Frozen>,
    /// Guide of the call, in pages.
    pub(super) guide: Option<u16>,
    /// Drawn views.
    pub(super) views_drawn: &'a [View],
}

/// The draft as it stands; its mark waits for the instant at which it is typeset.
pub(super) fn draft(dossier: &Dossier, matter: &Matter<'_>, asked: &Asked) -> Document {
    let head = dossier.head();
    let mut document = document(over(dossier), matter, asked, (&head.title, &head.label));
    document.is_draft = true;
    document.about.insert(0, "Ce document est un brouillon. Seul un dépôt, avec son numéro et son récépissé, fait foi.".to_owned());
    document
}

/// Says on each page of a draft of when it is.
pub(super) fn mark(document: &mut Document, at: time::OffsetDateTime) {
    document.mark = format!("Brouillon, état du {} à {}", moment::date(at), moment::hour(at));
    document.facts.insert(0, Fact::new("État", format!("brouillon, non déposé, tel qu’il était le {}", moment::full(at))));
}

/// Call, phase and number of a dossier.
pub(super) fn over(dossier: &Dossier) -> String {
    let head = dossier.head();
    format!("Appel {} {}, phase 1 · dossier n°\u{a0}{}", head.call_title, head.edition, head.number)
}

/// A deposit, as it was frozen.
pub(super) fn deposit(over: String, deposit: &Deposited, matter: &Matter<'_>, asked: &Asked) -> Document {
    let mut document = document(over, matter, asked, (&deposit.snapshot.title, &deposit.snapshot.label));
    let number = format!("n°\u{a0}{}", deposit.reference);
    document.mark = format!("Dépôt {number}");
    document.facts.insert(0, Fact::new("Dépôt", format!("{number}, reçu le {}, {}", moment::full(deposit.received_at), channel(&deposit.channel))));
    document.facts.insert(1, Fact::new("Déposé par", deposit.depositor.clone()));
    document.facts.insert(2, Fact::digest("Empreinte", deposit.digest.clone()));
    let sentence = "Ce document reproduit le contenu déposé, figé à cet instant. L’empreinte est celle de ce contenu, la même que sur le récépissé.";
    document.about.insert(0, sentence.to_owned());
    document
}

/// How a deposit arrived.
pub(super) fn channel(channel: &str) -> &'static str {
    match channel {
        "paper" => "par courrier",
        "correction" => "complément demandé",
        "email" => "par courriel",
        _ => "en ligne",
    }
}

fn document(over: String, matter: &Matter<'_>, asked: &Asked, (title, label): (&str, &str)) -> Document {
    let standing = Standing::of(matter.content);
    let mut omitted = 0;
    let mut read = reading::sections(matter.content, matter.views, matter.criteria, asked.only);
    frozen::insert(&mut read, matter.engagement, asked.only);
    let part = |no| sections(&read, no, matter, asked.layout, &mut omitted);
    let deliverables = deliverables(asked.only, &standing, part);
    let mut annexes = annexes::listed(matter.files, matter.content);
    if asked.only.is_some() {
        let named: Vec<usize> = read.iter().flat_map(|section| &section.items).flat_map(|item| numbers(item, matter.files)).collect();
        annexes.retain(|annex| named.contains(&annex.no));
    }
    let only = asked.only.and_then(|no| DELIVERABLES.into_iter().find(|deliverable| deliverable.no == no));
    let mut facts = vec![Fact::new("Pièces jointes", count(annexes.len(), "pièce", "pièces"))];
    if let Some(deliverable) = only {
        facts.push(Fact::new("Contenu", format!("livrable {} seul\u{a0}: {}", deliverable.no, deliverable.title)));
    }
    Document {
        title: title.to_owned(),
        name: only.map_or_else(|| title.to_owned(), |deliverable| format!("{title}, {}", deliverable.title)),
        label: label.to_owned(),
        over,
        mark: String::new(),
        is_draft: false,
        facts,
        layout: asked.layout,
        guide: matter.guide.filter(|_| only.is_none()),
        deliverables,
        annexes,
        about: about(asked.layout, omitted),
    }
}

fn about(layout: Layout, omitted: usize) -> Vec<String> {
    let mut about = vec![
        "Les réponses, les tableaux et les pièces sont ceux de la page en ligne. Ce fichier suit les normes PDF/UA-1, pour être lu par tous, \
         et PDF/A-2a, pour être gardé longtemps."
            .to_owned(),
    ];
    if layout == Layout::Concise {
        about.push("La mise en page concise ne reproduit ni les attendus de l’appel, ni les rappels calculés, ni les questions sans réponse.".to_owned());
        if omitted > 0 {
            about.push(format!("{} sans réponse\u{a0}: non reproduites ici.", count(omitted, "question est", "questions sont")));
        }
    }
    about
}

fn deliverables(only: Option<u8>, standing: &Standing, mut part: impl FnMut(u8) -> Vec<Section>) -> Vec<Deliverable> {
    let kept = DELIVERABLES.into_iter().filter(|deliverable| only.is_none_or(|no| deliverable.no == no));
    kept.map(|deliverable| {
        let tally = standing.tally(deliverable);
        let cell = |state: &State| match state {
            State::Empty => Cell::Empty,
            State::Begun => Cell::Begun,
            State::Filled => Cell::Filled,
        };
        Deliverable {
            no: deliverable.no,
            title: deliverable.title.to_owned(),
            tally: tally.sentence(deliverable),
            cells: tally.states.iter().map(cell).collect(),
            sections: part(deliverable.no),
        }
    })
    .collect()
}

fn sections(read: &[SectionRead], no: u8, matter: &Matter<'_>, layout: Layout, omitted: &mut usize) -> Vec<Section> {
    let mut sections = Vec::new();
    for section in read.iter().filter(|section| section.deliverable.no == no) {
        let mut items: Vec<Item> = section.items.iter().map(|view| item(view, matter, layout)).collect();
        if layout == Layout::Concise {
            *omitted += items.iter().filter(|item| item.is_unanswered).count();
            items.retain(|item| !is_blank(item));
            for item in &mut items {
                item.notes.clear();
            }
            if items.is_empty() {
                continue;
            }
        }
        say_once(&section.title, &mut items);
        sections.push(Section { title: section.title.clone(), items });
    }
    sections
}

/// A lone table under its section's title does not repeat it as a question, nor as a caption.
fn say_once(section: &str, items: &mut [Item]) {
    let is_lone = items.len() == 1;
    for item in items {
        item.tables.iter_mut().filter(|table| table.title == item.title).for_each(|table| table.title.clear());
        if is_lone && section.starts_with(&item.title) {
            item.title.clear();
        }
    }
}

/// Nothing would stand under its title.
fn is_blank(item: &Item) -> bool {
    item.facts.is_empty() && item.said.is_empty() && item.tables.is_empty() && item.figures.is_empty() && item.aside.is_empty() && item.files.is_empty()
}

fn item(view: &ItemView, matter: &Matter<'_>, layout: Layout) -> Item {
    let files = matter.files;
    let (said, facts): (Vec<&Answer>, Vec<&Answer>) = view.answers.iter().partition(|answer| answer.is_said);
    let mut tables: Vec<Table> = view.tables.iter().filter(|table| !table.rows.is_empty()).map(table).collect();
    let mut aside = vec![view.aside.clone()];
    if layout == Layout::Full {
        aside.extend(view.guide.related.iter().map(|fact| fact.text.clone()));
    }
    if let Some(list) = &view.list {
        if layout == Layout::Concise && !list.rows.is_empty() {
            // The rows are told whole further on.
            aside.push(format!("{}\u{a0}: {}.", list.title, list.count));
        } else if list.rows.is_empty() {
            aside.push(format!("{}\u{a0}: rien dans la liste.", list.title));
        } else {
            let rows = list.rows.iter().map(|(name, _, detail)| vec![name.clone(), detail.clone()]).collect();
            let heads = vec![("Nom".to_owned(), false), ("Précisions".to_owned(), false)];
            tables.push(Table::new(format!("{}\u{a0}: {}", list.title, list.count), heads, rows, ""));
        }
    }
    Item {
        no: view.no.to_owned(),
        title: view.title.to_string(),
        notes: notes(view),
        detail: view.fold.clone(),
        facts: facts.iter().map(|answer| fact(answer)).collect(),
        said: said.iter().map(|answer| self::said(answer.label, &answer.text)).collect(),
        is_unanswered: view.is_unanswered() && tables.is_empty() && view.slot.as_ref().is_none_or(|slot| slot.files.is_empty()),
        tables,
        figures: matter.views_drawn.iter().filter(|drawn| drawn.item == view.key).map(|drawn| drawn.figure.clone()).collect(),
        aside: aside.join(" ").trim().to_owned(),
        files: numbers(view, files).map(|no| format!("Pièce n°\u{a0}{no}\u{a0}: {}", files[no - 1].name)).collect(),
    }
}

fn fact(answer: &Answer) -> Fact {
    let label = if answer.label.is_empty() { "Réponse" } else { answer.label };
    let is_digest = answer.text.len() == 64 && answer.text.bytes().all(|byte| byte.is_ascii_hexdigit());
    Fact { is_digest, ..Fact::new(label, answer.text.clone()) }
}

/// A long answer in its paragraphs and lines.
pub(super) fn said(label: &str, text: &str) -> Said {
    let paragraphs = words::paragraphs(text).map(|paragraph| paragraph.lines().map(|line| line.trim_end().to_owned()).collect());
    Said { label: label.to_owned(), paragraphs: paragraphs.collect() }
}

fn notes(view: &ItemView) -> Vec<Fact> {
    let judged = view.judged.join(", ");
    [("Ce qui est attendu", view.expected), ("Ce qui n’est pas attendu", view.not_expected), ("Ce qui sera jugé", judged.as_str())]
        .into_iter()
        .filter(|(_, sentence)| !sentence.is_empty())
        .map(|(label, sentence)| Fact::new(label, sentence))
        .collect()
}

fn table(view: &TableView) -> Table {
    // As on screen, a dense table leaves out the columns that nobody filled.
    let kept: Vec<usize> = (0..view.columns.len()).filter(|column| view.shows(column)).collect();
    let columns = kept.iter().map(|column| (view.columns[*column].0.to_owned(), view.columns[*column].1)).collect();
    let rows = view.rows.iter().map(|row| kept.iter().map(|column| row.values.get(*column).cloned().unwrap_or_default()).collect());
    let (rows, bare) = apart(rows.collect());
    let total = [bare.as_str(), view.total.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    Table::new(view.title, columns, rows, total)
}

/// Lines of which most say only their first cell would fill pages with nothing: these are listed in a sentence.
fn apart(rows: Vec<Vec<String>>) -> (Vec<Vec<String>>, String) {
    const MANY: usize = 12;
    let is_bare = |row: &Vec<String>| row.iter().skip(1).all(String::is_empty);
    if rows.len() <= MANY || rows.iter().filter(|row| is_bare(row)).count() * 2 < rows.len() {
        return (rows, String::new());
    }
    let (bare, full): (Vec<Vec<String>>, Vec<Vec<String>>) = rows.into_iter().partition(is_bare);
    let names: Vec<String> = bare.into_iter().filter_map(|row| row.into_iter().next()).collect();
    (full, format!("{}sans autre précision\u{a0}: {}.", if names.len() == 1 { "Une ligne " } else { "Lignes " }, names.join(", ")))
}

/// Numbers of the attachments of an item.
fn numbers<'a>(view: &'a ItemView, files: &'a [Stored]) -> impl Iterator<Item = usize> + 'a {
    let held = view.slot.iter().flat_map(|slot| &slot.files);
    held.filter_map(|file| files.iter().position(|stored| stored.id == file.id)).map(|index| index + 1)
}
