//! A vote in Pabulib's format counted while it is read, part by part on all cores, so that its ballots need not be kept.

use std::path::Path;

use ballots::{
    Outcome, Procedure, Profile, Tally,
    formats::{
        FormatFault, Poll,
        pabulib::{self, Instance, Votes, Widest},
    },
    rules::{Rules, Winners},
};

use super::{super::CliFault, kept::Kept, reading};

/// What a core does in one pass: count, or find out first what the limits are that the file leaves out.
enum Pass<S> {
    Count(S, Rules),
    Limits(Widest),
}

/// Counts a file; back come its rules and what each core counted.
fn count<S: Send>(
    file: &Path,
    hidden: bool,
    start: impl Fn(&Rules) -> S + Sync,
    each: impl Fn(&mut S, &Rules, usize, &Votes) -> Result<(), FormatFault> + Sync,
) -> Result<(Instance, Rules, Vec<S>), CliFault> {
    let begin = |rules: Rules| Pass::Count(start(&rules), rules);
    let pass = |state: &mut Pass<S>, number: usize, votes: &Votes| match state {
        Pass::Count(state, rules) => each(state, rules, number, votes),
        Pass::Limits(widest) => {
            *widest = widest.or(Widest::of(votes));
            Ok(())
        }
    };
    let known = |head: &Instance| match head.states_limits() {
        true => begin(head.rules_for(Widest::default())),
        false => Pass::Limits(Widest::default()),
    };
    let (head, mut states) = fold(file, hidden, known, pass)?;
    let widest = states.iter().fold(Widest::default(), |widest, state| match state {
        Pass::Limits(found) => widest.or(*found),
        Pass::Count(..) => widest,
    });
    let rules = head.rules_for(widest);
    if !head.states_limits() {
        (_, states) = fold(file, hidden, |_| begin(rules.clone()), pass)?;
    }
    let counted = states.into_iter().filter_map(|state| match state {
        Pass::Count(state, _) => Some(state),
        Pass::Limits(_) => None,
    });
    Ok((head, rules, counted.collect()))
}

fn fold<S: Send>(
    path: &Path,
    hidden: bool,
    start: impl Fn(&Instance) -> S + Sync + Send,
    each: impl Fn(&mut S, usize, &Votes) -> Result<(), FormatFault> + Sync + Send,
) -> Result<(Instance, Vec<S>), CliFault> {
    reading::read(path, hidden, |file, parts| pabulib::fold(|| file.open(), parts, start, each))
}

/// The outcome by the rule that the file states.
pub(super) fn outcome(file: &Path, hidden: bool) -> Result<(Rules, Outcome), CliFault> {
    let each = |tally: &mut Tally, rules: &Rules, _: usize, votes: &Votes| {
        pabulib::add(tally, rules, votes);
        Ok(())
    };
    let (_, rules, tallies) = count(file, hidden, Tally::new, each)?;
    let mut whole = Tally::new(&rules);
    for tally in tallies {
        whole.merge(tally).map_err(CliFault::other)?;
    }
    let outcome = whole.finish(&rules, None).map_err(CliFault::other)?;
    Ok((rules, outcome))
}

/// The ballots for a method; only as much of them as it needs. Without a method as little as possible.
pub(super) fn poll(file: &Path, method: Option<Procedure>, hidden: bool) -> Result<(Poll, Winners), CliFault> {
    let start = |rules: &Rules| Kept::new(method, &none(rules));
    let each = |kept: &mut Kept, rules: &Rules, number, votes: &Votes| {
        let (part, refused) = pabulib::profile(rules, votes)?;
        kept.add_invalid(refused);
        kept.add(number, part)
    };
    let (head, rules, cores) = count(file, hidden, start, each)?;
    let together = Kept::together(cores, none(&rules));
    let (profile, invalid) = together.map_err(|fault| CliFault::Other(format!("{}: {fault}", file.display())))?;
    let title = head.meta("description").unwrap_or_default().to_owned();
    let (territories, winners) = (rules.territories, rules.winners);
    Ok((Poll { budget: Some(head.budget), invalid, profile, seats: None, territories, title }, winners))
}

/// Ballots of these rules, of which there are none.
fn none(rules: &Rules) -> Profile {
    Profile::new(rules.kind.clone(), u16::try_from(rules.territories.len()).unwrap_or(u16::MAX))
}
