//! Settings of a call that come in rows: criteria, contacts, seats. A page's rows are written in one statement.

use sqlx::PgConnection;

use crate::access::CallManager;
use crate::kit::ids::CallId;

/// A criterion.
#[derive(Debug, Clone)]
pub struct Criterion {
    /// Id.
    pub id: i64,
    /// "2.1", "G1".
    pub code: String,
    /// Deliverable that it judges; none for the four of the whole.
    pub deliverable: Option<i16>,
    /// Label.
    pub label: String,
    /// Line of the regulation.
    pub requirement: String,
    /// Weight in thousandths.
    pub weight_thousandths: i32,
    /// What each mark from 0 to 4 means.
    pub levels: Vec<String>,
}

/// Criteria of a call, in order.
pub async fn criteria(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Criterion>> {
    sqlx::query_as!(
        Criterion,
        "select id, code, deliverable, label, requirement, weight_thousandths, levels from criterion where call_id = $1 order by position, id",
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// How a call counts its reviews, and who sees them.
#[derive(Debug, Clone)]
pub struct Counting {
    /// Version of the settings.
    pub version: i32,
    /// Marked criteria from which a review counts.
    pub coverage_threshold: i32,
    /// Counted reviews from which a mean is shown.
    pub mean_from: i32,
    /// Reviews expected of each dossier.
    pub reviews_expected: i32,
    /// When a reviewer sees the reviews of others.
    pub reviews_visible: String,
    /// After the publication, owners see the reviews of their dossier.
    pub owner_sees_reviews: bool,
    /// Is a review of the call delivered?
    pub has_delivered: bool,
}

/// Reads how a call counts its reviews.
pub async fn counting(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Counting> {
    sqlx::query_as!(
        Counting,
        r#"select version, coverage_threshold, mean_from, reviews_expected, reviews_visible, owner_sees_reviews,
             exists(select from review join project on project.id = review.project_id
                    where project.call_id = call.id and review.status = 'delivered') as "has_delivered!"
         from call
         where id = $1"#,
        call.get()
    )
    .fetch_one(conn)
    .await
}

/// Writes criteria and the way they are counted.
pub async fn save_criteria(conn: &mut PgConnection, manager: &CallManager, new: &Counting, criteria: &[Criterion]) -> sqlx::Result<()> {
    let ids: Vec<i64> = criteria.iter().map(|criterion| criterion.id).collect();
    let weights: Vec<i32> = criteria.iter().map(|criterion| criterion.weight_thousandths).collect();
    let labels: Vec<String> = criteria.iter().map(|criterion| criterion.label.clone()).collect();
    // Postgres has no arrays of arrays of unequal lengths: the five levels travel side by side.
    let levels: Vec<String> = criteria.iter().flat_map(|criterion| criterion.levels.iter().cloned()).collect();
    sqlx::query!(
        "with counted as (
           update call
           set coverage_threshold = $2, mean_from = $3, reviews_expected = $4, reviews_visible = $5, owner_sees_reviews = $6
           where id = $1
         )
         update criterion
         set weight_thousandths = line.weight, label = line.label, levels = ($10::text[])[(5 * line.no - 4)::int : (5 * line.no)::int]
         from unnest($7::bigint[], $8::int[], $9::text[]) with ordinality as line(id, weight, label, no)
         where criterion.call_id = $1 and criterion.id = line.id",
        manager.call().id.get(),
        new.coverage_threshold,
        new.mean_from,
        new.reviews_expected,
        new.reviews_visible,
        new.owner_sees_reviews,
        &ids,
        &weights,
        &labels,
        &levels
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A contact of the call (R135, R136); the one to add has the id zero.
#[derive(Debug, Clone, Default)]
pub struct Contact {
    /// Id.
    pub id: i64,
    /// Organisation.
    pub body: String,
    /// Person.
    pub person: String,
    /// Postal address.
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// To be taken out.
    pub is_removed: bool,
}

/// Where deposits are sent otherwise than online (R133, R134).
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Version of the settings.
    pub version: i32,
    /// What counts for a letter: "reception" or "postmark".
    pub postal_rule: String,
    /// Postal address.
    pub postal_address: String,
    /// E-mail address.
    pub deposit_email: String,
}

/// Contacts of a call, in order, and its addresses.
pub async fn contacts(conn: &mut PgConnection, call: CallId) -> sqlx::Result<(Mailbox, Vec<Contact>)> {
    let mailbox = sqlx::query_as!(Mailbox, "select version, postal_rule, postal_address, deposit_email from call where id = $1", call.get())
        .fetch_one(&mut *conn)
        .await?;
    let contacts = sqlx::query_as!(
        Contact,
        r#"select id, body, person, address, phone, email, false as "is_removed!" from contact where call_id = $1 order by position, id"#,
        call.get()
    )
    .fetch_all(conn)
    .await?;
    Ok((mailbox, contacts))
}

/// Writes the contacts of a call and its addresses.
pub async fn save_contacts(conn: &mut PgConnection, manager: &CallManager, mailbox: &Mailbox, contacts: &[Contact]) -> sqlx::Result<()> {
    let column = |of: fn(&Contact) -> &String| contacts.iter().filter(|contact| !contact.is_removed).map(of).cloned().collect::<Vec<_>>();
    let ids: Vec<i64> = contacts.iter().filter(|contact| !contact.is_removed).map(|contact| contact.id).collect();
    sqlx::query!(
        "with line as (
           select * from unnest($5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[]) as line(id, body, person, address, phone, email)
         ), mailbox as (
           update call set postal_rule = $2, postal_address = $3, deposit_email = $4 where id = $1
         ), removed as (
           delete from contact where call_id = $1 and id <> all($5)
         ), added as (
           insert into contact (call_id, body, person, address, phone, email, position)
           select $1, body, person, address, phone, email, coalesce((select max(position) from contact where call_id = $1), 0) + 1
           from line where id = 0
         )
         update contact
         set body = line.body, person = line.person, address = line.address, phone = line.phone, email = line.email
         from line
         where contact.call_id = $1 and contact.id = line.id",
        manager.call().id.get(),
        mailbox.postal_rule,
        mailbox.postal_address,
        mailbox.deposit_email,
        &ids,
        &column(|contact| &contact.body),
        &column(|contact| &contact.person),
        &column(|contact| &contact.address),
        &column(|contact| &contact.phone),
        &column(|contact| &contact.email)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A seat of the committee (R119-R127); the one to add has the id zero.
#[derive(Debug, Clone, Default)]
pub struct Seat {
    /// Id.
    pub id: i64,
    /// Organisation that sits.
    pub body: String,
    /// Name of the seat.
    pub label: String,
    /// Shares the chair (R127).
    pub is_chair: bool,
    /// Somebody holds it, or was invited to.
    pub is_held: bool,
    /// To be taken out.
    pub is_removed: bool,
}

/// Seats of a call, in order.
pub async fn seats(conn: &mut PgConnection, call: CallId) -> sqlx::Result<Vec<Seat>> {
    sqlx::query_as!(
        Seat,
        r#"select id, body, label, is_chair, false as "is_removed!",
             (exists(select from call_role where call_role.seat_id = seat.id) or exists(select from invitation where invitation.seat_id = seat.id)) as "is_held!"
         from seat
         where call_id = $1
         order by position, id"#,
        call.get()
    )
    .fetch_all(conn)
    .await
}

/// Writes the seats of a call; a seat that is held stays.
pub async fn save_seats(conn: &mut PgConnection, manager: &CallManager, seats: &[Seat]) -> sqlx::Result<()> {
    let kept = || seats.iter().filter(|seat| !seat.is_removed || seat.is_held);
    let ids: Vec<i64> = kept().map(|seat| seat.id).collect();
    let bodies: Vec<String> = kept().map(|seat| seat.body.clone()).collect();
    let labels: Vec<String> = kept().map(|seat| seat.label.clone()).collect();
    let chairs: Vec<bool> = kept().map(|seat| seat.is_chair).collect();
    sqlx::query!(
        "with line as (
           select * from unnest($2::bigint[], $3::text[], $4::text[], $5::bool[]) as line(id, body, label, is_chair)
         ), removed as (
           delete from seat where call_id = $1 and id <> all($2)
         ), added as (
           insert into seat (call_id, body, label, is_chair, position)
           select $1, body, label, is_chair, coalesce((select max(position) from seat where call_id = $1), 0) + 1
           from line where id = 0
         )
         update seat
         set body = line.body, label = line.label, is_chair = line.is_chair
         from line
         where seat.call_id = $1 and seat.id = line.id",
        manager.call().id.get(),
        &ids,
        &bodies,
        &labels,
        &chairs
    )
    .execute(conn)
    .await?;
    Ok(())
}
