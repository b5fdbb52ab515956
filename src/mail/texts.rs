//! The words of the mails: plain French, what happened, what to do, and why one receives it.

use time::OffsetDateTime;

use crate::app::App;
use crate::kit::{moment, words};

/// A subject and a body, signed, with the reason why it came.
pub(super) fn mail(app: &App, subject: &str, paragraphs: &[String], reason: &str) -> (String, String) {
    let mut body = String::from("Bonjour,\n\n");
    for paragraph in paragraphs.iter().filter(|paragraph| !paragraph.is_empty()) {
        body.push_str(paragraph);
        body.push_str("\n\n");
    }
    body.push_str("Trame\n");
    body.push_str(&app.config.base_url);
    body.push_str("\n\n--\n");
    body.push_str(reason);
    body.push_str(" Ce courriel est envoyé par la plateforme\u{a0}: une réponse à cette adresse n’est lue par personne.\n");
    // A subject is one line, whatever a title holds; and nothing that people wrote turns the writing direction of a mail.
    (words::visible(subject.replace(char::is_control, " ")), words::visible(body))
}

/// What an invitation says.
#[derive(Debug, Clone, Copy)]
pub struct Invitation<'a> {
    /// Name of who invites.
    pub by: Option<&'a str>,
    /// What one becomes.
    pub part: &'a str,
    /// Dossier or call.
    pub place: &'a str,
    /// Path of the link.
    pub path: &'a str,
    /// End of its life.
    pub expires_at: OffsetDateTime,
}

/// An invitation to a dossier's team or to a call.
pub fn invitation(app: &App, said: &Invitation<'_>) -> (String, String) {
    let who = said.by.map_or_else(|| "Vous êtes invité".to_owned(), |name| format!("{name} vous invite"));
    let paragraphs = [
        format!("{who} à devenir {}\u{a0}:\n{}", said.part, said.place),
        format!("Pour accepter, ouvrez ce lien personnel\u{a0}:\n{}", app.link(said.path)),
        format!(
            "Il est valable jusqu’au {}. Si vous n’avez pas encore de compte, vous choisissez un mot de passe à cette occasion.",
            moment::date(said.expires_at)
        ),
        "Si cette invitation ne vous concerne pas, ignorez-la\u{a0}: sans réponse, elle expire d’elle-même.".to_owned(),
    ];
    mail(
        app,
        &format!("Invitation\u{a0}: {}", said.place),
        &paragraphs,
        "Vous recevez ce courriel parce que votre adresse a été indiquée pour cette invitation.",
    )
}

/// A link to choose another password.
pub fn password_reset(app: &App, path: &str, expires_at: OffsetDateTime) -> (String, String) {
    let paragraphs = [
        "Quelqu’un a demandé un nouveau mot de passe pour le compte de cette adresse.".to_owned(),
        format!("Pour le choisir, ouvrez ce lien\u{a0}:\n{}", app.link(path)),
        format!("Il ne sert qu’une fois, et jusqu’au {} à {}, heure de Paris.", moment::date(expires_at), moment::hour(expires_at)),
        "Si ce n’est pas vous, ignorez ce courriel\u{a0}: rien ne change sans ce lien.".to_owned(),
    ];
    mail(app, "Choisir un nouveau mot de passe", &paragraphs, "Vous recevez ce courriel parce que cette adresse est celle d’un compte.")
}

/// The password of an account changed.
pub fn password_changed(app: &App, at: OffsetDateTime) -> (String, String) {
    let paragraphs = [
        format!(
            "Le mot de passe de votre compte a été changé le {} à {}, heure de Paris. Les autres sessions ouvertes ont été fermées.",
            moment::date(at),
            moment::hour(at)
        ),
        format!("Si ce n’est pas vous, demandez tout de suite un nouveau mot de passe\u{a0}:\n{}", app.link("/mot-de-passe")),
    ];
    mail(app, "Votre mot de passe a changé", &paragraphs, "Vous recevez ce courriel parce que cette adresse est celle du compte.")
}

/// What a receipt says.
#[derive(Debug, Clone, Copy)]
pub struct Receipt<'a> {
    /// Dossier.
    pub title: &'a str,
    /// "2015-04-2".
    pub reference: &'a str,
    /// Instant of receipt.
    pub received_at: OffsetDateTime,
    /// SHA-256 of the frozen content.
    pub digest: &'a str,
    /// Service in charge.
    pub service: &'a str,
    /// Path of the receipt.
    pub path: &'a str,
    /// Path of the receipt as a PDF.
    pub pdf: &'a str,
}

