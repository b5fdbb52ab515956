//! R1 to R136, and where each is answered in this dossier: the question and its state, a part of the application, or
//! nothing here.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;

use super::units;
use crate::access::{Dossier, ProjectVisitor, policy};
use crate::app::App;
use crate::error::AppError;
use crate::framework::content::Content;
use crate::framework::requirements::{Answer, CHAPTERS, COUNT, Part, Requirement, answered_by, detailed_by};
use crate::framework::standing::{Place, Standing};
use crate::framework::{DELIVERABLES, Deliverable, Item, Rows, State as Filling};
use crate::page::{Layout, Tag, html};

/// What the filter offers: key in the address, words.
const STATES: [(&str, &str); 5] =
    [("rempli", "Rempli"), ("commence", "Commencé"), ("vide", "Vide"), ("non-montre", "Non montré"), ("ailleurs", "Hors du dossier")];

/// Where a line is answered.
struct PlaceView {
    label: String,
    href: String,
    tag: Option<Tag>,
}

/// A line of the regulation.
struct LineView {
    code: String,
    text: &'static str,
    state: &'static str,
    tag: Tag,
    places: Vec<PlaceView>,
    sentence: &'static str,
    link: Option<(String, &'static str)>,
}

struct ChapterView {
    slug: &'static str,
    title: &'static str,
    lines: Vec<LineView>,
}

/// A choice of the filter: key, words, count, chosen.
type OptionView = (&'static str, String, bool);

#[derive(Template)]
#[template(path = "project/traceability.html")]
struct TracePage {
    layout: Layout,
    base: String,
    heading: String,
    is_team: bool,
    sentence: String,
    shown: usize,
    states: Vec<OptionView>,
    chapters: Vec<OptionView>,
    is_filtered: bool,
    parts: Vec<ChapterView>,
}

/// What a person may know of the dossier's content: the team all of it; the administration the states that progress
/// figures already tell, and more where the carrier shows the deliverable.
struct Eyes {
    shared: [bool; 5],
    is_team: bool,
}

impl Eyes {
    fn of(dossier: &Dossier) -> Result<Self, AppError> {
        Ok(match policy::draft(dossier.ties(), dossier.facts())? {
            policy::DraftView::Whole => Self { shared: [true; 5], is_team: true },
            policy::DraftView::Shared(shared) => Self { shared, is_team: false },
        })
    }

    fn opens(&self, no: u8) -> bool {
        self.shared[usize::from(no) - 1]
    }

    fn knows(&self, place: Place) -> bool {
        place.item.is_element || self.opens(place.deliverable.no)
    }
}

/// The team and the administration see which lines are answered; who may open the answer gets its link.
pub async fn show(State(app): State<App>, visitor: ProjectVisitor, Query(asked): Query<HashMap<String, String>>) -> Result<Response, AppError> {
    let eyes = Eyes::of(&visitor)?;
    let mut conn = app.db.acquire().await?;
    if !visitor.is_team() {
        super::store::record_staff_read(&mut conn, &visitor).await?;
    }
    let content = if eyes.opens(3) { units::load(&mut conn, visitor.project(), &["action"]).await? } else { Content::default() };
    drop(conn);
    let standing: Standing = serde_json::from_str(&visitor.head().standing).map_err(anyhow::Error::from)?;
    let reader = Reader { dossier: &visitor, eyes: &eyes, standing: &standing, content: &content };
    html(&page(&app, &reader, &asked))
}

struct Reader<'a> {
    dossier: &'a Dossier,
    eyes: &'a Eyes,
    standing: &'a Standing,
    content: &'a Content,
}

fn page(app: &App, reader: &Reader<'_>, asked: &HashMap<String, String>) -> TracePage {
    let wanted = |key: &str| asked.get(key).map_or("", String::as_str);
    let (state, chapter) = (wanted("etat"), wanted("chapitre"));
    let mut parts: Vec<ChapterView> = CHAPTERS
        .iter()
        .map(|chapter| ChapterView { slug: chapter.slug, title: chapter.title, lines: chapter.lines.iter().map(|line| reader.line(line)).collect() })
        .collect();
    let of = |key: &str| parts.iter().flat_map(|part| &part.lines).filter(|line| line.state == key).count();
    let counts = STATES.map(|(key, words)| (key, words, of(key)));
    let states = counts.iter().filter(|(_, _, n)| *n > 0).map(|(key, words, n)| (*key, format!("{words} ({n})"), *key == state)).collect();
    let chapters = parts.iter().map(|part| (part.slug, format!("{} ({})", part.title, part.lines.len()), part.slug == chapter)).collect();
    for part in &mut parts {
        part.lines.retain(|line| (state.is_empty() || line.state == state) && (chapter.is_empty() || part.slug == chapter));
    }
    parts.retain(|part| !part.lines.is_empty());
    TracePage {
        layout: Layout::dossier(app, reader.dossier, "Exigences du règlement", ""),
        base: reader.dossier.url(""),
        heading: reader.dossier.head().title.clone(),
        is_team: reader.eyes.is_team,
        sentence: sentence(&counts),
        shown: parts.iter().map(|part| part.lines.len()).sum(),
        is_filtered: !state.is_empty() || !chapter.is_empty(),
        states,
        chapters,
        parts,
    }
}

/// "136 exigences : 60 remplies, 12 commencées, 20 vides, 44 hors du dossier".
fn sentence(counts: &[(&str, &str, usize); 5]) -> String {
    let words =
        [("remplie", "remplies"), ("commencée", "commencées"), ("vide", "vides"), ("non montrée", "non montrées"), ("hors du dossier", "hors du dossier")];
    let parts: Vec<String> =
        counts.iter().zip(words).filter(|((_, _, n), _)| *n > 0).map(|((_, _, n), (one, many))| crate::kit::french::count(*n, one, many)).collect();
    format!("{COUNT}\u{a0}exigences\u{a0}: {}.", parts.join(", "))
}

const fn tag(state: Filling) -> Tag {
    match state {
        Filling::Filled => Tag { class: "done", word: "Rempli" },
        Filling::Begun => Tag { class: "doing", word: "Commencé" },
        Filling::Empty => Tag { class: "todo", word: "Vide" },
    }
}

const fn key(state: Filling) -> &'static str {
    match state {
        Filling::Filled => "rempli",
        Filling::Begun => "commence",
        Filling::Empty => "vide",
    }
}

