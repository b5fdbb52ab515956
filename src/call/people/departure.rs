//! What a person and the call lose with a role, said before it is taken away.

use sqlx::PgConnection;

use super::{Held, role_name};
use crate::access::CallManager;
use crate::account::CallRole;
use crate::call::confirmation::Question;
use crate::call::store::people::{self as store, Reviews};
use crate::kit::french::count;
use crate::kit::ids::AccountId;

/// What follows when a role is taken away; nothing when the person does not hold it.
pub(super) async fn question(
    conn: &mut PgConnection,
    manager: &CallManager,
    held: &Held,
    (account, role): (AccountId, CallRole),
) -> sqlx::Result<Option<Question>> {
    let roles: Vec<_> = held.roles.iter().filter(|held| held.account == account.get()).collect();
    let Some(person) = roles.iter().find(|held| held.role == role.as_str()) else { return Ok(None) };
    let is_own = account == manager.account();
    let mut consequences = match role {
        CallRole::Manager => of_manager(held.managers.iter().filter(|manager| **manager != account.get()).count(), is_own),
        CallRole::Reviewer => of_reviewer(&store::reviews_of(conn, manager, account).await?),
        CallRole::Committee => of_member(held.seats.iter().find(|seat| Some(seat.id) == person.seat).map(|seat| seat.label.as_str())),
    };
    let others: Vec<_> = roles.iter().filter(|held| held.role != role.as_str()).map(|held| role_name(&held.role)).collect();
    if !others.is_empty() {
        let others = others.join(", ");
        consequences.push(if is_own { format!("Vous restez {others}.") } else { format!("Cette personne reste {others}.") });
    }
    consequences.push("Pour rendre ce rôle, il faudra inviter la personne de nouveau.".to_owned());
    let act = format!("{} n’aura plus le rôle «\u{a0}{}\u{a0}» dans cet appel.", person.name, role_name(role.as_str()));
    Ok(Some(Question { heading: "Retirer ce rôle\u{202f}?", act, consequences }))
}

fn of_manager(left: usize, is_own: bool) -> Vec<String> {
    let first = if is_own {
        "C’est votre propre rôle\u{a0}: dès la confirmation, vous n’ouvrez plus les pages de gestion de l’appel."
    } else {
        "Cette personne n’ouvre plus les pages de gestion de l’appel\u{a0}: dates, critères, personnes, dossiers."
    };
    vec![first.to_owned(), format!("L’appel garde {}.", count(left, "gestionnaire", "gestionnaires"))]
}

fn of_reviewer(reviews: &Reviews) -> Vec<String> {
    let mut said = vec!["Cette personne n’ouvre plus les dossiers qui lui étaient confiés.".to_owned()];
    if reviews.not_started > 0 {
        let which = count(reviews.not_started, "évaluation non commencée lui est retirée", "évaluations non commencées lui sont retirées");
        said.push(format!("{which}, et à affecter à quelqu’un d’autre."));
    }
    if reviews.begun > 0 {
        let which = count(reviews.begun, "évaluation commencée reste", "évaluations commencées restent");
        said.push(format!("{which} en brouillon, que personne ne pourra plus terminer."));
    }
    if reviews.delivered > 0 {
        said.push(format!("{} de compter.", count(reviews.delivered, "évaluation rendue continue", "évaluations rendues continuent")));
    }
    said
}

fn of_member(seat: Option<&str>) -> Vec<String> {
    let mut said = vec!["Cette personne n’ouvre plus le tableau des dossiers ni leurs dépôts.".to_owned()];
    said.extend(seat.map(|seat| format!("Le siège «\u{a0}{seat}\u{a0}» devient libre.")));
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reviewer_is_told_of_only_through_what_there_is() {
        assert_eq!(of_reviewer(&Reviews { not_started: 0, begun: 0, delivered: 0 }).len(), 1);
        let said = of_reviewer(&Reviews { not_started: 2, begun: 1, delivered: 3 }).join(" ");
        for part in ["2\u{a0}évaluations non commencées lui sont retirées", "1\u{a0}évaluation commencée reste", "3\u{a0}évaluations rendues continuent"]
        {
            assert!(said.contains(part), "{said}");
        }
        assert_eq!(of_member(Some("DREAL")).last().map(String::as_str), Some("Le siège «\u{a0}DREAL\u{a0}» devient libre."));
    }
}
