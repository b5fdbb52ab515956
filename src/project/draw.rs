//! What a page of the dossier shows, decided before the template: controls to fill in, or answers to read.

use uuid::Uuid;

use super::saving::{Conflict, Page};
use crate::framework::content::{Content, Unit, Value};
use crate::framework::reading::complaint;
use crate::framework::{Choice, Field, Item, Kind, Rows, rules};
use crate::kit::french::{count, decimal, euros};
use crate::kit::values::Cents;
use crate::kit::{moment, territory, words};

/// An item, ready for the template.
#[derive(Debug, Default)]
pub struct ItemView {
    /// Key.
    pub key: &'static str,
    /// Identifier in the page; the key itself goes to the control when one bears it, so that a link lands on it.
    pub anchor: String,
    /// Numeral.
    pub no: &'static str,
    /// Question, or name of the row.
    pub title: std::borrow::Cow<'static, str>,
    /// Control that the question labels, when there is only one.
    pub label_for: String,
    /// What is expected.
    pub expected: &'static str,
    /// What is not.
    pub not_expected: &'static str,
    /// Criteria that judge it: "Mobilisation des acteurs (G3)".
    pub judged: Vec<String>,
    /// Needs the whole width.
    pub is_full: bool,
    /// Not counted among the expected elements.
    pub is_extra: bool,
    /// Lines of the regulation.
    pub requirements: String,
    /// To fill in.
    pub controls: Vec<Control>,
    /// To read.
    pub answers: Vec<Answer>,
    /// Small tables.
    pub tables: Vec<TableView>,
    /// Rows with pages of their own.
    pub list: Option<ListView>,
    /// Slot of attachments; its files are put there by the page.
    pub slot: Option<SlotView>,
    /// Guide in words: identifier of the text, low, high.
    pub words: Option<(String, u16, u16)>,
    /// Words written.
    pub word_count: String,
    /// A fact computed from elsewhere in the dossier.
    pub aside: String,
    /// Where to go from there: address and words.
    pub links: Vec<(String, &'static str)>,
    /// One line in the place of the answers until they are opened; nothing when they are shown at once.
    pub fold: String,
}

impl ItemView {
    /// Does the margin say anything?
    pub fn has_note(&self) -> bool {
        !self.expected.is_empty() || !self.judged.is_empty() || !self.not_expected.is_empty()
    }

    /// Is any answer short: a choice, a figure, a line?
    pub fn has_facts(&self) -> bool {
        self.answers.iter().any(|answer| !answer.is_said)
    }

    /// Asked here, and nothing written.
    pub fn is_unanswered(&self) -> bool {
        !self.controls.is_empty() && self.answers.is_empty() && self.tables.iter().all(|table| table.rows.is_empty())
    }
}

/// How a control is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Long text.
    Text,
    /// One line.
    Line,
    /// Figures.
    Figure,
    /// Day.
    Day,
    /// List to choose one from.
    Select,
    /// Up to seven choices, one.
    Radios,
    /// Several choices.
    Checks,
    /// One box.
    Flag,
}

/// One choice of a control.
#[derive(Debug)]
pub struct OptionView {
    /// Kept.
    pub key: String,
    /// Shown.
    pub label: String,
    /// Chosen.
    pub is_on: bool,
}

/// One control.
#[derive(Debug)]
pub struct Control {
    /// Identifier in the page.
    pub id: String,
    /// Name in the form.
    pub name: String,
    /// Label; empty when the question itself is the label.
    pub label: String,
    /// Hint.
    pub hint: &'static str,
    /// Drawing.
    pub shape: Shape,
    /// As typed or as kept.
    pub value: String,
    /// Choices.
    pub options: Vec<OptionView>,
    /// What is wrong with it.
    pub error: String,
    /// Two versions to choose from.
    pub clash: Option<Clash>,
    /// Ids of what describes it.
    pub described_by: String,
    /// Not counted.
    pub is_optional: bool,
    /// Longest value.
    pub most: u16,
}

impl Control {
    /// Is the shape that one? (templates compare names)
    pub fn is(&self, name: &str) -> bool {
        matches!(
            (self.shape, name),
            (Shape::Text, "text")
                | (Shape::Line, "line")
                | (Shape::Figure, "figure")
                | (Shape::Day, "day")
                | (Shape::Select, "select")
                | (Shape::Radios, "radios")
                | (Shape::Checks, "checks")
                | (Shape::Flag, "flag")
        )
    }
}

