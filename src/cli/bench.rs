//! `trame bench pages`: what a page costs, in CPU of the program and of Postgres, beside a bare program doing as much.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context as _, bail};
use pico_args::Arguments;
use rustix::time::{ClockId, clock_gettime};
use sqlx::PgPool;

use super::tools::on_base;
use super::{finish, helped};
use crate::app::App;
use crate::demo::client::Client;
use crate::kit::ids::AccountId;

const HELP: &str = "\
Mesure ce que coûte une page : CPU du programme et de PostgreSQL, par demande.

Usage : trame bench pages [--fois N]

À lancer sur une base de démonstration, après : trame demo --dossiers 10000
Chaque ligne est comparée à « la limite » : les mêmes données lues par une seule requête, sans droits ni page.";

pub(super) fn bench(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let verb = args.subcommand().ok().flatten();
    if verb.as_deref() == Some("pdf") {
        return super::bench_pdf::bench(args);
    }
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    if verb.as_deref() != Some("pages") {
        bail!("la seule mesure est : trame bench pages");
    }
    let times: u32 = args.opt_value_from_str("--fois")?.unwrap_or(1000);
    finish(args)?;
    on_base(async |app| pages(&app, times).await)?;
    Ok(ExitCode::SUCCESS)
}

/// What one kind of request costs.
struct Cost {
    program: f64,
    postgres: f64,
    wall: f64,
    bytes: usize,
}

impl Cost {
    fn cpu(&self) -> f64 {
        self.program + self.postgres
    }
}

async fn pages(app: &App, times: u32) -> anyhow::Result<()> {
    let project = sqlx::query_scalar!("select max(project.id) from project join call on call.id = project.call_id where call.slug = 'charge'")
        .fetch_one(&app.db)
        .await?
        .context("lancez d’abord : trame demo --dossiers 10000")?;
    let dossiers = sqlx::query_scalar!(r#"select count(*) as "n!" from project"#).fetch_one(&app.db).await?;
    let person = async |email: &str| -> anyhow::Result<Client> {
        let id = sqlx::query_scalar!("select id from account where email = $1", email).fetch_one(&app.db).await?;
        Client::open(app, AccountId(id)).await
    };
    let (committee, owner) = (person("comite@example.org").await?, person("porteur2@example.org").await?);
    let open = sqlx::query_scalar!(
        "select project.id from project join call on call.id = project.call_id join project_member as member on member.project_id = project.id
         where call.slug = 'demo' and member.account_id = $1 limit 1",
        owner.account.get()
    )
    .fetch_one(&app.db)
    .await?;
    println!("{dossiers} dossiers, {times} demandes par ligne ; millisecondes de CPU par demande");
    println!("{:<34} {:>9} {:>9} {:>9} {:>9} {:>9}", "page", "Trame", "Postgres", "somme", "durée", "octets");
    line("connexion", &measure(app, times, async |_| Ok(owner_less(app).await?)).await?);
    line("tableau, limite", &measure(app, times, async |_| bare_board(&app.db).await).await?);
    line("tableau du comité, 50 lignes", &measure(app, times, async |_| page(app, &committee, "/comite?appel=charge").await).await?);
    line("tableau, trié par moyenne", &measure(app, times, async |_| page(app, &committee, "/comite?appel=charge&tri=moyenne").await).await?);
    line("dossier, limite", &measure(app, times, async |_| bare_dossier(&app.db, project).await).await?);
    line("dossier", &measure(app, times, async |_| page(app, &owner, &format!("/dossiers/{open}")).await).await?);
    let mut version = sqlx::query_scalar!("select version from unit where project_id = $1 and kind = 'organisation.gouvernance'", open)
        .fetch_optional(&app.db)
        .await?
        .unwrap_or(0);
    let cost = measure(app, times, async |turn| {
        let pairs =
            [("version".to_owned(), version.to_string()), ("legal".to_owned(), format!("Mesure {turn} du coût d’un enregistrement, à la version {version}."))];
        owner.post(app, app.now(), &format!("/dossiers/{open}/organisation?theme=gouvernance"), &pairs).await?;
        version += 1;
        Ok(0)
    });
    line("enregistrement d’une section", &cost.await?);
    committee.close(app).await?;
    owner.close(app).await
}

fn line(name: &str, cost: &Cost) {
    println!("{name:<34} {:>9.3} {:>9.3} {:>9.3} {:>9.3} {:>9}", cost.program, cost.postgres, cost.cpu(), cost.wall, cost.bytes);
}

async fn page(app: &App, client: &Client, path: &str) -> anyhow::Result<usize> {
    let answer = client.get(app, app.now(), path).await?;
    anyhow::ensure!(answer.status.is_success(), "{path} : {}", answer.status);
    Ok(answer.body.len())
}

async fn owner_less(app: &App) -> anyhow::Result<usize> {
    let answer = Client::nobody().get(app, app.now(), "/connexion").await?;
    anyhow::ensure!(answer.status.is_success(), "/connexion : {}", answer.status);
    Ok(answer.body.len())
}

/// The board's rows, read by one statement and written without a thought.
async fn bare_board(db: &PgPool) -> anyhow::Result<usize> {
    let rows = sqlx::query!(
        "select project.id, project.title, project.label, project.status, progress, reviews_delivered, reviews_assigned, score_mean, score_median, score_min, score_max, commitments
         from project join call on call.id = project.call_id where call.slug = 'charge' order by project.title collate \"fr-x-icu\", project.id limit 50"
    )
    .fetch_all(db)
    .await?;
    let page: Vec<String> = rows
        .iter()
        .map(|row| {
            format!(
                "<tr><td>{}<td>{}<td>{}<td>{:?}<td>{}/{}<td>{:?}",
                row.title, row.label, row.status, row.progress, row.reviews_delivered, row.reviews_assigned, row.score_mean
            )
        })
        .collect();
    Ok(page.iter().map(String::len).sum())
}

async fn bare_dossier(db: &PgPool, project: i64) -> anyhow::Result<usize> {
    let row = sqlx::query!("select title, label, status, standing::text as \"standing!\" from project where id = $1", project).fetch_one(db).await?;
    Ok(row.title.len() + row.label.len() + row.status.len() + row.standing.len())
}

async fn measure(app: &App, times: u32, mut request: impl AsyncFnMut(u32) -> anyhow::Result<usize>) -> anyhow::Result<Cost> {
    let mut bytes = 0;
    for turn in 0..times.div_ceil(10) {
        bytes = request(turn).await?;
    }
    let (program, postgres, started) = (cpu(), backends(&app.db).await?, Instant::now());
    for turn in 0..times {
        request(times + turn).await?;
    }
    let wall = started.elapsed().as_secs_f64();
    let (program, postgres) = (cpu() - program, backends(&app.db).await? - postgres);
    let each = 1000.0 / f64::from(times);
    Ok(Cost { program: program * each, postgres: postgres * each, wall: wall * each, bytes })
}

/// CPU seconds of this program.
fn cpu() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds of CPU")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 / 1e9;
    seconds
}

/// CPU seconds of the backends of this database, from the system's own accounts.
async fn backends(db: &PgPool) -> anyhow::Result<f64> {
    let pids = sqlx::query_scalar!(r#"select pid as "pid!" from pg_stat_activity where datname = current_database()"#).fetch_all(db).await?;
    let mut ticks = 0.0;
    for pid in pids {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let rest = text.rsplit(") ").next().unwrap_or_default();
        ticks += rest.split(' ').skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum::<f64>();
    }
    Ok(ticks / 100.0)
}
