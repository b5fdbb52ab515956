//! Instances written in few words.

use trame_assignment::{Body, Conflict, Dossier, Excluded, Held, Kept, Proposal, Reviewer};

/// A dossier with nothing yet.
pub fn dossier(key: &str) -> Dossier {
    Dossier { key: key.into(), kept: Vec::new(), excluded: Vec::new(), themes: Vec::new() }
}

/// A reviewer without limit.
pub fn reviewer(key: &str, body: Body) -> Reviewer {
    Reviewer { key: key.into(), body, expertise: Vec::new(), maximum: None, elsewhere: 0 }
}

pub fn away(reviewer: &str, conflict: Conflict) -> Excluded {
    Excluded { reviewer: reviewer.into(), conflict }
}

/// So many dossiers, from D001.
pub fn dossiers(number: usize) -> Vec<Dossier> {
    (1..=number).map(|at| dossier(&format!("D{at:03}"))).collect()
}

/// Reviewers A1…, R1… and O1…, so many of each body.
pub fn reviewers(ademe: usize, region: usize, other: usize) -> Vec<Reviewer> {
    let some = |letter: char, body: Body, number: usize| (1..=number).map(move |at| reviewer(&format!("{letter}{at}"), body));
    some('A', Body::Ademe, ademe).chain(some('R', Body::Region, region)).chain(some('O', Body::Other, other)).collect()
}

pub fn kept(reviewer: &str, held: Held) -> Kept {
    Kept { reviewer: reviewer.into(), held }
}

/// The same dossiers once the proposal is accepted.
pub fn accepted(dossiers: &[Dossier], proposal: &Proposal) -> Vec<Dossier> {
    let mut dossiers = dossiers.to_vec();
    for (key, reviewer) in proposal.added() {
        let dossier = dossiers.iter_mut().find(|dossier| dossier.key == *key).expect("a dossier that was given");
        dossier.kept.push(Kept { reviewer: reviewer.clone(), held: Held::Assigned });
    }
    dossiers
}
