//! Domains that a reviewer may know, and that a dossier is about: themes of its actions, and those of most of its flows.

use crate::input::Input;

/// Keys and names, in the order of the themes of actions.
pub const DOMAINS: [(&str, &str); 10] = [
    ("transport", "Transports"),
    ("energy", "Énergie"),
    ("waste", "Déchets et matières"),
    ("purchasing", "Achats"),
    ("green_spaces", "Espaces verts"),
    ("water", "Eaux"),
    ("restaurant", "Restauration collective"),
    ("shared_collection", "Collecte mutualisée"),
    ("animation", "Animation"),
    ("service", "Services partagés"),
];

/// How a dossier's domains are found, for who chooses theirs.
pub const RULE: &str = "Les domaines d’un dossier sont les thèmes de ses actions vitrines et ceux d’au moins un quart de ses flux, dans son dernier dépôt.";

/// Those domains by their names: "Énergie, Eaux".
pub fn named(keys: &[String]) -> String {
    let held = DOMAINS.iter().filter(|(key, _)| keys.iter().any(|held| held == key));
    held.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

/// Boxes: key, name, ticked.
pub fn boxes(keys: &[String]) -> Vec<(&'static str, &'static str, bool)> {
    DOMAINS.iter().map(|(key, name)| (*key, *name, keys.iter().any(|held| held == key))).collect()
}

/// Domains ticked; anything else is left out.
pub fn ticked(input: &Input) -> Vec<String> {
    DOMAINS.iter().filter(|(key, _)| input.all("domaine").any(|held| held == *key)).map(|(key, _)| (*key).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_domains_are_read_and_each_once() {
        let pairs = [("domaine", "water"), ("domaine", "energy"), ("domaine", "water"), ("domaine", "magie")];
        let input = Input::of(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        assert_eq!(ticked(&input), ["energy", "water"]);
        assert_eq!(named(&ticked(&input)), "Énergie, Eaux");
    }
}
