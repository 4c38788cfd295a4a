//! The explanation in English.

use super::phrase::{Label, Phrase, listed};
use crate::ladder::Rung;

pub(super) fn say(phrase: &Phrase) -> String {
    match phrase {
        Phrase::Ballots { method, ballots, blank } => {
            format!("Counted by the method \"{}\". Ballots: {ballots}, of them blank: {blank}.", method_name(method))
        }
        Phrase::Votes { round, votes, exhausted, quota } => {
            let exhausted = exhausted.as_ref().map_or(String::new(), |lost| format!(" Supporting nobody: {lost}."));
            let quota = quota.as_ref().map_or(String::new(), |quota| format!(" Needed: {quota}."));
            format!("Round {round}: {}.{exhausted}{quota}", listed(votes))
        }
        Phrase::Elected { round, names } => format!("Round {round}: elected: {}.", names.join(", ")),
        Phrase::Eliminated { round, names } => format!("Round {round}: out: {}.", names.join(", ")),
        Phrase::Moved { from, to, lost } => {
            let to = if to.is_empty() { "to nobody".to_owned() } else { format!("on: {}", listed(to)) };
            let lost = lost.as_ref().map_or(String::new(), |lost| format!("; from now on supporting nobody: {lost}"));
            format!("Votes of {from} move {to}{lost}.")
        }
        Phrase::LastPlaces { votes } => format!("Last places: {}.", listed(votes)),
        Phrase::Keep { factors } => format!("Part of each vote that the elected keep: {}.", listed(factors)),
        Phrase::Finalists { pair: [first, second], preferred: [one, other], equal } => format!(
            "The two with the highest sums meet: {first} and {second}. {one} ballots mark {first} higher, {other} mark {second} \
             higher, {equal} mark both alike."
        ),
        Phrase::Locked { winner, loser, strength } => {
            format!("{winner} comes before {loser} (strength {strength}): kept.")
        }
        Phrase::Skipped { winner, loser, strength } => {
            format!("{winner} before {loser} (strength {strength}) contradicts what was kept: passed over.")
        }
        Phrase::Medians { grades } => format!("Middle marks: {}.", listed(grades)),
        Phrase::Path { better, other, there, back } => {
            format!("{better} precedes {other}: its path of victories is as strong as {there}, the way back {back}.")
        }
        Phrase::Optimal { distance } => {
            format!("No other order contradicts the ballots less: {distance} times a ballot prefers the lower of two.")
        }
        Phrase::Bought { name, cost, price, supporters } => {
            let supporters = supporters.map_or(String::new(), |count| format!(", paid by {count} voters"));
            let price = price.as_ref().map_or(String::new(), |price| format!(", at {price} each at most"));
            format!("Bought: {name} for {cost}{supporters}{price}.")
        }
        Phrase::Shared { name, cost, supporters, mean, load } => format!(
            "Bought: {name} for {cost}, paid by {supporters} voters, {mean} each on average. With what they paid before, each of \
             them has now paid {load} in all."
        ),
        Phrase::Completed { name, cost } => {
            format!(
                "Bought with money that the voters' shares left, most support for the money first: {name} for {cost}."
            )
        }
        Phrase::Raised { known: Some((0, share)) } => {
            format!("Each voter's share of the budget: {share}; nobody was raised.")
        }
        Phrase::Raised { known: Some((times, share)) } => format!(
            "Each voter's share was raised by one unit at a time, {times} times, to {share}; what follows is bought with that."
        ),
        Phrase::Raised { known: None } => {
            "As long as money was left, each voter's share was raised by one unit at a time and \
             everything bought anew; what follows is the last that the budget pays for."
                .to_owned()
        }
        Phrase::NotPaid { left, costs } => format!("Not bought, too dear when {left} was left: {}.", listed(costs)),
        Phrase::Below { minimum, scores } => format!("Not bought, below the minimum of {minimum}: {}.", listed(scores)),
        Phrase::Barred { name, by } if by.is_empty() => {
            format!("Not bought, the limit of its group is too low: {name}.")
        }
        Phrase::Barred { name, by } => {
            format!("Not bought, the limit of its group is taken up by {}: {name}.", by.join(", "))
        }
        Phrase::AfterStop { names } => {
            format!("Not bought, because the count stopped at the first that did not fit: {}.", names.join(", "))
        }
        Phrase::Unsupported { names } => format!("Not bought, supported by nobody: {}.", names.join(", ")),
        Phrase::SharesShort { names } => {
            format!("Not bought, because what their supporters had left was not enough: {}.", names.join(", "))
        }
        Phrase::Reserve { names } => {
            format!("The reserve, in this order, if a winner drops out or money is added: {}.", names.join(", "))
        }
        Phrase::LaterMarks { better, other, grade, known: Some((taken, [mine, theirs])) } => format!(
            "{better} and {other} have the same middle mark, {grade}. Middle marks are then taken out of both one by one and the \
             next ones compared: after {taken} of each, that of {better} is {mine} and that of {other} is {theirs}."
        ),
        Phrase::LaterMarks { better, other, grade, known: None } => format!(
            "{better} and {other} have the same middle mark, {grade}. Middle marks are then taken out of both one by one and the \
             next ones compared: the first that differ put {better} higher."
        ),
        Phrase::Pair { better, other, more, less } if more == less => {
            format!("{better} and {other}: as many prefer either ({more}).")
        }
        Phrase::Pair { better, other, more, less } => {
            format!("More voters prefer {better} to {other}: {more} against {less}.")
        }
        Phrase::Scores { scores } => format!("Result: {}.", listed(scores)),
        Phrase::Tie { names, round, rungs, decisive } => {
            let place = round.map_or(String::new(), |round| format!(" in round {round}"));
            let by = match rungs.as_slice() {
                [] => "their order changes nothing and was left open".to_owned(),
                rungs => format!("put in this order by {}", rungs.iter().map(rung).collect::<Vec<_>>().join(", then ")),
            };
            let decisive = if *decisive { "; this was decisive" } else { "" };
            format!("Equal{place}: {}; {by}{decisive}.", names.join(", "))
        }
        Phrase::Void { needed, ballots } => {
            format!("The vote is void: {needed} ballots were needed, {ballots} were cast.")
        }
        Phrase::Waits { names } => {
            format!("The count waits: the commission must draw lots between {}.", names.join(", "))
        }
        Phrase::Winners { names, spent } => {
            let spent = spent.as_ref().map_or(String::new(), |spent| format!(" Together they cost {spent}."));
            match names.as_slice() {
                [] => "Nobody won.".to_owned(),
                [one] => format!("The winner: {one}.{spent}"),
                many => format!("The winners: {}.{spent}", many.join(", ")),
            }
        }
    }
}

