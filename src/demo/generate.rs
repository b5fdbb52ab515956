//! Many plausible dossiers for load tests: one real deposit of the demonstration, copied set by set, each with three
//! reviews by twenty reviewers.

use anyhow::Context as _;

use crate::app::App;
use crate::kit::ids::CallId;
use crate::review;

/// Adds that many dossiers to a call of their own and returns its slug.
///
/// # Errors
/// When the demonstration is not there to copy.
pub async fn generate(app: &App, many: u32) -> anyhow::Result<String> {
    let many = i32::try_from(many)?;
    let now = app.now();
    let slug = "charge";
    let mut tx = app.db.begin().await?;
    sqlx::query_scalar!("select set_config('statement_timeout', '0', true)").fetch_one(&mut *tx).await?;
    let model = sqlx::query_scalar!(
        "select project.id from project join call on call.id = project.call_id
         where call.slug = 'eit-2015' and submission_id is not null order by commitments, project.id limit 1"
    )
    .fetch_optional(&mut *tx)
    .await?
    .context("chargez d’abord la démonstration : trame demo")?;
    let call = match sqlx::query_scalar!("select id from call where slug = $1", slug).fetch_optional(&mut *tx).await? {
        Some(id) => id,
        None => {
            sqlx::query_scalar!(
                r#"select clone_call((select id from call where is_template limit 1), $1, 'Appel de charge', 'charge', 'CHARGE', $2::timestamptz - interval '30 days') as "id!""#,
                slug,
                now
            )
            .fetch_one(&mut *tx)
            .await?
        }
    };
    sqlx::query!(
        "insert into account (email, name, organisation)
         select 'charge' || n || '@example.org', 'Évaluatrice ' || n, 'Service ' || n from generate_series(1, 20) as n
         on conflict (email) do nothing"
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into call_role (call_id, account_id, role)
         select $1::bigint, id, 'reviewer' from account where email like 'charge%@example.org'
         union all
         select $1::bigint, id, unnest(array['manager', 'committee']) from account where email in ('region@example.org', 'ademe@example.org', 'comite@example.org')
         on conflict do nothing",
        call
    )
    .execute(&mut *tx)
    .await?;
    projects(&mut tx, call, model, many).await?;
    reviews(&mut tx, call).await?;
    review::store::recompute_call(&mut tx, CallId(call)).await.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    tx.commit().await?;
    sqlx::query!("analyze").execute(&app.db).await?;
    Ok(slug.to_owned())
}

/// Dossiers with their content, their deposit and what opened them.
async fn projects(conn: &mut sqlx::PgConnection, call: i64, model: i64, many: i32) -> anyhow::Result<()> {
    sqlx::query!(
        "with base as (select coalesce(max(number), 0) as last from project where call_id = $1)
         insert into project (call_id, number, organisation_id, title, status, manifested_on, manifestation, is_reducing_impact, is_collective, notified_on,
                              standing, progress, commitments, content_version, department, label, search, last_activity_at, missing, moved_at)
         select $1, base.last + n, model.organisation_id,
                (array['Boucles', 'Rives', 'Ateliers', 'Vallée', 'Marais', 'Plateau', 'Ports', 'Lisières'])[1 + n % 8] || ' ' ||
                (array['de l’Ouest', 'du Midi', 'en commun', 'partagées', 'sans perte', 'des métiers', 'voisines'])[1 + n % 7] || ' ' || (base.last + n),
                'in_review', model.manifested_on, model.manifestation, true, true, model.notified_on,
                model.standing, model.progress, model.commitments, model.content_version, (array['16', '17', '79', '86'])[1 + n % 4],
                model.label, lower(model.search) || ' ' || (base.last + n), model.last_activity_at + n * interval '1 second', model.missing, model.moved_at
         from project as model, base, generate_series(1, $3) as n
         where model.id = $2",
        call,
        model,
        many
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into unit (project_id, kind, row, parent, position, version, content, raw, account_id, at)
         select project.id, unit.kind, unit.row, unit.parent, unit.position, unit.version, unit.content, unit.raw, unit.account_id, unit.at
         from project, unit
         where project.call_id = $1 and project.submission_id is null and unit.project_id = $2 and not unit.is_deleted",
        call,
        model
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "with deposit as (
           insert into submission (project_id, number, reference, channel, received_at, recorded_at, account_id, content_version, content, digest)
           select project.id, 1, 'CHARGE-' || right('0' || project.number, greatest(2, length(project.number::text))) || '-1', 'online', frozen.received_at, frozen.received_at, frozen.account_id,
                  project.content_version, frozen.content, frozen.digest
           from project, project as model
           join submission as frozen on frozen.id = model.submission_id
           where model.id = $2 and project.call_id = $1 and project.submission_id is null
           returning id, project_id, number, received_at
         ), placed as (
           insert into submission_perimeter (submission_id, communes)
           select deposit.id, held.communes
           from deposit, project as model
           join submission_perimeter as held on held.submission_id = model.submission_id
           where model.id = $2
         )
         update project set submission_id = deposit.id, deposit_number = deposit.number, deposited_at = deposit.received_at, deposited_version = content_version from deposit where project.id = deposit.project_id",
        call,
        model
    )
    .execute(&mut *conn)
    .await?;
    openings(conn, call).await
}

/// The first line of their journals, and an owner for one in a thousand.
async fn openings(conn: &mut sqlx::PgConnection, call: i64) -> anyhow::Result<()> {
    sqlx::query!(
        "with line as (
           insert into journal (project_id, seq, at, account_id, act, subject, hash)
           select project.id, 1, project.created_at, manager.id, 'created', '',
                  sha256(convert_to(project.id || '|1|' || manager.id || '|created||' || (extract(epoch from project.created_at) * 1000000)::bigint, 'UTF8'))
           from project, account as manager
           where project.call_id = $1 and project.journal_seq = 0 and manager.email = 'region@example.org'
           returning project_id, hash
         )
         update project set journal_seq = 1, journal_hash = line.hash from line where project.id = line.project_id",
        call
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into project_member (project_id, account_id, role)
         select project.id, account.id, 'owner' from project, account
         where project.call_id = $1 and account.email = 'porteur2@example.org' and project.number % 1000 = 1
         on conflict do nothing",
        call
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}

/// Three delivered reviews a dossier, marks drawn by a fixed arithmetic: the same figures at each run.
async fn reviews(conn: &mut sqlx::PgConnection, call: i64) -> anyhow::Result<()> {
    sqlx::query!(
        "insert into review (project_id, account_id, submission_id, status, delivered_at)
         select project.id, reviewer.id, project.submission_id, 'delivered', now()
         from project, generate_series(0, 2) as k,
              (select id, row_number() over (order by id) - 1 as place from account where email like 'charge%@example.org') as reviewer
         where project.call_id = $1 and reviewer.place = (project.number + k * 7) % 20
         on conflict (project_id, account_id) do nothing",
        call
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into mark (review_id, criterion_id, value)
         select review.id, criterion.id, ((project.number * 31 + review.account_id * 17 + criterion.position * 13) % 97) % 5
         from review
         join project on project.id = review.project_id
         join criterion on criterion.call_id = project.call_id
         where project.call_id = $1
         on conflict do nothing",
        call
    )
    .execute(&mut *conn)
    .await?;
    Ok(())
}
