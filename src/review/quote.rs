//! A passage of the deposit quoted in the reason of a criterion, with the question that it answers.

use sqlx::PgConnection;

use super::grid::Grid;
use super::own::Own;
use super::tab::Tab;
use crate::error::AppError;
use crate::input::Input;
use crate::kit::french::NBSP;
use crate::kit::words;
use crate::project::draw::ItemView;
use crate::submission::{SectionRead, read_view};

/// Name of the buttons that quote.
pub const QUOTE: &str = "citer";

/// A passage to quote, as a button says it: criterion, question, answer, paragraph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Criterion.
    pub criterion: i64,
    anchor: String,
    answer: usize,
    paragraph: usize,
}

impl Wanted {
    /// From a posted form; nothing when no such button was pressed, or when no page of ours draws it.
    pub fn read(input: &Input) -> Option<Self> {
        let mut parts = input.get(QUOTE).split('.');
        let (criterion, anchor) = (parts.next()?.parse().ok()?, parts.next()?.to_owned());
        let (answer, paragraph) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        parts.next().is_none().then_some(Self { criterion, anchor, answer, paragraph })
    }
}

/// Where a passage comes from: "2. Densité économique".
pub fn origin(view: &ItemView) -> String {
    if view.no.is_empty() { view.title.to_string() } else { format!("{}. {}", view.no, view.title) }
}

/// A passage as it is written in a reason.
pub fn quotation(passage: &str, origin: &str) -> String {
    let passage: Vec<&str> = passage.split_whitespace().collect();
    format!("«{NBSP}{}{NBSP}» ({origin})", passage.join(" "))
}

fn passage(sections: &[SectionRead], wanted: &Wanted) -> Option<String> {
    let view = sections.iter().flat_map(|section| &section.items).find(|item| item.anchor == wanted.anchor)?;
    let answer = view.answers.get(wanted.answer).filter(|answer| answer.is_said)?;
    let paragraph = words::paragraphs(&answer.text).nth(wanted.paragraph)?;
    Some(quotation(paragraph, &origin(view)))
}

/// The posted form with the passage after what was typed in the reason of its criterion: the deposit judged is read again, the
/// form names a place and never a text.
pub async fn quoted(conn: &mut PgConnection, own: &Own, grid: &Grid, tab: Tab, (wanted, input): (&Wanted, &Input)) -> Result<Input, AppError> {
    let unknown = || AppError::BadRequest("Ce passage n’est pas dans le dépôt évalué. Rechargez la page.");
    let line = grid.lines.iter().find(|line| line.id.get() == wanted.criterion).ok_or_else(unknown)?;
    let submission = own.submission.ok_or_else(unknown)?;
    let sections = read_view(conn, submission, tab.deliverable()).await?;
    let passage = passage(&sections, wanted).ok_or_else(unknown)?;
    let name = format!("j{}", line.id);
    let typed = if input.has(&name) { input.get(&name) } else { line.mark.comment.as_str() }.trim_end();
    let reason = if typed.is_empty() { passage } else { format!("{typed}\n\n{passage}") };
    Ok(input.with(&name, reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_names_a_place_and_nothing_else() {
        let read = |value: &str| Wanted::read(&Input::of(vec![(QUOTE.to_owned(), value.to_owned())]));
        assert_eq!(read("12.context.0.1"), Some(Wanted { criterion: 12, anchor: "context".to_owned(), answer: 0, paragraph: 1 }));
        for noise in ["", "12", "12.context.0", "x.context.0.1", "12.context.0.1.2", "12.context.-1.0"] {
            assert_eq!(read(noise), None, "{noise}");
        }
    }

    #[test]
    fn a_passage_is_one_line_with_its_question() {
        assert_eq!(quotation(" deux\nlignes ", "2. Densité"), "«\u{a0}deux lignes\u{a0}» (2. Densité)");
    }
}
