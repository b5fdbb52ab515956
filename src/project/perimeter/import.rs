//! `trame import contours`: outlines of other territories, from a `GeoJSON` file, all or nothing.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::store;
use crate::app::App;
use crate::kit::geometry::{Outline, Point};
use crate::kit::territory::{self, divisions, epci};

/// Largest file, in bytes: all the communes of France simplified weigh far less.
const LARGEST: u64 = 200_000_000;
/// Most places in a file: the communes, EPCI and départements of France, and as many to spare.
const MOST_PLACES: usize = 80_000;
/// Most points of an outline: a map needs a few dozen.
const MOST_POINTS: usize = 6_000;
/// Places sent to the database at once.
const BATCH: usize = 2_000;

#[derive(Deserialize)]
struct Collection {
    #[serde(rename = "type")]
    kind: String,
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    #[serde(default)]
    properties: Option<BTreeMap<String, serde_json::Value>>,
    geometry: Option<Geometry>,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
    Point(IgnoredAny),
    MultiPoint(IgnoredAny),
    LineString(IgnoredAny),
    MultiLineString(IgnoredAny),
}

/// Longitude and latitude; a height is read and forgotten.
#[derive(Clone, Copy)]
struct Position(f64, f64);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> serde::de::Visitor<'de> for Read {
            type Value = Position;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("une position : longitude, latitude")
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Position, A::Error> {
                let missing = || serde::de::Error::custom("une position a moins de deux nombres");
                let position = Position(seq.next_element()?.ok_or_else(missing)?, seq.next_element()?.ok_or_else(missing)?);
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(position)
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// What an import did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Communes read.
    pub communes: usize,
    /// EPCI read.
    pub groups: usize,
    /// Départements read.
    pub departments: usize,
    /// Outlines that were new or different.
    pub changed: u64,
}

/// Reads a file and keeps its outlines, in one transaction: a fault changes nothing.
///
/// # Errors
/// A French sentence that names the first fault.
pub async fn run(app: &App, path: &Path) -> anyhow::Result<Imported> {
    let outlines = read(path)?;
    let mut imported = Imported::default();
    let (codes, rings): (Vec<String>, Vec<String>) = outlines.iter().map(|(code, outline)| (code.clone(), outline.text())).unzip();
    for code in &codes {
        match code.len() {
            9 => imported.groups += 1,
            5 => imported.communes += 1,
            _ => imported.departments += 1,
        }
    }
    let mut tx = app.db.begin().await?;
    for (codes, rings) in codes.chunks(BATCH).zip(rings.chunks(BATCH)) {
        imported.changed += store::keep_outlines(&mut tx, codes, rings, app.now()).await?;
    }
    tx.commit().await?;
    Ok(imported)
}

/// Outlines of a file by code; each place is known, each outline is sound.
fn read(path: &Path) -> anyhow::Result<BTreeMap<String, Outline>> {
    let file = File::open(path).with_context(|| format!("le fichier {} ne s’ouvre pas", path.display()))?;
    let size = file.metadata()?.len();
    ensure!(size <= LARGEST, "le fichier dépasse 200 Mo : simplifiez les contours, quelques dizaines de points par commune suffisent");
    let collection: Collection = serde_json::from_reader(BufReader::new(file)).context("le fichier n’est pas un GeoJSON lisible")?;
    ensure!(collection.kind == "FeatureCollection", "le fichier n’est pas une FeatureCollection GeoJSON");
    ensure!(!collection.features.is_empty(), "le fichier ne contient aucun contour");
    ensure!(collection.features.len() <= MOST_PLACES, "le fichier contient plus de {MOST_PLACES} lieux");
    let mut outlines = BTreeMap::new();
    for (index, feature) in collection.features.into_iter().enumerate() {
        let place = format!("lieu n° {}", index + 1);
        let code = code(feature.properties.as_ref()).with_context(|| format!("{place} : aucune propriété code, INSEE_COM, codgeo ou CODE_SIREN"))?;
        let place = format!("{place} ({code})");
        ensure!(is_known(&code), "{place} : ni une commune, ni un EPCI, ni un département des tables de Trame");
        let outline = outline(feature.geometry).with_context(|| place.clone())?;
        ensure!(outlines.insert(code, outline).is_none(), "{place} : ce lieu est deux fois dans le fichier");
    }
    Ok(outlines)
}

