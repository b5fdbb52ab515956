//! Two people changed the same thing from the same version: both changes are kept when they do not touch each other.

use super::diff::{Edit, edits, is_word, tokens};

/// Both sides changed the same words: somebody has to choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overlap;

/// Merges two texts written from the same one. Two changes are apart when a word or an end of line that neither touched
/// stands between them; the same change made by both counts once.
///
/// # Errors
/// When the changes touch each other.
pub fn texts(base: &str, mine: &str, theirs: &str) -> Result<String, Overlap> {
    if mine == theirs || theirs == base {
        return Ok(mine.to_owned());
    }
    if mine == base {
        return Ok(theirs.to_owned());
    }
    let (base, mine, theirs) = (tokens(base), tokens(mine), tokens(theirs));
    let mut changes = Changes { base: &base, found: Vec::new() };
    let (mut ours, mut others) = (edits(&base, &mine).into_iter().peekable(), edits(&base, &theirs).into_iter().peekable());
    loop {
        match (ours.peek(), others.peek()) {
            (Some(a), Some(b)) if a.old == b.old && mine[a.new.clone()] == theirs[b.new.clone()] => {
                let (Some(a), _) = (ours.next(), others.next()) else { break };
                changes.push(Side::Both, a.clone(), &mine[a.new])?;
            }
            (Some(a), other) if other.is_none_or(|b| (a.old.start, a.old.end) <= (b.old.start, b.old.end)) => {
                let Some(a) = ours.next() else { break };
                changes.push(Side::Mine, a.clone(), &mine[a.new])?;
            }
            (_, Some(_)) => {
                let Some(b) = others.next() else { break };
                changes.push(Side::Theirs, b.clone(), &theirs[b.new])?;
            }
            (_, None) => break,
        }
    }
    Ok(changes.text())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Mine,
    Theirs,
    Both,
}

struct Changes<'a> {
    base: &'a [&'a str],
    found: Vec<(Side, Edit, String)>,
}

impl Changes<'_> {
    fn push(&mut self, side: Side, edit: Edit, words: &[&str]) -> Result<(), Overlap> {
        if let Some((former, last, _)) = self.found.last() {
            let is_apart = edit.old.start >= last.old.end && self.base[last.old.end..edit.old.start].iter().any(|token| is_word(token) || token.contains('\n'));
            // Changes of one side are apart by themselves; those of both sides are known to each of them.
            if !is_apart && (*former != side || edit.old.start < last.old.end) {
                return Err(Overlap);
            }
        }
        self.found.push((side, edit, words.concat()));
        Ok(())
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut at = 0;
        for (_, edit, words) in &self.found {
            text.push_str(&self.base[at..edit.old.start].concat());
            text.push_str(words);
            at = edit.old.end;
        }
        text.push_str(&self.base[at..].concat());
        text
    }
}

