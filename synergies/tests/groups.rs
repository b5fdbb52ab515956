//! Mutualisation, missing links, biggest actors, types of synergies.

mod common;

use common::tables;
use trame_synergies::aggregate::synergy_types;
use trame_synergies::flow::{Direction, Domain, Evidence, Flow};
use trame_synergies::generators::{Class, pareto};
use trame_synergies::leads::Index;
use trame_synergies::missing::{Gap, missing_links};
use trame_synergies::nomenclature::Nomenclature;
use trame_synergies::pool::pools;
use trame_synergies::sample::territory;
use trame_synergies::score::Settings;

fn flow(reference: &str, actor: &str, direction: Direction, code: &str, north_km: f64) -> Flow {
    common::flow(reference, actor, direction, code, (46.01 + north_km / 111.195, 2.0))
}

fn amount(quantity: f64, flow: Flow) -> Flow {
    Flow { quantity: Some(quantity), ..flow }
}

#[test]
fn a_need_shared_on_a_park_is_a_group_with_the_capacity_that_is_offered() {
    use Direction::{In, Out};
    let flows = [
        flow("1", "a", In, "gardiennage", 0.0),
        flow("2", "b", In, "gardiennage", 0.0),
        flow("3", "c", Out, "gardiennage", 0.0),
        flow("4", "d", In, "gardiennage", 80.0),
        flow("5", "e", In, "gardiennage", 150.0),
    ];
    let found = pools(tables(), &flows);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].members.as_slice(), found[0].offers.as_slice(), found[0].actors), ([0, 1].as_slice(), [2].as_slice(), 3));
    // 100 × (0.35 (1 − e^(−2/3)) + 0.25 + 0.20 × 0.5 + 0.10 × 0.5 + 0.10)
    assert_eq!(found[0].score, 67);
    assert!(!found[0].is_deposit);
}

#[test]
fn outputs_of_several_actors_are_a_grouped_deposit() {
    let flows = [
        amount(600.0, flow("1", "a", Direction::Out, "cartons", 0.0)),
        amount(500.0, flow("2", "b", Direction::Out, "cartons", 1.0)),
        flow("3", "a", Direction::Out, "palettes", 0.0),
        flow("4", "a", Direction::Out, "palettes", 0.0),
    ];
    let found = pools(tables(), &flows);
    assert_eq!(found.len(), 1, "one actor alone makes no group");
    assert!(found[0].is_deposit);
    assert_eq!(found[0].total, Some(1100.0));
}

#[test]
fn a_chain_of_parks_across_a_territory_is_not_one_group() {
    let flows: Vec<Flow> = (0..60).map(|at| flow(&format!("{at:02}"), &format!("{at}"), Direction::In, "gardiennage", 1.5 * f64::from(at))).collect();
    let found = pools(tables(), &flows);
    assert!(found.len() > 3 && found.iter().all(|pool| pool.radius_km.is_some_and(|km| km < 15.0)));
}

#[test]
fn groups_do_not_depend_on_the_order_of_the_flows() {
    let flows = territory(tables(), 3_000, 9);
    let mut turned = flows.clone();
    turned.reverse();
    let read = |flows: &[Flow]| {
        let named = |places: &[usize]| places.iter().map(|&at| flows[at].reference.clone()).collect::<Vec<_>>();
        pools(tables(), flows).iter().map(|pool| (pool.score, named(&pool.members), named(&pool.offers))).collect::<Vec<_>>()
    };
    assert!(!read(&flows).is_empty());
    assert_eq!(read(&flows), read(&turned));
}

