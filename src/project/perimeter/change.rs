//! Changes of the perimeter: what a form asks, applied in one transaction by the one mechanism, undone as one act.

use std::collections::{BTreeSet, HashSet};

use sha2::{Digest, Sha256};
use sqlx::PgConnection;
use uuid::Uuid;

use super::store::{self, Done};
use crate::access::ProjectEditor;
use crate::error::AppError;
use crate::framework::belonging::part_of;
use crate::framework::content::{Content, Unit, Value};
use crate::framework::standing::{needed_for, rows_of};
use crate::input::Input;
use crate::kit::french::count;
use crate::kit::territory;
use crate::kit::territory::epci::members;
use crate::project::saving;
use crate::project::units::{self, Act, Change};

/// Kind of the perimeter's rows.
pub const KIND: &str = "perimeter_commune";
/// Kind of the authorities' rows.
pub const AUTHORITY: &str = "territory";
/// Most authorities added at once: an EPCI of each commune would still be fewer.
const MOST_AUTHORITIES: usize = 60;

/// What a form asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Communes to add and to take out.
    Communes {
        /// Codes to add.
        add: Vec<String>,
        /// Codes to take out.
        remove: Vec<String>,
    },
    /// An operation to undo.
    Undo(Uuid),
    /// Authorities to add to the table of question 4.
    Authorities(Vec<String>),
}

impl Wish {
    /// Reads the button pressed.
    ///
    /// # Errors
    /// A French sentence when it names no commune nor EPCI.
    pub fn read(input: &Input) -> Result<Self, AppError> {
        if input.has("annuler") {
            let operation = Uuid::try_parse(input.get("annuler")).map_err(|_| AppError::BadRequest("L’opération à annuler n’est pas lisible."))?;
            return Ok(Self::Undo(operation));
        }
        if input.has("collectivites") {
            let names = input.all("collectivite").filter(|name| !name.is_empty() && name.chars().count() <= 120 && !name.contains(char::is_control));
            return Ok(Self::Authorities(names.take(MOST_AUTHORITIES).map(ToOwned::to_owned).collect()));
        }
        // Boxes ticked before another button is pressed count too: nothing chosen is lost.
        let (mut add, mut remove) = Self::boxes(input);
        let asked = [places(input, "ajouter")?, places(input, "retirer")?];
        if asked.iter().all(Vec::is_empty) && !input.has("cases") {
            return Err(AppError::BadRequest("Le formulaire ne dit pas quelle commune ajouter ou retirer. Rechargez la page et recommencez."));
        }
        let [more, less] = asked;
        add.retain(|code| !less.contains(code));
        remove.retain(|code| !more.contains(code));
        add.extend(more);
        remove.extend(less);
        Ok(Self::Communes { add, remove })
    }

    /// The list of boxes: only what was changed since the page was drawn is asked. Codes to add, codes to take out.
    fn boxes(input: &Input) -> (Vec<String>, Vec<String>) {
        let ticked: BTreeSet<&str> = input.all("commune").collect();
        let before: BTreeSet<&str> = input.get("vues").split(' ').map(|seen| seen.split('.').next().unwrap_or(seen)).collect();
        let shown: BTreeSet<&str> = input.get("montrees").split(' ').filter(|code| territory::commune(code).is_some()).collect();
        let add = shown.iter().filter(|code| ticked.contains(*code) && !before.contains(*code));
        let remove = shown.iter().filter(|code| !ticked.contains(*code) && before.contains(*code));
        (add.map(|code| (*code).to_owned()).collect(), remove.map(|code| (*code).to_owned()).collect())
    }

