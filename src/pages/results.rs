//! The result of a round: bars, the table, ties and how they were resolved, the steps of a run-off, turnout, files.

use std::collections::HashMap;

use askama::Template;
use audit::round::{Phase, Round, event::Tallied};
use ballots::{
    Outcome, Procedure, Rules,
    explain::{self, Table},
    outcome::{Standing, Tie, Why},
    rules::TieRule,
};

use super::{
    Frame, Turnout, View,
    chart::Bars,
    texts::{Language, Texts},
};

/// A row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Place, from 1.
    pub rank: String,
    /// Registration number.
    pub number: u32,
    /// Name.
    pub title: String,
    /// Ballots that name it.
    pub votes: String,
    /// Score under the method.
    pub score: String,
    /// Mean mark, exact.
    pub mean: Option<String>,
    /// Median mark, exact.
    pub median: Option<String>,
    /// Cost.
    pub cost: String,
    /// Won, or why not.
    pub decision: String,
    /// Whether it won.
    pub won: bool,
}

/// A step of a run-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// From 1.
    pub number: usize,
    /// Territory, support, whether it goes out here; the most first.
    pub counts: Vec<(String, String, bool)>,
    /// Ballots that support nobody who is left.
    pub exhausted: String,
}

/// How a method that does not simply add up came to its outcome: a drawing, sentences, and a table of rounds or pairs.
#[derive(Debug)]
pub struct Told {
    /// The outcome as SVG, made by the crate that counted.
    pub drawing: String,
    /// What happened, in order.
    pub sentences: Vec<String>,
    /// Rounds or pairs, where the method has them.
    pub table: Option<Table>,
}

/// What there is to show once the count is in the log.
#[derive(Debug)]
pub struct Counted {
    /// Sentences on how many ballots were counted.
    pub summary: Vec<String>,
    /// That too few voted, if they did: then there is nothing else to show.
    pub void: Option<String>,
    /// A picture of the scores, where the method adds up.
    pub bars: Option<Bars>,
    /// The table.
    pub rows: Vec<Row>,
    /// Sentences on the ties that the outcome lists.
    pub ties: Vec<String>,
    /// Whether it lists all of them.
    pub has_every_tie: bool,
    /// Sentences on the lots, if some were or may have been drawn: from what, and how to draw them again.
    pub lots: Vec<String>,
    /// Steps of a run-off.
    pub steps: Vec<Step>,
    /// How it was counted, where the method does not simply add up.
    pub told: Option<Told>,
    /// Whether the method has means and medians.
    pub has_means: bool,
    /// Whether votes and score differ; under approval they are one number.
    pub has_scores: bool,
    /// What the winners cost together.
    pub spent: Option<String>,
}

/// The page of a result.
#[derive(Debug, Template)]
#[template(path = "results.html")]
pub struct ResultsPage {
    /// What stands around.
    pub f: Frame,
    /// The round.
    pub view: View,
    /// Whether the commission has signed.
    pub status: String,
    /// The count, if there is one.
    pub counted: Option<Counted>,
    /// How participation grew.
    pub turnout: Turnout,
}

impl ResultsPage {
    /// The page of this round with its count.
    #[must_use]
    pub fn new(f: Frame, round: &Round, now: i64, tallied: Option<&Tallied>, turnout: Turnout) -> Self {
        let t = f.t;
        let signed = || round.signed.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let is_void = tallied.is_some_and(|tallied| tallied.outcome.needed.is_some());
        let status = match (round.phase, tallied) {
            (Phase::Certified, _) if is_void => t.results_certified_void(signed()),
            (Phase::Certified, _) => t.results_certified(signed()),
            (Phase::Annulled, _) => t.results_annulled(),
            (_, Some(_)) if is_void => t.results_awaiting_void(),
            (_, Some(_)) => t.results_awaiting(),
            (_, None) => t.results_none(),
        };
        let counted = tallied.map(|tallied| Counted::new(t, round, tallied));
        Self { view: View::new(t, round, now), f, status, counted, turnout }
    }
}

impl Counted {
    fn new(t: &Texts, round: &Round, tallied: &Tallied) -> Self {
        let (rules, outcome) = (&round.rules.voting, &tallied.outcome);
        let share = t.percent(outcome.ballots, round.roll);
        let bar = |standing: &Standing| {
            let score = standing.whole_score().unwrap_or(0);
            (format!("{}. {}", standing.rank, title(rules, &standing.id)), score, standing.selected)
        };
        let bars = || Bars::new(t, t.results_chart(), &outcome.standings.iter().map(bar).collect::<Vec<_>>());
        let adds_up = rules.method.adds_up();
        Self {
            summary: vec![
                if outcome.needed.is_some() {
                    t.results_opened(outcome.ballots)
                } else {
                    t.results_counted(outcome.ballots)
                },
                t.results_turnout(outcome.ballots, round.roll, share),
                t.results_blank(outcome.blank),
                t.results_invalid(outcome.ballots - outcome.valid()),
                t.results_replaced(tallied.replaced),
            ],
            void: outcome.needed.map(|needed| t.results_void(needed, outcome.valid())),
            bars: adds_up.then(bars),
            rows: outcome.standings.iter().map(|standing| row(t, rules, standing)).collect(),
            ties: ties(t, rules, outcome),
            has_every_tie: Outcome::has_every_tie(rules),
            lots: lots(t, rules, outcome),
            steps: steps(t, rules, outcome),
            told: (!adds_up).then(|| Told::new(t, rules, outcome)),
            has_means: outcome.standings.iter().any(|standing| standing.mean.is_some()),
            has_scores: rules.method != Procedure::Approval && outcome.standings.iter().any(|s| s.score.is_some()),
            spent: outcome.spent.map(|spent| t.results_spent(t.roubles(spent.0))),
        }
    }
}

