//! An outcome for residents: plain sentences in Russian and English, a table, and a drawing. Pure text, always the same.

use crate::{election::Election, exact::Exact, money::Money, rules::Territory};

mod bars;
mod english;
mod flow;
mod phrase;
mod purchases;
mod russian;
mod sentences;
mod table;

pub use sentences::explain;
pub use table::{Table, table};

/// Decimals of a number that would else be a fraction of large numbers; the exact one stands in the outcome.
pub const PLACES: u32 = 4;

/// Language of an explanation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// English.
    English,
    /// Russian.
    Russian,
}

impl Language {
    /// A number as people write it: what no few decimals give exactly is rounded to four, and Russian has a decimal comma.
    fn number(self, number: &Exact) -> String {
        let text = number.rounded(PLACES);
        match self {
            Self::English => text,
            Self::Russian => text.replace('.', ","),
        }
    }

    /// An amount as people write it.
    fn money(self, money: Money) -> String {
        self.number(&Exact::decimal(money.0, 2))
    }

    /// A part of an amount, rounded to hundredths; one that is less than these keeps its own decimals.
    fn share(self, amount: &Exact) -> String {
        let hundredths = amount * &Exact::from(200) + Exact::from(1);
        let rounded = hundredths.floor().map(|twice| twice / 2).filter(|rounded| *rounded > 0);
        rounded.map_or_else(|| self.number(amount), |rounded| self.number(&Exact::decimal(rounded, 2)))
    }
}

/// An outcome as a drawing (SVG 1.1): the flow of votes from round to round where there are rounds, bars elsewhere.
#[must_use]
pub fn outcome_svg(election: &Election, territories: &[Territory], language: Language) -> String {
    if flow::has_flow(election) {
        flow::draw(election, territories, language)
    } else {
        bars::draw(election, territories, language)
    }
}

/// Name of a candidate for people.
fn title(territories: &[Territory], at: u16) -> &str {
    territories.get(usize::from(at)).map_or("", |territory| territory.title.as_str())
}

/// Text inside XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            // XML has no other control characters than these.
            other if other.is_control() && !matches!(other, '\n' | '\t') => {}
            other => safe.push(other),
        }
    }
    safe
}
