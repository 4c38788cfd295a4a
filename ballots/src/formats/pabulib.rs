//! Pabulib's `.pb` (pabulib.org/format): real votes of real cities, read with the line and reason of every fault, and written.
//!
//! A `voter_id` stands in one line: twice it is refused, as Pabulib's own checker does (pabutools counts both).

use std::collections::BTreeMap;

mod parts;
mod read;
mod voters;
mod votes;
mod write;

use super::{FormatFault, Poll};
use crate::{
    Ballot, Outcome, Rules, Tally,
    methods::{Procedure, positional::Scale, score::Measure},
    money::Money,
    profile::Profile,
    recount::RecountFault,
    rules::{Kind, MAX_SCORE, Overflow, Territory, TieRule, Winners},
};

pub use parts::fold;
pub use read::read;
pub use votes::{Mark, Vote, Votes, Widest};
pub use write::write;

/// How a file's ballots are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoteType {
    /// `approval`, and `choose-1`, which is approval of one.
    Approval,
    /// `cumulative`: points.
    Cumulative,
    /// `ordinal`: ranked.
    Ordinal,
    /// `scoring`: marks.
    Scoring,
}

/// A project, with what the city published about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Name in the file.
    pub id: String,
    /// What it costs.
    pub cost: Money,
    /// Name for people; the id when the file has none.
    pub name: String,
    /// Ballots that name it, as published.
    pub votes: Option<u64>,
    /// Score, as published.
    pub score: Option<u64>,
    /// Whether it was funded, as published.
    pub selected: Option<bool>,
    /// Other columns, by heading.
    pub other: Vec<(String, String)>,
}

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// How ballots are marked.
    pub vote_type: VoteType,
    /// Money to spend.
    pub budget: Money,
    /// Every line of META, in order, `vote_type` and `budget` included.
    pub meta: Vec<(String, String)>,
    /// Projects.
    pub projects: Vec<Project>,
    /// Headings of the ballots' columns that have no meaning here.
    pub vote_columns: Vec<String>,
    /// Ballots.
    pub votes: Votes,
}