impl Told {
    fn new(t: &Texts, rules: &Rules, outcome: &Outcome) -> Self {
        let language = match t.language {
            Language::Ru => explain::Language::Russian,
            Language::En => explain::Language::English,
        };
        let (election, territories) = (outcome.election(rules), rules.territories.as_slice());
        // Without rounds, pairs or purchases the crate's table is that of places, which the page has.
        let has_table = outcome.pairwise.is_some()
            || rules.method.spends()
            || outcome.steps.iter().any(|step| matches!(step, ballots::election::Step::Counted { .. }));
        Self {
            drawing: explain::outcome_svg(&election, territories, language),
            sentences: explain::explain(&election, territories, language),
            table: has_table.then(|| explain::table(&election, territories, language)),
        }
    }
}

/// A score as people read it: whole ones in groups of digits, others with few decimals; the outcome has the exact number.
fn number(t: &Texts, score: &ballots::Exact) -> String {
    let exact = || match t.language {
        Language::Ru => score.rounded(ballots::explain::PLACES).replace('.', ","),
        Language::En => score.rounded(ballots::explain::PLACES),
    };
    score.whole().map_or_else(exact, |whole| t.number(whole))
}

fn title<'a>(rules: &'a Rules, id: &'a str) -> &'a str {
    rules.position(id).map_or(id, |at| rules.territories[usize::from(at)].title.as_str())
}

fn row(t: &Texts, rules: &Rules, standing: &Standing) -> Row {
    let territory = rules.position(&standing.id).map(|at| &rules.territories[usize::from(at)]);
    Row {
        rank: t.number(standing.rank.into()),
        number: territory.map_or(0, |territory| territory.number),
        title: title(rules, &standing.id).to_owned(),
        votes: t.number(standing.votes),
        score: standing.score.as_ref().map_or_else(String::new, |score| number(t, score)),
        mean: standing.mean.as_ref().map(ToString::to_string),
        median: standing.median.as_ref().map(ToString::to_string),
        cost: territory.and_then(|territory| territory.cost).map_or_else(String::new, |cost| t.roubles(cost.0)),
        decision: match standing.why {
            None => t.results_selected(),
            Some(Why::NoSeat) => t.results_no_seat(),
            Some(Why::NoSupport) => t.results_no_support(),
            Some(Why::OverBudget) => t.results_over_budget(),
            Some(Why::AfterStop) => t.results_after_stop(),
            Some(Why::Barred) => t.results_barred(),
            Some(Why::BelowMinimum) => t.results_below_minimum(),
        },
        won: standing.selected,
    }
}

fn ties(t: &Texts, rules: &Rules, outcome: &Outcome) -> Vec<String> {
    let tie = |tie: &Tie| {
        let territories: Vec<_> = tie.order.iter().map(|id| format!("«{}»", title(rules, id))).collect();
        let rungs = tie.rules.iter().map(|rule| match rule {
            TieRule::Application => t.results_rule_application(),
            TieRule::Backwards => t.results_rule_backwards(),
            TieRule::Forwards => t.results_rule_forwards(),
            TieRule::Lots => t.results_rule_lots(),
            TieRule::Registration => t.results_rule_registration(),
        });
        let rungs = rungs.collect::<Vec<_>>().join(", ");
        let score = tie.score.as_ref().and_then(ballots::Exact::whole);
        let sentence = match (tie.round, score) {
            (None, Some(score)) => t.results_tie(rungs, score, territories.join(", ")),
            (Some(step), Some(score)) => t.results_tie_step(rungs, score, step, territories.join(", ")),
            (None, None) => t.results_tie_open(rungs, territories.join(", ")),
            (Some(step), None) => t.results_tie_open_step(rungs, step, territories.join(", ")),
        };
        let weight = if tie.decisive { t.results_tie_decisive() } else { t.results_tie_harmless() };
        format!("{sentence} {weight}")
    };
    outcome.ties.iter().map(tie).collect()
}

/// Where the outcome does not list every tie, lots may have decided one that nobody sees, so their number is shown in any case.
fn lots(t: &Texts, rules: &Rules, outcome: &Outcome) -> Vec<String> {
    let are_named = outcome.ties.iter().any(|tie| tie.rules.contains(&TieRule::Lots));
    let seed = outcome.seed.filter(|_| are_named || !Outcome::has_every_tie(rules));
    seed.map_or_else(Vec::new, |seed| vec![t.results_lots(seed.to_string()), t.results_lots_again()])
}

fn steps(t: &Texts, rules: &Rules, outcome: &Outcome) -> Vec<Step> {
    let places: HashMap<&str, u32> = outcome.standings.iter().map(|s| (s.id.as_str(), s.rank)).collect();
    let step = |(round, number): (&ballots::outcome::RunoffRound, usize)| {
        let mut counts: Vec<_> = round.counts.iter().collect();
        counts.sort_by_key(|(id, count)| (std::cmp::Reverse(**count), places.get(id.as_str()).copied()));
        let count = |(id, count): (&String, &u64)| {
            (title(rules, id).to_owned(), t.number(*count), round.eliminated.as_ref() == Some(id))
        };
        Step { number, counts: counts.into_iter().map(count).collect(), exhausted: t.number(round.exhausted) }
    };
    outcome.rounds.iter().zip(1..).map(step).collect()
}
