//! What a monitor says: one line for people, or one JSON object for programs.

use audit::verify::text::{self, printable};
use jiff::Timestamp;
use serde_json::{Value, json};

/// Something that a monitor saw.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Notice {
    /// Unix second.
    pub(super) at: i64,
    /// Name of the log, or its address as long as the name is not known.
    pub(super) log: String,
    /// Stable name of what this is.
    pub(super) kind: &'static str,
    /// In words, one line.
    pub(super) words: String,
    /// What is to be known and done beside, line by line.
    pub(super) more: Vec<String>,
    /// The same for programs.
    pub(super) data: Value,
}

impl Notice {
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            println!("{}", text::json(&self.json()));
        } else {
            println!("{}", self.text());
        }
    }

    /// A line of ours each; what strangers say cannot begin another.
    fn text(&self) -> String {
        let mut text = format!("{} {}: {}", time(self.at), printable(&self.log), printable(&self.words));
        for line in &self.more {
            text.push_str("\n    ");
            text.push_str(&printable(line));
        }
        text
    }

    fn json(&self) -> Value {
        let words = [std::slice::from_ref(&self.words), &self.more].concat().join("\n");
        json!({ "at": self.at, "log": self.log, "event": self.kind, "words": words, "data": self.data })
    }
}

/// A Unix second for people.
pub(super) fn time(at: i64) -> String {
    Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_neither_steers_the_terminal_nor_begins_a_line() {
        let words = "T\u{1b}[2J\u{9b}31m\u{202e}\u{61c}\n2026 grew".to_owned();
        let data = json!({ "title": words });
        let notice = Notice { at: 0, log: words.clone(), kind: "act", words, more: vec!["keep".to_owned()], data };
        let (shown, json) = (notice.text(), text::json(&notice.json()));
        assert_eq!(shown.lines().count(), 2, "{shown}");
        for out in [shown.replace('\n', ""), json.clone()] {
            assert!(!out.contains(['\u{1b}', '\u{9b}', '\u{202e}', '\u{61c}', '\n']), "{out:?}");
        }
        assert_eq!(serde_json::from_str::<Value>(&json).expect("still JSON"), notice.json());
    }
}
