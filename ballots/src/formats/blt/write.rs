//! Writing: what is written reads back as the same file.

use std::fmt::Write as _;

use super::{Blt, Unwritable};

/// The file's text, with line feeds.
///
/// # Errors
/// [`Unwritable`] when a name holds a quote or a line end, or a ballot's id cannot stand between parentheses.
pub fn write(file: &Blt) -> Result<String, Unwritable> {
    let unwritable = |reason: String| Unwritable { format: "blt", reason };
    let mut text = format!("{} {}\n", file.candidates.len(), file.seats);
    if !file.withdrawn.is_empty() {
        let numbers: Vec<_> = file.withdrawn.iter().map(|at| format!("-{}", u32::from(*at) + 1)).collect();
        let _ = writeln!(text, "{}", numbers.join(" "));
    }
    for paper in &file.papers {
        if let Some(id) = &paper.id {
            if id.is_empty() || id.contains(|letter: char| letter.is_whitespace() || "()\"#".contains(letter)) {
                return Err(unwritable(format!("the ballot's id {id:?} has a space, a parenthesis, a quote or #")));
            }
            let _ = write!(text, "({id}) ");
        }
        let _ = write!(text, "{}", paper.weight);
        for place in &paper.places {
            let numbers: Vec<_> = place.iter().map(|at| (u32::from(*at) + 1).to_string()).collect();
            let _ = write!(text, " {}", if numbers.is_empty() { "-".to_owned() } else { numbers.join("=") });
        }
        text.push_str(" 0\n");
    }
    text.push_str("0\n");
    for name in file.candidates.iter().chain([&file.title]) {
        if name.contains(['"', '\n', '\r']) {
            return Err(unwritable(format!("the name {name:?} has a quote or a line end")));
        }
        let _ = writeln!(text, "\"{name}\"");
    }
    Ok(text)
}
