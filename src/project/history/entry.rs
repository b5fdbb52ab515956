//! An entry of the history as people read it: who, when, where, the words that changed, and what may be brought back.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::filter::{Filter, name};
use super::places::{self, Spot, spot};
use super::store::{Entry, Step};
use crate::access::Dossier;
use crate::framework::Kind;
use crate::framework::belonging::part_of;
use crate::framework::content::Unit;
use crate::kit::diff::{Part, compare, shortened};
use crate::kit::french::count;
use crate::kit::{moment, words};
use crate::project::draw::{AROUND, Pen};
use crate::project::saving::Slot;

/// A button that brings something back: what it posts, what it says, and what it is about, for voices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Posted as `source`.
    pub source: String,
    /// Words.
    pub label: String,
    /// Field and date.
    pub about: String,
}

/// A field that changed.
#[derive(Debug)]
pub struct FieldView {
    /// Its name.
    pub label: String,
    /// The change.
    pub parts: Vec<Part>,
    /// A text, not a short value.
    pub is_written: bool,
    /// One line in the place of a long text until it is opened; nothing when it is shown at once.
    pub fold: String,
    /// Its own history; nothing beside other fields, whose unit has one.
    pub href: Option<String>,
    /// Brings back its text.
    pub button: Option<Button>,
}

/// One save of an entry.
#[derive(Debug)]
pub struct StepView {
    /// "14 h 32".
    pub hour: String,
    /// For `<time>`.
    pub iso: String,
    /// What changed.
    pub fields: Vec<FieldView>,
}

/// An entry.
#[derive(Debug)]
pub struct EntryView {
    /// Id.
    pub id: i64,
    /// Day, in full: entries are grouped by it.
    pub day: String,
    /// "14 h 32".
    pub hour: String,
    /// For `<time>`.
    pub iso: String,
    /// Who.
    pub by: String,
    /// "a modifié".
    pub verb: &'static str,
    /// Where.
    pub spot: Spot,
    /// Address of the place.
    pub href: Option<String>,
    /// A text that gave way.
    pub is_aside: bool,
    /// What changed.
    pub fields: Vec<FieldView>,
    /// Nothing is different in the end.
    pub is_level: bool,
    /// "12 enregistrements, de 14 h 02 à 14 h 31".
    pub saves: String,
    /// Shows or hides them.
    pub fold: Option<String>,
    /// Each save, once asked.
    pub steps: Vec<StepView>,
    /// Brings back the whole unit.
    pub whole: Option<Button>,
    /// History of the whole unit.
    pub past: Option<String>,
    /// Version of the unit today, for the buttons; nothing when none may act.
    pub version: Option<i32>,
    /// Operation of the buttons.
    pub operation: Uuid,
}

/// Draws entries.
#[derive(Debug)]
pub struct Drawer<'a> {
    /// Shows values, with the rows they point at.
    pub pen: &'a Pen<'a>,
    /// What was asked.
    pub filter: &'a Filter,
    /// Address of the dossier.
    pub base: &'a str,
    /// Who reads: a button is offered for what they may write.
    pub reader: &'a Dossier,
}

