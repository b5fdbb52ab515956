//! Prepares the static files: a hashed name, the bytes, and a gzip and a brotli form of each.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::{env, fs};

use sha2::{Digest, Sha256};

fn main() {
    println!("cargo:rerun-if-changed=static");
    println!("cargo:rerun-if-changed=migrations");
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=data");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let mut names: Vec<_> = fs::read_dir("static").expect("static folder").map(|entry| entry.expect("entry").path()).collect();
    names.sort();
    names.retain(|path| path.is_file());
    // A script that imports another comes after it: it names it by its hash.
    let mut hashed: Vec<(String, String)> = Vec::new();
    let mut table = String::from("&[\n");
    while !names.is_empty() {
        let ready = names.iter().position(|path| imports(path).iter().all(|name| hashed.iter().any(|(known, _)| known == name)));
        let path = &names.remove(ready.expect("scripts that import each other"));
        let bytes = linked(path, &hashed);
        let name = path.file_name().and_then(|name| name.to_str()).expect("name in UTF-8");
        let (stem, extension) = name.rsplit_once('.').expect("an extension");
        let digest = Sha256::digest(&bytes);
        let hash = digest.iter().take(5).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        hashed.push((name.to_owned(), format!("{stem}-{hash}.{extension}")));
        let place = Path::new(&out).join(name);
        fs::write(&place, &bytes).expect("copy");
        // A picture is already compressed: it has no other form.
        let is_text = extension != "webp";
        fs::write(place.with_extension(format!("{extension}.gz")), if is_text { gzip(&bytes) } else { Vec::new() }).expect("gzip");
        fs::write(place.with_extension(format!("{extension}.br")), if is_text { brotli(&bytes) } else { Vec::new() }).expect("brotli");
        let shown = place.display();
        writeln!(
            table,
            "Asset {{ name: {name:?}, path: \"/s/{stem}-{hash}.{extension}\", plain: include_bytes!(\"{shown}\"), gzip: include_bytes!(\"{shown}.gz\"), brotli: include_bytes!(\"{shown}.br\") }},"
        )
        .expect("write");
    }
    table.push(']');
    fs::write(Path::new(&out).join("assets.rs"), table).expect("table");
    demonstration(&out);
}

/// Static scripts that a script imports.
fn imports(path: &Path) -> Vec<String> {
    if path.extension().is_none_or(|extension| extension != "js") {
        return Vec::new();
    }
    let text = fs::read_to_string(path).expect("script");
    text.lines().filter(|line| line.starts_with("import ")).filter_map(|line| Some(line.split_once("\"./")?.1.split_once('"')?.0.to_owned())).collect()
}

/// A static file as it is served: imports name hashed files.
fn linked(path: &Path, hashed: &[(String, String)]) -> Vec<u8> {
    let bytes = fs::read(path).expect("static file");
    let wanted = imports(path);
    if wanted.is_empty() {
        return bytes;
    }
    let mut text = String::from_utf8(bytes).expect("script in UTF-8");
    for (name, hash) in hashed.iter().filter(|(name, _)| wanted.contains(name)) {
        text = text.replace(&format!("from \"./{name}\""), &format!("from \"./{hash}\""));
    }
    text.into_bytes()
}

/// The demonstration's files, in the order of their names.
fn demonstration(out: &str) {
    let mut names: Vec<_> = fs::read_dir("data/demo").into_iter().flatten().map(|entry| entry.expect("entry").path()).collect();
    names.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    names.sort();
    let mut table = String::from("&[\n");
    for path in names {
        let full = fs::canonicalize(&path).expect("path");
        let stem = path.file_stem().and_then(|stem| stem.to_str()).expect("name in UTF-8");
        writeln!(table, "({stem:?}, include_str!(\"{}\")),", full.display()).expect("write");
    }
    table.push(']');
    fs::write(Path::new(out).join("demonstration.rs"), table).expect("table");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("gzip")
}

fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 11, 22).write_all(bytes).expect("brotli");
    out
}