#[test]
fn the_biggest_actors_are_ranked_and_estimates_stand_apart() {
    let out = |reference: &str, actor: &str, quantity| amount(quantity, flow(reference, actor, Direction::Out, "cartons", 0.0));
    let flows = [
        out("1", "a", 500.0),
        out("2", "b", 90.0),
        out("3", "a", 300.0),
        out("4", "c", 110.0),
        Flow { evidence: Evidence::Statistics, ..out("5", "d", 9_000.0) },
        flow("6", "e", Direction::Out, "cartons", 0.0),
    ];
    let found = pareto(&flows, Domain::Material, Direction::Out);
    let read: Vec<_> = found.declared.iter().map(|row| (row.actor, row.rank, row.quantity, row.class)).collect();
    assert_eq!(read, [("a", 1, 800.0, Class::A), ("c", 2, 110.0, Class::B), ("b", 3, 90.0, Class::B)]);
    assert!((found.declared[1].cumulated - 0.91).abs() < 1e-9 && (found.declared[0].share - 0.8).abs() < 1e-9);
    assert_eq!((found.estimated.len(), found.estimated[0].actor, found.unknown), (1, "d", 1));
}

#[test]
fn an_output_that_nobody_near_can_use_is_a_missing_link() {
    let flows = [
        amount(100.0, flow("1", "a", Direction::Out, "palettes", 0.0)),
        amount(50.0, flow("2", "b", Direction::Out, "palettes", 1.0)),
        flow("3", "c", Direction::In, "palettes", 200.0),
    ];
    let found = missing_links(tables(), &Settings::default(), &flows, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].gap, found[0].actors, found[0].total, found[0].candidates.as_slice()), (Gap::NoOutlet, 2, Some(150.0), [2].as_slice()));
    let near = [flows[0].clone(), flow("3", "c", Direction::In, "palettes", 10.0)];
    assert_eq!(missing_links(tables(), &Settings::default(), &near, &[]), []);
}

#[test]
fn an_output_whose_every_use_needs_an_absent_activity_is_a_missing_link() {
    let types = "code,parent,domain,label,unit,half_km,pooling_km,use,temperature_min,temperature_max,quality,waste_prefixes,naf_out,naf_in,synonyms\n\
                 f,,material,F,t,40,20,,,,,,,,\na,f,material,A,t,40,20,,,,,0301,,,a\ng,,material,G,t,40,20,,,,,,,,\nb,g,material,B,t,40,20,,,,,,,,b\n";
    let rules = "number,out_type,in_type,compat,treatment,interface_naf,caution,caution_on,source\n1,a,b,0.90,process,38.32Z,Vérifier.,2026-11-25,usage\n";
    let own = Nomenclature::read(types, rules, "code,level,hazardous,label,valid_from,valid_to,note\n03,1,,Bois,,,\n").unwrap();
    let mut flows = [flow("1", "a", Direction::Out, "palettes", 0.0), flow("2", "b", Direction::In, "palettes", 1.0)];
    (flows[0].kind, flows[1].kind) = (own.find("a"), own.find("b"));
    let found = missing_links(&own, &Settings::default(), &flows, &[]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].gap, found[0].activities.clone()), (Gap::Interface, vec!["38.32Z".to_owned()]));
    assert_eq!(missing_links(&own, &Settings::default(), &flows, &["3832Z"]), []);
}

#[test]
fn leads_gather_by_types() {
    let flows = [
        amount(10.0, flow("1", "a", Direction::Out, "palettes", 0.0)),
        amount(30.0, flow("2", "b", Direction::Out, "palettes", 1.0)),
        flow("3", "c", Direction::In, "palettes", 3.0),
        Flow { evidence: Evidence::Statistics, ..flow("4", "a", Direction::In, "palettes", 0.0) },
    ];
    let leads = Index::new(tables(), Settings::default(), &flows).leads();
    let found = synergy_types(&flows, &leads);
    assert_eq!(found.len(), 1);
    let kind = &found[0];
    assert_eq!((kind.pairs, kind.offering, kind.needing, kind.offered, kind.needed), (3, 2, 2, Some(40.0), None));
    assert_eq!((kind.best, kind.statistics_share), (leads[0].score, 0.0));
    assert!(kind.median_km.is_some_and(|km| (km - 2.0).abs() < 0.01));
}
