//! Writes a vote as cast vote records (NIST SP 1500-103): `cargo run --example records FILE.pb > records.json`.
//!
//! Reads `.pb`, `.blt`, `.csv` and PrefLib's endings.

use std::path::Path;

use ballots::formats::{
    Poll, blt,
    cvr::{Provenance, write},
    pabulib, preflib, sheet,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let name = std::env::args().nth(1).ok_or("the file is missing")?;
    let text = std::fs::read_to_string(&name)?;
    let ending = Path::new(&name).extension().and_then(|ending| ending.to_str());
    let poll: Poll = match ending {
        Some("pb") => {
            let instance = pabulib::read(&text)?;
            instance.poll(&instance.rules())?
        }
        Some("blt") => blt::read(&text)?.poll()?,
        Some("csv") => sheet::read(&text)?,
        _ => preflib::read(&text)?.poll()?,
    };
    let source = Provenance { generated: "2026-09-13T20:15:00Z", device: "ballots", place: &poll.title };
    println!("{}", write(&poll, &source)?);
    Ok(())
}
