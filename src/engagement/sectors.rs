//! Sectors of activity: the 88 divisions of the NAF, from the reference data.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static DIVISIONS: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    let mut reader = csv::Reader::from_reader(include_bytes!("../../data/naf-rev2.csv").as_slice());
    let rows = reader.records().filter_map(Result::ok);
    rows.filter_map(|row| Some((row.get(0)?.to_owned(), row.get(1)?.replace('\'', "’")))).filter(|(code, _)| code.len() == 2).collect()
});

/// Division of an activity code, with its name: "10, Industries alimentaires"; nothing for a code that has none.
pub fn division(naf: &str) -> Option<String> {
    let code = naf.get(..2)?;
    DIVISIONS.get(code).map(|name| format!("{code}, {name}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_activity_has_its_division() {
        assert_eq!(DIVISIONS.len(), 88);
        assert_eq!(division("10.51C").as_deref(), Some("10, Industries alimentaires"));
        for unknown in ["", "1", "é", "04.00Z"] {
            assert_eq!(division(unknown), None, "{unknown:?}");
        }
    }
}
