//! What comes out keeps its promises: accessible, archivable, whole, whatever people wrote.

use std::path::Path;
use std::process::Command;

use lopdf::{Dictionary, Document, Object};
use trame_pdf::{
    Annex, Block, Cell, Deliverable, Dossier, Drawing, Engagement, Fact, Fault, Figure, Item, Layout, Moment, Pdf, Receipt, Said, Section, Source, Table,
    render,
};

const AT: Moment = Moment { year: 2015, rest: [10, 12, 16, 4, 37] };

fn said(text: &str) -> Said {
    Said { label: String::new(), paragraphs: vec![text.lines().map(str::to_owned).collect()] }
}

fn dossier(items: Vec<Item>) -> Dossier {
    let deliverable = Deliverable {
        no: 1,
        title: "Descriptif organisationnel".to_owned(),
        tally: "1 réponse sur 3, 1 commencée".to_owned(),
        cells: vec![Cell::Filled, Cell::Begun, Cell::Empty],
        sections: vec![Section { title: "Animation".to_owned(), items }],
    };
    Dossier {
        title: "Boucles de Charente".to_owned(),
        name: "Boucles de Charente".to_owned(),
        label: "Syndicat mixte Rives de Charente, Jarnac (16)".to_owned(),
        over: "Appel EIT Poitou-Charentes 2014-2015, phase 1 · dossier n°\u{a0}4".to_owned(),
        mark: "Dépôt n°\u{a0}2015-04-2".to_owned(),
        is_draft: false,
        facts: vec![Fact::new("Dépôt", "n°\u{a0}2015-04-2"), Fact::digest("Empreinte", "9f3c27b011e85d4a".repeat(4))],
        layout: Layout::Full,
        guide: Some(30),
        deliverables: vec![deliverable],
        annexes: vec![Annex {
            no: 1,
            name: "statuts.pdf".to_owned(),
            place: "Organisation, question 11".to_owned(),
            size: "184\u{a0}ko".to_owned(),
            digest: "ab".repeat(32),
        }],
        about: vec!["Ce document reproduit le contenu déposé.".to_owned()],
    }
}

fn question(title: &str, text: &str) -> Item {
    let notes = vec![Fact::new("Ce qui est attendu", "Qui réunit, qui relance, qui convainc.")];
    Item { no: "5".to_owned(), title: title.to_owned(), notes, said: vec![said(text)], ..Item::default() }
}

#[track_caller]
fn made(dossier: &Dossier) -> Pdf {
    render(Source::Dossier(dossier, &[]), AT).unwrap_or_else(|fault| panic!("{fault}"))
}

fn dictionary<'a>(document: &'a Document, holder: &'a Dictionary, key: &[u8]) -> &'a Dictionary {
    match holder.get(key).expect("key") {
        Object::Reference(id) => document.get_dictionary(*id).expect("dictionary"),
        Object::Dictionary(found) => found,
        other => panic!("{other:?}"),
    }
}

/// Text of all the pages, spaces removed: line ends and the zero-width spaces of long words are the typesetter's.
fn text(pdf: &Pdf) -> String {
    let document = Document::load_mem(&pdf.bytes).expect("a PDF");
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    squeezed(&document.extract_text(&pages).expect("text"))
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}' && *c != '\u{ad}').collect()
}

fn keep(pdf: &Pdf, name: &str) {
    if let Some(folder) = std::env::var_os("TRAME_PDF_OUT") {
        std::fs::write(Path::new(&folder).join(format!("{name}.pdf")), &pdf.bytes).expect("written");
    }
}

#[test]
fn a_dossier_is_tagged_titled_french_and_archivable() {
    let pdf = made(&dossier(vec![question("Quels sont les acteurs clés de l’animation\u{202f}?", "La chargée de mission réunit et relance.")]));
    keep(&pdf, "dossier");
    let document = Document::load_mem(&pdf.bytes).expect("a PDF");
    let catalog = document.catalog().expect("catalog");
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).expect("lang"), b"fr-FR");
    assert!(dictionary(&document, catalog, b"MarkInfo").get(b"Marked").and_then(Object::as_bool).expect("marked"));
    assert!(dictionary(&document, catalog, b"ViewerPreferences").get(b"DisplayDocTitle").and_then(Object::as_bool).expect("title shown"));
    assert!(catalog.has(b"StructTreeRoot") && catalog.has(b"Outlines"));
    let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
    let stream = document.get_object(metadata).and_then(Object::as_stream).expect("stream");
    let xmp = String::from_utf8_lossy(&stream.content).into_owned();
    for promise in ["<pdfuaid:part>1</pdfuaid:part>", "<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>A</pdfaid:conformance>", "Boucles de Charente"] {
        assert!(xmp.contains(promise), "{promise} is not in {xmp}");
    }
    assert_eq!(document.get_pages().len(), pdf.pages);
}

