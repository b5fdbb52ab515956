//! The order of the modules: kit → framework → access → features → routes → app; a feature never uses another's pages.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Code of a file without its tests nor its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("file");
    let text = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn forbid(folder: &str, words: &[&str]) {
    for path in sources(&Path::new("src").join(folder)) {
        let code = code(&path);
        for word in words {
            assert!(!code.contains(word), "{} uses {word}", path.display());
        }
    }
}

const FEATURES: [&str; 20] = [
    "crate::account",
    "crate::board",
    "crate::calendar",
    "crate::call",
    "crate::decision",
    "crate::documents",
    "crate::engagement",
    "crate::instruction",
    "crate::leads",
    "crate::live",
    "crate::mail",
    "crate::meeting",
    "crate::network",
    "crate::nomenclature",
    "crate::project",
    "crate::review",
    "crate::submission",
    "crate::territory",
    "crate::training",
    "crate::demo",
];

#[test]
fn the_kit_knows_nothing_of_the_rest() {
    forbid("kit", &FEATURES);
    forbid("kit", &["crate::access", "crate::app", "crate::framework", "crate::page", "sqlx::query"]);
}

#[test]
fn the_framework_knows_only_the_kit() {
    forbid("framework", &FEATURES);
    forbid("framework", &["crate::access", "crate::app", "crate::page", "sqlx", "axum"]);
}

#[test]
fn the_policy_is_pure() {
    let code = code(Path::new("src/access/policy.rs"));
    for word in ["sqlx", "axum", "async ", "crate::app", "crate::error"] {
        assert!(!code.contains(word), "policy.rs uses {word}");
    }
}

#[test]
fn only_the_table_of_contents_registers_routes() {
    for path in sources(Path::new("src")) {
        // The bare program that pages are measured against is no part of the service.
        if !path.ends_with("src/routes.rs") && !path.ends_with("src/cli/bench/limit.rs") {
            assert!(!code(&path).contains(".route("), "{} registers a route", path.display());
        }
    }
}

#[test]
fn statements_live_in_checked_macros_only() {
    for path in sources(Path::new("src")) {
        let code = code(&path);
        for word in ["sqlx::query(", "sqlx::query_as(", "sqlx::query_scalar(", "AssertSqlSafe"] {
            assert!(!code.contains(word), "{} has an unchecked statement", path.display());
        }
    }
}

fn templates(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .expect("folder")
        .flat_map(|entry| {
            let path = entry.expect("entry").path();
            if path.is_dir() { templates(&path) } else { vec![path] }
        })
        .collect()
}

#[test]
fn a_template_never_escapes_nothing() {
    for path in templates(Path::new("templates")) {
        let text = fs::read_to_string(&path).expect("template");
        assert!(!text.contains("|safe"), "{} bypasses escaping", path.display());
        assert!(!text.contains(" style=") && !text.contains("onclick"), "{} has inline style or script", path.display());
    }
}

/// Text of a template: each of its own tags is one letter.
fn spoken(text: &str) -> String {
    let mut left = text;
    let mut spoken = String::new();
    while let Some((at, end)) = [("{%", "%}"), ("{{", "}}"), ("{#", "#}")].iter().filter_map(|(open, end)| Some((left.find(open)?, *end))).min() {
        spoken.push_str(&left[..at]);
        spoken.push('x');
        left = left[at..].split_once(end).map_or("", |(_, rest)| rest);
    }
    spoken + left
}

/// French: no line starts with `: ; ! ? » %`, none ends with `«`. U+00A0 before `: » %` and after `«`, U+202F before `; ! ?`.
#[test]
fn no_ordinary_space_stands_before_a_french_mark() {
    for path in templates(Path::new("templates")) {
        let text = spoken(&fs::read_to_string(&path).expect("template"));
        let letters: Vec<char> = text.chars().collect();
        for (index, three) in letters.windows(3).enumerate() {
            let is_broken = matches!(three, [' ', ':' | ';' | '!' | '?' | '»' | '%', next] if next.is_whitespace() || matches!(next, '<' | '"' | 'x'))
                || matches!(three, ['«', ' ', _]);
            let around: String = letters[index.saturating_sub(30)..letters.len().min(index + 15)].iter().collect();
            assert!(!is_broken, "{}: ordinary space in “{around}”", path.display());
        }
    }
}

#[test]
fn every_test_file_is_run() {
    let main = fs::read_to_string("tests/main.rs").expect("main");
    for entry in fs::read_dir("tests").expect("folder") {
        let path = entry.expect("entry").path();
        let name = path.file_stem().expect("name").to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && name != "main" {
            assert!(main.contains(&format!("mod {name};\n")), "tests/main.rs does not name {name}");
        }
    }
}
