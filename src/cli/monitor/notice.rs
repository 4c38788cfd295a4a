//! What a monitor says: one line for people, or one JSON object for programs.

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
    /// In words.
    pub(super) words: String,
    /// The same for programs.
    pub(super) data: Value,
}

impl Notice {
    pub(super) fn print(&self, as_json: bool) {
        if as_json {
            println!("{}", self.json());
        } else {
            println!("{} {}: {}", time(self.at), self.log, self.words);
        }
    }

    fn json(&self) -> Value {
        json!({ "at": self.at, "log": self.log, "event": self.kind, "words": self.words, "data": self.data })
    }
}

/// A Unix second for people.
pub(super) fn time(at: i64) -> String {
    Timestamp::from_second(at).map_or_else(|_| at.to_string(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
