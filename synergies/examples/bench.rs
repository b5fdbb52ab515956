//! Times the engine on a made-up territory: `cargo run --release -p trame-synergies --example bench -- 100000`.

use std::time::Instant;

use trame_synergies::leads::Index;
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::score::Settings;
use trame_synergies::{pool, sample};

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let tables = Nomenclature::shipped();
    let flows = sample::territory(tables, count, 1);
    let start = Instant::now();
    let index = Index::new(tables, Settings::default(), &flows);
    let leads = index.leads();
    println!("{count} flux : {} pistes en {:.2} s", leads.len(), start.elapsed().as_secs_f64());
    let mut times: Vec<f64> = Vec::new();
    for flow in flows.iter().step_by((count / 200).max(1)) {
        let start = Instant::now();
        index.leads_of(flow);
        times.push(1000.0 * start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    println!("un flux changé : {:.2} ms (médiane), {:.2} ms au plus sur {}", times[times.len() / 2], times[times.len() - 1], times.len());
    let start = Instant::now();
    let pools = pool::pools(tables, &flows);
    println!("{} mutualisations en {:.2} s", pools.len(), start.elapsed().as_secs_f64());
}
