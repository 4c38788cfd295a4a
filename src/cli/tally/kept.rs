//! What is kept of the ballots that a core reads: no more than the method needs.

use std::collections::BTreeMap;

use ballots::{
    Procedure,
    formats::FormatFault,
    profile::{MarkCounts, Profile, ProfileFault},
};

/// What a core has read.
pub(super) struct Kept {
    ballots: Ballots,
    /// Ballots that break the rules, by reason.
    invalid: BTreeMap<String, u64>,
}

enum Ballots {
    /// How often each candidate got each mark.
    Marks(MarkCounts),
    /// All of them, by the number of the part.
    Papers(BTreeMap<usize, Profile>),
}

impl Kept {
    /// Nothing yet of ballots as `none` holds none of; without a method as little as possible.
    pub(super) fn new(method: Option<Procedure>, none: &Profile) -> Self {
        let marks_alone = method.is_none_or(|method| method.reads_marks_alone(none.kind()));
        let marks = MarkCounts::new(none.kind(), none.candidates()).filter(|_| marks_alone);
        let ballots = marks.map_or_else(|| Ballots::Papers(BTreeMap::new()), Ballots::Marks);
        Self { ballots, invalid: BTreeMap::new() }
    }

    /// Takes a part of the ballots.
    pub(super) fn add(&mut self, number: usize, part: Profile) -> Result<(), FormatFault> {
        match &mut self.ballots {
            Ballots::Marks(marks) => marks.add(&part).map_err(too_many),
            Ballots::Papers(parts) => {
                parts.insert(number, part);
                Ok(())
            }
        }
    }

    pub(super) fn add_invalid(&mut self, refused: BTreeMap<String, u64>) {
        refused.into_iter().for_each(|(reason, count)| *self.invalid.entry(reason).or_default() += count);
    }

    /// What all cores have read, in the order of the file, and the invalid ballots by reason.
    pub(super) fn together(cores: Vec<Self>, none: Profile) -> Result<(Profile, BTreeMap<String, u64>), FormatFault> {
        let mut cores = cores.into_iter();
        let Some(mut all) = cores.next() else { return Ok((none, BTreeMap::new())) };
        for core in cores {
            all.add_invalid(core.invalid);
            match (&mut all.ballots, core.ballots) {
                (Ballots::Marks(marks), Ballots::Marks(more)) => marks.merge(more).map_err(too_many)?,
                (Ballots::Papers(parts), Ballots::Papers(more)) => parts.extend(more),
                _ => return Err(too_many(ProfileFault::Kind)),
            }
        }
        let profile = match all.ballots {
            Ballots::Marks(marks) => marks.into_profile(),
            Ballots::Papers(parts) => {
                let mut whole = none;
                for part in parts.into_values() {
                    whole.merge(&part).map_err(too_many)?;
                }
                whole
            }
        };
        Ok((profile, all.invalid))
    }
}

/// A fault of all ballots together has no line of its own.
fn too_many(fault: ProfileFault) -> FormatFault {
    FormatFault { line: 1, reason: fault.to_string() }
}