/// Acknowledgment of a deposit.
pub fn receipt(app: &App, said: &Receipt<'_>) -> (String, String) {
    let paragraphs = [
        format!("Le dossier «\u{a0}{}\u{a0}» est déposé.", said.title),
        format!(
            "Numéro de dépôt\u{a0}: {}\nReçu le\u{a0}: {}\nService chargé de l’instruction\u{a0}: {}\nEmpreinte (SHA-256)\u{a0}: {}",
            said.reference,
            moment::full(said.received_at),
            said.service,
            said.digest
        ),
        "La suite\u{a0}: jusqu’à la date limite, le dossier peut être modifié puis déposé de nouveau\u{a0}; le dernier dépôt compte seul. Les pièces sont \
         ensuite examinées, puis le dossier est évalué et présenté au comité technique."
            .to_owned(),
        format!("Récépissé à lire\u{a0}:\n{}\nÀ garder (PDF)\u{a0}:\n{}", app.link(said.path), app.link(said.pdf)),
    ];
    let reason = "Vous recevez ce courriel parce que vous pouvez déposer ce dossier, ou que vous l’avez déposé.";
    mail(app, &format!("Récépissé du dépôt n°\u{a0}{}", said.reference), &paragraphs, reason)
}

/// What the notice of a document says.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Call.
    pub call: &'a str,
    /// Title of the document.
    pub title: &'a str,
    /// Its version.
    pub version: i32,
    /// What changes.
    pub notice: &'a str,
    /// Path of the page that lists it.
    pub path: &'a str,
}

/// A document of the call was published, or published again.
pub fn call_document(app: &App, said: &Document<'_>) -> (String, String) {
    let what = if said.version > 1 { format!("est mis à jour (version {})", said.version) } else { "est publié".to_owned() };
    let paragraphs = [
        format!("Appel «\u{a0}{}\u{a0}»\u{a0}: le document «\u{a0}{}\u{a0}» {what}.", said.call, said.title),
        said.notice.to_owned(),
        format!("Documents de l’appel\u{a0}:\n{}", app.link(said.path)),
    ];
    let reason = "Vous recevez ce courriel parce que vous êtes de l’équipe d’un dossier de cet appel.";
    mail(app, &format!("Document de l’appel\u{a0}: {}", said.title), &paragraphs, reason)
}

/// What the notice of an assignment says.
#[derive(Debug, Clone, Copy)]
pub struct Assignment<'a> {
    /// Call.
    pub call: &'a str,
    /// Titles of the dossiers to review.
    pub titles: &'a [String],
    /// Day by which the reviews are expected.
    pub due_at: Option<OffsetDateTime>,
    /// Path of the reviewer's list.
    pub path: &'a str,
}

/// Dossiers are to be reviewed.
pub fn review_assigned(app: &App, said: &Assignment<'_>) -> (String, String) {
    let (subject, intro) = if said.titles.len() > 1 {
        ("Des dossiers à évaluer", "Ces dossiers vous sont confiés pour évaluation")
    } else {
        ("Un dossier à évaluer", "Ce dossier vous est confié pour évaluation")
    };
    let list: Vec<String> = said.titles.iter().map(|title| format!("- {title}")).collect();
    let paragraphs = [
        format!("Appel «\u{a0}{}\u{a0}». {intro}\u{a0}:\n{}", said.call, list.join("\n")),
        said.due_at.map(|at| format!("Évaluations attendues avant le {}.", moment::full(at))).unwrap_or_default(),
        format!("Vos évaluations\u{a0}:\n{}", app.link(said.path)),
        "Si un lien avec un dossier vous empêche de l’évaluer, déclarez un déport depuis sa page.".to_owned(),
    ];
    mail(app, &format!("{subject}, {}", said.call), &paragraphs, "Vous recevez ce courriel parce que vous êtes évaluateur de cet appel.")
}

/// What the notice of a new bound says.
#[derive(Debug, Clone, Copy)]
pub struct Deadline<'a> {
    /// Call, or dossier when the extension is its own.
    pub of: &'a str,
    /// The new bound, exclusive.
    pub bound: OffsetDateTime,
    /// Why.
    pub reason: &'a str,
    /// Path of the page to go to.
    pub path: &'a str,
}

