//! `trame bench synergies`: how long the engine takes over a made-up territory of four départements, on one thread.

use std::time::Instant;

use trame_synergies::leads::Index;
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::score::Settings;
use trame_synergies::{pool, sample};

/// Flows that are changed one after the other.
const CHANGED: usize = 200;

/// Times all the leads of that many flows, those of one changed flow, and what could be pooled.
pub(super) fn run(count: usize) {
    let tables = Nomenclature::shipped();
    let flows = sample::territory(tables, count, 1);
    let start = Instant::now();
    let index = Index::new(tables, Settings::default(), &flows);
    let found = index.leads().len();
    println!("{count} flux : {found} pistes en {:.2} s", start.elapsed().as_secs_f64());
    let mut times: Vec<f64> = flows
        .iter()
        .step_by((count / CHANGED).max(1))
        .map(|flow| {
            let start = Instant::now();
            index.leads_of(flow);
            1000.0 * start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    let (middle, most) = (times.get(times.len() / 2).copied().unwrap_or(0.0), times.last().copied().unwrap_or(0.0));
    println!("Un flux changé : {middle:.2} ms (médiane), {most:.2} ms au plus sur {}", times.len());
    let start = Instant::now();
    let pools = pool::pools(tables, &flows).len();
    println!("{pools} mutualisations en {:.2} s", start.elapsed().as_secs_f64());
}