    /// The operation of this wish: the form's own, told apart by what is asked, so that a page come back to by the
    /// browser's button may ask something else.
    pub fn operation(&self, form: Uuid) -> Uuid {
        let digest = Sha256::new().chain_update(form.as_bytes()).chain_update(format!("{self:?}")).finalize();
        let mut bytes = [0_u8; 16];
        bytes.copy_from_slice(&digest[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }
}

/// Communes named by a button: one code, or every member of an EPCI.
fn places(input: &Input, button: &str) -> Result<Vec<String>, AppError> {
    let mut codes = Vec::new();
    for value in input.all(button).filter(|value| !value.is_empty()) {
        if territory::commune(value).is_some() {
            codes.push(value.to_owned());
            continue;
        }
        let joined = members(value);
        if joined.is_empty() {
            return Err(AppError::Unprocessable(
                "Cette commune ou cet EPCI n’est pas dans les tables de l’INSEE. Cherchez son nom ou son code, puis ajoutez.".to_owned(),
            ));
        }
        codes.extend(joined.into_iter().map(|commune| commune.code.to_owned()));
    }
    Ok(codes)
}

/// What a change did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Operation to name in the next page.
    pub operation: Option<Uuid>,
    /// Communes left in place: somebody changed their row since the page was drawn.
    pub kept: Vec<String>,
    /// Content after the change.
    pub content: Content,
}

/// Applies a wish in the transaction of `conn`.
///
/// # Errors
/// When the bound is past under the lock, or when the table would be full.
pub async fn apply(conn: &mut PgConnection, editor: &ProjectEditor, wish: &Wish, input: &Input) -> Result<Outcome, AppError> {
    let operation = wish.operation(input.operation()?);
    input.version()?;
    let mut locked = units::lock(conn, editor.project(), operation).await?;
    let mut kinds = needed_for(&[KIND, AUTHORITY]);
    kinds.extend([KIND, AUTHORITY, "stakeholder"]);
    let content = units::load(conn, editor.project(), &kinds).await?;
    if locked.done.is_some() {
        return Ok(Outcome { operation: Some(operation), kept: Vec::new(), content });
    }
    let writer = locked.writer(editor, part_of(KIND))?;
    let mut work = Work { content, changes: Vec::new(), seen: seen(input), kept: Vec::new() };
    match wish {
        Wish::Communes { add, remove } => {
            work.remove(|unit| remove.iter().any(|code| code == unit.text("commune")));
            work.add(add)?;
        }
        Wish::Undo(undone) => work.undo(conn, editor, *undone).await?,
        Wish::Authorities(names) => work.name(names)?,
    }
    let Work { content, changes, kept, .. } = work;
    if changes.is_empty() {
        return Ok(Outcome { operation: None, kept, content });
    }
    let done = done(&changes);
    let (act, subject) = told(&changes, &done);
    saving::refresh(&mut locked, &content, &[KIND, AUTHORITY]);
    let location = editor.url("/perimetre");
    let act = Act { by: &writer, operation, location: &location, act, subject: &subject };
    units::write(conn, &locked, &act, &changes).await?;
    store::keep_act(conn, editor.project(), operation, &done, editor.now()).await?;
    Ok(Outcome { operation: Some(operation), kept, content })
}

/// Rows as the page showed them: code and version.
fn seen(input: &Input) -> HashSet<String> {
    input.get("vues").split(' ').map(ToOwned::to_owned).collect()
}

/// The rows of a page, for its form: "16102.3 16167.1".
pub fn shown(content: &Content) -> String {
    let rows: Vec<String> = content.rows(KIND).filter(|row| row.has("commune")).map(|row| format!("{}.{}", row.text("commune"), row.version)).collect();
    rows.join(" ")
}

fn done(changes: &[Change]) -> Done {
    let rows = |is_deleted: bool| changes.iter().filter(|change| change.is_deleted == is_deleted).map(|change| change.unit.row).collect();
    Done { added: rows(false), removed: rows(true) }
}

/// Act and subject for the journal.
fn told(changes: &[Change], done: &Done) -> (&'static str, String) {
    if changes.iter().all(|change| change.unit.kind == AUTHORITY) {
        return (if done.added.is_empty() { "removed" } else { "added" }, AUTHORITY.to_owned());
    }
    ("perimeter_changed", format!("{} {}", done.added.len(), done.removed.len()))
}

struct Work {
    content: Content,
    changes: Vec<Change>,
    seen: HashSet<String>,
    kept: Vec<String>,
}

impl Work {
    fn put(&mut self, unit: Unit) {
        self.content.put(unit.clone());
        self.changes.push(Change { unit, is_deleted: false, is_set_aside: false });
    }

    /// Takes rows out, but those that somebody changed since the page was drawn.
    fn remove(&mut self, is_wanted: impl Fn(&Unit) -> bool) {
        let wanted: Vec<Unit> = self.content.rows(KIND).filter(|unit| is_wanted(unit)).cloned().collect();
        for mut unit in wanted {
            let code = unit.text("commune").to_owned();
            if !self.seen.contains(&format!("{code}.{}", unit.version)) {
                self.kept.push(code);
                continue;
            }
            unit.version += 1;
            self.content.remove(KIND, unit.row);
            self.changes.push(Change { unit, is_deleted: true, is_set_aside: false });
        }
    }

    fn add(&mut self, codes: &[String]) -> Result<(), AppError> {
        let held: HashSet<String> = self.content.rows(KIND).map(|row| row.text("commune").to_owned()).collect();
        let mut new: Vec<&String> = codes.iter().filter(|code| !held.contains(*code)).collect();
        new.sort();
        new.dedup();
        self.room(KIND, new.len())?;
        for code in new {
            self.append(KIND, "commune", code);
        }
        Ok(())
    }

