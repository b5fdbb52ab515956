//! Who is told of a question: the managers who read it, when it is asked or goes on; who asked, when it is answered or published.

use sqlx::PgConnection;

use crate::access::Participant;
use crate::access::policy::asking::QuestionSide;
use crate::app::App;
use crate::kit::ids::ProjectId;
use crate::mail::question::{self as texts, Told};
use crate::mail::{self, Mail, Origin};

/// Address of a question.
pub fn path(number: i32, slug: &str) -> String {
    format!("/questions/{number}?appel={slug}")
}

/// A question to tell of.
#[derive(Debug, Clone, Copy)]
pub struct About {
    /// Its id.
    pub id: i64,
    /// Number within the call.
    pub number: i32,
    /// Dossier for which it is asked.
    pub project: i64,
}

/// Tells the other side of a message.
pub async fn message(conn: &mut PgConnection, app: &App, by: &Participant, about: About, (id, side): (i64, QuestionSide)) -> sqlx::Result<()> {
    let (kind, to) = match side {
        QuestionSide::Asker => ("question", QuestionSide::Manager),
        QuestionSide::Manager => ("question_answer", QuestionSide::Asker),
    };
    tell(conn, app, by, about, (kind, to, &format!("question {id}"))).await
}

/// Tells who asked that their question is published, without their name.
pub async fn published(conn: &mut PgConnection, app: &App, by: &Participant, about: About) -> sqlx::Result<()> {
    tell(conn, app, by, about, ("question_published", QuestionSide::Asker, &format!("question {} published {}", about.id, by.now().unix_timestamp()))).await
}

async fn tell(conn: &mut PgConnection, app: &App, by: &Participant, about: About, (kind, to, key): (&str, QuestionSide, &str)) -> sqlx::Result<()> {
    let people = sqlx::query!(
        r#"select account.id as "id!", account.email as "email!"
           from question_reader($1) as reader
           join account on account.id = reader.account_id and account.disabled_at is null
           where reader.question_id = $2 and reader.side = $3 and account.id <> $4
           order by account.id"#,
        by.now(),
        about.id,
        to.as_str(),
        by.account().get()
    )
    .fetch_all(&mut *conn)
    .await?;
    let call = by.call();
    let name = format!("{} {}", call.title, call.edition);
    let path = path(about.number, &call.slug);
    let (subject, body) = texts::told(app, &Told { call: &name, path: &path, page: &format!("/appels/{}#questions", call.slug), kind });
    // Who asked may no longer be of the dossier's team: their own question stays theirs.
    let project = (to == QuestionSide::Manager).then_some(ProjectId(about.project));
    let origin = Origin { sender: Some(by.account()), project, path: Some(&path), ..Origin::default() };
    for person in people {
        let key = format!("{key} {}", person.id);
        mail::queue_from(conn, &Mail { kind, recipient: &person.email, subject: &subject, body: &body, dedup_key: Some(&key) }, &origin).await?;
    }
    Ok(())
}