const fn rung(rung: &Rung) -> &'static str {
    match rung {
        Rung::Application => "the earlier application",
        Rung::Backwards => "more votes in the latest earlier round in which they differed",
        Rung::ByHand => "lots that the commission drew",
        Rung::Forwards => "more votes in the first round in which they differed",
        Rung::Lots => "lots from the public seed",
        Rung::Registration => "the lower registration number",
    }
}

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::AfterStop => "after the stop",
        Label::Barred => "barred by the limit of its group",
        Label::BelowMinimum => "below the minimum",
        Label::ByRest => "won: with money left over",
        Label::ByShares => "won: by its supporters",
        Label::Candidate => "Territory",
        Label::Carried => "Each has then paid in all",
        Label::Cost => "Cost",
        Label::Exhausted => "Supporting nobody",
        Label::LaterMarks => "Later middle marks that put it before the next",
        Label::MostPaid => "Most that one paid",
        Label::NoVotes => "supported by nobody",
        Label::Others => "Others",
        Label::Outcome => "Outcome of the vote",
        Label::Payers => "Paid by",
        Label::Place => "Place",
        Label::Reserve => "reserve",
        Label::Round => "Round",
        Label::Score => "Score",
        Label::SharesShort => "its supporters had too little",
        Label::TooDear => "too dear",
        Label::Votes => "Ballots naming it",
        Label::Won => "won",
    }
}

/// What people call a method; a name that is not known here stands for itself.
fn method_name(method: &str) -> &str {
    match method {
        "choose-one" => "one mark a ballot",
        "approval" => "approval",
        "points" => "points",
        "borda" => "Borda, by the ballot's length",
        "borda-fixed" => "Borda, by the number of territories",
        "dowdall" => "Dowdall",
        "instant-runoff" => "instant run-off",
        "instant-runoff-batches" => "instant run-off, hopeless ones together",
        "coombs" => "Coombs",
        "bucklin" => "Bucklin",
        "copeland" => "Copeland",
        "minimax" => "minimax, by winning votes",
        "minimax-margins" => "minimax, by margins",
        "ranked-pairs" => "ranked pairs, by margins",
        "ranked-pairs-winning-votes" => "ranked pairs, by winning votes",
        "schulze" => "Schulze, by winning votes",
        "schulze-margins" => "Schulze, by margins",
        "kemeny" => "Kemeny-Young",
        "stv-scottish" => "single transferable vote, Scottish rules",
        "stv-meek" => "single transferable vote, Meek",
        "score" => "sum of marks",
        "score-mean" => "mean of marks",
        "score-mean-blanks-zero" => "mean of marks, blanks as nought",
        "majority-judgement" => "majority judgement",
        "star" => "score, then automatic run-off (STAR)",
        "greedy" => "by support, as long as the money lasts",
        "equal-shares" => "equal shares",
        "equal-shares-add1" => "equal shares, with raises",
        "equal-shares-add1u" => "equal shares, with raises, the rest by support",
        "equal-shares-greedy" => "equal shares, the rest by support",
        "equal-shares-units" => "equal shares, costs aside",
        "equal-shares-units-add1" => "equal shares, costs aside, with raises",
        "equal-shares-units-add1u" => "equal shares, costs aside, with raises, the rest by support",
        "equal-shares-units-greedy" => "equal shares, costs aside, the rest by support",
        "phragmen" => "sequential Phragmén",
        "knapsack" => "most support for the money",
        other => other,
    }
}
