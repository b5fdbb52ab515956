//! All that a template can see: itself, what it shares with the others, the values, the drawings, the fonts. Nothing of
//! the machine: no other file, no package, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt as _, World};

/// The sans, upright then slanted, plain then bold.
const SANS: [&[u8]; 4] = [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF];

/// Fonts of the documents: a serif for what people wrote, a sans for the application, a last one for rare signs.
static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let kept = ["Libertinus Serif", "DejaVu Sans Mono"];
    let shipped = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).filter(|font| kept.contains(&font.info().family.as_str()));
    let fonts: Vec<Font> = shipped.chain(SANS.into_iter().flat_map(|data| Font::iter(Bytes::new(data)))).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

static LIBRARY: LazyLock<LazyHash<Library>> =
    LazyLock::new(|| LazyHash::new(Library::builder().with_features([Feature::A11yExtras].into_iter().collect()).build()));

struct Fonts {
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

/// Does an upright font hold that sign?
pub(crate) fn holds(c: char) -> bool {
    // Letters, figures and punctuation of French: held by all, and by far the most asked.
    (' '..='~').contains(&c) || FONTS.fonts.iter().any(|font| font.info().coverage.contains(u32::from(c)))
}

/// How a name is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Face {
    /// Bold.
    pub is_bold: bool,
    /// Slanted.
    pub is_slanted: bool,
}

/// Upright and slanted, plain and bold.
static FACES: LazyLock<[Option<ttf_parser::Face<'static>>; 4]> = LazyLock::new(|| SANS.map(|data| ttf_parser::Face::parse(data, 0).ok()));

/// Width of a text in the sans of the documents, for a size of one: what a drawing needs to know before it is typeset.
pub fn width(text: &str, face: Face) -> f64 {
    let font = FACES[usize::from(face.is_bold) + 2 * usize::from(face.is_slanted)].as_ref();
    let advance = |c: char| {
        let font = font?;
        Some(f64::from(font.glyph_hor_advance(font.glyph_index(c)?)?) / f64::from(font.units_per_em()))
    };
    // A sign of another font is taken to be as wide as it is high.
    text.chars().map(|c| advance(c).unwrap_or(1.0)).sum()
}

/// What every template imports.
pub(crate) const COMMON: &str = include_str!("../templates/commun.typ");

/// One document to come.
pub(crate) struct Paper {
    main: Source,
    common: Source,
    /// Path and bytes of what the template may read.
    files: Vec<(String, Bytes)>,
}

impl Paper {
    /// The template of that name, its values, and its drawings: each is `/dessin-N.svg`, in their order.
    pub(crate) fn new(name: &str, template: &str, values: String, drawings: Vec<String>) -> Self {
        let drawings = drawings.into_iter().enumerate().map(|(index, svg)| (drawing(index), Bytes::from_string(svg)));
        let files = std::iter::once(("/valeurs.json".to_owned(), Bytes::from_string(values))).chain(drawings);
        Self { main: source(&format!("/{name}.typ"), template), common: source("/commun.typ", COMMON), files: files.collect() }
    }
}

/// Path of a drawing. Paths are kept for the life of the program: they never hold anything of a dossier.
pub(crate) fn drawing(index: usize) -> String {
    format!("/dessin-{index}.svg")
}

fn source(path: &str, text: &str) -> Source {
    let path = VirtualPath::new(path).unwrap_or_else(|_| unreachable!("paths of templates are ours"));
    Source::new(RootedPath::new(VirtualRoot::Project, path).intern(), text.to_owned())
}

impl World for Paper {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.main.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        [&self.main, &self.common].into_iter().find(|source| source.id() == id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let path = id.get();
        let is_ours = matches!(path.root(), VirtualRoot::Project);
        let wanted = path.vpath().get_with_slash();
        self.files.iter().find(|(held, _)| is_ours && held == wanted).map(|(_, bytes)| bytes.clone()).ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}
