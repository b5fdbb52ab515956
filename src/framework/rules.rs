//! Rules of the trame that no table can state: balanced financing, three boxes of four, actors really known.

use std::fmt::Write as _;

use super::content::{Content, Unit};
use super::{Fault, State, Verdict};
use crate::kit::french::{count, euros, fold};
use crate::kit::values::Cents;

fn blocks(at: impl Into<String>, sentence: impl Into<String>) -> Fault {
    Fault { is_blocking: true, at: at.into(), sentence: sentence.into() }
}

fn signals(at: impl Into<String>, sentence: impl Into<String>) -> Fault {
    Fault { is_blocking: false, at: at.into(), sentence: sentence.into() }
}

fn verdict(state: State, faults: Vec<Fault>) -> Verdict {
    Verdict { state, faults }
}

/// R37: answered by a sentence or by at least one line of the table.
pub fn staff(content: &Content) -> Verdict {
    let has_rows = content.rows("staff").any(|row| !row.is_blank());
    let has_text = !content.text("organisation.animation", "q9").is_empty();
    if !has_rows && !has_text {
        return verdict(State::Empty, vec![blocks("/organisation?theme=animation#q9", "sans réponse")]);
    }
    let unfinished = content.rows("staff").filter(|row| !(row.has("structure") && row.has("fte"))).count();
    if unfinished == 0 {
        return verdict(State::Filled, Vec::new());
    }
    let sentence = format!("{} sans structure ou sans ETP", count(unfinished, "ligne", "lignes"));
    verdict(State::Begun, vec![signals("/organisation?theme=animation#q9", sentence)])
}

/// R46: four boxes on two axes; the regulation names only three of them, so three are enough.
pub fn boxes(content: &Content) -> Verdict {
    const AT: &str = "/etat-des-lieux?theme=analyse#boxes";
    let has = |key: &str| !content.text("etat.analyse", key).is_empty();
    let boxes = ["strength", "weakness", "opportunity", "threat"];
    let filled = boxes.iter().filter(|name| has(&format!("{name}_resources")) || has(&format!("{name}_economy"))).count();
    let lame = boxes.iter().filter(|name| has(&format!("{name}_resources")) != has(&format!("{name}_economy"))).count();
    let mut faults = Vec::new();
    if filled < 3 {
        faults.push(blocks(AT, format!("{} sur quatre, il en faut trois", count(filled, "case remplie", "cases remplies"))));
    } else if lame > 0 {
        faults.push(signals(AT, format!("{} sur un seul des deux axes", count(lame, "case remplie", "cases remplies"))));
    }
    let state = match filled {
        0 => State::Empty,
        1 | 2 => State::Begun,
        _ => State::Filled,
    };
    verdict(state, faults)
}

/// R47: the biggest holders of flows are flagged among the actors.
pub fn generators(content: &Content) -> Verdict {
    const AT: &str = "/etat-des-lieux?theme=flux#generators";
    let has_major = content.rows("stakeholder").any(|row| row.flag("is_major"));
    let has_text = !content.text("etat.flux", "generators_text").is_empty();
    match (has_major, has_text) {
        (true, true) => verdict(State::Filled, Vec::new()),
        (false, false) => verdict(State::Empty, vec![signals(AT, "aucun acteur signalé, aucune analyse")]),
        (true, false) => verdict(State::Begun, vec![signals(AT, "analyse à écrire")]),
        (false, true) => verdict(State::Begun, vec![signals(AT, "aucun acteur n’est signalé comme gros détenteur de flux")]),
    }
}

/// R48 and R51: types of pooling synergies, each with its sources.
pub fn pooling(content: &Content) -> Verdict {
    synergies(content, "pooling", "pooling_text", "/etat-des-lieux?theme=flux#pooling")
}

/// R49 and R51: types of substitution synergies, each with its sources.
pub fn substitution(content: &Content) -> Verdict {
    synergies(content, "substitution", "substitution_text", "/etat-des-lieux?theme=flux#substitution")
}

