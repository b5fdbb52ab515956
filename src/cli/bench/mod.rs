//! `trame bench pages`: what pages cost beside a bare program that shows the same data (see `limit`), on the same Postgres.
//!
//! Every figure of the speed budget that a page can give is printed as a ratio: the machine matters less to it.

mod limit;
mod load;
mod server;
mod synergies;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use pico_args::Arguments;

use self::load::{Asked, Cost, Rate};
use self::server::Server;
use super::tools::on_base;
use super::{base, finish, helped};
use crate::app::App;
use crate::demo;
use crate::demo::client::Client;
use crate::kit::ids::AccountId;

const HELP: &str = "\
Mesure ce que coûtent les pages, à côté d’un programme nu (axum, sqlx, askama) qui montre les mêmes données.

Usage : trame bench pages [--dossiers N] [--fois N]
        trame bench synergies [--flows N]   (le moteur de synergies sur un territoire inventé, sans base)

  --dossiers N   taille de l’appel de charge (10000) ; il est complété, jamais réduit
  --fois N       demandes par mesure de CPU (2000)

À lancer sur une base de démonstration qui ne sert à rien d’autre : la mesure y écrit.
Sur une base sans appel de charge, le tableau est d’abord mesuré à un dixième de N, pour dire comment son coût croît.";

pub(super) fn bench(mut args: Arguments) -> anyhow::Result<ExitCode> {
    let verb = args.subcommand().ok().flatten();
    if verb.as_deref() == Some("pdf") {
        return super::bench_pdf::bench(args);
    }
    if helped(&mut args, HELP) {
        return Ok(ExitCode::SUCCESS);
    }
    match verb.as_deref() {
        Some("pages") => {}
        Some("limite") => return limit::serve(),
        Some("synergies") => {
            let flows: usize = args.opt_value_from_str("--flows")?.unwrap_or(100_000);
            finish(args)?;
            synergies::run(flows.clamp(1, 1_000_000));
            return Ok(ExitCode::SUCCESS);
        }
        _ => bail!("les mesures sont : trame bench pages, trame bench pdf, trame bench synergies"),
    }
    let many: u32 = args.opt_value_from_str("--dossiers")?.unwrap_or(10_000);
    let times: u32 = args.opt_value_from_str("--fois")?.unwrap_or(2000);
    finish(args)?;
    on_base(async |app| {
        let bench = Bench { url: base::address_of(&app.db), app, times };
        bench.run(many).await
    })?;
    Ok(ExitCode::SUCCESS)
}

struct Bench {
    app: App,
    url: String,
    times: u32,
}

/// The same request to both programs.
struct Pair {
    name: &'static str,
    trame: Asked,
    bare: Asked,
}

impl Bench {
    async fn run(&self, many: u32) -> anyhow::Result<()> {
        let held = self.dossiers().await?;
        let tenth = if held == 0 { Some(self.tenth(many / 10).await?) } else { None };
        let held = self.dossiers().await?;
        if held < many {
            demo::generate(&self.app, many - held).await?;
        }
        let trame = Server::start(&["serve"], &self.url)?;
        let bare = Server::start(&["bench", "limite"], &self.url)?;
        let (fresh, started_in) = (trame.memory()?, trame.started_in);
        let people = People::open(&self.app).await?;
        println!("{} dossiers dans l’appel de charge, {} demandes par mesure. Millisecondes de CPU par demande.\n", self.dossiers().await?, self.times);
        println!("{:<24} {:>8} {:>8} {:>8} │ {:>8} {:>8} {:>8} │ {:>7}", "page", "Trame", "Postgres", "somme", "limite", "Postgres", "somme", "rapport");
        let mut board = None;
        for pair in self.pairs(&people).await? {
            let mine = load::cost(&self.app.db, &trame, &pair.trame, self.times).await?;
            let limit = load::cost(&self.app.db, &bare, &pair.bare, self.times).await?;
            print_line(pair.name, mine, limit);
            if board.is_none() {
                board = Some((pair, mine));
            }
        }
        let (pair, cost) = board.context("the board is measured first")?;
        if let Some((fewer, before)) = tenth {
            let exponent = (cost.cpu() / before.cpu()).ln() / (f64::from(self.dossiers().await?) / f64::from(fewer)).ln();
            println!("\nTableau : {:.3} ms à {fewer} dossiers, {:.3} ms à {many} : croissance en puissance {exponent:.3}", before.cpu(), cost.cpu());
        }
        throughput(&trame, &bare, &pair).await?;
        weights(&trame, &pair.trame, &people).await?;
        println!("\nDémarrage jusqu’à la première réponse : {:.0} ms", started_in.as_secs_f64() * 1000.0);
        println!("Mémoire (PSS) : {fresh:.1} Mo au départ, {:.1} Mo après la charge", trame.memory()?);
        people.close(&self.app).await
    }

