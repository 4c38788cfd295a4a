//! All ballots of an election, as methods read them: flat, weighted, and in any number of kinds and ties of rank.

use crate::{
    ballot::Ballot,
    choice::Choice,
    rules::{Kind, Rules},
};

mod mark_counts;

pub use mark_counts::MarkCounts;

/// Most ballots, all weights together: any sum of marks then fits into 64 bits.
pub const MOST_BALLOTS: u64 = u32::MAX as u64;

/// Ballots of one kind over candidates that are numbered from 0.
#[derive(Debug, Clone)]
pub struct Profile {
    kind: Kind,
    candidates: u16,
    marks: Vec<u16>,
    // As long as `marks`: points, marks, or places of ranks; empty while no ballot has needed them.
    values: Vec<u32>,
    ends: Vec<usize>,
    weights: Vec<u64>,
    ballots: u64,
    blank: u64,
    equal_places: bool,
    longest: usize,
    // When a candidate was last marked, by the number of the paper from 1: finds doubles without sorting.
    seen: Vec<usize>,
}

/// Alike ballots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper<'a> {
    /// Candidates that are named: ascending, but ranked ones in order, the best first.
    pub marks: &'a [u16],
    /// Points or marks of each; places from 1 where a ranked profile has equal places; else empty.
    pub values: &'a [u32],
    /// How many ballots are alike.
    pub weight: u64,
}

/// Why a ballot does not go into a profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileFault {
    /// Another kind of ballot than the profile's.
    #[error("the ballot is of another kind than the others")]
    Kind,
    /// No such candidate.
    #[error("there is no candidate number {0}")]
    Unknown(u16),
    /// A candidate is named twice.
    #[error("candidate number {0} is named twice")]
    Duplicate(u16),
    /// A value above what is allowed.
    #[error("the value {value} is above {most}")]
    Value {
        /// The value given.
        value: u32,
        /// Most.
        most: u32,
    },
    /// More ballots than can be counted without overflow.
    #[error("there are more than {MOST_BALLOTS} ballots: their sums would not be exact")]
    TooMany,
}

impl Profile {
    /// No ballots yet.
    #[must_use]
    pub fn new(kind: Kind, candidates: u16) -> Self {
        Self {
            kind,
            candidates,
            marks: Vec::new(),
            values: Vec::new(),
            ends: Vec::new(),
            weights: Vec::new(),
            ballots: 0,
            blank: 0,
            equal_places: false,
            longest: 0,
            seen: vec![0; usize::from(candidates)],
        }
    }

    /// No ballots yet of a round.
    #[must_use]
    pub fn of_round(rules: &Rules) -> Self {
        Self::new(rules.kind.clone(), u16::try_from(rules.territories.len()).unwrap_or(u16::MAX))
    }