/// Two versions of a field.
#[derive(Debug)]
pub struct Clash {
    /// As the visitor typed it.
    pub mine: String,
    /// As saved.
    pub theirs: String,
    /// Posted values of mine, to post again.
    pub again: Vec<String>,
    /// Who saved the other, and when.
    pub by: String,
    /// Both may be put end to end.
    pub is_text: bool,
}

/// An answer to read.
#[derive(Debug)]
pub struct Answer {
    /// Label; empty when the question says it.
    pub label: &'static str,
    /// Text, or a short value.
    pub text: String,
    /// Written by people, in serif.
    pub is_said: bool,
}

/// A small table.
#[derive(Debug)]
pub struct TableView {
    /// Kind of its rows.
    pub kind: &'static str,
    /// Caption.
    pub title: &'static str,
    /// Heads: label and whether they hold figures.
    pub columns: Vec<(&'static str, bool)>,
    /// Rows.
    pub rows: Vec<RowView>,
    /// Words of the button: "Ajouter une ligne".
    pub add: String,
    /// Sum or count, when it makes sense.
    pub total: String,
    /// The line just removed, to bring back.
    pub removed: Option<Uuid>,
}

impl TableView {
    /// Too many columns for a page: set smaller when read.
    pub fn is_dense(&self) -> bool {
        self.columns.len() > 7
    }

    /// Does a reader need that column? A dense table leaves out those that nobody filled.
    pub fn shows(&self, column: &usize) -> bool {
        !self.is_dense() || self.rows.iter().any(|row| row.values.get(*column).is_some_and(|value| !value.is_empty()))
    }

    /// Too long to be read at once.
    pub fn is_long(&self) -> bool {
        self.rows.len() > 12
    }
}

/// A row of a small table.
#[derive(Debug)]
pub struct RowView {
    /// Its number, from 1.
    pub no: usize,
    /// Id.
    pub row: Uuid,
    /// Version.
    pub version: i32,
    /// Controls.
    pub cells: Vec<Control>,
    /// Values to read.
    pub values: Vec<String>,
}

/// Rows that have pages of their own.
#[derive(Debug)]
pub struct ListView {
    /// Last part of the list's address.
    pub path: &'static str,
    /// Title.
    pub title: &'static str,
    /// Words of the button.
    pub add: String,
    /// "12 acteurs".
    pub count: String,
    /// First rows: name, address after `/dossiers/{id}`, detail.
    pub rows: Vec<(String, String, String)>,
    /// May another be added?
    pub is_full: bool,
    /// Most rows, said when full.
    pub most: u16,
}

/// A slot of attachments.
#[derive(Debug)]
pub struct SlotView {
    /// Key kept with the attachments, row included.
    pub key: String,
    /// Label.
    pub label: &'static str,
    /// Hint.
    pub hint: &'static str,
    /// Files.
    pub files: Vec<super::attachments::FileView>,
    /// Where a new file is posted.
    pub action: String,
}

/// Draws what a page shows of its items.
#[derive(Debug)]
pub struct Pen<'a> {
    /// Units of the page, with the rows its fields point at.
    pub content: &'a Content,
    /// Labels of the call's criteria by code.
    pub criteria: &'a [(String, String)],
    /// Conflicts of the save that was just refused.
    pub conflicts: &'a [Conflict],
    /// "Karim Benali, aujourd’hui à 14 h 31": who saved the version in place.
    pub by: &'a str,
    /// Values that cannot be read are shown with their message.
    pub shows_errors: bool,
    /// Line just removed: kind and id.
    pub removed: Option<(&'a str, Uuid)>,
}

impl Pen<'_> {
    /// Every item of a page.
    pub fn items(&self, page: &Page) -> Vec<ItemView> {
        let blank = Unit::blank(page.kind, page.row, None);
        let unit = self.content.row(page.kind, page.row).unwrap_or(&blank);
        page.items.iter().map(|item| self.item(page, unit, item)).collect()
    }

