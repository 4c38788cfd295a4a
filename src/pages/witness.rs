//! The page of a witness: each log that it follows, the newest head that it cosigned, and what it refused.

use askama::Template;

use super::{Language, prefix, texts::Texts};

/// The style of the page, which stands alone: a witness serves none of the service's files.
pub const STYLE: &str = include_str!("witness.css");
/// Times are told in UTC: a witness belongs to no town.
const ZONE: &str = "UTC";

/// A head of a log.
#[derive(Debug, Clone)]
pub struct SeenHead {
    /// Lines.
    pub size: u64,
    /// Base64.
    pub root: String,
    /// The signed note.
    pub note: String,
}

/// A head that the witness refused though the log signed it.
#[derive(Debug, Clone)]
pub struct SeenLie {
    /// Unix second.
    pub at: i64,
    /// Two roots for one size.
    pub is_split: bool,
    /// A smaller size than one cosigned.
    pub is_rolled_back: bool,
    /// What was known.
    pub known: Option<SeenHead>,
    /// What was shown.
    pub shown: Option<SeenHead>,
}

/// A log that the witness follows.
#[derive(Debug, Clone)]
pub struct SeenLog {
    /// First line of its checkpoints.
    pub origin: String,
    /// Its key.
    pub vkey: String,
    /// When the newest head was cosigned, a Unix second, and the head.
    pub newest: Option<(i64, SeenHead)>,
    /// Whether the witness still cosigns it.
    pub cosigns: bool,
    /// Refused heads: splits, which prove something, and then the others; the newest first, and not all of them.
    pub lies: Vec<SeenLie>,
    /// How many more were refused.
    pub more: usize,
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "witness.html")]
pub struct WitnessPage {
    t: &'static Texts,
    name: String,
    vkey: String,
    logs: Vec<SeenLog>,
}

impl WitnessPage {
    /// A page of a witness of this name and key.
    #[must_use]
    pub fn new(language: Language, name: String, vkey: String, logs: Vec<SeenLog>) -> Self {
        Self { t: language.texts(), name, vkey, logs }
    }

    /// The HTML.
    #[must_use]
    pub fn html(&self) -> String {
        self.render().unwrap_or_default()
    }

    fn moment(&self, at: &i64) -> String {
        self.t.moment(*at, ZONE)
    }

    /// What a refused head speaks for, in a sentence.
    fn says(&self, lie: &SeenLie) -> String {
        match (lie.is_split, lie.is_rolled_back) {
            (true, _) => self.t.witness_split(),
            (_, true) => self.t.witness_rolled_back(),
            _ => self.t.witness_unproven(),
        }
    }

    /// Code, name and address of each language.
    fn languages(&self) -> Vec<(&'static str, String, String)> {
        let one =
            |language: Language| (language.code(), language.texts().language_name(), format!("{}/", prefix(language)));
        Language::ALL.into_iter().filter(|language| *language != self.t.language).map(one).collect()
    }
}
