//! What is said above a form: questions, messages, what came back.

use std::collections::HashMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::draw::News;
use super::saving::Page;
use crate::access::Dossier;
use crate::engagement;
use crate::error::AppError;
use crate::framework::standing::rows_of;
use crate::instruction::correction::notice::Notice;
use crate::kit::french::count;
use crate::kit::moment;
use crate::leads;

/// Something to say above the form.
#[derive(Debug)]
pub struct Alert {
    /// Class after `alert`.
    pub class: &'static str,
    /// Heading.
    pub heading: String,
    /// Sentence.
    pub sentence: String,
    /// Links to the fields.
    pub links: Vec<(String, String)>,
    /// Takes the focus at load.
    pub is_focused: bool,
}

/// Questions to answer, each as a link.
pub(super) fn conflict_alert(page: &Page, news: &News<'_>) -> Option<Alert> {
    let fields = news.conflicts.iter().map(|conflict| (anchor(&conflict.name), label_of(page, &conflict.name)));
    let rows = news.disputes.iter().map(|dispute| {
        let name = format!("{}.{}", dispute.mine.kind, dispute.mine.row);
        (anchor(&name), rows_of(&dispute.mine.kind).map_or_else(String::new, |rows| rows.title.to_owned()))
    });
    let links: Vec<(String, String)> = fields.chain(rows).collect();
    let what = match (news.conflicts.is_empty(), news.disputes.is_empty()) {
        (false, true) => "le même champ",
        (true, false) => "la même ligne",
        _ => "les mêmes champs et les mêmes lignes",
    };
    (!links.is_empty()).then(|| Alert {
        class: "warn",
        heading: format!("Une autre personne a modifié {what}"),
        sentence: "Le reste est enregistré. Choisissez ce qui doit rester\u{a0}:".to_owned(),
        links,
        is_focused: true,
    })
}

/// What colleagues changed meanwhile, each as a link.
pub(super) fn touched_alert(page: &Page, news: &News<'_>) -> Option<Alert> {
    let links: Vec<_> = news.touched.iter().map(|touched| (anchor(&touched.name), label_of(page, &touched.name))).collect();
    (!links.is_empty()).then(|| Alert {
        class: "ok",
        heading: "Enregistré, avec ce qu’une autre personne a changé en même temps que vous".to_owned(),
        sentence: "Rien n’est perdu. Ses changements sont marqués sous chaque champ\u{a0}:".to_owned(),
        links,
        is_focused: news.conflicts.is_empty() && news.disputes.is_empty(),
    })
}

fn anchor(name: &str) -> String {
    format!("#{}", name.replace('.', "-"))
}

/// A field as a link names it: its own label, or the question that it answers alone.
pub(super) fn label_of(page: &Page, name: &str) -> String {
    let Some((kind, key)) = name.split_once('.').map(|(kind, rest)| (kind, rest.rsplit('.').next().unwrap_or(rest))) else {
        let found = page.items.iter().find_map(|item| item.fields.iter().find(|field| field.key == name).map(|field| (item, field)));
        return found.map_or_else(String::new, |(item, field)| if field.label.is_empty() { item.title } else { field.label }.to_owned());
    };
    rows_of(kind).map_or_else(String::new, |rows| format!("{}, {}", rows.title, rows.field(key).map_or("", |field| field.label)))
}

/// Values that cannot be read, each as a link.
pub(super) fn error_alert(errors: &[(String, String)], is_focused: bool) -> Option<Alert> {
    let heading =
        if errors.len() == 1 { "Une valeur n’a pas pu être lue".to_owned() } else { format!("{} valeurs n’ont pas pu être lues", errors.len()) };
    let links = errors.iter().map(|(id, message)| (format!("#{id}"), crate::kit::words::excerpt(message, 80))).collect();
    (!errors.is_empty()).then(|| Alert { class: "bad", heading, sentence: "Le reste est enregistré.".to_owned(), links, is_focused })
}

/// A text that waited for its author.
pub fn suspended_alert() -> Alert {
    Alert {
        class: "warn",
        heading: "Votre texte est revenu".to_owned(),
        sentence: "La session avait expiré pendant l’envoi. Relisez, puis enregistrez.".to_owned(),
        links: Vec::new(),
        is_focused: true,
    }
}

/// An attachment just removed.
pub(super) fn removed_piece_alert(dossier: &Dossier, asked: &HashMap<String, String>) -> Option<Alert> {
    let id = Uuid::try_parse(asked.get("piece")?).ok()?;
    Some(Alert {
        class: "",
        heading: "Pièce retirée".to_owned(),
        sentence: "Elle reste téléchargeable ici le temps de vérifier\u{a0}:".to_owned(),
        links: vec![(dossier.url(&format!("/pieces/{id}")), "ouvrir la pièce retirée".to_owned())],
        is_focused: true,
    })
}

/// A request for correction about this page.
pub(super) fn correction_alert(notice: &Notice) -> Alert {
    let label = if notice.is_open() { "lire la demande, puis dire que c’est corrigé" } else { "lire la demande" };
    Alert {
        class: "warn",
        heading: notice.heading.clone(),
        sentence: notice.sentence.clone(),
        links: vec![(notice.href.clone(), label.to_owned())],
        is_focused: false,
    }
}

/// The draft is no longer what the administration reads.
pub(super) fn undeposited_alert(dossier: &Dossier) -> Option<Alert> {
    (dossier.is_team() && dossier.has_undeposited_changes() && dossier.may_edit().is_ok()).then(|| Alert {
        class: "warn",
        heading: "Modifications non déposées".to_owned(),
        sentence: "L’administration lit toujours le dernier dépôt.".to_owned(),
        links: vec![(dossier.url("/depot"), "Déposer de nouveau".to_owned())],
        is_focused: false,
    })
}

/// The lead that a synergy comes from.
pub(super) async fn origin(conn: &mut PgConnection, dossier: &Dossier, synergy: Uuid) -> Result<Option<Alert>, AppError> {
    let found = leads::decision::origin(conn, dossier.project(), synergy).await?;
    Ok(found.map(|(key, author, at)| Alert {
        class: "",
        heading: "Issue d’une piste du moteur".to_owned(),
        sentence: format!(
            "Promue par {author}, {}. L’intérêt, les freins, les leviers et la faisabilité restent à écrire ci-dessous.",
            moment::near(at, dossier.now())
        ),
        links: vec![(dossier.url(&format!("/pistes/{key}")), "Ouvrir la piste et ses preuves".to_owned())],
        is_focused: false,
    }))
}

/// Where the single document stands, and the way to its page.
pub async fn engagement(conn: &mut PgConnection, dossier: &Dossier) -> Result<Option<Alert>, AppError> {
    let (version, signatures) = engagement::store::tally(conn, dossier.project()).await?;
    let (sentence, label) = match version {
        None if !dossier.is_team() => return Ok(None),
        None => (
            "Aucune version publiée. Écrivez les objectifs et les principes, puis faites-les signer par un lien personnel, sans compte\u{a0}:".to_owned(),
            "préparer le document et ses signataires",
        ),
        Some(number) => (format!("Version {number} publiée, {}\u{a0}:", count(signatures, "signature", "signatures")), "ouvrir le document et ses signataires"),
    };
    let links = vec![(dossier.url("/engagement"), label.to_owned())];
    Ok(Some(Alert { class: "", heading: "Document unique d’engagement".to_owned(), sentence, links, is_focused: false }))
}
