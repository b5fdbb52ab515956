//! Contacts of the call and the addresses that receive deposits (R133 to R136).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::form::{FormView, Sheet, Spec};
use super::frame::{Asked, at};
use super::settings::{About, draw};
use super::store::rows::{self, Contact, Mailbox};
use super::store::{self, Act};
use crate::access::CallManager;
use crate::app::App;
use crate::error::AppError;
use crate::page::see;
use crate::suspended::{self, KeptForm};

const HERE: &str = "/appel/contacts";

const ABOUT: About = About {
    title: "Contacts et adresses de dépôt",
    lead: "À qui les porteurs écrivent, et où un dossier s’envoie autrement qu’en ligne.",
    here: HERE,
    anchor: "#contacts",
};

const RULES: [(&str, &str); 2] = [("reception", "la date de réception compte"), ("postmark", "le cachet de la poste compte")];

fn read(sheet: &mut Sheet<'_>, (mailbox, contacts): &(Mailbox, Vec<Contact>)) -> (Mailbox, Vec<Contact>) {
    sheet.group("Dépôt par courrier ou par courriel");
    let mailbox = Mailbox {
        version: mailbox.version,
        postal_address: sheet.read(Spec::new("postal_address", "Adresse postale (R133)").range(0, 300).optional(), &mailbox.postal_address),
        postal_rule: sheet.read(Spec::new("postal_rule", "Pour un envoi par courrier").radios(&RULES), &mailbox.postal_rule),
        deposit_email: sheet.read(Spec::new("deposit_email", "Adresse électronique (R134)").email().optional().personal(), &mailbox.deposit_email),
    };
    let mut read: Vec<Contact> = contacts.iter().map(|contact| card(sheet, contact, false)).collect();
    let is_blank = sheet.is_blank(&["body", "person", "address", "phone", "email"].map(|field| format!("{field}-0")));
    let added = card(sheet, &Contact::default(), is_blank);
    read.extend((!is_blank).then_some(added));
    (mailbox, read)
}

fn card(sheet: &mut Sheet<'_>, held: &Contact, is_blank: bool) -> Contact {
    let id = held.id;
    sheet.group(if id == 0 { "Ajouter un contact".to_owned() } else { format!("Contact {}", held.body) });
    let is_optional = is_blank || sheet.is_ticked(&format!("remove-{id}"));
    Contact {
        id,
        body: sheet.read(Spec::new(format!("body-{id}"), "Organisme").optional_if(is_optional), &held.body),
        person: sheet.read(Spec::new(format!("person-{id}"), "Personne").optional().personal(), &held.person),
        address: sheet.read(Spec::new(format!("address-{id}"), "Adresse postale").range(0, 300).optional().personal(), &held.address),
        phone: sheet.read(Spec::new(format!("phone-{id}"), "Téléphone").range(0, 40).optional().personal(), &held.phone),
        email: sheet.read(Spec::new(format!("email-{id}"), "Adresse électronique").email().optional().personal(), &held.email),
        is_removed: id != 0 && sheet.read(Spec::new(format!("remove-{id}"), "Retirer ce contact"), &false),
    }
}

fn form(manager: &CallManager, sheet: Sheet<'_>, version: i32) -> FormView {
    let intro = "Remplir la dernière fiche pour ajouter un contact\u{a0}; cocher «\u{a0}Retirer\u{a0}» pour en ôter un.";
    FormView::of(sheet, ("contacts", "Fiches", "Enregistrer les contacts"), at(&manager.call().slug, HERE), version).intro(intro)
}

/// The managers of a call see its contacts.
pub async fn show(State(app): State<App>, manager: CallManager, asked: Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let held = rows::contacts(&mut conn, manager.call().id).await?;
    let typed = suspended::typed(&mut conn, manager.account(), &asked.0).await?;
    let mut sheet = Sheet::kept(typed.as_ref());
    read(&mut sheet, &held);
    let seen = sheet.seen(held.0.version);
    draw(&app, &manager, ABOUT, vec![form(&manager, sheet, seen)], Vec::new(), (StatusCode::OK, &asked))
}

/// The managers of a call change its contacts and addresses, at any time.
pub async fn save(State(app): State<App>, asked: Asked, KeptForm(manager, input): KeptForm<CallManager>) -> Result<Response, AppError> {
    let (operation, seen) = (input.operation()?, input.version()?);
    let location = at(&manager.call().slug, &format!("{HERE}?fait=1"));
    let mut tx = app.db.begin().await?;
    let locked = store::lock(&mut tx, &manager, operation).await?;
    if let Some(done) = &locked.done {
        return Ok(see(done));
    }
    let held = rows::contacts(&mut tx, manager.call().id).await?;
    let mut sheet = Sheet::of(Some(&input));
    let (mailbox, contacts) = read(&mut sheet, &held);
    if let Some(status) = sheet.verdict(seen == locked.version) {
        let next = if status == StatusCode::CONFLICT { locked.version } else { seen };
        return draw(&app, &manager, ABOUT, vec![form(&manager, sheet, next)], Vec::new(), (status, &asked));
    }
    if !sheet.changes.is_empty() {
        rows::save_contacts(&mut tx, &manager, &mailbox, &contacts).await?;
        store::settle(&mut tx, &manager, &Act { operation, location: &location, act: "contacts_changed", subject: &sheet.notes() }).await?;
    }
    tx.commit().await?;
    Ok(see(&location))
}
