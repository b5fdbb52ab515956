//! A signature on paper: recorded by the team for a given version, with its scan, in the slot of the commitment.

use axum::extract::{Multipart, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use time::Date;
use uuid::Uuid;

use super::answers::{self, Signer};
use super::model::Document;
use super::signatory::{self, Held, Typed};
use super::store;
use crate::access::{EngagementManager, NumberPart};
use crate::app::App;
use crate::error::AppError;
use crate::kit::values::{Day, Line};
use crate::kit::{moment, words};
use crate::page::see;
use crate::project::files::{self, Received};

const CUT: AppError = AppError::BadRequest("L’envoi a été interrompu. Recommencez.");

/// What the form says, as typed, and the scan already received.
#[derive(Debug, Default)]
struct Said {
    name: String,
    function: String,
    day: String,
    number: String,
    operation: String,
    scan: Option<Received>,
}

impl Said {
    async fn read(app: &App, mut form: Multipart) -> Result<Self, AppError> {
        let mut said = Self::default();
        while let Some(field) = form.next_field().await.map_err(|_| CUT)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == "piece" {
                if field.file_name().is_some_and(|name| !name.is_empty()) {
                    said.scan = Some(files::receive(&app.config.data, field).await?);
                }
                continue;
            }
            let text: String = field.text().await.map_err(|_| CUT)?.chars().filter(|c| !c.is_control() && !words::is_hidden(*c)).take(500).collect();
            match name.as_str() {
                "nom" => said.name = text,
                "fonction" => said.function = text,
                "signe" => said.day = text,
                "numero" => said.number = text,
                "operation" => said.operation = text,
                _ => {}
            }
        }
        Ok(said)
    }

    /// Name, function and day, or what is wrong with each.
    fn signature(&self, organisation: &str, today: Date) -> Result<(Signer, Date), Vec<(&'static str, String)>> {
        let name = Line::read(&self.name).map_err(|_| ("nom", "Écrire le prénom et le nom de la personne qui a signé.".to_owned()));
        let function = Line::read(&self.function).map_err(|_| ("fonction", "Écrire la fonction de la personne qui a signé.".to_owned()));
        let day = match Day::read(&self.day) {
            Ok(day) if day.get() > today => Err(("signe", "Cette date est dans le futur. Écrire celle qui est portée sur le papier.".to_owned())),
            Ok(day) => Ok(day.get()),
            Err(sentence) => Err(("signe", sentence.to_string())),
        };
        let scan = if self.scan.is_some() { Ok(()) } else { Err(("piece", "Joindre le document signé, numérisé.".to_owned())) };
        match (name, function, day, scan) {
            (Ok(name), Ok(function), Ok(day), Ok(())) => {
                let organisation = Line::read(organisation).map_err(|sentence| vec![("nom", sentence.to_string())])?;
                Ok((Signer { name, function, organisation }, day))
            }
            (name, function, day, scan) => Err([name.err(), function.err(), day.err(), scan.err()].into_iter().flatten().collect()),
        }
    }
}

/// Who writes deliverable 4 records a signature on paper, with its scan.
pub async fn record(Shared(app): Shared<App>, manager: EngagementManager, NumberPart(id): NumberPart, form: Multipart) -> Result<Response, AppError> {
    let said = Said::read(&app, form).await?;
    let outcome = keep(&app, &manager, id, &said).await;
    let is_kept = matches!(&outcome, Ok((_, true)));
    // What was refused or sent twice leaves no file behind.
    if let Some(scan) = said.scan.as_ref().filter(|_| !is_kept) {
        let _ = tokio::fs::remove_file(files::path(&app.config.data, &scan.file)).await;
    }
    outcome.map(|(response, _)| response)
}

/// The answer to give, and whether the scan was kept.
async fn keep(app: &App, manager: &EngagementManager, id: i64, said: &Said) -> Result<(Response, bool), AppError> {
    let operation =
        Uuid::try_parse(&said.operation).map_err(|_| AppError::BadRequest("Le formulaire n’indique pas son opération. Rechargez la page et recommencez."))?;
    let mut held = match signatory::hold(app, manager, id, operation).await? {
        Ok(held) => held,
        Err(done) => return Ok((done, false)),
    };
    let document = version(&mut held, manager, said).await?;
    let (today, _) = moment::paris_parts(manager.now());
    let faults = match (said.signature(&held.signatory.organisation, today), &document, &said.scan) {
        (Ok((signer, day)), Some(document), Some(scan)) => {
            let Held { mut tx, mut locked, signatory, operation } = held;
            answers::record_paper(&mut tx, manager, (&signatory, document), (&signer, day, scan), (&mut locked, operation)).await?;
            tx.commit().await?;
            return Ok((see(&manager.url(&format!("/engagement/signataires/{id}?fait=papier"))), true));
        }
        (read, ..) => {
            let unknown = document.is_none().then(|| ("numero", "Choisir la version signée, plus récente que celle déjà signée.".to_owned()));
            read.err().unwrap_or_default().into_iter().chain(unknown).collect()
        }
    };
    drop(held);
    let typed = Typed { paper: [said.name.clone(), said.function.clone(), said.day.clone()], faults, ..Typed::default() };
    Ok((signatory::refuse(app, manager, id, StatusCode::UNPROCESSABLE_ENTITY, (typed, "")).await?, false))
}

/// The version named in the form, when it may still be signed.
async fn version(held: &mut Held, manager: &EngagementManager, said: &Said) -> Result<Option<Document>, AppError> {
    let documents = store::documents(&mut held.tx, manager.project()).await?;
    let number: Option<i32> = said.number.trim().parse().ok();
    let is_newer = |document: &Document| held.signatory.signature().is_none_or(|signature| signature.number < document.number);
    Ok(documents.into_iter().find(|document| Some(document.number) == number && is_newer(document)))
}
