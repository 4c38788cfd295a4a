//! The ladder: puts territories of one score into order, and says which rungs that took.

use std::cmp::Ordering;

use crate::rules::{Rules, Territory, TieRule};

/// Sorts positions of one score, the best first, and returns the rungs that told two of them apart.
pub(crate) fn resolve(rules: &Rules, tied: &mut [u16]) -> Vec<TieRule> {
    let at = |position: u16| &rules.territories[usize::from(position)];
    tied.sort_by(|left, right| ladder(rules, at(*left), at(*right)));
    let mut used: Vec<TieRule> = Vec::new();
    for rung in &rules.ties {
        let decides = |pair: &[u16]| {
            let before = rules.ties.iter().take_while(|earlier| *earlier != rung);
            let equal = before.into_iter().all(|earlier| by(*earlier, at(pair[0]), at(pair[1])).is_eq());
            equal && by(*rung, at(pair[0]), at(pair[1])).is_ne()
        };
        if tied.windows(2).any(decides) {
            used.push(*rung);
        }
    }
    used
}

fn ladder(rules: &Rules, left: &Territory, right: &Territory) -> Ordering {
    let rungs = rules.ties.iter().map(|rung| by(*rung, left, right));
    rungs.fold(Ordering::Equal, Ordering::then)
}

fn by(rung: TieRule, left: &Territory, right: &Territory) -> Ordering {
    match rung {
        // A missing date comes last: `None` sorts before `Some`, so its absence is compared first.
        TieRule::Application => (left.applied.is_none(), &left.applied).cmp(&(right.applied.is_none(), &right.applied)),
        TieRule::Registration => left.number.cmp(&right.number),
    }
}
