//! What the program is made from beside Rust: texts for people, checked against each other, and the browser's files.

#[path = "build/files.rs"]
mod files;
#[path = "build/texts.rs"]
mod texts;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::path::PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("texts.rs"), texts::generate()?)?;
    std::fs::write(out.join("files.rs"), files::generate()?)?;
    Ok(())
}
