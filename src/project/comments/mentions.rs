//! Mentions by name: « @Karim Benali », or « @Karim » when only one person of the team bears that first name.

use crate::kit::french::fold;
use crate::kit::ids::AccountId;

/// People of the team that a text names after an « @ », accents and capitals aside.
pub fn find(text: &str, team: &[(AccountId, String)]) -> Vec<AccountId> {
    let text = fold(text);
    let names: Vec<(AccountId, String)> = team.iter().map(|(id, name)| (*id, fold(name))).collect();
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        // An address is no mention.
        if text[..at].chars().next_back().is_some_and(char::is_alphanumeric) {
            continue;
        }
        if let Some(id) = named(&text[at + 1..], &names).filter(|id| !found.contains(id)) {
            found.push(id);
        }
    }
    found
}

fn named(rest: &str, names: &[(AccountId, String)]) -> Option<AccountId> {
    let begins = |name: &str| !name.is_empty() && rest.strip_prefix(name).is_some_and(|after| !after.starts_with(char::is_alphanumeric));
    let whole = names.iter().filter(|(_, name)| begins(name)).max_by_key(|(_, name)| name.len());
    if let Some((id, _)) = whole {
        return Some(*id);
    }
    let mut firsts = names.iter().filter(|(_, name)| begins(name.split(' ').next().unwrap_or_default()));
    match (firsts.next(), firsts.next()) {
        (Some((id, _)), None) => Some(*id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whole_or_by_a_first_name_that_is_alone() {
        let team: Vec<(AccountId, String)> =
            ["Maud Trichet", "Karim Benali", "Hélène Vasseur", "Karim Ben"].iter().zip(1..).map(|(name, id)| (AccountId(id), (*name).to_owned())).collect();
        for (text, ids) in [
            ("Rien", vec![]),
            ("Voir @Karim Benali, svp", vec![2]),
            ("@karim benali et @HELENE", vec![2, 3]),
            ("@Karim", vec![]),
            ("@Karim Ben.", vec![4]),
            ("@Karim\u{a0}Benali", vec![2]),
            ("maud@trichet.fr et @Maudite", vec![]),
            ("(@Maud) @Maud Trichet", vec![1]),
            ("@", vec![]),
        ] {
            assert_eq!(find(text, &team), ids.into_iter().map(AccountId).collect::<Vec<_>>(), "{text}");
        }
    }
}
