//! Turns of speech that tell what somebody has from what somebody looks for.

use trame_synergies::flow::Direction;

use super::words::{Word, starts};

/// Looking for a taker is having something. Before the needs, since they begin alike.
const TAKERS: &str = "preneur|preneurs|repreneur|repreneurs|acquereur|debouche|debouches|exutoire|exutoires|filiere|client|clients|acheteur|acheteurs";

const SEEKING: &str = "cherche|cherchons|chercher|cherchent|recherche|recherchons|recherchent";

/// What somebody has, wherever it stands in the line.
const OFFERS: &str = "j ai en trop|j ai a donner|j ai a vendre|j ai a ceder|j ai|nous avons en trop|nous avons|on a en trop|on a a donner|on a|il y a|y a|\
    je donne|je propose|je cede|je vends|je jette|je produis|je rejette|je prete|je loue|je peux preter|je peux donner|je peux fournir|je peux proposer|je dispose de|\
    nous donnons|nous proposons|nous cedons|nous vendons|nous jetons|nous produisons|nous rejetons|nous pretons|nous louons|nous disposons de|nous generons|nous evacuons|\
    on donne|on propose|on cede|on vend|on jette|on produit|on rejette|on prete|on loue|on peut preter|on peut donner|on peut fournir|on peut proposer|on dispose de|on genere|on evacue|\
    je me debarrasse de|nous nous debarrassons de|on se debarrasse de|il nous reste|il me reste|il reste|\
    dispo|disponible|disponibles|a donner|a ceder|a vendre|a evacuer|a preter|a louer|en trop|a recuperer";

/// The same, only where a line begins: "sortie de four" tells where a flow comes from.
const OFFERS_FIRST: &str = "ai|avons|reste|offre|offrons|propose|proposons|donne|cede|vends|vend|chez nous|sortie|sorties|rejet de|rejette";

/// What somebody looks for, wherever it stands in the line.
const NEEDS: &str = "j ai besoin de|j ai besoin d|j aurais besoin de|j aurais besoin d|j aimerais|j achete|j utilise|j aurais l usage de|\
    nous avons besoin de|nous avons besoin d|nous aurions besoin de|nous aurions besoin d|nous achetons|nous utilisons|nous consommons|nous manquons de|nous voudrions|nous aimerions|\
    on a besoin de|on a besoin d|on aurait besoin de|on aurait besoin d|on achete|on utilise|on consomme|on manque de|on manque d|on voudrait|on aimerait|\
    il nous faut|il nous faudrait|il me faut|il me faudrait|il faut|il faudrait|je voudrais|je manque de|je consomme|je prends|je suis preneur de|je suis preneur d|\
    nous sommes preneurs de|nous prenons|on prend|preneur de|preneur d|preneurs de|interesse par|interesses par|interessee par|acheteur de|acheteur d|\
    besoin de|besoin d|besoins de|je cherche|nous cherchons|on cherche|je recherche|nous recherchons|on recherche|cherche|cherchons|preneur|preneurs";

/// The same, only where a line begins: a "centre de recherche" looks for nothing.
const NEEDS_FIRST: &str = "besoin|demande|manque de|achete|achetons|utilise|utilisons|consomme|consommons|chercher|recherche|recherchons|voudrais|aimerais";

/// Takes out the first turn of speech, the longest where several begin, and says what it tells. What follows tells nothing more:
/// « j'ai des palettes, je cherche un preneur ».
pub(super) fn take(words: &mut Vec<Word>) -> Option<Direction> {
    for at in 0..words.len() {
        let Some((direction, count)) = turn(&words[at..], at == 0) else { continue };
        words.drain(at..at + count);
        if let Some((start, count)) = (0..words.len()).find_map(|start| Some((start, taker(&words[start..])?))) {
            words.drain(start..start + count);
            return Some(Direction::Out);
        }
        return Some(direction);
    }
    None
}

fn turn(words: &[Word], is_first: bool) -> Option<(Direction, usize)> {
    if let Some(count) = taker(words) {
        return Some((Direction::Out, count));
    }
    let longest = |anywhere: &str, first: &str| {
        let turns = anywhere.split('|').chain(first.split('|').filter(|_| is_first));
        turns.filter_map(|turn| starts(words, turn)).max()
    };
    match (longest(OFFERS, OFFERS_FIRST), longest(NEEDS, NEEDS_FIRST)) {
        (Some(offer), Some(need)) if need > offer => Some((Direction::In, need)),
        (Some(offer), _) => Some((Direction::Out, offer)),
        (None, need) => need.map(|need| (Direction::In, need)),
    }
}

/// "je cherche un preneur pour".
fn taker(words: &[Word]) -> Option<usize> {
    let subject = ["je", "nous", "on"].iter().find_map(|subject| starts(words, subject)).unwrap_or(0);
    let verb = subject + SEEKING.split('|').find_map(|verb| starts(&words[subject..], verb))?;
    let article = ["un", "une", "des", "de"].iter().find_map(|article| starts(words.get(verb..)?, article)).unwrap_or(0);
    let noun = verb + article + TAKERS.split('|').find_map(|noun| starts(words.get(verb + article..)?, noun))?;
    Some(noun + ["pour", "de", "d"].iter().find_map(|link| starts(words.get(noun..)?, link)).unwrap_or(0))
}
