//! What the map shows: the perimeter and its surroundings, an EPCI, or a département.

use std::collections::BTreeSet;

use crate::kit::geometry::Bounds;
use crate::kit::territory::epci::{Epci, epci, members};
use crate::kit::territory::{self, Commune, department_name, divisions};

/// Most communes drawn with their surroundings; beyond, only those asked for.
const MOST: usize = 500;
/// How far around the town halls communes are drawn, in kilometres: to the corners of the frame, or hardly beyond the heart
/// when they would be too many.
const AROUND: [i32; 2] = [8, 3];

/// What the map shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// The perimeter, with the communes around.
    Perimeter,
    /// An EPCI, with the communes around.
    Epci(Epci),
    /// A département.
    Department(&'static str),
    /// Nothing yet: no perimeter and no place known.
    Nowhere,
}

impl Zone {
    /// The zone asked in the address, or the one that suits the dossier: its perimeter, else the département of its carrier.
    pub fn read(asked: Option<&str>, held: &[Commune], home: Option<&str>) -> Self {
        let named = match asked {
            Some("perimetre") if !held.is_empty() => Some(Self::Perimeter),
            Some(code) => epci(code).map(Self::Epci).or_else(|| department(code)),
            None => None,
        };
        let own = || if held.is_empty() { home.and_then(department) } else { Some(Self::Perimeter) };
        named.or_else(own).unwrap_or(Self::Nowhere)
    }

    /// Its value in the address.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Perimeter => "perimetre",
            Self::Epci(epci) => epci.code,
            Self::Department(code) => code,
            Self::Nowhere => "",
        }
    }

    /// Its name.
    pub fn title(&self) -> String {
        match self {
            Self::Perimeter => "Le périmètre et ses environs".to_owned(),
            Self::Epci(epci) => epci.name.to_owned(),
            Self::Department(code) => department_name(code).to_owned(),
            Self::Nowhere => String::new(),
        }
    }

    /// Communes at its heart: the drawing fits them.
    pub fn heart(&self, held: &[Commune]) -> Vec<Commune> {
        match self {
            Self::Perimeter => held.to_vec(),
            Self::Epci(epci) => members(epci.code),
            Self::Department(code) => territory::of_department(code).collect(),
            Self::Nowhere => Vec::new(),
        }
    }

    /// Communes shown: the heart, and those around unless they are too many.
    pub fn shown(&self, held: &[Commune]) -> Vec<Commune> {
        let mut shown = self.heart(held);
        if matches!(self, Self::Department(_) | Self::Nowhere) {
            return shown;
        }
        let halls = shown.iter().filter_map(Commune::position).fold(Bounds::NOTHING, Bounds::with);
        if halls.is_empty() {
            return shown;
        }
        let known: BTreeSet<&str> = shown.iter().map(|commune| commune.code).collect();
        let around = |reach| territory::within(&halls.wider(reach)).into_iter().filter(|commune| !known.contains(commune.code)).collect::<Vec<_>>();
        let around = AROUND.into_iter().map(around).find(|around| known.len() + around.len() <= MOST);
        shown.extend(around.unwrap_or_default());
        shown
    }

    /// Zones one may go to from here: départements and EPCI of what is shown.
    pub fn others(&self, shown: &[Commune], held: &[Commune]) -> Vec<Self> {
        let mut zones = Vec::new();
        if !held.is_empty() {
            zones.push(Self::Perimeter);
        }
        let departments: BTreeSet<&str> = shown.iter().chain(held).map(|commune| commune.department).collect();
        zones.extend(departments.into_iter().filter_map(department));
        let sirens: BTreeSet<&str> = shown.iter().chain(held).map(|commune| commune.epci).collect();
        let mut groups: Vec<Epci> = sirens.into_iter().filter_map(epci).collect();
        groups.sort_by_key(|epci| epci.name);
        zones.extend(groups.into_iter().map(Self::Epci));
        zones
    }
}

fn department(code: &str) -> Option<Zone> {
    let code = divisions::department(code)?;
    Some(Zone::Department(code))
}

/// Département named at the end of a dossier's label: "…, Jarnac (16)".
pub fn home(label: &str) -> Option<&str> {
    label.rsplit_once('(').map(|(_, rest)| rest.trim_end_matches(')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Vec<Commune> {
        ["16102", "16167"].iter().filter_map(|code| territory::commune(code)).collect()
    }

    #[test]
    fn the_zone_follows_the_address_then_the_dossier() {
        assert_eq!(Zone::read(Some("79"), &[], None), Zone::Department("79"));
        assert_eq!(Zone::read(Some("200070514"), &held(), None).key(), "200070514");
        assert_eq!(Zone::read(Some("n’importe quoi"), &held(), Some("16")), Zone::Perimeter);
        assert_eq!(Zone::read(Some("perimetre"), &[], Some("16")), Zone::Department("16"));
        assert_eq!(Zone::read(None, &[], None), Zone::Nowhere);
        assert_eq!(home("Syndicat mixte Rives de Charente, Jarnac (16)"), Some("16"));
        assert_eq!(home("Syndicat sans commune"), None);
    }

    #[test]
    fn surroundings_are_shown_around_the_heart() {
        let shown = Zone::Perimeter.shown(&held());
        assert!(shown.len() > 2 && shown.len() < MOST);
        assert!(shown.iter().any(|commune| commune.code == "16089"), "Châteaubernard lies between both");
        assert_eq!(Zone::Department("16").shown(&held()).len(), territory::of_department("16").count());
        let zones = Zone::Perimeter.others(&shown, &held());
        assert_eq!(zones[0], Zone::Perimeter);
        assert!(zones.contains(&Zone::Department("16")) && zones.iter().any(|zone| zone.key() == "200070514"));
    }
}