#[test]
fn every_font_is_embedded() {
    let pdf = made(&dossier(vec![question("Question", "Réponse avec → et ≥.")]));
    let document = Document::load_mem(&pdf.bytes).expect("a PDF");
    let fonts: Vec<&Dictionary> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(|one| one.get(b"Type").and_then(Object::as_name).is_ok_and(|name| name == b"FontDescriptor"))
        .collect();
    assert!(fonts.len() >= 3, "{}", fonts.len());
    assert!(fonts.iter().all(|font| font.has(b"FontFile2") || font.has(b"FontFile3")));
}

#[test]
fn what_people_wrote_is_never_source() {
    let hostile = [
        "#eval(\"panic()\") #panic(\"x\") #import \"@preview/x:1.0.0\"",
        "$x^2$ *gras* _penché_ `brut` @ref <label> \\ \\u{41} // commentaire /* autre */",
        "= Titre\n- liste\n+ numéro\n/ terme: sens\n~ -- --- ... ' \"",
        "#read(\"/etc/passwd\") #json(\"valeurs.json\") #sys.inputs ]} {[ #}",
        "<script>alert(1)</script> &amp; {{ 7 * 7 }} %PDF-1.4 \u{0} fin",
    ];
    let items: Vec<Item> = hostile.iter().map(|text| Item { title: (*text).to_owned(), ..question("", text) }).collect();
    let mut dossier = dossier(items);
    dossier.title = hostile[0].to_owned();
    dossier.name = hostile[1].to_owned();
    dossier.label = hostile[3].to_owned();
    dossier.annexes[0].name = hostile[4].to_owned();
    let pdf = made(&dossier);
    keep(&pdf, "hostile");
    let said = text(&pdf);
    for line in hostile.iter().flat_map(|text| text.lines()) {
        let expected = squeezed(&line.replace('\u{0}', ""));
        assert!(said.contains(&expected), "{expected}\nis not in\n{said}");
    }
}

#[test]
fn signs_without_a_drawing_are_replaced_and_told() {
    let pdf = made(&dossier(vec![question("Question", "Gain 🦫🦫 au 漢 droit\u{202e}envers, e\u{301}te\u{301}, مرحبا, שלום, \u{e000}")]));
    keep(&pdf, "signes");
    let said = text(&pdf);
    assert!(said.contains("Gain□□au□droitenvers,"), "{said}");
    assert!(said.contains(&squeezed("U+1F9AB (2 fois)")), "{said}");
}

#[test]
fn long_answers_without_spaces_and_long_tables_stay_on_the_page() {
    let mut item = question("Question", &"a".repeat(20_000));
    let row =
        |no: usize| vec![format!("Poste {no}"), "x".repeat(60), "18\u{202f}600\u{a0}€".to_owned(), "Une explication assez longue pour deux lignes.".to_owned()];
    let heads = [("Poste", false), ("Clé", false), ("Montant TTC", true), ("Explication", false)].map(|(head, is_figure)| (head.to_owned(), is_figure));
    item.tables.push(Table::new("Dépenses", heads.to_vec(), (1..=500).map(row).collect(), "Total\u{a0}: 500 lignes"));
    let pdf = made(&dossier(vec![item]));
    keep(&pdf, "long");
    let said = text(&pdf);
    let of_others = text(&made(&dossier(vec![]))).matches('a').count();
    assert!(said.matches('a').count() - of_others >= 20_000);
    assert!(said.contains("Poste500"));
    assert!(pdf.pages > 15, "{}", pdf.pages);
}

