//! Times the engine on a made-up territory: `cargo run --release -p trame-synergies --example bench -- 100000`.

use std::time::Instant;

use trame_synergies::leads::Index;
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::score::Settings;
use trame_synergies::sample;

fn main() {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(100_000);
    let tables = Nomenclature::shipped();
    let flows = sample::territory(tables, count, 1);
    let start = Instant::now();
    let index = Index::new(tables, Settings::default(), &flows);
    let leads = index.leads();
    println!("{count} flux : {} pistes en {:.2} s", leads.len(), start.elapsed().as_secs_f64());
    let mut slowest = 0.0_f64;
    let start = Instant::now();
    let changed = flows.iter().step_by((count / 200).max(1));
    let tried = changed.clone().count();
    for flow in changed {
        let own = Instant::now();
        index.leads_of(flow);
        slowest = slowest.max(own.elapsed().as_secs_f64());
    }
    println!("un flux changé : {:.2} ms en moyenne sur {tried}, {:.2} ms au plus", 1000.0 * start.elapsed().as_secs_f64() / (tried.max(1) as f64), 1000.0 * slowest);
}
