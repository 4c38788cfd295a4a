//! Writing: what is written reads back as the same preferences.

use std::fmt::Write as _;

use super::{DataType, Preferences};

/// The file's text, with line feeds. Line ends inside names become spaces.
#[must_use]
pub fn write(file: &Preferences) -> String {
    let mut text = String::new();
    let mut say = |key: &str, value: &str| {
        // A return alone is no line end, and stays.
        let value = value.replace('\n', " ");
        let _ = writeln!(text, "# {key}: {}", value.trim());
    };
    let title = |key: &str| ["FILE NAME", "TITLE", "DESCRIPTION"].contains(&key);
    file.meta.iter().filter(|(key, _)| title(key)).for_each(|(key, value)| say(key, value));
    say("DATA TYPE", file.data_type.name());
    file.meta.iter().filter(|(key, _)| !title(key)).for_each(|(key, value)| say(key, value));
    let voters = file.preferences.iter().fold(0u64, |sum, one| sum.saturating_add(one.count));
    say("NUMBER ALTERNATIVES", &file.alternatives.len().to_string());
    say("NUMBER VOTERS", &voters.to_string());
    let unique = file.preferences.len().to_string();
    if file.data_type == DataType::Cat {
        say("NUMBER UNIQUE PREFERENCES", &unique);
        say("NUMBER CATEGORIES", &file.categories.len().to_string());
        file.categories.iter().zip(1..).for_each(|(name, at)| say(&format!("CATEGORY NAME {at}"), name));
    } else {
        say("NUMBER UNIQUE ORDERS", &unique);
    }
    file.alternatives.iter().zip(1..).for_each(|(name, at)| say(&format!("ALTERNATIVE NAME {at}"), name));
    for preference in &file.preferences {
        let groups: Vec<_> = preference.groups.iter().map(|group| spelled(group)).collect();
        let _ = writeln!(text, "{}: {}", preference.count, groups.join(","));
    }
    text
}

fn spelled(group: &[u16]) -> String {
    let members: Vec<_> = group.iter().map(|at| (u32::from(*at) + 1).to_string()).collect();
    if members.len() == 1 { members.concat() } else { format!("{{{}}}", members.join(",")) }
}
