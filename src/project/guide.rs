//! What guides a question beyond its text: the marks of its criteria, an example, related facts, its R-numbers as anchors.
//! It is put on the items once they are drawn, so that reading a deposit carries no more than it must.

use crate::framework::content::{Content, Unit};
use crate::framework::{Rows, examples, requirements};
use crate::project::draw::{Answer, ItemView, Pen};
use crate::project::related::{self, Related};
use crate::project::saving::Page;
use crate::project::store::Criterion;

/// Guide of an item.
#[derive(Debug, Default)]
pub struct Guide {
    /// Lines of the regulation that it answers.
    pub codes: &'static [&'static str],
    /// Those whose anchor it bears in the page.
    pub anchors: Vec<&'static str>,
    /// Criteria that judge it, with what each mark means.
    pub marks: Vec<Criterion>,
    /// Example, or nothing.
    pub example: &'static str,
    /// Facts typed elsewhere in the dossier.
    pub related: Vec<Related>,
}

/// The items of a page of the draft, to fill in with all that guides them, or to read.
pub fn items(pen: &Pen<'_>, page: &Page, loaded: &[&str], is_editable: bool) -> Vec<ItemView> {
    if !is_editable && page.tables().any(Rows::is_added) {
        let mut items = added(pen, page);
        anchor(items.iter_mut());
        return items;
    }
    let mut items = pen.items(page);
    recall(&mut items, page, pen.content, loaded);
    if is_editable {
        explain(&mut items, page, pen.criteria);
    }
    items
}

/// Facts and anchors, for a page to read or to fill in; `loaded` are the kinds that `content` holds.
pub fn recall(items: &mut [ItemView], page: &Page, content: &Content, loaded: &[&str]) {
    let blank = Unit::blank(page.kind, page.row, None);
    let unit = content.row(page.kind, page.row).unwrap_or(&blank);
    for (view, item) in items.iter_mut().zip(page.items) {
        view.guide.codes = item.requirements;
        view.guide.related = related::facts(item.key, content, unit, loaded);
    }
    anchor(items.iter_mut());
}

/// Marks and examples, for a page to fill in.
fn explain(items: &mut [ItemView], page: &Page, criteria: &[Criterion]) {
    for (view, item) in items.iter_mut().zip(page.items) {
        view.guide.marks = item.criteria.iter().filter_map(|code| criteria.iter().find(|held| held.code == *code)).cloned().collect();
        view.guide.example = examples::of(item.key);
    }
}

/// Gives each line of the regulation one anchor in the page, at the first item that cites it.
pub fn anchor<'a>(items: impl Iterator<Item = &'a mut ItemView>) {
    let mut items: Vec<&mut ItemView> = items.collect();
    let codes: Vec<&'static [&'static str]> = items.iter().map(|view| view.guide.codes).collect();
    for (view, codes) in items.iter_mut().zip(requirements::anchors(codes)) {
        view.guide.anchors = codes;
    }
}

/// The carrier's own questions as items to read, in their order; those with neither words nor answer are left out.
pub fn added(pen: &Pen<'_>, page: &Page) -> Vec<ItemView> {
    let rows = page.tables().filter(|rows| rows.is_added());
    rows.flat_map(|rows| pen.content.children(rows.kind, page.parent()).filter(|unit| !unit.is_blank()).map(move |unit| one(pen, rows, unit))).collect()
}

fn one(pen: &Pen<'_>, rows: &'static Rows, unit: &Unit) -> ItemView {
    let read = |key: &str| rows.field(key).map(|field| pen.shown(field, unit)).unwrap_or_default();
    let title = match read("title") {
        title if title.is_empty() => "(question sans intitulé)".to_owned(),
        title => title,
    };
    let answers = [("Précision", read("guidance"), false), ("", read("answer"), true)];
    let mut answers: Vec<Answer> =
        answers.into_iter().filter(|(_, text, _)| !text.is_empty()).map(|(label, text, is_said)| Answer { label, text, is_said }).collect();
    if answers.iter().all(|answer| !answer.is_said) {
        answers.push(Answer { label: "Réponse", text: "sans réponse".to_owned(), is_said: false });
    }
    let guide = Guide { codes: &["R9"], ..Guide::default() };
    ItemView { key: rows.kind, anchor: format!("{}-{}", rows.kind, unit.row), title: title.into(), answers, guide, ..ItemView::default() }
}