/// One state for several answers: filled or empty when all are, else begun.
fn overall(states: &[Filling]) -> Filling {
    match (states.iter().all(|state| *state == Filling::Filled), states.iter().all(|state| *state == Filling::Empty)) {
        (true, _) => Filling::Filled,
        (_, true) => Filling::Empty,
        _ => Filling::Begun,
    }
}

impl Reader<'_> {
    fn line(&self, line: &'static Requirement) -> LineView {
        let code = line.code();
        let mut view = LineView {
            text: line.text,
            state: "ailleurs",
            tag: Tag { class: "off", word: "Hors du dossier" },
            places: Vec::new(),
            sentence: "",
            link: None,
            code,
        };
        match line.answer {
            Answer::Dossier => self.answered(&mut view),
            Answer::Deliverable(no) => self.whole(&mut view, DELIVERABLES[usize::from(no) - 1]),
            Answer::Part(part, sentence) => (view.sentence, view.link) = (sentence, self.link(part)),
            Answer::Outside(sentence) => view.sentence = sentence,
        }
        view
    }

    /// The places of the dossier that answer a line, each with its state, and the state of the whole.
    fn answered(&self, view: &mut LineView) {
        let places = answered_by(&view.code);
        let details = detailed_by(&view.code);
        let mut known: Vec<Filling> = Vec::new();
        for place in &places {
            let state = self.eyes.knows(*place).then(|| self.standing.state(place.item.key));
            known.extend(state);
            view.places.push(PlaceView { label: place.label(), href: self.address(place.deliverable.no, &place.address()), tag: state.map(tag) });
        }
        for (rows, item) in details {
            let no = deliverable_of(rows);
            let state = (places.is_empty() && self.eyes.opens(no)).then(|| self.detail(rows, item));
            known.extend(state);
            let path = format!("/{}", rows.path.unwrap_or_default());
            let href = if self.eyes.is_team || no == 3 { self.address(no, &path) } else { String::new() };
            view.places.push(PlaceView { label: format!("Page {}, «\u{a0}{}\u{a0}»", rows.title, item.title), href, tag: state.map(tag) });
        }
        if known.is_empty() {
            (view.state, view.tag) = ("non-montre", Tag { class: "off", word: "Non montré" });
        } else {
            let state = overall(&known);
            (view.state, view.tag) = (key(state), tag(state));
        }
    }

    /// A line that a whole deliverable answers, with its count.
    fn whole(&self, view: &mut LineView, deliverable: &'static Deliverable) {
        let tally = self.standing.tally(deliverable);
        let state = overall(&tally.states);
        (view.state, view.tag) = (key(state), tag(state));
        let label = format!("{}\u{a0}: {}", deliverable.title, tally.sentence(deliverable));
        view.places.push(PlaceView { label, href: self.address(deliverable.no, &format!("/{}", deliverable.path)), tag: Some(tag(state)) });
    }

    /// State of what only rows hold: filled once one of them answers.
    fn detail(&self, rows: &Rows, item: &Item) -> Filling {
        let has = |unit: &crate::framework::content::Unit| item.fields.iter().any(|field| unit.has(field.key));
        if self.content.rows(rows.kind).any(has) { Filling::Filled } else { Filling::Empty }
    }

    fn address(&self, no: u8, path: &str) -> String {
        if self.eyes.opens(no) { self.dossier.url(path) } else { String::new() }
    }

    fn link(&self, part: Part) -> Option<(String, &'static str)> {
        let at = |page: String, fragment: &str| if fragment.is_empty() { page } else { format!("{page}#{fragment}") };
        match part {
            Part::Call(fragment) => Some((at(format!("/appels/{}", self.dossier.head().call_slug), fragment), "Page de l’appel")),
            Part::Overview("partage") if !self.eyes.is_team => None,
            Part::Overview(fragment) => Some((at(self.dossier.url(""), fragment), "Page du dossier")),
            Part::Deposit if self.eyes.is_team => Some((self.dossier.url("/depot"), "Dépôt")),
            Part::Mission if self.eyes.is_team => Some((self.dossier.url("/amo"), "Assistance (AMO)")),
            Part::Subsidy if self.eyes.is_team => Some((self.dossier.url("/subvention"), "Demande de subvention")),
            Part::Deposit | Part::Mission | Part::Subsidy => None,
        }
    }
}

/// The deliverable under which rows with pages of their own are read.
fn deliverable_of(rows: &Rows) -> u8 {
    match rows.kind {
        "action" => 3,
        "commitment" => 4,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_answers_make_one_state() {
        use Filling::{Begun, Empty, Filled};
        assert_eq!([overall(&[Filled, Filled]), overall(&[Empty]), overall(&[Filled, Empty]), overall(&[Begun])], [Filled, Empty, Begun, Begun]);
    }

    #[test]
    fn rows_belong_to_the_deliverable_that_reads_them() {
        let paths: Vec<&str> = crate::framework::COLLECTIONS.iter().map(|rows| DELIVERABLES[usize::from(deliverable_of(rows)) - 1].path).collect();
        assert_eq!(paths, ["etat-des-lieux", "etat-des-lieux", "etat-des-lieux", "actions", "mobilisation"]);
    }
}