fn code(properties: Option<&BTreeMap<String, serde_json::Value>>) -> Option<String> {
    const NAMES: [&str; 8] = ["code", "insee_com", "code_insee", "codgeo", "code_siren", "siren", "code_dept", "insee_dep"];
    let properties = properties?;
    let value = NAMES.iter().find_map(|name| properties.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)))?.1;
    match value {
        serde_json::Value::String(text) => Some(text.trim().to_uppercase()),
        serde_json::Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn is_known(code: &str) -> bool {
    match code.len() {
        9 => epci::epci(code).is_some(),
        5 => territory::commune(code).is_some(),
        _ => divisions::department(code).is_some(),
    }
}

fn outline(geometry: Option<Geometry>) -> anyhow::Result<Outline> {
    let polygons = match geometry {
        Some(Geometry::Polygon(rings)) => vec![rings],
        Some(Geometry::MultiPolygon(polygons)) => polygons,
        _ => bail!("la géométrie n’est ni un Polygon ni un MultiPolygon"),
    };
    let mut rings: Vec<(bool, Vec<Point>)> = Vec::new();
    for polygon in polygons {
        for (rank, ring) in polygon.iter().enumerate() {
            rings.push((rank > 0, ring.iter().map(|position| point(*position)).collect::<anyhow::Result<_>>()?));
        }
    }
    let outline = Outline::of(rings).context("le contour n’a pas trois points distincts")?;
    ensure!(outline.points() <= MOST_POINTS, "le contour a {} points, {MOST_POINTS} au plus : simplifiez-le", outline.points());
    Ok(outline)
}

fn point(Position(longitude, latitude): Position) -> anyhow::Result<Point> {
    let is_on_earth = longitude.is_finite() && latitude.is_finite() && longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    ensure!(is_on_earth, "la position {longitude}, {latitude} n’est pas en degrés (WGS 84) : reprojetez le fichier");
    #[expect(clippy::cast_possible_truncation, reason = "at most 1 800 000")]
    let whole = |degrees: f64| (degrees * 10_000.0).round() as i32;
    Ok((whole(longitude), whole(latitude)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_text(text: &str) -> anyhow::Result<BTreeMap<String, Outline>> {
        let path = std::env::temp_dir().join(format!("trame-contours-{}.geojson", uuid::Uuid::new_v4().simple()));
        std::fs::write(&path, text)?;
        let outlines = read(&path);
        std::fs::remove_file(&path)?;
        outlines
    }

    fn feature(property: &str, geometry: &str) -> String {
        format!(r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{{property}}},"geometry":{geometry}}}]}}"#)
    }

    const SQUARE: &str = r#"{"type":"Polygon","coordinates":[[[0,45,12.5],[0.1,45],[0.1,45.1],[0,45.1],[0,45]]]}"#;

    #[test]
    fn the_usual_property_names_are_read() {
        for property in [r#""code":"33063""#, r#""INSEE_COM":"33063","NOM":"Bordeaux""#, r#""codgeo":"33063""#, r#""code":33063"#] {
            let outlines = read_text(&feature(property, SQUARE)).expect("read");
            assert_eq!(outlines.keys().collect::<Vec<_>>(), ["33063"]);
            assert!(outlines["33063"].area() > 80.0);
        }
        assert!(read_text(&feature(r#""code":"243300316""#, SQUARE)).is_ok());
        assert!(read_text(&feature(r#""code":"2A""#, SQUARE)).is_ok());
    }

    #[test]
    fn what_is_unsound_is_refused_with_its_place() {
        let lambert = r#"{"type":"Polygon","coordinates":[[[417000,6421000],[418000,6421000],[418000,6422000],[417000,6421000]]]}"#;
        let flat = r#"{"type":"Polygon","coordinates":[[[0,45],[0,45],[0,45]]]}"#;
        for (text, said) in [
            ("{", "n’est pas un GeoJSON"),
            (r#"{"type":"Feature","features":[]}"#, "FeatureCollection"),
            (r#"{"type":"FeatureCollection","features":[]}"#, "aucun contour"),
            (&feature(r#""nom":"Bordeaux""#, SQUARE), "aucune propriété"),
            (&feature(r#""code":"99999""#, SQUARE), "lieu n° 1 (99999)"),
            (&feature(r#""code":"33063""#, lambert), "WGS 84"),
            (&feature(r#""code":"33063""#, flat), "trois points"),
            (&feature(r#""code":"33063""#, r#"{"type":"Point","coordinates":[0,45]}"#), "ni un Polygon"),
            (&feature(r#""code":"33063""#, "null"), "ni un Polygon"),
        ] {
            let error = read_text(text).map_or_else(|error| format!("{error:#}"), |_| String::new());
            assert!(error.contains(said), "{said}: {error}");
        }
    }
}
