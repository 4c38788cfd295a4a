//! A vote as a PrefLib file: orders of the narrowest kind that holds them, approvals and marks as categories.

use super::{DataType, Preference, Preferences};
use crate::{
    formats::Poll,
    profile::{Paper, Profile},
    rules::Kind,
};

/// What the two categories of approvals are called.
const APPROVALS: [&str; 2] = ["Approved", "Not approved"];

impl Preferences {
    /// A file of a vote, which reads back as the same vote: rankings as orders, approvals (and choose-one) as two categories,
    /// the second of which holds all that the ballot leaves out, marks as a category for each, the highest first.
    ///
    /// There is none of points, nor of marks of 0 and 1 alone, whose two categories would be read as approvals.
    #[must_use]
    pub fn from_poll(poll: &Poll) -> Option<Self> {
        let (data_type, categories) = match poll.profile.kind() {
            Kind::Approval { .. } => (DataType::Cat, APPROVALS.map(str::to_owned).to_vec()),
            Kind::Score { max: 2.. } => {
                (DataType::Cat, marks(poll.profile.kind()).map(|mark| mark.to_string()).collect())
            }
            Kind::Ranked { .. } => (orders(&poll.profile), Vec::new()),
            Kind::Points { .. } | Kind::Score { .. } => return None,
        };
        let groups = |paper: Paper<'_>| groups(&poll.profile, paper);
        let papers = poll.profile.papers();
        Some(Self {
            alternatives: poll.territories.iter().map(|territory| territory.title.clone()).collect(),
            categories,
            data_type,
            meta: vec![("TITLE".to_owned(), poll.title.clone())],
            preferences: papers
                .map(|paper| Preference { count: paper.weight, groups: groups(paper), line: 0 })
                .collect(),
        })
    }
}

/// The narrowest kind of orders that holds these rankings.
fn orders(profile: &Profile) -> DataType {
    let everything = usize::from(profile.candidates());
    let is_complete = profile.papers().all(|paper| paper.marks.len() == everything);
    match (profile.has_equal_places(), is_complete) {
        (false, true) => DataType::Soc,
        (false, false) => DataType::Soi,
        (true, true) => DataType::Toc,
        (true, false) => DataType::Toi,
    }
}

/// Every mark of a kind, the highest first.
fn marks(kind: &Kind) -> impl Iterator<Item = u32> + use<> {
    let most = if let Kind::Score { max } = kind { *max } else { 0 };
    (0..=most).rev()
}

fn groups(profile: &Profile, paper: Paper<'_>) -> Vec<Vec<u16>> {
    match profile.kind() {
        Kind::Approval { .. } => {
            let others = (0..profile.candidates()).filter(|at| !paper.marks.contains(at)).collect();
            vec![paper.marks.to_vec(), others]
        }
        Kind::Score { .. } => {
            let with = |mark| paper.valued().filter(move |(_, found)| *found == mark).map(|(at, _)| at).collect();
            marks(profile.kind()).map(with).collect()
        }
        _ if paper.values.is_empty() => paper.marks.iter().map(|at| vec![*at]).collect(),
        _ => paper.groups().map(<[u16]>::to_vec).collect(),
    }
}
