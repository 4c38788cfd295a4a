//! A vote in Pabulib's format counted while it is read, part by part on all cores, so that its ballots need not be kept.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    num::NonZeroUsize,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use ballots::{
    Outcome, Procedure, Tally,
    formats::{
        FormatFault, Poll,
        pabulib::{self, Instance, PartsFault, Votes, Widest},
    },
    profile::{MarkCounts, Profile, ProfileFault},
    rules::{Rules, Winners},
};

use super::{super::CliFault, patience::measured};

/// A file that tells how much of it was read.
struct Told<'a> {
    file: File,
    bytes: &'a AtomicU64,
}

impl Read for Told<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.bytes.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

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
    let file = File::open(path).map_err(CliFault::file(path))?;
    let size = file.metadata().map_err(CliFault::file(path))?.len();
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let bytes = AtomicU64::new(0);
    let source = Told { file, bytes: &bytes };
    let read = measured("reading", hidden, size, &bytes, || pabulib::fold(source, cores, start, each));
    read.map_err(|fault| match fault {
        PartsFault::Format(fault) => CliFault::Other(format!("{}: {fault}", path.display())),
        PartsFault::Read(fault) => CliFault::file(path)(fault),
    })
}

/// The outcome by the rule that the file states.
pub(super) fn outcome(file: &Path, hidden: bool) -> Result<(Rules, Outcome), CliFault> {
    let each = |tally: &mut Tally, rules: &Rules, _: usize, votes: &Votes| {
        pabulib::add(tally, rules, votes);
        Ok(())
    };
    let (_, rules, tallies) = count(file, hidden, Tally::new, each)?;
    let mut whole = Tally::new(&rules);
    tallies.into_iter().for_each(|tally| whole.merge(tally));
    let outcome = whole.finish(&rules).map_err(CliFault::other)?;
    Ok((rules, outcome))
}

/// What a method needs of the ballots.
enum Kept {
    /// How often each candidate got each mark.
    Marks(MarkCounts),
    /// All of them, by the number of the part.
    Papers(BTreeMap<usize, Profile>),
}

/// The ballots for a method; only as much of them as it needs. Without a method as little as possible.
pub(super) fn poll(file: &Path, method: Option<Procedure>, hidden: bool) -> Result<(Poll, Winners), CliFault> {
    let start = |rules: &Rules| {
        let candidates = u16::try_from(rules.territories.len()).unwrap_or(u16::MAX);
        let marks_alone = method.is_none_or(|method| method.reads_marks_alone(&rules.kind));
        let marks = MarkCounts::new(&rules.kind, candidates).filter(|_| marks_alone);
        (marks.map_or_else(|| Kept::Papers(BTreeMap::new()), Kept::Marks), BTreeMap::new())
    };
    let each = |(kept, invalid): &mut (Kept, BTreeMap<String, u64>), rules: &Rules, number, votes: &Votes| {
        let (profile, refused) = pabulib::profile(rules, votes)?;
        join(invalid, refused);
        match kept {
            Kept::Marks(marks) => marks.add(&profile).map_err(too_many),
            Kept::Papers(parts) => {
                parts.insert(number, profile);
                Ok(())
            }
        }
    };
    let (head, rules, cores) = count(file, hidden, start, each)?;
    let named = |fault: FormatFault| CliFault::Other(format!("{}: {fault}", file.display()));
    let (mut marks, mut papers, mut invalid) = (None::<MarkCounts>, BTreeMap::new(), BTreeMap::new());
    for (kept, refused) in cores {
        join(&mut invalid, refused);
        match (kept, &mut marks) {
            (Kept::Papers(parts), _) => papers.extend(parts),
            (Kept::Marks(more), Some(marks)) => marks.merge(more).map_err(|fault| named(too_many(fault)))?,
            (Kept::Marks(first), none) => *none = Some(first),
        }
    }
    let mut profile = match marks {
        Some(marks) => marks.into_profile(),
        None => pabulib::profile(&rules, &Votes::default()).map_err(named)?.0,
    };
    // In the order of the file, whichever core had which part.
    for part in papers.into_values() {
        profile.merge(&part).map_err(|fault| named(too_many(fault)))?;
    }
    let title = head.meta("description").unwrap_or_default().to_owned();
    let (territories, winners) = (rules.territories, rules.winners);
    Ok((Poll { budget: Some(head.budget), invalid, profile, seats: None, territories, title }, winners))
}

fn join(all: &mut BTreeMap<String, u64>, more: BTreeMap<String, u64>) {
    more.into_iter().for_each(|(reason, count)| *all.entry(reason).or_default() += count);
}

/// A fault of all ballots together has no line of its own.
fn too_many(fault: ProfileFault) -> FormatFault {
    FormatFault { line: 1, reason: fault.to_string() }
}