impl Instance {
    /// The value of a META line.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.meta.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    fn number(&self, key: &str) -> Option<u32> {
        self.meta(key)?.parse().ok()
    }

    /// The rules that the file states; winners within the budget, ties by order in the file.
    ///
    /// Limits that a file leaves out are as wide as its ballots need; marks go to [`MAX_SCORE`] at most.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.rules_for(Widest::of(&self.votes))
    }

    /// The same for ballots that are not kept.
    #[must_use]
    pub fn rules_for(&self, widest: Widest) -> Rules {
        let (kind, method) = self.kind(widest);
        let overflow = match self.meta("rule") {
            Some("greedy-no-skip") => Overflow::Stop,
            _ => Overflow::Skip,
        };
        let minimum = self.number("min_project_score_threshold").map(u64::from);
        let territory = |(project, number): (&Project, u32)| Territory {
            cost: Some(project.cost),
            id: project.id.clone(),
            number,
            title: project.name.clone(),
            ..Territory::default()
        };
        Rules {
            kind,
            limits: Vec::new(),
            method,
            territories: self.projects.iter().zip(1..).map(territory).collect(),
            ties: vec![TieRule::Registration],
            turnout: None,
            winners: Winners::Budget { budget: self.budget, minimum, overflow },
        }
    }

    /// Whether the file states every limit of its ballots, so that its rules are known before they are read.
    #[must_use]
    pub fn states_limits(&self) -> bool {
        match self.vote_type {
            VoteType::Approval | VoteType::Ordinal => true,
            VoteType::Cumulative => self.number("max_sum_points").is_some(),
            VoteType::Scoring => self.number("max_points").is_some(),
        }
    }

    fn kind(&self, widest: Widest) -> (Kind, Procedure) {
        let projects = u16::try_from(self.projects.len()).unwrap_or(u16::MAX);
        let length = self.number("max_length").and_then(|max| u16::try_from(max).ok());
        let length = length.unwrap_or(projects).clamp(1, projects.max(1));
        match self.vote_type {
            VoteType::Approval => (Kind::Approval { max: length }, Procedure::Approval),
            VoteType::Ordinal => (Kind::Ranked { max: length }, Procedure::Borda(Scale::OwnLength)),
            VoteType::Cumulative => {
                let total = self.number("max_sum_points").unwrap_or(widest.sum).max(1);
                let each = self.number("max_points").filter(|each| (1..=total).contains(each));
                (Kind::Points { each, total }, Procedure::Points)
            }
            VoteType::Scoring => {
                // Counting takes memory for each mark that is possible, so the file's limit is bounded as rules' are.
                let max = self.number("max_points").unwrap_or(widest.value).clamp(1, MAX_SCORE);
                (Kind::Score { max }, Procedure::Score(Measure::Sum))
            }
        }
    }

    /// Counts the file's ballots; those that break its rules are invalid, with the reason.
    ///
    /// # Errors
    /// As [`Tally::finish`].
    pub fn tally(&self, rules: &Rules) -> Result<Outcome, RecountFault> {
        let mut tally = Tally::new(rules);
        add(&mut tally, rules, &self.votes);
        tally.finish(rules, None)
    }

    /// The ballots for any method; those that break the file's rules are invalid, with the reason.
    ///
    /// # Errors
    /// [`FormatFault`] when there are more ballots than can be counted.
    pub fn poll(&self, rules: &Rules) -> Result<Poll, FormatFault> {
        let (profile, invalid) = profile(rules, &self.votes)?;
        let title = self.meta("description").unwrap_or_default().to_owned();
        let territories = rules.territories.clone();
        Ok(Poll { budget: Some(self.budget), invalid, profile, seats: None, territories, title })
    }

    /// A file of a round's opened ballots. `meta` stands before what the rules say.
    #[must_use]
    pub fn from_round(rules: &Rules, ballots: impl IntoIterator<Item = Ballot>, meta: Vec<(String, String)>) -> Self {
        let mut meta = meta;
        let vote_type = match rules.kind {
            Kind::Approval { .. } => VoteType::Approval,
            Kind::Points { .. } => VoteType::Cumulative,
            Kind::Ranked { .. } => VoteType::Ordinal,
            Kind::Score { .. } => VoteType::Scoring,
        };
        let budget = match &rules.winners {
            Winners::Budget { budget, .. } => *budget,
            // The format needs a budget. The sum of the costs binds nobody; costs have no bound here, so it may saturate.
            Winners::Top { .. } => {
                let costs = rules.territories.iter().filter_map(|territory| territory.cost);
                Money(costs.fold(0, |sum, cost| sum.saturating_add(cost.0)))
            }
        };
        let mut say = |key: &str, value: String| meta.push((key.to_owned(), value));
        say("budget", budget.to_string());
        say("vote_type", vote_type.name().to_owned());
        match rules.kind {
            Kind::Approval { max } | Kind::Ranked { max } => say("max_length", max.to_string()),
            Kind::Score { max } => say("max_points", max.to_string()),
            Kind::Points { each, total } => {
                say("max_sum_points", total.to_string());
                each.into_iter().for_each(|each| say("max_points", each.to_string()));
            }
        }
        let project = |territory: &Territory| Project {
            id: territory.id.clone(),
            cost: territory.cost.unwrap_or_default(),
            name: territory.title.clone(),
            votes: None,
            score: None,
            selected: None,
            other: Vec::new(),
        };
        let mut votes = Votes::default();
        for (ballot, number) in ballots.into_iter().zip(1_u64..) {
            votes.push(&number.to_string(), None, ballot.marks(), []);
        }
        Self {
            vote_type,
            budget,
            meta,
            projects: rules.territories.iter().map(project).collect(),
            vote_columns: Vec::new(),
            votes,
        }
    }
}

/// Adds a file's votes to a tally by its rules; those that break them are invalid, with the reason.
pub fn add(tally: &mut Tally, rules: &Rules, votes: &Votes) {
    for vote in votes.iter() {
        match Ballot::from_marks(rules, vote.marks()) {
            Ok(ballot) => tally.add(&ballot),
            Err(fault) => tally.add_invalid(fault.slug()),
        }
    }
}

/// Valid ballots of some of a file's votes, and invalid ones by reason; parts of a file can be read side by side.
///
/// # Errors
/// [`FormatFault`] when there are more ballots than can be counted.
pub fn profile(rules: &Rules, votes: &Votes) -> Result<(Profile, BTreeMap<String, u64>), FormatFault> {
    let candidates = u16::try_from(rules.territories.len()).unwrap_or(u16::MAX);
    let (mut profile, mut invalid) = (Profile::new(rules.kind.clone(), candidates), BTreeMap::new());
    for vote in votes.iter() {
        match Ballot::from_marks(rules, vote.marks()) {
            // The only fault that is left is of all ballots together, so it has no line of its own.
            Ok(ballot) => profile.add(ballot.choice(), 1).map_err(|fault| FormatFault::profile(1, &fault))?,
            Err(fault) => *invalid.entry(fault.slug().to_owned()).or_default() += 1,
        }
    }
    Ok((profile, invalid))
}

impl VoteType {
    /// The name in META.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Cumulative => "cumulative",
            Self::Ordinal => "ordinal",
            Self::Scoring => "scoring",
        }
    }

    fn parse(name: &str) -> Option<Self> {
        match name {
            "choose-1" => Some(Self::Approval),
            other => [Self::Approval, Self::Cumulative, Self::Ordinal, Self::Scoring]
                .into_iter()
                .find(|kind| kind.name() == other),
        }
    }

    /// Whether each mark has a value.
    const fn has_values(self) -> bool {
        matches!(self, Self::Cumulative | Self::Scoring)
    }
}