#[test]
fn short_columns_take_what_they_need_and_leave_the_rest() {
    let mut item = Item { title: "Budget".to_owned(), ..Item::default() };
    let row = |no: usize| {
        ["Court terme", "Dépense", "Base des flux et cartographie du territoire", "8\u{202f}000\u{a0}€", "Prévu", &format!("poste {no}")]
            .map(str::to_owned)
            .to_vec()
    };
    let heads = [("Horizon", false), ("Sens", false), ("Intitulé", false), ("Montant", true), ("État", false), ("Poste", false)]
        .map(|(head, is_figure)| (head.to_owned(), is_figure));
    item.tables.push(Table::new("Budget du projet", heads.to_vec(), (1..=30).map(row).collect(), ""));
    let pdf = made(&dossier(vec![item]));
    keep(&pdf, "colonnes");
    assert_eq!(pdf.pages, 3, "thirty lines of one line each");
}

#[test]
fn a_concise_dossier_is_shorter_and_says_its_pages() {
    let items: Vec<Item> = (0..12).map(|no| question(&format!("Question {no}"), &"Une phrase de plus, pour la longueur. ".repeat(20))).collect();
    let full = dossier(items);
    let concise = Dossier { layout: Layout::Concise, ..full.clone() };
    let (full, concise) = (made(&full), made(&concise));
    keep(&full, "complet");
    keep(&concise, "concis");
    assert!(concise.pages < full.pages, "{} {}", concise.pages, full.pages);
    let sentence = format!("Mise en page concise : {} pages, repère de l’appel 30 pages.", concise.pages);
    assert!(text(&concise).contains(&squeezed(&sentence)), "{}", text(&concise));
}

#[test]
fn a_draft_says_so_on_each_page() {
    let draft =
        Dossier { is_draft: true, mark: "Brouillon, état du lundi 12\u{a0}octobre\u{a0}2015".to_owned(), ..dossier(vec![question("Question", "Texte.")]) };
    let pdf = made(&draft);
    let document = Document::load_mem(&pdf.bytes).expect("a PDF");
    for page in document.get_pages().into_keys() {
        assert!(squeezed(&document.extract_text(&[page]).expect("text")).contains("Brouillon"), "page {page}");
    }
}

#[test]
fn a_drawn_view_is_drawn_with_its_alternative_and_a_missing_one_is_refused() {
    let figure = Figure {
        title: "Trois cercles".to_owned(),
        alt: "Le noyau compte deux acteurs.".to_owned(),
        drawing: "cercles".to_owned(),
        size: [100, 40],
        legend: "Rond, acteur.".to_owned(),
        table: None,
    };
    let item = Item { title: "Carte".to_owned(), figures: vec![figure], ..Item::default() };
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 40\"><circle cx=\"20\" cy=\"20\" r=\"18\" fill=\"none\" stroke=\"#0f4c5c\"/><text x=\"50\" y=\"24\" font-size=\"8\">Noyau</text></svg>";
    let dossier = dossier(vec![item]);
    let drawn = render(Source::Dossier(&dossier, &[Drawing { name: "cercles".to_owned(), svg: svg.to_owned() }]), AT).expect("drawn");
    keep(&drawn, "figure");
    assert!(matches!(render(Source::Dossier(&dossier, &[]), AT), Err(Fault::Values(_))));
    let broken = Drawing { name: "cercles".to_owned(), svg: "<svg".to_owned() };
    assert!(matches!(render(Source::Dossier(&dossier, &[broken]), AT), Err(Fault::Typesetting(_))));
}

#[test]
fn hatchings_and_drawings_within_drawings_are_tagged_and_archivable() {
    let figure = Figure {
        title: "Échanges par type".to_owned(),
        alt: "Une bande hachurée, des cartons au papier.".to_owned(),
        drawing: "echanges".to_owned(),
        size: [100, 40],
        legend: "Hachuré, possible.".to_owned(),
        table: Some(Table::new("Échanges", vec![("Type".to_owned(), false)], vec![vec!["Cartons".to_owned()]], "")),
    };
    let item = Item { title: "Synergies".to_owned(), figures: vec![figure], ..Item::default() };
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 40\"><defs><pattern id=\"e-eau\" width=\"6\" height=\"6\" \
               patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><path fill=\"#2f7189\" d=\"M0 0h2v6h-2z\"/></pattern></defs>\
               <svg x=\"0\" y=\"5\" width=\"100\" height=\"30\" viewBox=\"0 0 100 30\"><path fill=\"url(#e-eau)\" stroke=\"#2f6a80\" d=\"M-50 0h120v20h-120z\"/>\
               <path fill=\"#fff\" fill-opacity=\"0.75\" d=\"M0 0h20v8h-20z\"/><text x=\"60\" y=\"24\" font-size=\"8\" transform=\"rotate(-90 60 24)\">Cartons</text></svg></svg>";
    let drawn = render(Source::Dossier(&dossier(vec![item]), &[Drawing { name: "echanges".to_owned(), svg: svg.to_owned() }]), AT).expect("drawn");
    keep(&drawn, "hachures");
    let document = Document::load_mem(&drawn.bytes).expect("a PDF");
    let is_figure = |held: &&Dictionary| held.get(b"S").and_then(Object::as_name).is_ok_and(|name| name == b"Figure");
    let alternatives: Vec<String> = document
        .objects
        .values()
        .filter_map(|object| object.as_dict().ok())
        .filter(is_figure)
        .map(|held| lopdf::decode_text_string(held.get(b"Alt").expect("an alternative")).expect("text"))
        .collect();
    assert_eq!(alternatives, ["Une bande hachurée, des cartons au papier."]);
}

