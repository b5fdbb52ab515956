//! The two forms of the page of people: an invitation, the seats.

use super::{Held, ROLES};
use crate::access::CallManager;
use crate::account::{CallRole, Target};
use crate::call::form::{FormView, Sheet, Spec};
use crate::call::store::rows::Seat;
use crate::input::Input;
use crate::kit::ids::SeatId;
use crate::kit::values::Email;

fn invitation(sheet: &mut Sheet<'_>, seats: &[Seat]) -> (String, String, String) {
    let role = sheet.read(Spec::new("role", "Rôle").radios(&ROLES), &"reviewer".to_owned());
    let options = std::iter::once((String::new(), "sans siège".to_owned())).chain(seats.iter().map(|seat| (seat.id.to_string(), seat.label.clone()))).collect();
    let seat = sheet.read(Spec::new("seat", "Siège").hint("Pour un membre du comité.").among(options), &String::new());
    let email = sheet.read(
        Spec::new("email", "Adresse électronique").hint("Une invitation part à cette adresse\u{a0}; elle vaut aussi pour un compte existant.").email(),
        &String::new(),
    );
    (role, seat, email)
}

pub(super) fn seat_rows(sheet: &mut Sheet<'_>, held: &[Seat]) -> Vec<Seat> {
    let mut seats: Vec<Seat> = held.iter().map(|seat| seat_row(sheet, seat, false)).collect();
    let is_blank = sheet.is_blank(&["label-0", "body-0"].map(str::to_owned));
    let added = seat_row(sheet, &Seat::default(), is_blank);
    seats.extend((!is_blank).then_some(added));
    seats
}

fn seat_row(sheet: &mut Sheet<'_>, held: &Seat, is_blank: bool) -> Seat {
    let id = held.id;
    sheet.group(if id == 0 { "Ajouter un siège".to_owned() } else { held.label.clone() });
    let is_optional = is_blank || sheet.is_ticked(&format!("remove-{id}"));
    Seat {
        id,
        label: sheet.read(Spec::new(format!("label-{id}"), "Intitulé du siège").optional_if(is_optional), &held.label),
        body: sheet
            .read(Spec::new(format!("body-{id}"), "Organisme").hint("Le même texte pour tous les sièges d’un organisme.").optional_if(is_optional), &held.body),
        is_chair: sheet.read(Spec::new(format!("chair-{id}"), "Co-anime le comité (R127)"), &held.is_chair),
        is_held: held.is_held,
        is_removed: id != 0 && !held.is_held && sheet.read(Spec::new(format!("remove-{id}"), "Retirer ce siège"), &false),
    }
}

/// A form of the page that a visitor fills in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Invitation,
    Seats,
}

pub(super) fn forms(held: &Held, action: &str, mut posted: Option<(Part, Sheet<'_>, i32)>) -> Vec<FormView> {
    [Part::Invitation, Part::Seats]
        .into_iter()
        .map(|part| {
            let (sheet, seen) = posted.take_if(|(held, ..)| *held == part).map_or_else(|| (filled(part, held), held.version), |(_, sheet, seen)| (sheet, seen));
            let (title, intro) = match part {
                Part::Invitation => (("inviter", "Inviter une personne", "Inviter"), ""),
                Part::Seats => {
                    (("sieges", "Sièges du comité technique", "Enregistrer les sièges"), "Un siège occupé, ou proposé dans une invitation, ne se retire pas.")
                }
            };
            FormView::of(sheet, title, action.to_owned(), seen).intro(intro).main_if(part == Part::Invitation)
        })
        .collect()
}

/// The form that waited for its author to sign in again, as it was typed.
pub(super) fn kept<'a>(input: Option<&'a Input>, held: &Held) -> Option<(Part, Sheet<'a>, i32)> {
    let part = match input?.get("act") {
        "inviter" => Part::Invitation,
        "sieges" => Part::Seats,
        _ => return None,
    };
    let mut sheet = Sheet::kept(input);
    draw_in(part, &mut sheet, held);
    let seen = sheet.seen(held.version);
    Some((part, sheet, seen))
}

fn filled<'a>(part: Part, held: &Held) -> Sheet<'a> {
    let mut sheet = Sheet::of(None);
    draw_in(part, &mut sheet, held);
    sheet
}

fn draw_in(part: Part, sheet: &mut Sheet<'_>, held: &Held) {
    match part {
        Part::Invitation => drop(invitation(sheet, &held.seats)),
        Part::Seats => drop(seat_rows(sheet, &held.seats)),
    }
}

/// Who is invited to what; none when the form has to come back.
pub(super) fn target(sheet: &mut Sheet<'_>, manager: &CallManager, held: &Held) -> Option<(Target, Email)> {
    let (role, seat, email) = invitation(sheet, &held.seats);
    let seat = seat.parse::<SeatId>().ok();
    if role != "committee" && seat.is_some() {
        sheet.refuse("seat", "Un siège va à un membre du comité\u{a0}: choisir ce rôle, ou «\u{a0}sans siège\u{a0}».");
    }
    if held.roles.iter().any(|person| person.role == role && person.email == email) {
        sheet.refuse("email", "Cette personne tient déjà ce rôle.");
    }
    let email = Email::read(&email).ok().filter(|_| !sheet.has_errors())?;
    Some((Target::Call { call: manager.call().id, role: CallRole::parse(&role)?, seat }, email))
}
