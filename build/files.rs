//! The browser's files in `web/dist`, as a Rust table of their names and bytes.

use std::{error::Error, fmt::Write as _, fs, path::Path};

const FOLDER: &str = "web/dist";

/// `const EMBEDDED: &[(&str, &[u8])]`, sorted by name.
pub(crate) fn generate() -> Result<String, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(FOLDER);
    let mut names = Vec::new();
    for entry in fs::read_dir(&root)? {
        names.push(entry?.file_name().into_string().map_err(|name| format!("{FOLDER}/{name:?}: not UTF-8"))?);
    }
    names.sort();
    let mut table = String::from("const EMBEDDED: &[(&str, &[u8])] = &[\n");
    for name in names {
        let path = root.join(&name);
        writeln!(table, "    ({name:?}, include_bytes!({path:?})),")?;
    }
    table.push_str("];\n");
    Ok(table)
}