    async fn dossiers(&self) -> anyhow::Result<u32> {
        let found = sqlx::query_scalar!(r#"select count(*) as "n!" from project join call on call.id = project.call_id where call.slug = 'charge'"#)
            .fetch_one(&self.app.db)
            .await?;
        Ok(u32::try_from(found)?)
    }

    /// Cost of the board on a tenth of the dossiers.
    async fn tenth(&self, fewer: u32) -> anyhow::Result<(u32, Cost)> {
        demo::generate(&self.app, fewer).await?;
        let trame = Server::start(&["serve"], &self.url)?;
        let people = People::open(&self.app).await?;
        let board = asked("/comite?appel=charge", &people.committee, None);
        let cost = load::cost(&self.app.db, &trame, &board, self.times).await?;
        people.close(&self.app).await?;
        Ok((fewer, cost))
    }

    async fn pairs(&self, people: &People) -> anyhow::Result<Vec<Pair>> {
        let project = sqlx::query_scalar!(
            "select project.id from project join call on call.id = project.call_id join project_member as member on member.project_id = project.id
             where call.slug = 'demo' and member.account_id = $1 limit 1",
            people.owner.account.get()
        )
        .fetch_one(&self.app.db)
        .await?;
        let page = format!("/dossiers/{project}/organisation");
        let version = sqlx::query_scalar!("select version from unit where project_id = $1 and kind = 'organisation.perimetre'", project)
            .fetch_optional(&self.app.db)
            .await?
            .unwrap_or(0);
        let answer = "Un+périmètre+de+cinq+communes+riveraines,+deux+zones+industrielles+et+un+port+de+commerce.+".repeat(12);
        let body = format!("version={{version}}&q1={{turn}}+{answer}&q2={answer}&q3={answer}&q4={answer}");
        let (committee, owner) = (&people.committee, &people.owner);
        let pair = |name, path: &str, other: &str, client, body: Option<&String>| Pair {
            name,
            trame: Asked { version: version.into(), ..asked(path, client, body) },
            bare: asked(other, client, body),
        };
        Ok(vec![
            pair("tableau du comité", "/comite?appel=charge", "/comite?appel=charge", committee, None),
            pair("dossier", &format!("/dossiers/{project}"), &format!("/dossier?id={project}"), owner, None),
            pair("enregistrer une section", &page, &format!("/dossier?id={project}"), owner, Some(&body)),
            pair("connexion", "/connexion", "/connexion", &people.nobody, None),
        ])
    }
}

fn asked(path: &str, client: &Client, body: Option<&String>) -> Asked {
    Asked { path: path.to_owned(), cookie: client.cookie().to_owned(), body: body.cloned(), version: 0 }
}

/// Who asks for the pages.
struct People {
    committee: Client,
    owner: Client,
    nobody: Client,
}

impl People {
    async fn open(app: &App) -> anyhow::Result<Self> {
        let person = async |email: &str| -> anyhow::Result<Client> {
            let id = sqlx::query_scalar!("select id from account where email = $1", email)
                .fetch_optional(&app.db)
                .await?
                .context("chargez d’abord la démonstration : trame demo")?;
            Client::open(app, AccountId(id)).await
        };
        Ok(Self { committee: person("comite@example.org").await?, owner: person("porteur@example.org").await?, nobody: Client::nobody() })
    }

    async fn close(self, app: &App) -> anyhow::Result<()> {
        self.committee.close(app).await?;
        self.owner.close(app).await
    }
}

fn print_line(name: &str, mine: Cost, limit: Cost) {
    println!(
        "{name:<24} {:>8.3} {:>8.3} {:>8.3} │ {:>8.3} {:>8.3} {:>8.3} │ {:>7.2}   ({} et {} octets)",
        mine.program,
        mine.postgres,
        mine.cpu(),
        limit.program,
        limit.postgres,
        limit.cpu(),
        mine.cpu() / limit.cpu(),
        mine.bytes,
        limit.bytes
    );
}

async fn throughput(trame: &Server, bare: &Server, pair: &Pair) -> anyhow::Result<()> {
    let during = Duration::from_secs(5);
    let eight = load::rate(trame, &pair.trame, 8, during).await?;
    let limit = load::rate(bare, &pair.bare, 8, during).await?;
    let many = load::rate(trame, &pair.trame, 64, during).await?;
    let said = |rate: Rate| format!("{:.0} par seconde, {} erreurs", rate.each_second, rate.errors);
    println!("\nTableau, 8 connexions : {} ; la limite : {} ; rapport {:.2}", said(eight), said(limit), eight.each_second / limit.each_second);
    println!("Tableau, 64 connexions : {} ; rapport à 8 connexions {:.2}", said(many), many.each_second / eight.each_second);
    Ok(())
}

async fn weights(trame: &Server, board: &Asked, people: &People) -> anyhow::Result<()> {
    let (plain, packed) = (load::weight(trame, board, false).await?, load::weight(trame, board, true).await?);
    println!("\nTableau de 50 lignes : {plain} octets, {packed} en gzip");
    let mut files = load::weight(trame, &asked("/connexion", &people.nobody, None), true).await?;
    for name in ["trame.css", "trame.js"] {
        files += load::weight(trame, &asked(crate::assets::path(name), &people.nobody, None), true).await?;
    }
    println!("Première vue, page, style et script : {files} octets en gzip");
    Ok(())
}
