//! All that a template can see: itself, what it shares with the others, the values, the drawings, the fonts. Nothing of
//! the machine: no other file, no package, no clock.

use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Library, LibraryExt as _, World};

/// Fonts of the documents: a serif for what people wrote, a sans for the application, a last one for rare signs.
static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let kept = ["Libertinus Serif", "DejaVu Sans Mono"];
    let shipped = typst_assets::fonts().flat_map(|data| Font::iter(Bytes::new(data))).filter(|font| kept.contains(&font.info().family.as_str()));
    let sans = [notosans::REGULAR_TTF, notosans::BOLD_TTF, notosans::ITALIC_TTF, notosans::BOLD_ITALIC_TTF];
    let fonts: Vec<Font> = shipped.chain(sans.into_iter().flat_map(|data| Font::iter(Bytes::new(data)))).collect();
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
