//! The attendance sheet of a training, to print and have signed.

use axum::extract::State;
use axum::response::Response;
use trame_pdf::{Fact, Sheet, SheetDay};

use super::manage::HERE;
use super::model::{Course, Seat, Session};
use super::store::{self, Enrolled};
use crate::access::{CallManager, NumberPart};
use crate::app::App;
use crate::call::frame::{at, layout};
use crate::documents::{self, training as papers};
use crate::error::AppError;
use crate::kit::french::fold;
use crate::kit::moment;

/// Empty lines after the people expected: somebody always comes besides.
const SPARE: usize = 3;

fn day(course: &Course, session: &Session, people: &[Enrolled]) -> SheetDay {
    let mut expected: Vec<&Enrolled> = people.iter().filter(|line| line.seat == Seat::Enrolled && !line.skips.contains(&session.id)).collect();
    expected.sort_by_key(|line| fold(&line.name));
    let lines = expected.into_iter().map(|line| [line.name.clone(), line.organisation.clone()]);
    let facts = [
        ("Horaires", session.hours()),
        ("Lieu", course.place(session).to_owned()),
        ("Sujet", session.note.clone()),
        ("Organisme", course.training.trainer.clone()),
    ];
    SheetDay {
        title: moment::day(session.day),
        facts: facts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| Fact::new(label, text)).collect(),
        people: lines.chain(std::iter::repeat_n([String::new(), String::new()], SPARE)).collect(),
    }
}

/// The managers of a call print the attendance sheet of a training, a page for each day.
pub async fn print(State(app): State<App>, manager: CallManager, NumberPart(number): NumberPart, asked: documents::Asked) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let call = manager.call();
    let course = store::course(&mut conn, call.id, number).await?;
    let people = store::enrolled(&mut conn, course.training.id, manager.account()).await?;
    drop(conn);
    let first = course.days().next().ok_or(AppError::NotFound)?.starts_at();
    let sheet = Sheet {
        name: format!("Feuille d’émargement, {}", course.training.title),
        over: format!("Appel {} {}", call.title, call.edition),
        title: course.training.title.clone(),
        days: course.days().map(|session| day(&course, session, &people)).collect(),
    };
    let printed = papers::Printed {
        paper: papers::Paper::Sheet(sheet),
        at: first,
        name: format!("emargement-{}-{number}", call.slug),
        back: at(&call.slug, &format!("{HERE}/{number}")),
        query: format!("?appel={}", call.slug),
    };
    papers::serve(&app, layout(&app, &manager, "Document en préparation"), &asked, printed).await
}
