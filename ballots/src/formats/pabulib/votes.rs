//! The ballots of a file side by side: a large file has a million, and a few long lists are quicker than many short ones.

/// A mark: a project by position, with its points or mark where the kind of ballot has them.
pub type Mark = (u16, Option<u32>);

/// Stands for an age that is not given.
const NO_AGE: u32 = u32::MAX;

/// Ballots in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Votes {
    projects: Vec<u16>,
    // As long as `projects`; empty while no ballot has values.
    values: Vec<u32>,
    // For each ballot the voter's name, then the other columns, a line each.
    texts: String,
    ages: Vec<u32>,
    ends: Vec<Ends>,
}

/// Where a ballot ends in the lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ends {
    projects: usize,
    texts: usize,
}

/// A ballot as the file has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote<'a> {
    /// Age in years, where given.
    pub age: Option<u32>,
    projects: &'a [u16],
    values: &'a [u32],
    texts: &'a str,
}

impl<'a> Vote<'a> {
    /// Projects by position, with points or marks.
    #[must_use]
    pub fn marks(&self) -> Vec<Mark> {
        let value = |place: usize| self.values.get(place).copied();
        self.projects.iter().enumerate().map(|(place, at)| (*at, value(place))).collect()
    }

    /// Name in the file.
    #[must_use]
    pub fn voter_id(&self) -> &'a str {
        self.texts.split('\n').next().unwrap_or_default()
    }

    /// Other columns, in the order of [`Instance::vote_columns`](super::Instance::vote_columns).
    pub fn other(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.texts.split('\n').skip(1)
    }

    /// Points or marks alone.
    pub(super) fn values(&self) -> &'a [u32] {
        self.values
    }
}

impl Votes {
    /// How many ballots there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The ballot at this place, from 0.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<Vote<'_>> {
        let (ends, age) = (*self.ends.get(at)?, *self.ages.get(at)?);
        let before = at.checked_sub(1).and_then(|before| self.ends.get(before));
        let before = before.copied().unwrap_or_default();
        Some(Vote {
            age: (age != NO_AGE).then_some(age),
            projects: &self.projects[before.projects..ends.projects],
            values: self.values.get(before.projects..ends.projects).unwrap_or(&[]),
            texts: &self.texts[before.texts..ends.texts],
        })
    }

    /// Every ballot, in order.
    pub fn iter(&self) -> impl Iterator<Item = Vote<'_>> + Clone {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Adds a ballot: all of its marks with values, or none. Other columns stand in the order of
    /// [`Instance::vote_columns`](super::Instance::vote_columns); line ends in texts become spaces.
    pub fn push<'a>(
        &mut self,
        voter_id: &str,
        age: Option<u32>,
        marks: impl IntoIterator<Item = Mark>,
        other: impl IntoIterator<Item = &'a str>,
    ) {
        let one_line = |text: &str| text.replace('\n', " ");
        self.texts.push_str(&one_line(voter_id));
        for text in other {
            self.texts.push('\n');
            self.texts.push_str(&one_line(text));
        }
        for (at, value) in marks {
            if value.is_some() {
                self.values.resize(self.projects.len(), 0);
            }
            self.projects.push(at);
            self.values.extend(value);
        }
        self.end(age);
    }

    /// Leaves so many ballots, the first ones.
    pub fn truncate(&mut self, ballots: usize) {
        self.ends.truncate(ballots);
        self.ages.truncate(ballots);
        let Ends { projects, texts } = self.ends.last().copied().unwrap_or_default();
        self.projects.truncate(projects);
        self.values.truncate(projects);
        self.texts.truncate(texts);
    }

    /// Makes room for about so many bytes of a file with lines of this length.
    pub(super) fn reserve(&mut self, bytes: usize, line: usize) {
        let ballots = bytes / line.max(1);
        self.ends.reserve(ballots);
        self.ages.reserve(ballots);
        // The texts are a part of the file, so they never need more.
        self.texts.reserve(bytes);
    }

    /// Lets go of all ballots and keeps the room.
    pub(super) fn clear(&mut self) {
        self.projects.clear();
        self.values.clear();
        self.texts.clear();
        self.ages.clear();
        self.ends.clear();
    }

    /// The lists to which the next ballot's projects, values and texts are added before [`Self::end`].
    pub(super) fn lists(&mut self) -> (&mut Vec<u16>, &mut Vec<u32>, &mut String) {
        (&mut self.projects, &mut self.values, &mut self.texts)
    }

    /// Ends the ballot whose marks and texts were added.
    pub(super) fn end(&mut self, age: Option<u32>) {
        self.ages.push(age.unwrap_or(NO_AGE));
        self.ends.push(Ends { projects: self.projects.len(), texts: self.texts.len() });
    }
}

/// The most that any ballot gives, for files that state no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Widest {
    /// Points of one ballot together.
    pub sum: u32,
    /// One mark.
    pub value: u32,
}

impl Widest {
    /// Of these ballots.
    #[must_use]
    pub fn of(votes: &Votes) -> Self {
        votes.iter().fold(Self::default(), |widest, vote| {
            let sum = vote.values().iter().copied().fold(0, u32::saturating_add);
            widest.or(Self { sum, value: vote.values().iter().copied().max().unwrap_or(0) })
        })
    }

    /// Of both.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { sum: self.sum.max(other.sum), value: self.value.max(other.value) }
    }
}
