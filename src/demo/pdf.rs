//! Small PDF files for the demonstration's attachments.

use pdf_writer::{Content, Finish as _, Name, Pdf, Rect, Ref, Str};

/// One A4 page with those lines.
pub fn page(lines: &[String]) -> Vec<u8> {
    let [catalog, tree, page, font, text] = [1, 2, 3, 4, 5].map(Ref::new);
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(pdf_writer::TextStr("fr"));
    pdf.pages(tree).kids([page]).count(1);
    let mut sheet = pdf.page(page);
    sheet.media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).parent(tree).contents(text);
    sheet.resources().fonts().pair(Name(b"F1"), font);
    sheet.finish();
    pdf.type1_font(font).base_font(Name(b"Helvetica")).encoding_predefined(Name(b"WinAnsiEncoding"));
    let mut content = Content::new();
    content.begin_text().set_font(Name(b"F1"), 12.0).set_leading(20.0).next_line(60.0, 770.0);
    for line in lines {
        content.show(Str(&latin(line))).next_line(0.0, -20.0);
    }
    content.end_text();
    pdf.stream(text, &content.finish());
    pdf.finish()
}

/// Bytes in Windows-1252, the encoding of the standard fonts.
fn latin(line: &str) -> Vec<u8> {
    line.chars()
        .map(|c| match c {
            '’' => 0x92,
            '«' => 0xab,
            '»' => 0xbb,
            '–' => 0x96,
            '—' => 0x97,
            'œ' => 0x9c,
            '€' => 0x80,
            '\u{202f}' | '\u{a0}' => 0xa0,
            c => u8::try_from(u32::from(c)).unwrap_or(b'?'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_page_is_a_pdf_by_content() {
        let bytes = super::page(&["Convention d’échange".to_owned()]);
        assert_eq!(infer::get(&bytes).map(|kind| kind.mime_type()), Some("application/pdf"));
    }
}