    fn name(&mut self, names: &[String]) -> Result<(), AppError> {
        let proposed: BTreeSet<String> = super::authorities::proposed(&self.content).into_iter().collect();
        let new: Vec<&String> = names.iter().filter(|name| proposed.contains(*name)).collect();
        self.room(AUTHORITY, new.len())?;
        for name in new {
            self.append(AUTHORITY, "authority", name);
        }
        Ok(())
    }

    /// Refuses what would overfill a table.
    fn room(&self, kind: &str, more: usize) -> Result<(), AppError> {
        let most = rows_of(kind).map_or(0, |rows| usize::from(rows.most));
        let held = self.content.rows(kind).count();
        if more == 0 || held + more <= most {
            return Ok(());
        }
        Err(AppError::Unprocessable(format!(
            "Ce tableau accepte {} au plus\u{a0}: il en compte {held}, et il faudrait en ajouter {more}. Rien n’a été changé.",
            count(most, "ligne", "lignes")
        )))
    }

    fn append(&mut self, kind: &str, field: &str, value: &str) {
        let last = self.content.rows(kind).map(|row| row.position).max().unwrap_or(0);
        let mut unit = Unit::blank(kind, Uuid::now_v7(), None);
        (unit.version, unit.position) = (1, last + 1);
        unit.fields.insert(field.to_owned(), Value::Text(value.to_owned()));
        self.put(unit);
    }

    /// Takes out what an operation added, brings back what it took out.
    async fn undo(&mut self, conn: &mut PgConnection, editor: &ProjectEditor, operation: Uuid) -> Result<(), AppError> {
        let done = store::act(conn, editor.project(), operation).await?.ok_or(AppError::NotFound)?;
        let added: HashSet<Uuid> = done.added.iter().copied().collect();
        self.remove(|unit| added.contains(&unit.row));
        for kind in [KIND, AUTHORITY] {
            self.bring_back(conn, editor, kind, &done.removed).await?;
        }
        // Authorities have no page to be seen on meanwhile: one that was filled since stays.
        let names: Vec<Unit> = self.content.rows(AUTHORITY).filter(|unit| added.contains(&unit.row) && unit.version == 1).cloned().collect();
        for mut unit in names {
            unit.version += 1;
            self.content.remove(AUTHORITY, unit.row);
            self.changes.push(Change { unit, is_deleted: true, is_set_aside: false });
        }
        Ok(())
    }

    async fn bring_back(&mut self, conn: &mut PgConnection, editor: &ProjectEditor, kind: &str, rows: &[Uuid]) -> Result<(), AppError> {
        let held: BTreeSet<String> = self.content.rows(kind).map(|row| row.text("commune").to_owned()).collect();
        let back = units::removed_rows(conn, editor.project(), kind, rows).await?;
        let back: Vec<Unit> = back.into_iter().filter(|unit| kind != KIND || !held.contains(unit.text("commune"))).collect();
        self.room(kind, back.len())?;
        for mut unit in back {
            unit.version += 1;
            self.put(unit);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(pairs: &[(&str, &str)]) -> Input {
        Input::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    fn communes(add: &[&str], remove: &[&str]) -> Wish {
        let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
        Wish::Communes { add: owned(add), remove: owned(remove) }
    }

    #[test]
    fn a_button_names_a_commune_or_every_member_of_an_epci() {
        assert_eq!(Wish::read(&input(&[("ajouter", "16102")])).ok(), Some(communes(&["16102"], &[])));
        let Ok(Wish::Communes { add, remove }) = Wish::read(&input(&[("retirer", "200070514")])) else { panic!("communes") };
        assert!(add.is_empty() && remove.len() == members("200070514").len());
        for pairs in [&[][..], &[("ajouter", "")], &[("ajouter", "99999")], &[("annuler", "x")]] {
            assert!(Wish::read(&input(pairs)).is_err(), "{pairs:?}");
        }
    }

    #[test]
    fn boxes_ask_only_what_was_changed_on_the_page() {
        let pairs = [("cases", "1"), ("montrees", "16102 16167 16089"), ("vues", "16102.1 16167.4 17300.1"), ("commune", "16102"), ("commune", "16089")];
        assert_eq!(Wish::read(&input(&pairs)).ok(), Some(communes(&["16089"], &["16167"])));
    }

    #[test]
    fn one_form_may_ask_two_things_and_each_only_once() {
        let form = Uuid::now_v7();
        let (one, other) = (communes(&["16102"], &[]), communes(&["16167"], &[]));
        assert_eq!(one.operation(form), one.operation(form));
        assert_ne!(one.operation(form), other.operation(form));
    }
}
