//! Letters of the results: a text with blanks, filled in for each dossier.

use super::store::Decided;
use crate::kit::french::NBSP;
use crate::kit::moment;

/// Blanks that a letter may hold.
pub const BLANKS: [&str; 5] = ["[dossier]", "[porteur]", "[date]", "[délibération]", "[réserves]"];

/// The letter to the retained that a preparation starts from.
pub const RETAINED: &str = "La commission permanente du conseil régional a retenu votre dossier «\u{a0}[dossier]\u{a0}», porté par [porteur], par sa délibération [délibération] du [date].\n\n[réserves]\n\nVous êtes lauréat de la première phase. La seconde phase s’ouvre depuis votre dossier.";

/// The letter to the others that a preparation starts from.
pub const REJECTED: &str = "La commission permanente du conseil régional n’a pas retenu votre dossier «\u{a0}[dossier]\u{a0}», porté par [porteur], par sa délibération [délibération] du [date].\n\n[réserves]\n\nLes services de la Région et de l’ADEME restent à votre disposition pour vous en dire les raisons.";

/// A word between brackets that is no blank of ours: a letter that holds one is not ready.
pub fn unknown_blank(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        let end = rest[start..].find(']').map(|end| start + end + 1)?;
        if !BLANKS.contains(&&rest[start..end]) {
            return Some(&rest[start..end]);
        }
        rest = &rest[end..];
    }
    None
}

/// The letter of a dossier. What people wrote is put in once: a title that looks like a blank stays as it is.
pub fn fill(text: &str, decided: &Decided) -> String {
    let reserves =
        if decided.reserves.is_empty() { String::new() } else { format!("Le comité technique a formulé ces réserves{NBSP}: {}", decided.reserves) };
    let mut out = String::with_capacity(text.len() + 200);
    let mut rest = text;
    while let Some(start) = rest.find('[') {
        out.push_str(&rest[..start]);
        let Some(blank) = BLANKS.iter().find(|blank| rest[start..].starts_with(**blank)) else {
            out.push('[');
            rest = &rest[start + 1..];
            continue;
        };
        out.push_str(&match *blank {
            "[dossier]" => decided.title.clone(),
            "[porteur]" => decided.label.clone(),
            "[date]" => moment::day(decided.held_on),
            "[délibération]" => decided.reference.clone(),
            _ => reserves.clone(),
        });
        rest = &rest[start + blank.len()..];
    }
    out.push_str(rest);
    // A blank left empty leaves no hole.
    while out.contains("\n\n\n") {
        out = out.replace("\n\n\n", "\n\n");
    }
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    fn decided(title: &str, reserves: &str) -> Decided {
        Decided {
            project: 1,
            result: "retained".into(),
            title: title.into(),
            label: "Syndicat, Jarnac (16)".into(),
            held_on: date!(2016 - 02 - 12),
            reference: "2016-117".into(),
            reserves: reserves.into(),
        }
    }

    #[test]
    fn a_letter_is_filled_in_once_and_leaves_no_hole() {
        let letter = fill("Dossier [dossier].\n\n[réserves]\n\nDélibération [délibération] du [date].", &decided("Boucles [date]", ""));
        assert_eq!(letter, "Dossier Boucles [date].\n\nDélibération 2016-117 du vendredi 12\u{a0}février 2016.");
        assert!(fill("[réserves]", &decided("B", "Le budget.")).ends_with("ces réserves\u{a0}: Le budget."));
        assert_eq!(fill("[", &decided("B", "")), "[");
    }

    #[test]
    fn a_blank_that_nothing_fills_is_seen() {
        assert_eq!(unknown_blank("Bonjour [nom], [dossier]"), Some("[nom]"));
        assert_eq!(unknown_blank("[dossier] [porteur"), None);
        for text in [RETAINED, REJECTED] {
            assert_eq!(unknown_blank(text), None);
        }
    }
}