impl Drawer<'_> {
    fn can_restore(&self, unit: &Unit) -> bool {
        self.reader.may_write(part_of(&unit.kind)).is_ok()
    }

    /// One entry; `steps` when it is unfolded.
    pub fn entry(&self, entry: &Entry, steps: &[Step]) -> EntryView {
        let spot = spot(self.pen, &entry.kind, entry.today.as_ref());
        let blank = Unit::blank(&entry.kind, entry.row, None);
        let before = entry.before.as_ref().map_or(&blank, |version| &version.unit);
        let after = entry.after.as_ref().map(|version| &version.unit);
        let when = format!("{}, {}", moment::date(entry.ended_at), moment::hour(entry.ended_at));
        let sources = Sources { before: entry.before.as_ref().map(|version| version.id), after: entry.after.as_ref().map(|version| version.id), when: &when };
        let mut fields = after.map(|after| self.fields((before, after), entry, &sources)).unwrap_or_default();
        // Several fields at once: their unit has one button, unless its own history is read.
        if self.filter.unit.is_none() && fields.len() > 1 {
            for field in &mut fields {
                (field.href, field.button) = (None, None);
            }
        }
        let is_unfolded = self.filter.unfolded == Some(entry.id);
        let own_key = self.filter.before.map(|(at, id)| super::filter::key_of(at, id)).unwrap_or_default();
        let fold = (entry.saves > 1).then(|| {
            let id = entry.id.to_string();
            let more = [("avant", own_key.as_str()), ("deplie", if is_unfolded { "" } else { &id })];
            format!("{}#e-{id}", self.filter.address(&format!("{}/historique", self.base), &more))
        });
        let whole = self.whole(entry, &spot, &sources, fields.len());
        let has_button = whole.is_some() || fields.iter().any(|field| field.button.is_some());
        EntryView {
            id: entry.id,
            day: moment::date(entry.ended_at),
            hour: moment::hour(entry.ended_at),
            iso: moment::iso(entry.ended_at),
            by: self.by(entry),
            verb: verb(&entry.act),
            href: self.href(entry, &spot),
            spot: match &entry.file {
                Some(file) => Spot { label: format!("«\u{a0}{file}\u{a0}» ({})", spot.label), ..spot },
                None => spot,
            },
            past: (self.filter.unit.is_none() && entry.last_is_version() && fields.len() != 1).then(|| self.past(&entry.kind, entry.row, None)),
            is_aside: entry.act == "set_aside",
            is_level: entry.act == "saved" && fields.is_empty(),
            saves: saves(entry),
            fold,
            steps: steps.iter().filter(|_| is_unfolded).map(|step| self.step(step, entry)).collect(),
            version: entry.today.as_ref().map(|(unit, _)| unit.version).filter(|_| has_button || is_unfolded),
            operation: Uuid::new_v4(),
            fields,
            whole,
        }
    }

    /// Who did it: a partner who answered by the link, not who had sent it.
    fn by(&self, entry: &Entry) -> String {
        if !matches!(entry.act.as_str(), "engagement_signed" | "engagement_withdrawn") {
            return entry.by.clone();
        }
        let unit = entry.after.as_ref().map(|version| &version.unit);
        let organisation = unit.map(|unit| self.pen.name(unit)).unwrap_or_default();
        match unit.map(|unit| unit.text("signatory")).unwrap_or_default() {
            "" if organisation.is_empty() => "Un partenaire".to_owned(),
            "" => organisation,
            signatory => format!("{signatory} ({organisation})"),
        }
    }

    fn href(&self, entry: &Entry, spot: &Spot) -> Option<String> {
        if entry.file.is_some() {
            return Some(format!("{}/pieces/{}", self.base, entry.row));
        }
        spot.path.as_ref().map(|path| format!("{}{path}", self.base))
    }

    fn step(&self, step: &Step, entry: &Entry) -> StepView {
        let when = format!("{}, {}", moment::date(step.at), moment::hour(step.at));
        let sources = Sources { before: None, after: Some(step.after.id), when: &when };
        StepView { hour: moment::hour(step.at), iso: moment::iso(step.at), fields: self.fields((&step.before, &step.after.unit), entry, &sources) }
    }

    /// Fields that differ, in the order of the page; those that the trame no longer asks come last, by their key.
    fn fields(&self, (before, after): (&Unit, &Unit), entry: &Entry, sources: &Sources<'_>) -> Vec<FieldView> {
        let asked = places::fields(&entry.kind);
        let known = asked.iter().map(|(field, item)| (field.key, places::label((field, item)), Some(*field)));
        let keys = before.fields.keys().chain(before.raw.keys()).chain(after.fields.keys()).chain(after.raw.keys());
        let mut others: Vec<&str> = keys.map(String::as_str).filter(|key| asked.iter().all(|(field, _)| field.key != *key)).collect();
        others.sort_unstable();
        others.dedup();
        let loose = others.into_iter().map(|key| (key, key.to_owned(), None));
        known
            .chain(loose)
            .filter(|(key, ..)| self.filter.field.as_deref().is_none_or(|field| field == *key))
            .filter(|(key, ..)| Slot::of(before, key) != Slot::of(after, key))
            .map(|(key, label, field)| {
                let parts = match field {
                    Some(field) => self.pen.changed(field, before, after),
                    None => shortened(compare(Slot::of(before, key).text(), Slot::of(after, key).text()), AROUND),
                };
                FieldView {
                    is_written: field.is_none_or(|field| matches!(field.kind, Kind::Text)),
                    fold: if self.filter.field.is_some() { String::new() } else { fold(&parts) },
                    href: self.filter.field.is_none().then(|| self.past(&entry.kind, entry.row, Some(key))),
                    button: self.button(entry, key, (after, &label), sources),
                    label,
                    parts,
                }
            })
            .collect()
    }

    fn past(&self, kind: &str, row: Uuid, key: Option<&str>) -> String {
        Filter::default().address(&format!("{}/historique", self.base), &[("champ", &name(kind, row, key))])
    }

    /// A field that is otherwise today may become again what it was after the entry; else, what it was before.
    fn button(&self, entry: &Entry, key: &str, (after, label): (&Unit, &str), sources: &Sources<'_>) -> Option<Button> {
        let (today, is_deleted) = entry.today.as_ref()?;
        if !self.can_restore(today) || *is_deleted {
            return None;
        }
        let about = format!("{label}, {}", sources.when);
        if Slot::of(after, key) != Slot::of(today, key) {
            let label = if entry.act == "set_aside" { "Rétablir ce texte" } else { "Rétablir cette version" };
            return Some(Button { source: format!("{}:{key}", sources.after?), label: label.to_owned(), about });
        }
        if entry.act == "set_aside" {
            return None;
        }
        Some(Button { source: format!("{}:{key}", sources.before?), label: "Revenir à la version d’avant".to_owned(), about })
    }

    /// The whole unit comes back when it was removed, or when several of its fields are otherwise today; when the entry
    /// is the last of it, what was before comes back.
    fn whole(&self, entry: &Entry, spot: &Spot, sources: &Sources<'_>, changed: usize) -> Option<Button> {
        let ((today, is_deleted), after) = (entry.today.as_ref()?, entry.after.as_ref()?);
        if !self.can_restore(today) || (self.filter.field.is_some() && !is_deleted) {
            return None;
        }
        let keys: BTreeSet<&String> = [today, &after.unit].into_iter().flat_map(|unit| unit.fields.keys().chain(unit.raw.keys())).collect();
        let differing = keys.into_iter().filter(|key| Slot::of(today, key) != Slot::of(&after.unit, key)).count();
        let is_aside = entry.act == "set_aside";
        let (source, label) = match (*is_deleted, is_aside) {
            (true, false) => (after.id, "Rétablir cette ligne".to_owned()),
            (true, true) => (after.id, "Rétablir cette ligne, avec ce texte".to_owned()),
            (false, false) if differing > 1 || (changed != 1 && differing > 0) => (after.id, format!("Rétablir {} à cette date", spot.whole)),
            (false, false) if differing == 0 && changed > 1 => (sources.before?, "Revenir à la version d’avant".to_owned()),
            _ => return None,
        };
        Some(Button { source: source.to_string(), label, about: format!("{}, {}", spot.label, sources.when) })
    }
}