fn synergies(content: &Content, kind: &str, text: &str, at: &str) -> Verdict {
    let rows: Vec<&Unit> = content.rows("synergy").filter(|row| row.text("kind") == kind).collect();
    if rows.is_empty() {
        let has_text = !content.text("etat.flux", text).is_empty();
        let state = if has_text { State::Begun } else { State::Empty };
        return verdict(state, vec![signals(at, "aucune synergie de cette sorte dans la liste")]);
    }
    let unsourced = rows.iter().filter(|row| row.text("sources").is_empty()).count();
    let mut faults = Vec::new();
    if unsourced > 0 {
        faults.push(signals(at, format!("sources et méthode à citer pour {}", count(unsourced, "synergie", "synergies"))));
    }
    verdict(State::Filled, faults)
}

/// R59: one or two showcase actions; none is incomplete.
pub fn showcase(content: &Content) -> Verdict {
    let actions: Vec<&Unit> = content.rows("action").collect();
    if actions.is_empty() {
        return verdict(State::Empty, vec![blocks("/actions#showcase", "aucune action présentée, il en faut une ou deux")]);
    }
    each_action(&actions, |action| {
        ["title", "theme", "origin", "description"].iter().all(|key| action.has(key)).then_some(()).ok_or("intitulé, thème, origine et description à compléter")
    })
}

/// R64 and R71: a proven need and the actors concerned, for each action.
pub fn need(content: &Content) -> Verdict {
    let actions: Vec<&Unit> = content.rows("action").collect();
    each_action(&actions, |action| match (action.has("need"), action.many("actors").is_empty()) {
        (true, false) => Ok(()),
        (false, _) => Err("besoin à décrire"),
        (true, true) => Err("acteurs concernés à désigner"),
    })
}

/// R62 and R70: how far each action is, and what shows it. Never blocking.
pub fn action_progress(content: &Content) -> Verdict {
    let actions: Vec<&Unit> = content.rows("action").collect();
    each_action(&actions, |action| match (action.has("progress"), action.has("evidence")) {
        (true, true) => Ok(()),
        (false, _) => Err("état d’avancement à indiquer"),
        (true, false) => Err("preuve ou trace de l’avancement à citer"),
    })
}

fn each_action(actions: &[&Unit], check: impl Fn(&Unit) -> Result<(), &'static str>) -> Verdict {
    let mut faults = Vec::new();
    for action in actions {
        if let Err(sentence) = check(action) {
            faults.push(signals(action_address(action), format!("{}\u{a0}: {sentence}", action_name(action))));
        }
    }
    let state = match (actions.len(), faults.len()) {
        (0, _) => State::Empty,
        (_, 0) => State::Filled,
        _ => State::Begun,
    };
    verdict(state, faults)
}

fn action_address(action: &Unit) -> String {
    format!("/actions/{}", action.row)
}

fn action_name(action: &Unit) -> String {
    match action.text("title") {
        "" => "action sans intitulé".to_owned(),
        title => format!("«\u{a0}{title}\u{a0}»"),
    }
}

/// Expenses and resources of an action, in cents.
pub fn balance(content: &Content, action: &Unit) -> (Cents, Cents) {
    let sum = |side: &str| {
        let total = content
            .children("action_line", Some(action.row))
            .filter(|line| line.text("side") == side)
            .filter_map(|line| line.whole("amount"))
            .fold(0_i64, i64::saturating_add);
        Cents::new(total)
    };
    (sum("expense"), sum("resource"))
}