    /// Ballots of a round.
    ///
    /// # Errors
    /// [`ProfileFault::TooMany`].
    pub fn from_ballots<'a>(
        rules: &Rules,
        ballots: impl IntoIterator<Item = &'a Ballot>,
    ) -> Result<Self, ProfileFault> {
        let mut profile = Self::of_round(rules);
        for ballot in ballots {
            profile.add(ballot.choice(), 1)?;
        }
        Ok(profile)
    }

    /// Adds so many ballots that are alike.
    ///
    /// # Errors
    /// The first [`ProfileFault`]; the profile is then as it was.
    pub fn add(&mut self, choice: &Choice, weight: u64) -> Result<(), ProfileFault> {
        match (choice, &self.kind) {
            (Choice::Approval(marks), Kind::Approval { .. }) => {
                let mut sorted = marks.clone();
                sorted.sort_unstable();
                self.push(&sorted, None, weight)
            }
            (Choice::Ranked(marks), Kind::Ranked { .. }) => self.push(marks, None, weight),
            (Choice::Score(marks), Kind::Score { max: most }) => self.valued(marks, *most, weight),
            (Choice::Points(marks), Kind::Points { each, total }) => self.valued(marks, each.unwrap_or(*total), weight),
            _ => Err(ProfileFault::Kind),
        }
    }

    /// Adds so many rankings whose candidates may share a place: groups of equals, the best first.
    ///
    /// # Errors
    /// The first [`ProfileFault`]; the profile is then as it was.
    pub fn add_groups(&mut self, groups: &[Vec<u16>], weight: u64) -> Result<(), ProfileFault> {
        if !matches!(self.kind, Kind::Ranked { .. }) {
            return Err(ProfileFault::Kind);
        }
        let marks = groups.concat();
        if groups.iter().all(|group| group.len() <= 1) {
            return self.push(&marks, None, weight);
        }
        let filled = groups.iter().filter(|group| !group.is_empty());
        let places = filled.zip(1..).flat_map(|(group, place)| std::iter::repeat_n(place, group.len()));
        let places: Vec<u32> = places.collect();
        self.push(&marks, Some(&places), weight)?;
        self.equal_places = true;
        Ok(())
    }

    fn valued(&mut self, marks: &[(u16, u32)], most: u32, weight: u64) -> Result<(), ProfileFault> {
        if let Some((_, value)) = marks.iter().find(|(_, value)| *value > most) {
            return Err(ProfileFault::Value { value: *value, most });
        }
        let mut sorted = marks.to_vec();
        sorted.sort_unstable();
        let (marks, values): (Vec<u16>, Vec<u32>) = sorted.into_iter().unzip();
        self.push(&marks, Some(&values), weight)
    }

    fn push(&mut self, marks: &[u16], values: Option<&[u32]>, weight: u64) -> Result<(), ProfileFault> {
        let marked = self.mark(marks);
        let ballots = self.ballots.checked_add(weight).filter(|sum| *sum <= MOST_BALLOTS);
        let sound = marked.and(ballots.ok_or(ProfileFault::TooMany));
        if sound.is_err() {
            // The next paper has the same number: what this one marked must not look like its doubles.
            marks.iter().for_each(|at| self.seen.get_mut(usize::from(*at)).into_iter().for_each(|seen| *seen = 0));
        }
        self.ballots = sound?;
        self.blank += if marks.is_empty() { weight } else { 0 };
        self.longest = self.longest.max(marks.len());
        if let Some(values) = values {
            self.spell_places();
            self.values.extend_from_slice(values);
        } else if !self.values.is_empty() {
            self.values.extend(1..=marks.len() as u32);
        }
        self.marks.extend_from_slice(marks);
        self.ends.push(self.marks.len());
        self.weights.push(weight);
        Ok(())
    }

    /// Notes what the next paper marks, and finds what does not exist or is marked twice.
    fn mark(&mut self, marks: &[u16]) -> Result<(), ProfileFault> {
        let paper = self.ends.len() + 1;
        for at in marks {
            let seen = self.seen.get_mut(usize::from(*at)).ok_or(ProfileFault::Unknown(*at))?;
            if std::mem::replace(seen, paper) == paper {
                return Err(ProfileFault::Duplicate(*at));
            }
        }
        Ok(())
    }

    /// Gives the strict rankings so far their places, because one with equal places comes.
    fn spell_places(&mut self) {
        if self.values.is_empty() && !self.marks.is_empty() {
            let mut start = 0;
            for end in &self.ends {
                self.values.extend(1..=(end - start) as u32);
                start = *end;
            }
        }
    }

    /// Joins alike ballots into one paper of their weight, in ascending order of their marks.
    #[must_use]
    pub fn distinct(&self) -> Self {
        let mut papers: Vec<Paper<'_>> = self.papers().collect();
        papers.sort_unstable_by(|left, right| (left.marks, left.values).cmp(&(right.marks, right.values)));
        let mut joined = Self { seen: self.seen.clone(), ..Self::new(self.kind.clone(), self.candidates) };
        for alike in papers.chunk_by(|left, right| (left.marks, left.values) == (right.marks, right.values)) {
            joined.marks.extend_from_slice(alike[0].marks);
            joined.values.extend_from_slice(alike[0].values);
            joined.ends.push(joined.marks.len());
            joined.weights.push(alike.iter().map(|paper| paper.weight).sum());
        }
        joined.seen.fill(0);
        Self {
            ballots: self.ballots,
            blank: self.blank,
            equal_places: self.equal_places,
            longest: self.longest,
            ..joined
        }
    }

    /// Adds the papers of another profile of the same kind and candidates.
    ///
    /// # Errors
    /// [`ProfileFault::Kind`] or [`ProfileFault::TooMany`]; the profile is then as it was.
    pub fn merge(&mut self, other: &Self) -> Result<(), ProfileFault> {
        if (&self.kind, self.candidates) != (&other.kind, other.candidates) {
            return Err(ProfileFault::Kind);
        }
        let ballots = self.ballots.checked_add(other.ballots).filter(|sum| *sum <= MOST_BALLOTS);
        self.ballots = ballots.ok_or(ProfileFault::TooMany)?;
        self.blank += other.blank;
        if !other.values.is_empty() {
            self.spell_places();
        }
        let valued = !self.values.is_empty() || !other.values.is_empty();
        for paper in other.papers() {
            self.marks.extend_from_slice(paper.marks);
            if valued && paper.values.is_empty() {
                self.values.extend(1..=paper.marks.len() as u32);
            } else {
                self.values.extend_from_slice(paper.values);
            }
            self.ends.push(self.marks.len());
            self.weights.push(paper.weight);
        }
        self.equal_places |= other.equal_places;
        self.longest = self.longest.max(other.longest);
        Ok(())
    }

    /// The ballots' kind, with its limits.
    #[must_use]
    pub fn kind(&self) -> &Kind {
        &self.kind
    }

    /// How many candidates there are.
    #[must_use]
    pub fn candidates(&self) -> u16 {
        self.candidates
    }

    /// How many ballots, blank ones too.
    #[must_use]
    pub fn ballots(&self) -> u64 {
        self.ballots
    }

    /// How many ballots name nobody.
    #[must_use]
    pub fn blank(&self) -> u64 {
        self.blank
    }

    /// Most candidates that one ballot names.
    #[must_use]
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Whether a ranking has two candidates at one place.
    #[must_use]
    pub fn has_equal_places(&self) -> bool {
        self.equal_places
    }

    /// How many papers there are: alike ballots that were added together, or joined, are one.
    #[must_use]
    pub fn papers_kept(&self) -> usize {
        self.ends.len()
    }

    /// Every paper, in the order in which they were added.
    pub fn papers(&self) -> impl Iterator<Item = Paper<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).zip(&self.weights).map(|((start, end), weight)| Paper {
            marks: &self.marks[start..*end],
            values: self.values.get(start..*end).unwrap_or(&[]),
            weight: *weight,
        })
    }

    /// Ballots that name each candidate.
    #[must_use]
    pub fn votes(&self) -> Vec<u64> {
        let mut votes = vec![0; usize::from(self.candidates)];
        for paper in self.papers() {
            paper.marks.iter().for_each(|at| votes[usize::from(*at)] += paper.weight);
        }
        votes
    }
}

impl PartialEq for Profile {
    /// The same papers in the same order; what was marked last is no part of them.
    fn eq(&self, other: &Self) -> bool {
        let head = |profile: &Self| (profile.kind.clone(), profile.candidates, profile.equal_places);
        head(self) == head(other) && self.papers().eq(other.papers())
    }
}

impl Eq for Profile {}

impl<'a> Paper<'a> {
    /// Candidates with their values; only where the kind has values.
    pub fn valued(self) -> impl Iterator<Item = (u16, u32)> + 'a {
        self.marks.iter().copied().zip(self.values.iter().copied())
    }

    /// Groups of a ranking that share a place, the best first.
    pub fn groups(self) -> impl Iterator<Item = &'a [u16]> {
        let Self { mut marks, mut values, .. } = self;
        std::iter::from_fn(move || {
            let place = values.first();
            let equal = values.iter().take_while(|value| Some(*value) == place).count();
            let (group, rest) = marks.split_at_checked(equal.max(1))?;
            (marks, values) = (rest, &values[equal..]);
            Some(group)
        })
    }
}
