//! What each mail is: its name for the operator, the topic under which one chooses when it comes, whether it makes a notice.

/// What one chooses about, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Threads of the dossiers.
    Messages,
    /// Comments, rights and answers inside a team.
    Team,
    /// What the administration follows: corrections, opinions.
    Follow,
    /// Dossiers to review.
    Reviews,
    /// Trainings, meetings, next steps that have a day.
    Dates,
    /// Documents of the call, and the rest.
    Call,
}

impl Topic {
    /// In the order of the account's page.
    pub const ALL: [Self; 6] = [Self::Messages, Self::Team, Self::Follow, Self::Reviews, Self::Dates, Self::Call];

    /// As kept in the database and posted.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Messages => "messages",
            Self::Team => "team",
            Self::Follow => "follow",
            Self::Reviews => "reviews",
            Self::Dates => "dates",
            Self::Call => "call",
        }
    }

    /// What it covers, for who chooses.
    pub const fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Messages => ("Messages", "un nouveau message dans un échange que vous lisez, une question posée à l’appel ou sa réponse"),
            Self::Team => ("Équipe", "un commentaire qui vous nomme, vos droits dans un dossier, la réponse d’un partenaire"),
            Self::Follow => ("Instruction", "une correction rendue ou en retard, un avis extérieur donné"),
            Self::Reviews => ("Évaluation", "des dossiers à évaluer"),
            Self::Dates => ("Rendez-vous", "une formation, une séance du comité, une suite qui vous est confiée\u{a0}: confirmations, changements et rappels"),
            Self::Call => ("Appel", "un document publié, et ce qui n’est pas nommé ici"),
        }
    }
}

/// A kind of mail.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// As kept.
    pub key: &'static str,
    /// For the operator.
    pub label: &'static str,
    /// Under which one chooses; nothing when one must receive it.
    pub topic: Option<Topic>,
    /// It makes a notice: it leads to a page of the application, by no secret link.
    pub is_noticed: bool,
    /// Thread, or team, that one must still be of when it leaves.
    pub audience: Option<&'static str>,
}

const fn must(key: &'static str, label: &'static str, is_noticed: bool) -> Kind {
    Kind { key, label, topic: None, is_noticed, audience: None }
}

const fn may(key: &'static str, label: &'static str, topic: Topic) -> Kind {
    Kind { key, label, topic: Some(topic), is_noticed: true, audience: None }
}

const fn inside(kind: Kind) -> Kind {
    Kind { audience: Some("team"), ..kind }
}

const KINDS: [Kind; 46] = [
    must("invitation", "Invitation", false),
    must("password_reset", "Mot de passe oublié", false),
    must("password_changed", "Mot de passe changé", false),
    must("receipt", "Récépissé de dépôt", true),
    must("result", "Résultats de l’appel", true),
    must("owner", "Dossier ouvert", true),
    must("deadline", "Date limite modifiée", true),
    must("admissibility", "Recevabilité, examen ouvert", true),
    must("verdict", "Recevabilité, décision", true),
    must("correction", "Correction demandée", true),
    must("correction_reminder", "Correction, rappel", true),
    must("correction_kept", "Correction, dépôt complété", true),
    must("correction_closed", "Correction close", true),
    must("correction_delayed", "Correction, date limite changée", true),
    inside(must("handover", "Portage proposé", true)),
    must("engagement", "Document d’engagement à signer", false),
    must("engagement_reminder", "Document d’engagement, rappel", false),
    must("engagement_copy", "Document d’engagement, exemplaire", false),
    must("opinion", "Avis extérieur demandé", false),
    must("opinion_reminder", "Avis extérieur, rappel", false),
    must("tender", "Consultation de prestataires", false),
    must("digest", "Résumé", false),
    must("bounce", "Courriel refusé", true),
    may("message", "Message d’un échange", Topic::Messages),
    may("message_group", "Message groupé", Topic::Messages),
    inside(may("mention", "Mention dans un commentaire", Topic::Team)),
    may("rights_changed", "Droits modifiés", Topic::Team),
    inside(may("engagement_answer", "Document d’engagement, réponse", Topic::Team)),
    may("correction_answered", "Correction rendue", Topic::Follow),
    may("correction_lapsed", "Correction non rendue", Topic::Follow),
    may("correction_wished", "Correction proposée par un évaluateur", Topic::Follow),
    may("opinion_given", "Avis extérieur donné", Topic::Follow),
    may("grant", "Demande de subvention", Topic::Follow),
    may("lesson", "Fiche retour d’expérience", Topic::Follow),
    may("assigned", "Dossiers à évaluer", Topic::Reviews),
    may("correction_wish_ended", "Proposition de correction, suite", Topic::Reviews),
    may("document", "Document de l’appel", Topic::Call),
    may("training", "Formation", Topic::Dates),
    may("training_reminder", "Formation, rappel", Topic::Dates),
    may("meeting", "Séance du comité", Topic::Dates),
    may("meeting_reminder", "Séance du comité, rappel", Topic::Dates),
    may("task", "Suite d’une séance", Topic::Dates),
    may("task_reminder", "Suite d’une séance, rappel", Topic::Dates),
    may("question", "Question à l’appel", Topic::Messages),
    may("question_answer", "Réponse à une question", Topic::Messages),
    may("question_published", "Question publiée", Topic::Messages),
];

const OTHER: Kind = may("", "Autre", Topic::Call);

/// The kind of that key; one that is not named here may be chosen with what concerns the call.
pub fn of(key: &str) -> &'static Kind {
    KINDS.iter().find(|kind| kind.key == key).unwrap_or(&OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_must_receive_has_no_topic_and_secret_links_make_no_notice() {
        for key in ["password_reset", "invitation", "receipt", "result"] {
            assert_eq!(of(key).topic, None, "{key}");
        }
        for key in ["password_reset", "invitation", "engagement", "opinion"] {
            assert!(!of(key).is_noticed, "{key}");
        }
        assert_eq!((of("message").topic, of("unknown").topic), (Some(Topic::Messages), Some(Topic::Call)));
        assert!(KINDS.iter().enumerate().all(|(at, kind)| KINDS[..at].iter().all(|other| other.key != kind.key)));
    }
}
