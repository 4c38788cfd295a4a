//! Writing: what is written reads back as the same file.

use std::fmt::Write as _;

use super::{Blt, Paper, Unwritable};

/// The file's text, with line feeds.
///
/// # Errors
/// [`Unwritable`] when a name holds a quote or a line end, a ballot's id cannot stand between parentheses, or what is written
/// could not be read: a ballot of no weight, a candidate who is not there or stands there twice.
pub fn write(file: &Blt) -> Result<String, Unwritable> {
    let unwritable = |reason: String| Unwritable { format: "blt", reason };
    if file.candidates.is_empty() || file.candidates.len() > usize::from(u16::MAX) || file.seats == 0 {
        return Err(unwritable("there must be 1 to 65535 candidates, and a seat".to_owned()));
    }
    known_once(&mut file.withdrawn.clone(), file).map_err(unwritable)?;
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
        check(paper, file).map_err(unwritable)?;
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

/// Whether a ballot can be read again: a weight of 0 would end the ballots.
fn check(paper: &Paper, file: &Blt) -> Result<(), String> {
    if paper.weight == 0 {
        return Err("a ballot has no weight".to_owned());
    }
    known_once(&mut paper.places.concat(), file)
}

fn known_once(named: &mut [u16], file: &Blt) -> Result<(), String> {
    named.sort_unstable();
    if let Some(at) = named.iter().find(|at| usize::from(**at) >= file.candidates.len()) {
        return Err(format!("there is no candidate {}", u32::from(*at) + 1));
    }
    match named.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(format!("candidate {} stands there twice", u32::from(pair[0]) + 1)),
        None => Ok(()),
    }
}
