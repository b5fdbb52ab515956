//! From leads to what works: found by the engine, kept, studied, realised.

use super::picture::{Entry, Picture, Table};
use super::sheet::{EDGE, Mark, SOFT, Shape, Sheet, Words, real, rectangle};
use super::sight::Sight;
use super::sign::MIXED;
use crate::kit::french::{count, thousands};
use crate::leads::decision::Choice;

/// From one step to the next, and the height of one.
const STEP: f64 = 56.0;
const TALL: f64 = 34.0;
/// Middle of the steps, and the width of the widest.
const MIDDLE: f64 = 508.0;
const WIDE: f64 = 560.0;
/// End of the counts.
const COUNTS: f64 = 208.0;

/// Steps, each part of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    /// Pairs, groups and missing links.
    pub found: [usize; 3],
    /// Kept or promoted.
    pub kept: usize,
    /// Put aside.
    pub dismissed: usize,
    /// Synergies under study or realised.
    pub studied: usize,
    /// Realised.
    pub realised: usize,
    /// Synergies under study or realised that come from no lead.
    pub written: usize,
}

impl Steps {
    /// Counts them.
    pub fn of(sight: &Sight<'_>) -> Self {
        let synergies = sight.synergies();
        let is_studied = |status: &str| matches!(status, "study" | "implemented");
        let promoted: Vec<_> = sight.decisions.each().filter_map(|(_, decision)| decision.synergy.filter(|_| decision.choice == Choice::Promoted)).collect();
        Self {
            found: [sight.found.leads.len(), sight.found.pools.len(), sight.found.missing.len()],
            kept: sight.decisions.count(Choice::Kept) + sight.decisions.count(Choice::Promoted),
            dismissed: sight.decisions.count(Choice::Dismissed),
            studied: synergies.iter().filter(|synergy| is_studied(&synergy.status)).count(),
            realised: synergies.iter().filter(|synergy| synergy.status == "implemented").count(),
            written: synergies.iter().filter(|synergy| is_studied(&synergy.status) && !promoted.contains(&synergy.row)).count(),
        }
    }

    fn all(&self) -> usize {
        self.found.iter().sum()
    }