/// R65 to R67: each action has its own balanced plan; the call itself is never a resource.
pub fn financing(content: &Content) -> Verdict {
    let actions: Vec<&Unit> = content.rows("action").collect();
    let mut faults = Vec::new();
    let mut balanced = 0;
    for action in &actions {
        let at = format!("{}#ac_financing", action_address(action));
        let (expenses, resources) = balance(content, action);
        let mut sentence = format!("{}\u{a0}: ", action_name(action));
        if expenses != resources {
            let _ = write!(sentence, "{} de dépenses pour {} de ressources", euros(expenses), euros(resources));
        } else if expenses.get() == 0 {
            sentence.push_str("plan de financement à remplir");
        } else {
            balanced += 1;
            sentence.clear();
        }
        if !sentence.is_empty() {
            faults.push(blocks(at.clone(), sentence));
        }
        for line in content.children("action_line", Some(action.row)).filter(|line| names_the_call(line)) {
            faults.push(blocks(
                format!("{}#action_line-{}-label", action_address(action), line.row),
                format!("{}\u{a0}: l’appel ne finance pas les actions, il ne peut pas figurer en ressource (R66)", action_name(action)),
            ));
        }
    }
    let has_lines = content.rows("action_line").any(|line| !line.is_blank());
    let state = match (actions.len(), balanced) {
        (n, done) if n > 0 && n == done && faults.is_empty() => State::Filled,
        _ if has_lines => State::Begun,
        _ => State::Empty,
    };
    verdict(state, faults)
}

/// R66: a resource that names the call.
fn names_the_call(line: &Unit) -> bool {
    if line.text("side") != "resource" {
        return false;
    }
    let label = fold(line.text("label"));
    let words: Vec<&str> = label.split(|c: char| !c.is_alphanumeric()).collect();
    words.contains(&"ami") || label.contains("appel a manifestation") || label.contains("appel eit") || label.contains("ecologie industrielle")
}

/// R72: role, skill and working modality of each stakeholder.
pub fn map(content: &Content) -> Verdict {
    const AT: &str = "/mobilisation?theme=cartographie#map";
    const COLUMNS: [&str; 3] = ["role", "skill", "working_mode"];
    let described = |row: &Unit| COLUMNS.iter().filter(|key| row.has(key)).count();
    let complete = content.rows("stakeholder").filter(|row| described(row) == 3).count();
    let partial = content.rows("stakeholder").filter(|row| (1..3).contains(&described(row))).count();
    match (complete, partial) {
        (0, 0) => verdict(State::Empty, vec![signals(AT, "aucune partie prenante décrite")]),
        (_, 0) => verdict(State::Filled, Vec::new()),
        (_, partial) => {
            let sentence = format!("{} sans rôle, compétence ou modalité de travail", count(partial, "partie prenante", "parties prenantes"));
            verdict(State::Begun, vec![signals(AT, sentence)])
        }
    }
}

/// R74: at least one commitment, in one of four forms.
pub fn commitments(content: &Content) -> Verdict {
    const AT: &str = "/mobilisation?theme=engagements#commitments";
    let all = content.rows("commitment").count();
    let known = content.rows("commitment").filter(|row| row.has("stakeholder") && row.has("kind")).count();
    let unsigned = content.rows("commitment").filter(|row| !row.has("signed_on")).count();
    if known == 0 {
        let state = if all == 0 { State::Empty } else { State::Begun };
        return verdict(state, vec![blocks(AT, "aucun engagement décrit, il en faut au moins un")]);
    }
    let mut faults = Vec::new();
    if unsigned > 0 {
        faults.push(signals(AT, format!("{} sans date de signature", count(unsigned, "engagement", "engagements"))));
    }
    verdict(State::Filled, faults)
}

/// R77: the most willing companies are named and flagged.
pub fn core(content: &Content) -> Verdict {
    const AT: &str = "/mobilisation?theme=acteurs-cles#core";
    let has_key_actor = content.rows("stakeholder").any(|row| row.flag("is_key_actor"));
    let has_text = !content.text("mobilisation.acteurs-cles", "core_text").is_empty();
    match (has_key_actor, has_text) {
        (true, true) => verdict(State::Filled, Vec::new()),
        (false, false) => verdict(State::Empty, vec![signals(AT, "aucun acteur clé désigné")]),
        (true, false) => verdict(State::Begun, vec![signals(AT, "raisons à écrire")]),
        (false, true) => verdict(State::Begun, vec![signals(AT, "aucun acteur n’est désigné comme acteur clé")]),
    }
}
