//! The HTML part of a mail, made from its very text: paragraphs, lists, links of ours, and why it came.

use askama::Template;

/// A piece of a mail.
#[derive(Debug, PartialEq, Eq)]
enum Block<'a> {
    /// Lines that follow each other.
    Lines(Vec<&'a str>),
    /// A sentence that leads to a page of ours, and its address.
    Link(&'a str, &'a str),
    /// What is listed.
    List(Vec<&'a str>),
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct LetterPage<'a> {
    subject: &'a str,
    base: &'a str,
    blocks: Vec<Block<'a>>,
    /// It leads to one page: the link is then the one thing to do.
    is_alone: bool,
    foot: Vec<Foot<'a>>,
}

/// A line of the foot: words, and an address when it leads somewhere.
struct Foot<'a> {
    words: &'a str,
    link: &'a str,
}

/// The HTML of a mail whose text is that; links that are not below `base` stay text.
pub fn html(subject: &str, text: &str, base: &str) -> String {
    let (said, why) = text.rsplit_once("\n\n--\n").unwrap_or((text, ""));
    let signature = format!("\n\nTrame\n{base}");
    let said = said.strip_suffix(signature.as_str()).unwrap_or(said);
    let is_ours = |line: &str| line.strip_prefix(base).is_some_and(|path| path.starts_with('/'));
    let foot = why.lines().filter(|line| !line.is_empty());
    let foot = foot.map(|line| match line.split_once("\u{a0}: ") {
        Some((words, link)) if is_ours(link) => Foot { words, link },
        _ => Foot { words: line, link: "" },
    });
    let blocks: Vec<Block<'_>> = said.split("\n\n").flat_map(|part| blocks(part, &is_ours)).collect();
    let is_alone = blocks.iter().filter(|block| matches!(block, Block::Link(..))).count() == 1;
    let page = LetterPage { subject, base, blocks, is_alone, foot: foot.collect() };
    page.render().unwrap_or_default()
}

fn blocks<'a>(paragraph: &'a str, is_ours: &impl Fn(&str) -> bool) -> Vec<Block<'a>> {
    let mut found = Vec::new();
    let mut lines: Vec<&str> = Vec::new();
    let mut items: Vec<&str> = Vec::new();
    let close = |lines: &mut Vec<&'a str>, items: &mut Vec<&'a str>| {
        let mut closed = Vec::new();
        if !lines.is_empty() {
            closed.push(Block::Lines(std::mem::take(lines)));
        }
        if !items.is_empty() {
            closed.push(Block::List(std::mem::take(items)));
        }
        closed
    };
    for line in paragraph.lines().filter(|line| !line.trim().is_empty()) {
        if is_ours(line) {
            let label = lines.pop().map_or(line, |label| label.trim_end_matches([':', '\u{a0}', ' ']));
            found.extend(close(&mut lines, &mut items));
            found.push(Block::Link(label, line));
        } else if let Some(item) = line.strip_prefix("- ") {
            items.push(item);
        } else {
            if !items.is_empty() {
                found.extend(close(&mut lines, &mut items));
            }
            lines.push(line);
        }
    }
    found.extend(close(&mut lines, &mut items));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://t.example";

    fn made(text: &str) -> String {
        html("Sujet <b>", &format!("Bonjour,\n\n{text}\n\nTrame\n{BASE}\n\n--\nParce que <vous>.\nRégler\u{a0}: {BASE}/compte#courriels\n"), BASE)
    }

    #[test]
    fn the_text_is_escaped_and_only_our_links_are_links() {
        let page = made("<script>x</script>\n\nCliquez\u{a0}:\nhttps://mal.example/x\n\nPour le lire\u{a0}:\nhttp://t.example/dossiers/1?a=1&b=2");
        assert!(!page.contains("<script>") && page.contains("x&#60;/script&#62;"), "{page}");
        assert!(!page.contains("href=\"https://mal.example"), "{page}");
        assert!(page.contains("href=\"http://t.example/dossiers/1?a=1&#38;b=2\">Pour le lire</a>"), "{page}");
        assert!(page.contains("<a href=\"http://t.example/compte#courriels\">Régler</a>") && page.contains("Parce que &#60;vous&#62;."), "{page}");
        assert!(page.contains("<html lang=\"fr\">") && !page.contains("http-equiv"), "{page}");
    }

    #[test]
    fn lists_and_lines_keep_their_order() {
        let ours = |line: &str| line.starts_with("http://t.example/");
        assert_eq!(
            blocks("À corriger\u{a0}:\n- le plan\n- la lettre", &ours),
            [Block::Lines(vec!["À corriger\u{a0}:"]), Block::List(vec!["le plan", "la lettre"])]
        );
        assert_eq!(
            blocks("À lire\u{a0}:\nhttp://t.example/a\nÀ garder\u{a0}:\nhttp://t.example/b", &ours),
            [Block::Link("À lire", "http://t.example/a"), Block::Link("À garder", "http://t.example/b")]
        );
    }
}