    fn item(&self, page: &Page, unit: &Unit, item: &'static Item) -> ItemView {
        let note = if item.expected.is_empty() { String::new() } else { format!("n-{}", item.key) };
        let controls: Vec<Control> = item.fields.iter().map(|field| self.control(field, unit, field.key.to_owned(), &note)).collect();
        let is_lone = controls.len() == 1 && item.fields[0].label.is_empty();
        let text = item.fields.iter().find(|field| matches!(field.kind, Kind::Text));
        let is_taken = controls.iter().any(|control| control.id == item.key);
        ItemView {
            key: item.key,
            anchor: if is_taken { format!("i-{}", item.key) } else { item.key.to_owned() },
            no: item.no,
            title: item.title.into(),
            label_for: if is_lone && !matches!(controls[0].shape, Shape::Radios | Shape::Checks) { controls[0].id.clone() } else { String::new() },
            expected: item.expected,
            not_expected: item.not_expected,
            judged: item.criteria.iter().filter_map(|code| self.criterion(code)).collect(),
            is_full: !item.tables.is_empty() || item.list.is_some(),
            is_extra: !item.is_element,
            requirements: item.requirements.join(", "),
            answers: item.fields.iter().filter_map(|field| self.answer(field, unit)).collect(),
            tables: item.tables.iter().map(|rows| self.table(page, rows)).collect(),
            list: item.list.map(|rows| self.list(rows, item.key)),
            slot: item.slot.as_ref().map(|slot| SlotView {
                key: slot_key(slot.key, page.row),
                label: slot.label,
                hint: slot.hint,
                files: Vec::new(),
                action: String::new(),
            }),
            words: item.words.and_then(|(low, high)| text.map(|field| (field.key.to_owned(), low, high))),
            word_count: text.map_or_else(String::new, |field| count(words::count(unit.text(field.key)), "mot", "mots")),
            aside: self.aside(page, unit, item),
            links: links(page, item.key),
            fold: String::new(),
            controls,
        }
    }

    fn criterion(&self, code: &str) -> Option<String> {
        self.criteria.iter().find(|(held, _)| held == code).map(|(code, label)| format!("{label} ({code})"))
    }

    /// A figure computed from what was typed elsewhere, beside the question it helps to answer.
    fn aside(&self, page: &Page, unit: &Unit, item: &Item) -> String {
        match (page.kind, item.key) {
            ("action", _) if item.tables.iter().any(|rows| rows.kind == "action_line") => {
                let (expenses, resources) = rules::balance(self.content, unit);
                let gap = Cents::new((expenses.get() - resources.get()).abs());
                let end = if gap.get() == 0 { "équilibré".to_owned() } else { format!("écart de {}", euros(gap)) };
                format!("Dépenses\u{a0}: {}, ressources\u{a0}: {}, {end}.", euros(expenses), euros(resources))
            }
            ("organisation.perimetre", key) => super::perimeter::figures::beside(self.content, key),
            _ => String::new(),
        }
    }

    fn control(&self, field: &'static Field, unit: &Unit, name: String, note: &str) -> Control {
        let id = name.replace('.', "-");
        let raw = unit.raw.get(field.key);
        let error = raw.filter(|_| self.shows_errors).and_then(|raw| complaint(field, raw, self.content)).unwrap_or_default();
        let clash = self.conflicts.iter().find(|conflict| conflict.name == name).map(|conflict| self.clash(field, unit, conflict));
        let mut described = Vec::new();
        if !note.is_empty() {
            described.push(note.to_owned());
        }
        if !field.hint.is_empty() {
            described.push(format!("{id}-h"));
        }
        if !error.is_empty() {
            described.push(format!("{id}-e"));
        }
        Control {
            label: field.label.to_owned(),
            hint: field.hint,
            shape: shape(field.kind),
            value: raw.cloned().unwrap_or_else(|| typed_value(field.kind, unit, field.key)),
            options: self.options(field, unit),
            error,
            clash,
            described_by: described.join(" "),
            is_optional: field.is_optional,
            most: if let Kind::Line(most) = field.kind { most } else { 0 },
            id,
            name,
        }
    }

