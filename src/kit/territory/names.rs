//! Names made comparable: lower case, no accent, plain spaces, "St" in full. One text for all of them, so that a search
//! reads it straight through and a process keeps little.

use crate::kit::french::fold;

/// Names in the order given, with their alphabetical order.
#[derive(Debug)]
pub(super) struct Names {
    text: String,
    starts: Vec<u32>,
    order: Vec<u32>,
}

/// A name, or what was typed of one, as it is compared.
pub(super) fn key(name: &str) -> String {
    let folded = fold(name).replace(['-', '\'', '’'], " ");
    let words: Vec<&str> = folded
        .split_whitespace()
        .map(|word| match word {
            "st" => "saint",
            "ste" => "sainte",
            other => other,
        })
        .collect();
    words.join(" ")
}

impl Names {
    pub(super) fn of<'a>(names: impl Iterator<Item = &'a str>) -> Self {
        let mut held = Self { text: String::new(), starts: Vec::new(), order: Vec::new() };
        for name in names {
            held.starts.push(u32::try_from(held.text.len()).unwrap_or(u32::MAX));
            held.text.push_str(&key(name));
            held.text.push('\n');
        }
        held.text.shrink_to_fit();
        held.starts.shrink_to_fit();
        let mut order: Vec<u32> = (0..).take(held.starts.len()).collect();
        order.sort_unstable_by_key(|index| held.name(*index as usize));
        held.order = order;
        held
    }

    fn name(&self, index: usize) -> &str {
        let rest = self.starts.get(index).map_or("", |start| &self.text[*start as usize..]);
        rest.split('\n').next().unwrap_or_default()
    }

    /// Places of the names equal to what was typed.
    pub(super) fn equal_to(&self, typed: &str) -> impl Iterator<Item = usize> + use<'_> {
        let wanted = key(typed);
        let start = self.order.partition_point(|index| self.name(*index as usize) < wanted.as_str());
        self.order[start..].iter().map(|index| *index as usize).take_while(move |index| self.name(*index) == wanted)
    }

    /// Places of the names that hold what was typed, and how well: 0 the same, 1 its beginning, 2 the beginning of a
    /// word, 3 elsewhere.
    pub(super) fn holding(&self, typed: &str) -> Vec<(u8, usize)> {
        let wanted = key(typed);
        let (mut found, mut from) = (Vec::new(), 0);
        if wanted.is_empty() {
            return found;
        }
        while let Some(offset) = self.text[from..].find(&wanted) {
            let place = from + offset;
            let index = self.starts.partition_point(|start| *start as usize <= place) - 1;
            let name = self.name(index);
            let rank = match place - self.starts[index] as usize {
                0 if name.len() == wanted.len() => 0,
                0 => 1,
                within if name.as_bytes()[within - 1] == b' ' => 2,
                _ => 3,
            };
            found.push((rank, index));
            from = self.starts[index] as usize + name.len() + 1;
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_whole_or_in_part_without_accents() {
        let names = Names::of(["Épannes", "Saint-Même", "Le Temple", "Mêmes"].into_iter());
        assert_eq!(names.equal_to("ST MEME").collect::<Vec<_>>(), [1]);
        assert_eq!(names.holding("même"), [(2, 1), (1, 3)]);
        assert_eq!(names.holding("emp"), [(3, 2)]);
        assert!(names.holding(" ").is_empty());
    }
}
