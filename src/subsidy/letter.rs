//! The letter of the request (R89), to be read again, signed and joined: an editable document filled with what is known.

use axum::extract::State as Shared;
use axum::response::Response;

use super::store;
use crate::access::SubsidyWriter;
use crate::advisory::consultation;
use crate::app::App;
use crate::documents::docx::{self, Piece};
use crate::error::AppError;
use crate::kit::french::{percent, slug};
use crate::kit::moment;

/// The carriers keep the letter proposed for their request.
pub async fn show(Shared(app): Shared<App>, writer: SubsidyWriter) -> Result<Response, AppError> {
    let mut conn = app.db.acquire().await?;
    let file = store::file(&mut conn, &writer).await?;
    let retained = consultation::store::retained(&mut conn, &writer).await?;
    drop(conn);
    let head = writer.head();
    let provider = retained.as_ref().map_or_else(|| "[nom du prestataire]".to_owned(), |retained| retained.name.clone());
    let quote = file.quote.or(retained.and_then(|retained| retained.offer).map(|offer| (offer.excluded, offer.included)));
    let amount = quote.map_or_else(|| "[montant]".to_owned(), |(excluded, included)| format!("{excluded} HT, {included} TTC"));
    let aid = quote.map_or_else(|| "[montant]".to_owned(), |quote| file.rule.aid(quote).aid.to_string());
    let mut pieces = vec![
        Piece::Text(file.structure.1.clone()),
        Piece::Text("[adresse de la structure]".to_owned()),
        Piece::Text(format!("À l’attention de\u{a0}: {}", file.fund)),
        Piece::Text(format!("Le {}", moment::date(writer.now()))),
        Piece::Heading(format!("Objet\u{a0}: demande de subvention pour une assistance à maîtrise d’ouvrage, projet «\u{a0}{}\u{a0}»", head.title)),
        Piece::Text("Madame, Monsieur,".to_owned()),
        Piece::Text(format!(
            "{} porte le projet d’écologie industrielle et territoriale «\u{a0}{}\u{a0}», dans le cadre de l’appel «\u{a0}{} {}\u{a0}». Pour structurer cette démarche, \
             nous avons consulté des prestataires et retenu {provider}.",
            file.structure.1, head.title, head.call_title, head.edition
        )),
        Piece::Text(format!(
            "Le devis de la mission s’élève à {amount}. Nous sollicitons une aide de {aid}, soit {} de la dépense éligible, plafonnée à {}.",
            percent(file.rule.rate, 0),
            file.rule.cap
        )),
        Piece::Text("Vous trouverez avec cette lettre\u{a0}:".to_owned()),
    ];
    let asked = super::model::pieces(&file.structure.0);
    pieces.extend(asked.iter().filter(|piece| piece.key != "letter").map(|piece| Piece::Bullet(piece.label.to_owned())));
    pieces.push(Piece::Text("Nous vous prions d’agréer, Madame, Monsieur, l’expression de nos salutations distinguées.".to_owned()));
    pieces.push(Piece::Text("[nom, fonction, signature]".to_owned()));
    docx::serve(pieces, &format!("{}-lettre-de-demande", slug(&head.title))).await
}