    fn clash(&self, field: &'static Field, unit: &Unit, conflict: &Conflict) -> Clash {
        let mut mine = unit.clone();
        let typed: Vec<&str> = conflict.mine.iter().map(String::as_str).collect();
        mine.fields.remove(field.key);
        mine.raw.remove(field.key);
        match crate::framework::reading::read(field, &typed, self.content) {
            crate::framework::reading::Reading::Value(value) => drop(mine.fields.insert(field.key.to_owned(), value)),
            crate::framework::reading::Reading::Unreadable(_) => {
                drop(mine.raw.insert(field.key.to_owned(), typed.last().copied().unwrap_or_default().to_owned()));
            }
            crate::framework::reading::Reading::Empty => {}
        }
        Clash {
            mine: self.shown(field, &mine),
            theirs: self.shown(field, unit),
            again: conflict.mine.clone(),
            by: self.by.to_owned(),
            is_text: matches!(field.kind, Kind::Text),
        }
    }

    fn options(&self, field: &'static Field, unit: &Unit) -> Vec<OptionView> {
        let fixed = |choices: &'static [Choice]| {
            choices
                .iter()
                .map(|choice| OptionView { key: choice.key.to_owned(), label: choice.label.to_owned(), is_on: holds(unit, field.key, choice.key) })
                .collect()
        };
        match field.kind {
            Kind::Choice(choices) | Kind::Choices(choices) => fixed(choices),
            Kind::Row(kind) | Kind::RowsOf(kind) => self
                .content
                .rows(kind)
                .map(|row| OptionView { key: row.row.to_string(), label: row_name(row), is_on: holds(unit, field.key, &row.row.to_string()) })
                .collect(),
            Kind::Months => MONTHS
                .iter()
                .enumerate()
                .map(|(index, label)| {
                    let key = (index + 1).to_string();
                    OptionView { is_on: holds(unit, field.key, &key), key, label: (*label).to_owned() }
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    fn answer(&self, field: &'static Field, unit: &Unit) -> Option<Answer> {
        let text = self.shown(field, unit);
        if text.is_empty() {
            return None;
        }
        let is_said = matches!(field.kind, Kind::Text);
        Some(Answer { label: field.label, text, is_said })
    }

    /// A field as people read it.
    pub fn shown(&self, field: &Field, unit: &Unit) -> String {
        if let Some(raw) = unit.raw.get(field.key) {
            return raw.clone();
        }
        let label_of = |choices: &'static [Choice], key: &str| choices.iter().find(|choice| choice.key == key).map_or("", |choice| choice.label);
        match (field.kind, unit.fields.get(field.key)) {
            (_, None) => String::new(),
            (Kind::Money, Some(Value::Whole(cents))) => euros(Cents::new(*cents)),
            (_, Some(Value::Whole(number))) => crate::kit::french::thousands(*number),
            (_, Some(Value::Flag(_))) => "oui".to_owned(),
            (Kind::Choice(choices), Some(Value::Text(key))) => label_of(choices, key).to_owned(),
            (Kind::Choices(choices), Some(Value::Many(keys))) => keys.iter().map(|key| label_of(choices, key)).collect::<Vec<_>>().join("\u{202f}; "),
            (Kind::Months, Some(Value::Many(months))) => months_text(months),
            (Kind::RowsOf(kind), Some(Value::Many(rows))) => rows.iter().filter_map(|row| self.name_of(kind, row)).collect::<Vec<_>>().join("\u{202f}; "),
            (Kind::Row(kind), Some(Value::Text(row))) => self.name_of(kind, row).unwrap_or_default(),
            (Kind::Commune, Some(Value::Text(code))) => territory::label(code),
            (Kind::Day, Some(Value::Text(day))) => moment::read_date(day).map_or_else(|_| day.clone(), moment::day),
            (Kind::Decimal(..), Some(Value::Text(number))) => decimal(number, 3),
            (_, Some(Value::Text(text))) => text.clone(),
            (_, Some(Value::Many(many))) => many.join(", "),
        }
    }

    fn name_of(&self, kind: &str, row: &str) -> Option<String> {
        self.content.row(kind, Uuid::try_parse(row).ok()?).map(row_name)
    }

    /// A small table with its rows.
    fn table(&self, page: &Page, rows: &'static Rows) -> TableView {
        let units: Vec<&Unit> = self.content.children(rows.kind, page.parent()).collect();
        let mut views = Vec::with_capacity(units.len());
        for (index, unit) in units.iter().enumerate() {
            let cells = rows
                .fields()
                .map(|field| {
                    let mut cell = self.control(field, unit, format!("{}.{}.{}", rows.kind, unit.row, field.key), "");
                    cell.label = format!("{}, ligne {}", field.label, index + 1);
                    if cell.shape == Shape::Radios {
                        cell.shape = Shape::Select;
                    }
                    cell
                })
                .collect();
            let values = rows.fields().map(|field| self.shown(field, unit)).collect();
            views.push(RowView { no: index + 1, row: unit.row, version: unit.version, cells, values });
        }
        TableView {
            kind: rows.kind,
            title: rows.title,
            columns: rows.fields().map(|field| (field.label, is_figure(field.kind))).collect(),
            rows: views,
            add: format!("Ajouter {}", rows.one),
            total: total(rows, &units),
            removed: self.removed.filter(|(kind, _)| *kind == rows.kind).map(|(_, row)| row),
        }
    }

    fn list(&self, rows: &'static Rows, item: &str) -> ListView {
        let path = rows.path.unwrap_or_default();
        let is_shown = |unit: &&Unit| match item {
            "generators" => unit.flag("is_major"),
            "core" => unit.flag("is_key_actor"),
            "map" => ["role", "skill", "working_mode"].iter().any(|key| unit.has(key)),
            "pooling" | "substitution" => unit.text("kind") == item,
            _ => true,
        };
        let shown: Vec<&Unit> = self.content.rows(rows.kind).filter(is_shown).collect();
        let total = self.content.rows(rows.kind).count();
        let noun = rows.one.split_once(' ').map_or(rows.one, |(_, noun)| noun);
        ListView {
            path,
            title: rows.title,
            add: format!("Ajouter {}", rows.one),
            count: if shown.len() == total {
                count(total, noun, rows.many)
            } else {
                format!("{} sur {} dans le dossier", count(shown.len(), noun, rows.many), total)
            },
            rows: shown.iter().map(|unit| (self.name(unit), format!("/{path}/{}", unit.row), self.detail(rows, unit))).collect(),
            is_full: total >= usize::from(rows.most),
            most: rows.most,
        }
    }

    /// Name of a row: a commitment bears its stakeholder's.
    pub fn name(&self, unit: &Unit) -> String {
        let holder = unit.row_of("stakeholder").and_then(|row| self.content.row("stakeholder", row));
        holder.map_or_else(|| row_name(unit), row_name)
    }

    /// One line about a row, in lists.
    pub fn detail(&self, rows: &Rows, unit: &Unit) -> String {
        let keys: &[&str] = match rows.kind {
            "stakeholder" => &["kind", "commune", "role"],
            "flow" => &["actor", "direction", "domain", "quantity", "unit"],
            "synergy" => &["kind", "status", "emitter", "receiver"],
            "action" => &["theme", "progress"],
            "commitment" => &["kind", "signatory", "signed_on"],
            _ => &[],
        };
        let shown: Vec<String> = keys.iter().filter_map(|key| rows.field(key)).map(|field| self.shown(field, unit)).filter(|text| !text.is_empty()).collect();
        shown.join(" · ")
    }
}

/// Pages that help to answer a question; none where the dossier is only read.
fn links(page: &Page, question: &str) -> Vec<(String, &'static str)> {
    let Some((dossier, _)) = page.url.split_once("/organisation") else { return Vec::new() };
    let (path, words) = match question {
        "q1" => ("/perimetre", "Choisir les communes par EPCI ou sur la carte"),
        "q2" => ("/acteurs?vue=carte", "Voir les acteurs sur la carte"),
        "q3" => ("/perimetre#chiffres", "Tous les chiffres du périmètre"),
        "q4" => ("/perimetre#collectivites", "Ajouter les collectivités du périmètre"),
        _ => return Vec::new(),
    };
    vec![(format!("{dossier}{path}"), words)]
}

/// The page's values as its form would post them.
pub fn posted(page: &Page, content: &Content) -> Vec<(String, String)> {
    let blank = Unit::blank(page.kind, page.row, None);
    let unit = content.row(page.kind, page.row).unwrap_or(&blank);
    let mut pairs = Vec::new();
    for field in page.fields() {
        put(&mut pairs, field, unit, field.key.to_owned());
    }
    for rows in page.tables() {
        for unit in content.children(rows.kind, page.parent()) {
            pairs.push((format!("{}.id", rows.kind), unit.row.to_string()));
            for field in rows.fields() {
                put(&mut pairs, field, unit, format!("{}.{}.{}", rows.kind, unit.row, field.key));
            }
        }
    }
    pairs
}

fn put(pairs: &mut Vec<(String, String)>, field: &Field, unit: &Unit, name: String) {
    if matches!(shape(field.kind), Shape::Radios | Shape::Checks | Shape::Flag) {
        pairs.push((name.clone(), String::new()));
    }
    match (unit.raw.get(field.key), unit.fields.get(field.key)) {
        (Some(raw), _) => pairs.push((name, raw.clone())),
        (None, Some(Value::Many(many))) => pairs.extend(many.iter().map(|value| (name.clone(), value.clone()))),
        (None, _) => pairs.push((name, typed_value(field.kind, unit, field.key))),
    }
}

/// Name of a row in lists and choices.
pub fn row_name(unit: &Unit) -> String {
    for key in ["name", "label", "title", "signatory"] {
        if !unit.text(key).is_empty() {
            return unit.text(key).to_owned();
        }
    }
    "(sans nom)".to_owned()
}

/// Key of a slot, the row's id after it on a row's page.
pub fn slot_key(key: &str, row: Uuid) -> String {
    if row.is_nil() { key.to_owned() } else { format!("{key}:{row}") }
}

fn holds(unit: &Unit, key: &str, value: &str) -> bool {
    unit.text(key) == value || unit.many(key).iter().any(|held| held == value)
}

fn shape(kind: Kind) -> Shape {
    match kind {
        Kind::Text => Shape::Text,
        Kind::Line(_) | Kind::Commune | Kind::Naf | Kind::Siret | Kind::WasteCode => Shape::Line,
        Kind::Whole(_) | Kind::Decimal(..) | Kind::Money => Shape::Figure,
        Kind::Day => Shape::Day,
        Kind::Choice(choices) if choices.len() <= 7 => Shape::Radios,
        Kind::Choice(_) | Kind::Row(_) => Shape::Select,
        Kind::Choices(_) | Kind::RowsOf(_) | Kind::Months => Shape::Checks,
        Kind::Flag => Shape::Flag,
    }
}

fn is_figure(kind: Kind) -> bool {
    matches!(kind, Kind::Whole(_) | Kind::Decimal(..) | Kind::Money)
}

fn typed_value(kind: Kind, unit: &Unit, key: &str) -> String {
    match (kind, unit.fields.get(key)) {
        (Kind::Money, Some(Value::Whole(cents))) => Cents::new(*cents).input(),
        (_, Some(Value::Whole(number))) => number.to_string(),
        (Kind::Decimal(..), Some(Value::Text(number))) => number.replace('.', ","),
        (Kind::Commune, Some(Value::Text(code))) => territory::label(code),
        (_, Some(Value::Text(text))) => text.clone(),
        (_, Some(Value::Flag(true))) => "oui".to_owned(),
        _ => String::new(),
    }
}

fn total(rows: &Rows, units: &[&Unit]) -> String {
    match rows.kind {
        "staff" => {
            let sum = |only: Option<&str>| -> i64 {
                let rows = units.iter().filter(|unit| only.is_none_or(|status| unit.text("status") == status));
                rows.filter_map(|unit| crate::kit::values::Decimal::read(unit.text("fte"), 2, 1000, "0,3").ok())
                    .map(|number| i64::try_from(number.scaled(2)).unwrap_or(0))
                    .sum()
            };
            let figure = |hundredths: i64| decimal(format!("{}.{:02}", hundredths / 100, hundredths % 100), 2);
            format!("Total lisible\u{a0}: {} ETP, dont {} acquis", figure(sum(None)), figure(sum(Some("acquired"))))
        }
        "budget_line" | "action_line" => {
            let sum =
                |side: &str| units.iter().filter(|unit| unit.text("side") == side).filter_map(|unit| unit.whole("amount")).fold(0_i64, i64::saturating_add);
            format!("Dépenses\u{a0}: {}, ressources\u{a0}: {}", euros(Cents::new(sum("expense"))), euros(Cents::new(sum("resource"))))
        }
        _ => String::new(),
    }
}

const MONTHS: [&str; 12] = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];

fn months_text(months: &[String]) -> String {
    let names: Vec<&str> = months.iter().filter_map(|month| MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)).copied().collect();
    if names.len() == 12 { "toute l’année".to_owned() } else { names.join(", ") }
}
