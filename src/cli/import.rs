//! `trame import …`: reference data that the operator adds to those shipped, and the lists of a dossier.

mod nomenclature;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use pico_args::Arguments;

use super::tools::on_base;
use super::{exchange, finish, helped};
use crate::project::perimeter::import;

const HELP: &str = "\
Ajoute des contours de communes, d’EPCI ou de départements pour les cartes.

Usage : trame import contours FICHIER.geojson
        trame import nomenclature LISTE FICHIER.csv      (son aide : trame import nomenclature --help)

Le fichier est une FeatureCollection de Polygon ou MultiPolygon en degrés (WGS 84), 200 Mo au plus. Chaque lieu porte son
code dans l’une des propriétés code, INSEE_COM, code_insee, codgeo (communes), CODE_SIREN, siren (EPCI), CODE_DEPT ou
INSEE_DEP (départements). Des contours simplifiés suffisent : quelques dizaines de points par commune, 6 000 au plus.

Tout est gardé, ou rien : la première faute est dite avec son lieu. Un contour déjà connu est remplacé ; importer deux fois
le même fichier ne change rien. La commande s’emploie pendant que le service tourne. Les contours des départements 16, 17,
79 et 86 sont livrés avec Trame.";

pub(super) fn import(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let verb = args.subcommand().ok().flatten();
    match verb.as_deref() {
        Some("contours") => outlines(args),
        Some("nomenclature") => nomenclature::run(args),
        Some(list @ ("acteurs" | "flux")) => exchange::import(list, args),
        None if helped(&mut args, &format!("{}\n\n{HELP}", exchange::HELP)) => Ok(ExitCode::SUCCESS),
        _ => bail!("les imports sont : trame import acteurs, flux, contours, nomenclature. Leur aide : trame import --help"),
    }
}

fn outlines(mut args: Arguments) -> anyhow::Result<ExitCode> {
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    let file: PathBuf =
        args.free_from_os_str(|text| Ok::<_, std::convert::Infallible>(PathBuf::from(text))).context("indiquez le fichier GeoJSON à importer")?;
    finish(args)?;
    let done = on_base(async |app| import::run(&app, &file).await)?;
    println!("Communes : {}, EPCI : {}, départements : {} ; contours nouveaux ou changés : {}.", done.communes, done.groups, done.departments, done.changed);
    Ok(ExitCode::SUCCESS)
}
