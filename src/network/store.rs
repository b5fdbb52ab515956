//! Statements of the network: an entry is read as long as its author is of the carriers' people, and gone once taken back.

use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::access::NetworkReader;
use crate::kit::french::fold;
use crate::kit::ids::{AccountId, CallId};

/// What somebody shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Card {
    /// Organisation.
    pub organisation: String,
    /// Territory.
    pub territory: String,
    /// Shows the address of the account.
    pub shows_email: bool,
    /// Telephone.
    pub phone: String,
    /// A sentence.
    pub sentence: String,
}

/// Somebody of the network, as the others read them.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Territory.
    pub territory: String,
    /// Address, when shown.
    pub email: Option<String>,
    /// Telephone.
    pub phone: String,
    /// Sentence.
    pub sentence: String,
}

/// Who appears in the network of a call, by name; those whose words and territory are asked for.
pub async fn actors(conn: &mut PgConnection, call: CallId, (words, territory): (&str, &str), now: OffsetDateTime) -> sqlx::Result<Vec<Actor>> {
    sqlx::query_as!(
        Actor,
        r#"select account.name, entry.organisation, entry.territory, case when entry.shows_email then account.email end as email, entry.phone, entry.sentence
           from network_entry as entry
           join account on account.id = entry.account_id
           where entry.call_id = $1
             and exists(select from carrier_person($4) as person where person.call_id = $1 and person.account_id = account.id)
             and ($2 = '' or position($2 in entry.search) > 0) and ($3 = '' or entry.territory = $3)
           order by account.name collate "fr-x-icu", account.id
           limit 500"#,
        call.get(),
        fold(words),
        territory,
        now
    )
    .fetch_all(conn)
    .await
}

/// Territories that the network of a call names, by name.
pub async fn territories(conn: &mut PgConnection, call: CallId, now: OffsetDateTime) -> sqlx::Result<Vec<String>> {
    sqlx::query_scalar!(
        r#"select territory from network_entry as entry
           where entry.call_id = $1 and territory <> ''
             and exists(select from carrier_person($2) as person where person.call_id = $1 and person.account_id = entry.account_id)
           group by territory
           order by territory collate "fr-x-icu""#,
        call.get(),
        now
    )
    .fetch_all(conn)
    .await
}

/// One's own card and its version; or, before one appears, what the account and the dossier say, and zero.
pub async fn own(conn: &mut PgConnection, call: CallId, account: AccountId, now: OffsetDateTime) -> sqlx::Result<(Card, i32)> {
    let row = sqlx::query!(
        r#"select coalesce(entry.organisation, account.organisation) as "organisation!",
             coalesce(entry.territory, (select project.label from carrier_person($3) as person join project on project.id = person.project_id
                                        where person.call_id = $1 and person.account_id = $2 order by project.number limit 1), '') as "territory!",
             coalesce(entry.shows_email, false) as "shows_email!", coalesce(entry.phone, '') as "phone!", coalesce(entry.sentence, '') as "sentence!",
             coalesce(entry.version, 0) as "version!"
           from account
           left join network_entry as entry on entry.account_id = account.id and entry.call_id = $1
           where account.id = $2"#,
        call.get(),
        account.get(),
        now
    )
    .fetch_one(conn)
    .await?;
    let card = Card { organisation: row.organisation, territory: row.territory, shows_email: row.shows_email, phone: row.phone, sentence: row.sentence };
    Ok((card, row.version))
}

/// Appears, or changes one's card, from the version seen; false when it changed meanwhile.
pub async fn appear(conn: &mut PgConnection, reader: &NetworkReader, seen: i32, card: &Card) -> sqlx::Result<bool> {
    let visitor = reader.visitor();
    let search = fold(&format!("{} {} {} {}", visitor.name, card.organisation, card.territory, card.sentence));
    let written = sqlx::query!(
        "insert into network_entry as held (call_id, account_id, organisation, territory, shows_email, phone, sentence, search, appeared_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (call_id, account_id) do update
           set organisation = excluded.organisation, territory = excluded.territory, shows_email = excluded.shows_email, phone = excluded.phone,
               sentence = excluded.sentence, search = excluded.search, version = held.version + 1
           where held.version = $10",
        reader.call().id.get(),
        visitor.account.get(),
        card.organisation,
        card.territory,
        card.shows_email,
        card.phone,
        card.sentence,
        search,
        reader.now(),
        seen
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Leaves the network: nothing of the card is kept.
pub async fn leave(conn: &mut PgConnection, reader: &NetworkReader) -> sqlx::Result<()> {
    sqlx::query!("delete from network_entry where call_id = $1 and account_id = $2", reader.call().id.get(), reader.account().get()).execute(conn).await?;
    Ok(())
}
