//! What was bought, as a table: at what cost, by how many and with what, and of the others what stood in the way.

use super::{
    Language,
    phrase::Label,
    table::{Table, order},
    title,
};
use crate::{
    election::{Election, Step},
    exact::Exact,
    methods::{Procedure, equal_shares::Completion, spending::Obstacle},
    rules::Territory,
};

/// Whether the method buys: it has a table of purchases then.
pub(super) fn is_purchase(election: &Election) -> bool {
    procedure(election).is_some_and(|method| method.spends())
}

/// Whether the price of a step is what each supporter has paid so far, for everything.
pub(super) fn is_load(election: &Election) -> bool {
    procedure(election) == Some(Procedure::Phragmen)
}

/// Whether money that the shares left is spent by another rule; what that bought has no supporters who paid.
pub(super) fn has_completion(election: &Election) -> bool {
    let method = procedure(election);
    matches!(method, Some(Procedure::EqualShares(_, Completion::Add1u | Completion::Greedy)))
}

/// Those who come next, in order: whoever did not win, unless its score is below the minimum.
pub(super) fn reserve(election: &Election) -> Vec<u16> {
    let waiting = election.missed.iter().filter(|missed| !matches!(missed.why, Obstacle::BelowMinimum(_)));
    waiting.map(|missed| missed.candidate).collect()
}

fn procedure(election: &Election) -> Option<Procedure> {
    election.method.parse().ok()
}

pub(super) fn table(election: &Election, territories: &[Territory], language: Language) -> Table {
    let paid = election.steps.iter().any(|step| matches!(step, Step::Purchased { supporters: Some(_), .. }));
    let price = if is_load(election) { Label::Carried } else { Label::MostPaid };
    let mut labels = vec![Label::Place, Label::Candidate, Label::Cost, Label::Score];
    labels.extend(if paid { vec![Label::Payers, price] } else { Vec::new() });
    labels.push(Label::Outcome);
    let row = |(at, place): (u16, usize)| {
        let cost = territories.get(usize::from(at)).and_then(|territory| territory.cost);
        let score = election.scores.get(usize::from(at)).map(|score| language.number(score));
        let mut row = vec![
            place.to_string(),
            title(territories, at).to_owned(),
            cost.map_or(String::new(), |cost| language.money(cost)),
            score.unwrap_or_default(),
        ];
        let (supporters, price) = payment(election, at);
        if paid {
            row.push(supporters.map_or(String::new(), |count| count.to_string()));
            row.push(price.map_or(String::new(), |price| language.share(price)));
        }
        row.push(outcome(election, at, supporters.is_some(), language));
        row
    };
    Table {
        head: labels.into_iter().map(|label| language.label(label).to_owned()).collect(),
        rows: order(election).into_iter().zip(1..).map(row).collect(),
    }
}

/// How many paid for a candidate, and the price of the step.
fn payment(election: &Election, at: u16) -> (Option<u64>, Option<&Exact>) {
    let step = election.steps.iter().find_map(|step| match step {
        Step::Purchased { candidate, price, supporters, .. } if *candidate == at => Some((*supporters, price.as_ref())),
        _ => None,
    });
    step.unwrap_or_default()
}

/// How it was bought; or its number in the reserve, and what stood in the way.
fn outcome(election: &Election, at: u16, has_payers: bool, language: Language) -> String {
    let label = |label| language.label(label).to_owned();
    if election.winners.contains(&at) {
        return match (has_completion(election), has_payers) {
            (false, _) => label(Label::Won),
            (true, true) => label(Label::ByShares),
            (true, false) => label(Label::ByRest),
        };
    }
    let Some(missed) = election.missed.iter().find(|missed| missed.candidate == at) else { return String::new() };
    let why = label(match &missed.why {
        Obstacle::AfterStop => Label::AfterStop,
        Obstacle::Barred(_) => Label::Barred,
        Obstacle::BelowMinimum(_) => Label::BelowMinimum,
        Obstacle::NoSupport => Label::NoVotes,
        Obstacle::OverBudget(_) => Label::TooDear,
        Obstacle::SharesShort => Label::SharesShort,
    });
    let place = reserve(election).iter().position(|other| *other == at);
    place.map_or_else(|| why.clone(), |place| format!("{} {}: {why}", label(Label::Reserve), place + 1))
}