/// Merges two choices of several things: what either side added is there, what either side took away is not.
pub fn sets(base: &[String], mine: &[String], theirs: &[String]) -> Vec<String> {
    let kept = theirs.iter().filter(|held| mine.contains(held) || !base.contains(held));
    let added = mine.iter().filter(|held| !theirs.contains(held) && !base.contains(held));
    kept.chain(added).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::diff::{Part, compare};
    use proptest::prelude::*;

    #[test]
    fn changes_apart_are_both_kept() {
        for (base, mine, theirs, merged) in [
            ("Un chat dort ici.", "Un gros chat dort ici.", "Un chat dort ici, parfois.", "Un gros chat dort ici, parfois."),
            ("P1.\n\nP2.\n\nP3.", "P1, dit Ana.\n\nP2.\n\nP3.", "P1.\n\nP2.\n\nP3, dit Bob.", "P1, dit Ana.\n\nP2.\n\nP3, dit Bob."),
            ("P1.\n\nP2.", "P0.\n\nP1.\n\nP2.", "P1.\n\nP2.\n\nP3.", "P0.\n\nP1.\n\nP2.\n\nP3."),
            ("Fin de P1.\n\nDébut de P2.", "Fin de P1 revue.\n\nDébut de P2.", "Fin de P1.\n\nLe début de P2.", "Fin de P1 revue.\n\nLe début de P2."),
            ("Le même mot.", "Le même petit mot.", "Le même petit mot.", "Le même petit mot."),
            ("Un, deux, trois, quatre.", "Un, trois, quatre.", "Un, deux, trois, quatre, cinq.", "Un, trois, quatre, cinq."),
        ] {
            assert_eq!(texts(base, mine, theirs).as_deref(), Ok(merged), "{mine} + {theirs}");
            assert_eq!(texts(base, theirs, mine).as_deref(), Ok(merged), "{theirs} + {mine}");
        }
    }

    #[test]
    fn changes_that_touch_ask() {
        for (base, mine, theirs) in [
            ("", "Version d’Ana", "Version de Bob"),
            ("Un texte.", "Un texte. Ana ajoute.", "Un texte. Bob ajoute."),
            ("Un texte", "Un texte d’Ana", "Un texte de Bob"),
            ("Un chat dort.", "Un gros chat dort.", "Un petit chat dort."),
            ("Un chat dort.", "Un dort.", "Un chat noir dort."),
            ("Trois mots ici.", "", "Trois mots là."),
            ("un gros chat", "un petit chat", "un gros chien"),
        ] {
            assert_eq!(texts(base, mine, theirs), Err(Overlap), "{mine} + {theirs}");
            assert_eq!(texts(base, theirs, mine), Err(Overlap), "{theirs} + {mine}");
        }
    }

    #[test]
    fn choices_of_several_merge_as_sets() {
        let set = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(sets(&set("a b"), &set("a c"), &set("b d")), set("d c"));
        assert_eq!(sets(&set(""), &set("a"), &set("a b")), set("a b"));
        assert_eq!(sets(&set("a b"), &set("a b"), &set("")), set(""));
    }

    fn prose() -> impl Strategy<Value = String> {
        proptest::collection::vec(prop_oneof!["[abc]{1,2}", Just("de".to_owned()), Just("\n\n".to_owned()), Just(",".to_owned())], 0..24)
            .prop_map(|words| words.join(" "))
    }

    /// A text, and the same after a few words were changed in places.
    fn edited(base: &str) -> impl Strategy<Value = String> + use<> {
        let words: Vec<String> = base.split(' ').map(str::to_owned).collect();
        let length = words.len();
        proptest::collection::vec((0..=length, prop_oneof!["[xyz]{1,3}", Just(String::new()), "[ab] [xy]"], any::<bool>()), 0..4).prop_map(move |changes| {
            let mut words = words.clone();
            for (at, word, replaces) in changes {
                let at = at.min(words.len());
                if replaces && at < words.len() { words[at] = word } else { words.insert(at, word) }
            }
            words.retain(|word| !word.is_empty());
            words.join(" ")
        })
    }

    fn written_together() -> impl Strategy<Value = (String, String, String)> {
        prose().prop_flat_map(|base| (Just(base.clone()), edited(&base), edited(&base)))
    }

    proptest! {
        #[test]
        fn no_change_on_one_side_gives_the_other((base, mine, _) in written_together()) {
            prop_assert_eq!(texts(&base, &mine, &base), Ok(mine.clone()));
            prop_assert_eq!(texts(&base, &base, &mine), Ok(mine.clone()));
            prop_assert_eq!(texts(&base, &mine, &mine), Ok(mine));
        }

        #[test]
        fn both_sides_are_equal_before_it((base, mine, theirs) in written_together()) {
            prop_assert_eq!(texts(&base, &mine, &theirs), texts(&base, &theirs, &mine));
        }

        #[test]
        fn no_word_of_either_side_is_ever_lost((base, mine, theirs) in written_together()) {
            let Ok(merged) = texts(&base, &mine, &theirs) else { return Ok(()) };
            for side in [&mine, &theirs] {
                for part in compare(&base, side) {
                    if let Part::Inserted(text) = part {
                        prop_assert!(merged.contains(&text), "{text:?} is not in {merged:?}");
                    }
                }
                let new = tokens(side).into_iter().filter(|word| is_word(word) && !tokens(&base).contains(word));
                for word in new {
                    prop_assert!(tokens(&merged).contains(&word), "{word:?} is not in {merged:?}");
                }
            }
            let untouched = |word: &&str| tokens(&mine).contains(word) && tokens(&theirs).contains(word);
            for word in tokens(&base).into_iter().filter(|word| is_word(word)).filter(untouched) {
                let n = |text: &str| tokens(text).into_iter().filter(|token| *token == word).count();
                if n(&mine) == n(&base) && n(&theirs) == n(&base) {
                    prop_assert!(tokens(&merged).contains(&word), "{word:?} is not in {merged:?}");
                }
            }
        }

        #[test]
        fn nothing_panics(base in any::<String>(), mine in any::<String>(), theirs in any::<String>()) {
            let _ = texts(&base, &mine, &theirs);
        }
    }
}
