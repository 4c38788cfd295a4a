//! The headings of a table: what kind of ballots it holds, and of which candidates.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};

use crate::{
    formats::{FormatFault, Poll, bounded::Bounded},
    profile::Profile,
    rules::{Kind, Territory},
};

/// What a cell of the rows means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cells {
    Approval,
    Points,
    Ranked,
    Score,
}

/// Headings.
#[derive(Debug)]
pub(super) struct Heading {
    pub(super) cells: Cells,
    pub(super) territories: Vec<Territory>,
}

/// Reads the headings, which are the first record, and says where the rows begin; nothing if more of the text must be there.
pub(super) fn heading(text: &str, whole: bool) -> Result<Option<(Heading, usize)>, FormatFault> {
    let table = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
    let mut record = StringRecord::new();
    let found = reader.read_record(&mut record).map_err(|fault| FormatFault::new(1, fault.to_string()))?;
    let end = text.len() - table.len() + reader.position().byte() as usize;
    if !whole && (!found || end == text.len()) {
        return Ok(None);
    }
    if !found {
        return Err(FormatFault::new(1, "headings are missing"));
    }
    let cells = match record.get(0).unwrap_or_default().trim() {
        "approval" => Cells::Approval,
        "points" => Cells::Points,
        "ranked" => Cells::Ranked,
        "score" => Cells::Score,
        other => {
            let reason = format!("the first heading is {other:?}; it must be approval, points, ranked or score");
            return Err(FormatFault::new(1, reason));
        }
    };
    Ok(Some((Heading { cells, territories: territories(&record)? }, end)))
}

fn territories(headings: &StringRecord) -> Result<Vec<Territory>, FormatFault> {
    let ids: Vec<&str> = headings.iter().skip(1).map(str::trim).collect();
    if ids.is_empty() || ids.len() > usize::from(u16::MAX) {
        return Err(FormatFault::new(1, "there must be 1 to 65535 candidates"));
    }
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    if sorted[0].is_empty() {
        return Err(FormatFault::new(1, "a candidate has no name"));
    }
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(FormatFault::new(1, format!("candidate {} stands there twice", pair[0])));
    }
    let territory = |(id, number): (&&str, u32)| Territory {
        id: (*id).to_owned(),
        number,
        title: (*id).to_owned(),
        ..Territory::default()
    };
    Ok(ids.iter().zip(1..).map(territory).collect())
}

impl Heading {
    /// Whether the kind alone says what a ballot may hold; else the rows do.
    pub(super) fn states_limits(&self) -> bool {
        matches!(self.cells, Cells::Approval | Cells::Ranked)
    }

    /// Ballots of this kind, the widest of which is so wide; none yet.
    pub(super) fn no_ballots(&self, widest: u32) -> Bounded {
        let count = self.territories.len() as u16;
        let kind = match self.cells {
            Cells::Approval => Kind::Approval { max: count },
            Cells::Ranked => Kind::Ranked { max: count },
            Cells::Score => Kind::Score { max: widest.max(1) },
            Cells::Points => Kind::Points { each: None, total: widest.max(1) },
        };
        Bounded::new(Profile::new(kind, count))
    }

    pub(super) fn into_poll(self, profile: Profile) -> Poll {
        let (invalid, territories) = (BTreeMap::new(), self.territories);
        Poll { budget: None, invalid, profile, seats: None, territories, title: String::new() }
    }
}