#[test]
fn receipts_and_engagement_documents_keep_the_same_promises() {
    let block = Block { title: "La suite".to_owned(), text: vec!["Le dernier dépôt compte seul.".to_owned()], ..Block::default() };
    let receipt = Receipt {
        name: "Récépissé du dépôt n°\u{a0}2015-04-2".to_owned(),
        over: "Appel EIT".to_owned(),
        title: "Boucles".to_owned(),
        label: "Jarnac (16)".to_owned(),
        sentence: "Dépôt n°\u{a0}2015-04-2, reçu le lundi 12\u{a0}octobre.".to_owned(),
        facts: vec![Fact::digest("Empreinte", "ab".repeat(32))],
        blocks: vec![block],
        annexes: dossier(vec![]).annexes,
        mark: "Dépôt".to_owned(),
    };
    let pdf = render(Source::Receipt(&receipt), AT).expect("receipt");
    keep(&pdf, "recepisse");
    assert!(text(&pdf).contains(&squeezed(&"ab".repeat(32))));
    let text_of = |title: &str, words: &str| Block { title: title.to_owned(), said: vec![said(words)], ..Block::default() };
    let heads = ["Organisation", "Signataire"].map(|label| (label.to_owned(), false)).to_vec();
    let rows = vec![vec!["Verrerie des Borderies".to_owned(), "Claire Lenoir, directrice".to_owned()]];
    let signed = Block { title: "Signataires".to_owned(), tables: vec![Table::new("", heads, rows, "1\u{a0}organisation")], ..Block::default() };
    let engagement = Engagement {
        name: "Boucles, document unique d’engagement".to_owned(),
        over: "Appel EIT".to_owned(),
        title: "Boucles".to_owned(),
        label: "Jarnac (16)".to_owned(),
        mark: "Version 1".to_owned(),
        is_draft: false,
        facts: vec![Fact::new("Version", "1")],
        blocks: vec![text_of("Objectifs", "Boucler #eval(1)."), text_of("Principes", "Se dire les choses."), signed],
    };
    let pdf = render(Source::Engagement(&engagement), AT).expect("engagement");
    keep(&pdf, "engagement");
    for words in ["Boucler #eval(1).", "Verrerie des Borderies", "Claire Lenoir, directrice"] {
        assert!(text(&pdf).contains(&squeezed(words)), "{words}");
    }
}

#[test]
fn poppler_agrees() {
    let pdf = made(&dossier(vec![question("Question", "Réponse.")]));
    let folder = std::env::temp_dir().join(format!("trame-pdf-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let path = folder.join("dossier.pdf");
    std::fs::write(&path, &pdf.bytes).expect("written");
    let told = |program: &str| Command::new(program).arg(&path).output().ok().map(|out| String::from_utf8_lossy(&out.stdout).into_owned());
    if let (Some(info), Some(fonts)) = (told("pdfinfo"), told("pdffonts")) {
        for line in ["Tagged:          yes", "Suspects:        no", "Title:           Boucles de Charente"] {
            assert!(info.contains(line), "{line} is not in {info}");
        }
        let lines: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(lines.len() >= 3 && lines.iter().all(|line| line.contains("yes yes")), "{fonts}");
    } else {
        println!("poppler-utils est absent : pdfinfo et pdffonts ne sont pas consultés");
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "poppler-utils is needed here");
    }
    let _ = std::fs::remove_dir_all(folder);
}