/// Characters of a text shown at once in the history of several fields.
const LONG: usize = 420;

/// A long change in one line: how many words came and went, and how it begins.
fn fold(parts: &[Part]) -> String {
    let total: usize = parts.iter().map(|part| part.text().chars().count()).sum();
    if total <= LONG {
        return String::new();
    }
    let words = |wanted: fn(&Part) -> bool| parts.iter().filter(|part| wanted(part)).map(|part| words::count(part.text())).sum::<usize>();
    let (added, removed) = (words(|part| matches!(part, Part::Inserted(_))), words(|part| matches!(part, Part::Removed(_))));
    let said = |n: usize, ending: (&str, &str)| (n > 0).then(|| format!("{} {}", count(n, "mot", "mots"), if n > 1 { ending.1 } else { ending.0 }));
    let counts: Vec<String> = [said(added, ("ajouté", "ajoutés")), said(removed, ("retiré", "retirés"))].into_iter().flatten().collect();
    let start = parts.iter().find(|part| matches!(part, Part::Inserted(_))).or(parts.first()).map_or("", Part::text);
    format!("{}\u{a0}: «\u{a0}{}\u{a0}»", counts.join(", "), words::excerpt(start, 110))
}

struct Sources<'a> {
    before: Option<i64>,
    after: Option<i64>,
    when: &'a str,
}

fn saves(entry: &Entry) -> String {
    if entry.saves < 2 {
        return String::new();
    }
    let number = count(u64::from(entry.saves.unsigned_abs()), "enregistrement", "enregistrements");
    let (first, last) = (moment::hour(entry.started_at), moment::hour(entry.ended_at));
    if first == last { format!("{number} à {last}") } else { format!("{number}, de {first} à {last}") }
}

fn verb(act: &str) -> &'static str {
    match act {
        "saved" => "a modifié",
        "added" => "a ajouté",
        "carded" => "a noté en atelier",
        "removed" => "a retiré",
        "restored" => "a rétabli",
        "set_aside" => "a mis de côté un texte, dans",
        "attached" => "a joint la pièce",
        "attachment_removed" => "a retiré la pièce",
        "attachment_restored" => "a rétabli la pièce",
        "imported" => "a importé",
        "copied" => "a copié",
        "engagement_signed" => "a signé par son lien personnel,",
        "engagement_withdrawn" => "a retiré sa signature par son lien personnel,",
        "engagement_recorded" => "a enregistré une signature sur papier,",
        "engagement_cancelled" => "a annulé une signature sur papier,",
        _ => "a changé",
    }
}