/// The bound of deposit moved, for a call or for one dossier.
pub fn deadline_changed(app: &App, said: &Deadline<'_>) -> (String, String) {
    let paragraphs = [
        format!("La date limite de dépôt a changé pour «\u{a0}{}\u{a0}».", said.of),
        if said.bound <= app.now() {
            format!("Le dépôt est clos depuis le {}.", moment::full(said.bound))
        } else {
            format!("Dépôt possible jusqu’au {}.", moment::until(said.bound))
        },
        if said.reason.is_empty() { String::new() } else { format!("Motif\u{a0}: {}", said.reason) },
        format!("Pour y aller\u{a0}:\n{}", app.link(said.path)),
    ];
    let reason = "Vous recevez ce courriel parce que vous êtes de l’équipe d’un dossier concerné.";
    mail(app, &format!("Date limite de dépôt modifiée\u{a0}: {}", said.of), &paragraphs, reason)
}

/// The result of a dossier, as its letter says it; the subject is the same for all.
pub fn result(app: &App, subject: &str, letter: &str, path: &str, is_correction: bool) -> (String, String) {
    let paragraphs = [
        if is_correction { "Cette lettre remplace la précédente.".to_owned() } else { String::new() },
        letter.to_owned(),
        format!("Le résultat et la suite\u{a0}:\n{}", app.link(path)),
    ];
    let subject = if is_correction { format!("{subject} (lettre corrigée)") } else { subject.to_owned() };
    mail(app, &subject, &paragraphs, "Vous recevez ce courriel parce que vous répondez d’un dossier de cet appel.")
}

/// Somebody's rights in a dossier changed.
pub fn rights_changed(app: &App, title: &str, path: &str) -> (String, String) {
    let paragraphs = [
        format!("Vos droits ont changé dans le dossier «\u{a0}{title}\u{a0}»."),
        format!("La page Équipe dit, livrable par livrable, ce que vous lisez, commentez et écrivez\u{a0}:\n{}", app.link(path)),
    ];
    mail(app, &format!("Vos droits ont changé\u{a0}: {title}"), &paragraphs, "Vous recevez ce courriel parce que vous êtes de l’équipe de ce dossier.")
}

/// Somebody is no longer of a dossier's team.
pub fn team_left(app: &App, title: &str) -> (String, String) {
    let paragraphs = [
        format!("Vous n’êtes plus de l’équipe du dossier «\u{a0}{title}\u{a0}»."),
        "Ce que vous y avez écrit reste dans le dossier. Pour toute question, écrivez à son porteur.".to_owned(),
    ];
    mail(app, &format!("Équipe quittée\u{a0}: {title}"), &paragraphs, "Vous recevez ce courriel parce que vous étiez de l’équipe de ce dossier.")
}

/// What a proposal of ownership says.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The owner who proposes.
    pub by: &'a str,
    /// Dossier.
    pub title: &'a str,
    /// Path of the page where one answers.
    pub path: &'a str,
    /// Its last day.
    pub until: &'a str,
}

/// Ownership is proposed to somebody of the team.
pub fn handover_proposed(app: &App, said: &Handover<'_>) -> (String, String) {
    let paragraphs = [
        format!("{} vous propose de devenir porteur du dossier «\u{a0}{}\u{a0}».", said.by, said.title),
        "Le porteur répond du dossier, gère l’équipe et dépose.".to_owned(),
        format!("Pour accepter ou décliner, jusqu’au {} inclus\u{a0}:\n{}", said.until, app.link(said.path)),
        "Sans réponse, rien ne change.".to_owned(),
    ];
    mail(app, &format!("Portage proposé\u{a0}: {}", said.title), &paragraphs, "Vous recevez ce courriel parce que vous êtes de l’équipe de ce dossier.")
}

/// A proposal of ownership was answered.
pub fn handover_answered(app: &App, name: &str, title: &str, accepts: bool) -> (String, String) {
    let what = if accepts { "accepte de devenir porteur" } else { "décline le portage" };
    let paragraphs = [format!("{name} {what} du dossier «\u{a0}{title}\u{a0}».")];
    let subject = if accepts { "Portage accepté" } else { "Portage décliné" };
    mail(app, &format!("{subject}\u{a0}: {title}"), &paragraphs, "Vous recevez ce courriel parce que vous avez proposé le portage de ce dossier.")
}

/// Somebody is mentioned in a comment: a link, never the text.
pub fn mentioned(app: &App, by: &str, title: &str, path: &str) -> (String, String) {
    let paragraphs =
        [format!("{by} vous mentionne dans un commentaire du dossier «\u{a0}{title}\u{a0}»."), format!("Pour le lire et répondre\u{a0}:\n{}", app.link(path))];
    mail(app, &format!("Un commentaire vous mentionne\u{a0}: {title}"), &paragraphs, "Vous recevez ce courriel parce que vous êtes de l’équipe de ce dossier.")
}
