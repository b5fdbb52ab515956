//! Questions of the demonstration, asked and answered through the pages: in each call one that is published, in the open one another
//! that waits for its answer.

use time::{Duration, OffsetDateTime};

use super::client::Client;
use super::dossier::{pair, paris};
use crate::app::App;

/// Who asks and who answers.
pub struct Cast<'a> {
    /// The application.
    pub app: &'a App,
    /// Manages both calls.
    pub region: &'a Client,
    /// Owner of a dossier of each call; owner of another of the open one.
    pub carriers: [&'a Client; 2],
}

struct Told<'a> {
    slug: &'a str,
    number: i32,
    subject: &'a str,
    text: &'a str,
    /// What is answered; then question and answer as published.
    answer: Option<[&'a str; 3]>,
}

/// Plays both calls.
pub async fn play(cast: &Cast<'_>, now: OffsetDateTime) -> anyhow::Result<()> {
    let vat = [
        "Bonjour. Un syndicat qui ne récupère pas la TVA la porte dans son devis, mais l’aide se calcule sur le montant hors taxes. Écrivez les deux montants.",
        "L’aide se calcule-t-elle hors taxes quand la structure ne récupère pas la TVA ?",
        "Oui. L’aide se calcule sur le montant hors taxes du devis, que la structure récupère ou non la TVA. Les deux montants s’écrivent dans la demande.",
    ];
    let letter = [
        "Bonjour. Une lettre de la présidente suffit, si une délibération l’y autorise ; joignez les deux.",
        "Qui signe le courrier de dépôt d’un syndicat mixte ?",
        "La personne qui représente la structure. Si une délibération l’y autorise, joignez-la au courrier.",
    ];
    let old = Told {
        slug: "eit-2015",
        number: 1,
        subject: "Signature du courrier de dépôt",
        text: "Bonjour, notre présidente peut-elle signer seule le courrier de dépôt, ou faut-il le vote du bureau ?",
        answer: Some(letter),
    };
    let asked = paris("2015-05-18T10:20")?;
    tell(cast, cast.carriers[0], asked, &old).await?;
    cast.carriers[0].get(cast.app, asked + Duration::days(1), "/questions/1?appel=eit-2015").await?;
    let answered = Told {
        slug: "demo",
        number: 1,
        subject: "TVA sur le devis de l’assistance",
        text: "Bonjour, notre syndicat ne récupère pas la TVA. Le devis du prestataire compte-t-il hors taxes ou toutes taxes comprises ?",
        answer: Some(vat),
    };
    tell(cast, cast.carriers[0], now - Duration::days(6), &answered).await?;
    let awaiting = Told {
        slug: "demo",
        number: 2,
        subject: "Deux communes hors du département",
        text: "Bonjour, deux communes voisines, hors du département, veulent rejoindre la démarche. Peuvent-elles figurer dans le périmètre ?",
        answer: None,
    };
    tell(cast, cast.carriers[1], now - Duration::hours(20), &awaiting).await
}

async fn tell(cast: &Cast<'_>, carrier: &Client, at: OffsetDateTime, told: &Told<'_>) -> anyhow::Result<()> {
    let Told { slug, number, subject, text, answer } = told;
    let asked = [pair("version", "0"), pair("objet", subject), pair("texte", text)];
    carrier.post(cast.app, at, &format!("/questions?appel={slug}"), &asked).await?;
    let Some([said, question, published]) = answer else { return Ok(()) };
    let path = format!("/questions/{number}");
    cast.region.post(cast.app, at + Duration::hours(5), &format!("{path}?appel={slug}"), &[pair("version", "0"), pair("texte", said)]).await?;
    let words = [pair("version", "0"), pair("question", question), pair("reponse", published)];
    cast.region.post(cast.app, at + Duration::hours(6), &format!("{path}/publication?appel={slug}"), &words).await?;
    Ok(())
}
