//! `veche tally FILE --method M`: the count of a vote by any method, as a table, in sentences, as JSON, as a drawing.

use std::path::{Path, PathBuf};

use ballots::{
    Contest, Election, Money, Procedure,
    election::State,
    explain::{self, Language},
    methods::{
        CountFault, count_within,
        spending::{Limit, reserve, what_if},
    },
    rules::{Overflow, Winners},
};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::{
    super::{CliFault, Holds, show},
    beside,
    patience::patiently,
    poll::Opened,
    ties::{Ties, positions},
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
    #[arg(long, requires = "method", conflicts_with = "budget", value_parser = clap::value_parser!(u16).range(1..))]
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
    #[command(flatten)]
    ties: Ties,
    /// Explains the outcome step by step, in sentences and as a table.
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
        let ladder = self.ties.ladder(&opened.poll.territories)?;
        let limits = self.limits(&opened)?;
        let contest = Contest {
            profile: &opened.poll.profile,
            territories: &opened.poll.territories,
            winners: &winners,
            ladder: &ladder,
            turnout: self.ties.turnout(),
        };
        self.fits(&contest)?;
        let counted = patiently("counting", as_json, || count_within(&contest, &limits, method));
        let election = counted.map_err(|fault| CliFault::Other(fault.with_those_that_fit(&contest)))?;
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
        let invalid = &opened.poll.invalid;
        if as_json {
            let titles: Vec<_> = contest.territories.iter().map(|territory| &territory.title).collect();
            let explanation = self.explain.map(|_| explain::explain(&election, contest.territories, self.language()));
            let mut answer = json!({
                "election": election, "invalid": invalid, "reserve": reserves, "titles": titles, "what_if": rows,
            });
            if let Some(explanation) = explanation {
                answer["explanation"] = json!(explanation);
            }
            println!("{answer}");
        } else {
            let (territories, language) = (contest.territories, self.language());
            self.print(&contest, &election);
            beside::waiting(&election.state, territories, language);
            beside::invalid(invalid, language);
            beside::what_if(&rows, territories, language);
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

    fn limits(&self, opened: &Opened) -> Result<Vec<Limit>, CliFault> {
        let limit = |ids: &String| Ok(Limit::one_of(positions("--one-of", ids, &opened.poll.territories)?));
        self.one_of.iter().map(limit).collect()
    }

    fn print(&self, contest: &Contest<'_>, election: &Election) {
        if self.explain.is_some() {
            let sentences = explain::explain(election, contest.territories, self.language());
            sentences.iter().for_each(|sentence| println!("{sentence}"));
            println!();
        }
        let table = explain::table(election, contest.territories, self.language());
        show::columns(&table.head, &table.rows);
        let (method, ballots, blank, ties) = (&election.method, election.ballots, election.blank, election.ties.len());
        match self.language() {
            Language::Russian => {
                println!("\n{method}: бюллетеней {ballots}, из них пустых {blank}, равенств {ties}");
            }
            Language::English => println!("\n{method}: {ballots} ballots, {blank} of them blank, {ties} ties"),
        }
    }

    /// What the command line may ask for and the vote does not have.
    fn fits(&self, contest: &Contest<'_>) -> Result<(), CliFault> {
        let territories = contest.territories;
        if let Some(seats) = self.winners.filter(|seats| usize::from(*seats) > territories.len()) {
            let there_are = territories.len();
            return Err(CliFault::Other(format!("--winners {seats}: there are {there_are} to choose from")));
        }
        let free = territories.iter().find(|territory| territory.cost.is_none());
        match (contest.winners, free) {
            (Winners::Budget { .. }, Some(free)) => Err(CliFault::other(CountFault::Cost(free.id.clone()))),
            _ => Ok(()),
        }
    }
}