    fn listed(&self) -> [(&'static str, usize); 4] {
        [("Pistes trouvées", self.all()), ("Retenues", self.kept), ("À l’étude ou réalisées", self.studied), ("Réalisées", self.realised)]
    }
}

/// Draws the steps, unless there is nothing yet.
pub fn draw(sight: Sight<'_>) -> Option<Picture> {
    let steps = Steps::of(&sight);
    let listed = steps.listed();
    let most = listed.iter().map(|(_, many)| *many).max().filter(|most| *most > 0)?;
    let mut sheet = Sheet { height: STEP * 3.0 + TALL + 16.0, ..Sheet::default() };
    for (rank, (label, many)) in listed.into_iter().enumerate() {
        let (top, wide) = (8.0 + STEP * real(rank), width(many, most));
        if let Some((_, next)) = listed.get(rank + 1).filter(|(_, next)| *next > 0 && many > 0) {
            let next = width(*next, most);
            let (foot, head) = (top + TALL, top + STEP);
            let d = format!(
                "M{:.1} {foot:.1}L{:.1} {head:.1}M{:.1} {foot:.1}L{:.1} {head:.1}",
                MIDDLE - wide / 2.0,
                MIDDLE - next / 2.0,
                MIDDLE + wide / 2.0,
                MIDDLE + next / 2.0
            );
            sheet.shape(Shape::line(d, EDGE, 1.0).dashed("3 3"));
        }
        bar(&mut sheet, rank, top, wide, &format!("{label}\u{a0}: {many}"));
        sheet.words(Words::at((0.0, top + TALL / 2.0 + 4.4), "start", label));
        sheet.words(Words::at((COUNTS, top + TALL / 2.0 + 5.4), "end", &thousands(i64::try_from(many).unwrap_or(0))).bold().sized(16.0));
    }
    let said = said(&steps);
    Some(Picture {
        key: "suivi".to_owned(),
        heading: "Suivi des pistes".to_owned(),
        alt: format!("{said}. Le tableau qui suit donne chaque étape."),
        notes: notes(&steps),
        legend: vec![
            Entry::new(vec![Mark::Shape(shade(0, rectangle([0.5, 2.0, 23.5, 12.0])))], "possible"),
            Entry::new(vec![Mark::Shape(shade(1, rectangle([0.5, 2.0, 23.5, 12.0])))], "retenu ou à l’étude"),
            Entry::new(vec![Mark::Shape(shade(3, rectangle([0.5, 2.0, 23.5, 12.0])))], "réalisé"),
        ],
        tables: vec![table(&steps)],
        said,
        sheet,
    })
}

fn width(many: usize, most: usize) -> f64 {
    if many == 0 { 0.0 } else { (WIDE * real(many) / real(most)).max(6.0) }
}

/// What is only possible is hatched, what is kept pale, what works full.
fn shade(rank: usize, area: String) -> Shape {
    match rank {
        0 => Shape::hatched(area, &MIXED),
        3 => Shape::filled(area, "#0f4c5c").edged("#0a3541", 1.0),
        _ => Shape::filled(area, "#9dbfc8").edged("#0f4c5c", 1.0),
    }
}

fn bar(sheet: &mut Sheet, rank: usize, top: f64, wide: f64, title: &str) {
    if wide > 0.0 {
        sheet.shape(shade(rank, rectangle([MIDDLE - wide / 2.0, top, MIDDLE + wide / 2.0, top + TALL])).titled(title));
    } else {
        sheet.words(Words::at((MIDDLE, top + TALL / 2.0 + 4.0), "middle", "aucune pour l’instant").tinted(SOFT));
    }
}

fn said(steps: &Steps) -> String {
    let kept = if steps.kept == 0 { "aucune n’est encore retenue".to_owned() } else { count(steps.kept, "est retenue", "sont retenues") };
    let realised = if steps.realised == 0 {
        "rien n’est encore réalisé".to_owned()
    } else {
        count(steps.realised, "synergie est réalisée", "synergies sont réalisées")
    };
    format!("Sur {}, {kept}\u{202f}; {realised}", count(steps.all(), "piste", "pistes"))
}

fn notes(steps: &Steps) -> Vec<String> {
    let [pairs, groups, gaps] = steps.found;
    let mut notes = vec![format!(
        "Pistes trouvées\u{a0}: {}, {}, {}. Une décision prise sur un type de synergie compte pour une.",
        count(pairs, "échange entre deux acteurs", "échanges entre deux acteurs"),
        count(groups, "mise en commun", "mises en commun"),
        count(gaps, "chaînon manquant", "chaînons manquants")
    )];
    if steps.dismissed > 0 {
        notes.push(format!("{} avec leur raison.", count(steps.dismissed, "piste écartée", "pistes écartées")));
    }
    if steps.written > 0 {
        notes.push(format!("{} sans venir d’une piste.", count(steps.written, "synergie a été écrite", "synergies ont été écrites")));
    }
    notes.push("Tous domaines confondus.".to_owned());
    notes
}

fn table(steps: &Steps) -> Table {
    let mut before: Option<usize> = None;
    let rows = steps.listed().into_iter().map(|(label, many)| {
        let share = before.filter(|before| *before > 0 && many <= *before).map(|before| format!("{:.0}\u{a0}%", 100.0 * real(many) / real(before)));
        before = Some(many);
        vec![label.into(), many.to_string().into(), share.unwrap_or_default().into()]
    });
    let rows = rows.collect();
    Table { caption: "Suivi des pistes".to_owned(), heads: vec![("Étape", false), ("Nombre", true), ("De l’étape précédente", true)], rows }
}

#[cfg(test)]
mod tests {
    use super::super::sight::sample;
    use super::*;
    use crate::leads::decision::Decisions;

    #[test]
    fn every_step_is_drawn_as_it_is_counted() {
        let mut content = sample::content(6);
        for (no, status) in [(91, "study"), (92, "implemented"), (93, "abandoned"), (94, "lead")] {
            content.units.push(sample::row("synergy", no, &[("kind", "pooling"), ("title", "Gardiennage"), ("status", status)]));
        }
        let (found, decisions) = (sample::found(&content), Decisions::default());
        let sight = Sight { found: &found, domain: None, content: &content, decisions: &decisions };
        let steps = Steps::of(&sight);
        assert_eq!((steps.kept, steps.studied, steps.realised, steps.written), (0, 2, 1, 2));
        let picture = draw(sight).expect("steps");
        for (row, (label, many)) in picture.tables[0].rows.iter().zip(steps.listed()) {
            assert_eq!((row[0].text.as_str(), row[1].text.parse::<usize>().ok()), (label, Some(many)));
            let written: Vec<&str> = picture.sheet.written().filter(|words| *words != "aucune pour l’instant").collect();
            assert!(written.windows(2).any(|pair| pair == [label, &many.to_string()]), "{label} {many}");
        }
        assert!(picture.sheet.written().any(|written| written == "aucune pour l’instant"));
        assert!(picture.said.contains("aucune n’est encore retenue\u{202f}; 1\u{a0}synergie est réalisée"), "{}", picture.said);
    }

    #[test]
    fn nothing_is_no_picture() {
        assert!(sample::with(0, None, draw).is_none());
    }
}
