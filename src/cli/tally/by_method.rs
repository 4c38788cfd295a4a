//! `veche tally FILE --method M`: the count of a vote by any method, as a table, in sentences, as JSON, as a drawing.

use std::path::{Path, PathBuf};

use ballots::{
    Contest, Election, Ladder, Money, Procedure,
    election::State,
    explain::{self, Language},
    ladder::Rung,
    methods::{
        count_within,
        spending::{Limit, reserve, what_if},
    },
    rules::{Overflow, Winners},
};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{
    super::{CliFault, Holds, show},
    patience::patiently,
    poll::Opened,
};

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Explained {
    Ru,
    En,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum AtTooDear {
    /// Pass over it and try the next.
    Skip,
    /// Stop there.
    Stop,
}

#[derive(Debug, Args)]
pub(super) struct ByMethod {
    /// Method of counting; a wrong name prints those that there are.
    #[arg(long)]
    method: Option<Procedure>,
    /// How many win; else what the file says, or one.
    #[arg(long, requires = "method", conflicts_with = "budget")]
    winners: Option<u16>,
    /// Money to spend; else what the file says.
    #[arg(long, requires = "method")]
    budget: Option<Money>,
    /// Least score of a winner.
    #[arg(long, requires = "method", value_name = "SCORE")]
    minimum: Option<u64>,
    /// What happens at a project that does not fit into the rest of the budget.
    #[arg(long, requires = "method", value_enum)]
    too_dear: Option<AtTooDear>,
    /// Ids of projects between commas of which one at most may win; may be given several times.
    #[arg(long, requires = "method", value_name = "IDS")]
    one_of: Vec<String>,
    /// Other budgets, between commas: prints who would win with each.
    #[arg(long, requires = "method", value_name = "BUDGETS", value_delimiter = ',')]
    what_if: Vec<Money>,
    /// Breaks ties by lots from this public seed, 64 hexadecimal digits; else by order in the file.
    #[arg(long, requires = "method", value_name = "HEX")]
    seed: Option<String>,
    /// Explains the outcome step by step.
    #[arg(long, requires = "method", value_enum)]
    explain: Option<Explained>,
    /// Writes the outcome as a drawing.
    #[arg(long, requires = "method", value_name = "FILE")]
    svg: Option<PathBuf>,
}

impl ByMethod {
    /// Whether a method is named; without one nothing else is given either.
    pub(super) const fn is_asked(&self) -> bool {
        self.method.is_some()
    }

    pub(super) fn run(&self, file: &Path, as_json: bool) -> Result<Holds, CliFault> {
        let Some(method) = self.method else { return Err(Opened::read(file, None, as_json)?.method_missing()) };
        let opened = Opened::read(file, Some(method), as_json)?;
        let winners = self.winners(&opened.winners);
        let ladder = self.ladder()?;
        let limits = self.limits(&opened)?;
        let contest = Contest {
            profile: &opened.poll.profile,
            territories: &opened.poll.territories,
            winners: &winners,
            ladder: &ladder,
            turnout: None,
        };
        let counted = patiently("counting", as_json, || count_within(&contest, &limits, method));
        let election = counted.map_err(CliFault::other)?;
        if let Some(svg) = &self.svg {
            let drawing = explain::outcome_svg(&election, contest.territories, self.language());
            std::fs::write(svg, drawing).map_err(CliFault::file(svg))?;
        }
        let rows = patiently("counting with other budgets", as_json, || match self.what_if.as_slice() {
            [] => Ok(Vec::new()),
            budgets => what_if(&contest, &limits, method, budgets),
        });
        let rows = rows.map_err(CliFault::other)?;
        let reserves = match method.spends() {
            true => reserve(&contest, &limits, method, &election).map_err(CliFault::other)?,
            false => Vec::new(),
        };
        if as_json {
            let invalid = &opened.poll.invalid;
            println!("{}", json!({ "election": election, "invalid": invalid, "reserve": reserves, "what_if": rows }));
        } else {
            self.print(&contest, &election);
            let id = |at: &u16| election.candidates[usize::from(*at)].as_str();
            for row in rows {
                let named = |these: &[u16]| these.iter().map(id).collect::<Vec<_>>().join(" ");
                let (winners, gained, lost) = (named(&row.winners), named(&row.gained), named(&row.lost));
                println!("budget {}: {winners} (spent {}; gained: {gained}; lost: {lost})", row.budget, row.spent);
            }
        }
        Ok(election.state == State::Decided)
    }

    fn language(&self) -> Language {
        match self.explain {
            Some(Explained::Ru) => Language::Russian,
            Some(Explained::En) | None => Language::English,
        }
    }

    /// What the file says, where the command line says nothing else.
    fn winners(&self, said: &Winners) -> Winners {
        let (mut minimum, mut overflow) = match said {
            Winners::Budget { minimum, overflow, .. } => (*minimum, *overflow),
            Winners::Top { minimum, .. } => (*minimum, Overflow::Skip),
        };
        minimum = self.minimum.or(minimum);
        overflow = match self.too_dear {
            Some(AtTooDear::Skip) => Overflow::Skip,
            Some(AtTooDear::Stop) => Overflow::Stop,
            None => overflow,
        };
        if let Some(seats) = self.winners {
            return Winners::Top { minimum: self.minimum, seats };
        }
        match (self.budget, said) {
            (Some(budget), _) => Winners::Budget { budget, minimum, overflow },
            (None, Winners::Budget { budget, .. }) => Winners::Budget { budget: *budget, minimum, overflow },
            (None, Winners::Top { seats, .. }) => Winners::Top { minimum, seats: *seats },
        }
    }

    fn ladder(&self) -> Result<Ladder, CliFault> {
        let Some(seed) = &self.seed else { return Ok(Ladder::new(&[Rung::Registration])) };
        let bytes = hex::decode(seed).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let seed = bytes.ok_or_else(|| CliFault::Other("--seed must be 64 hexadecimal digits".to_owned()))?;
        Ok(Ladder { seed: Some(seed), ..Ladder::new(&[Rung::Lots]) })
    }

    fn limits(&self, opened: &Opened) -> Result<Vec<Limit>, CliFault> {
        let position = |id: &str| {
            let found = opened.poll.territories.iter().position(|territory| territory.id == id);
            let found = found.and_then(|at| u16::try_from(at).ok());
            found.ok_or_else(|| CliFault::Other(format!("--one-of: there is no project {id}")))
        };
        let limit = |ids: &String| {
            let of = ids.split(',').map(|id| position(id.trim())).collect::<Result<_, _>>()?;
            Ok(Limit::one_of(of))
        };
        self.one_of.iter().map(limit).collect()
    }

    fn print(&self, contest: &Contest<'_>, election: &Election) {
        if self.explain.is_some() {
            let sentences = explain::explain(election, contest.territories, self.language());
            sentences.iter().for_each(|sentence| println!("{sentence}"));
            return;
        }
        let table = explain::table(election, contest.territories, self.language());
        show::columns(&table.head, &table.rows);
        let (ballots, blank, ties) = (election.ballots, election.blank, election.ties.len());
        println!("\n{}: {ballots} ballots, {blank} of them blank, {ties} ties", election.method);
    }
}
