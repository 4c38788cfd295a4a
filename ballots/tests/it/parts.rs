//! Reading part by part: the same ballots, the same faults, whatever falls into which part.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    io::{self, Read},
    num::NonZeroUsize,
};

use ballots::{
    Contest, Ladder, Procedure, Profile, count,
    formats::{
        FormatFault, Parts, PartsFault,
        pabulib::{Votes, fold, profile, read},
    },
    profile::MarkCounts,
    rules::Kind,
};
use proptest::prelude::*;

use super::{
    elections::elect,
    sample::{any_profile, territories},
};

const PARTS: Parts = Parts::on(NonZeroUsize::new(3).unwrap());

/// Some megabytes of ballots: three projects, of which each voter names two with points.
fn large(ballots: usize) -> String {
    let mut text = String::from(
        "META\nbudget;100\nvote_type;cumulative\nPROJECTS\nproject_id;cost\na;10\nb;20\nlong-name;30\nVOTES\nvoter_id;vote;points;age\n",
    );
    let ids = ["a", "b", "long-name"];
    for at in 0..ballots {
        let _ = writeln!(text, "voter {at};{},{};{},2;{}", ids[at % 3], ids[(at + 1) % 3], at % 9, at % 90);
    }
    text
}

/// Every ballot as it is spelled, by the number of its part.
fn spelled<R: Read>(open: impl Fn() -> R) -> Result<BTreeMap<usize, Vec<String>>, PartsFault> {
    let each = |parts: &mut BTreeMap<usize, Vec<String>>, number: usize, votes: &Votes| {
        parts.insert(number, votes.iter().map(|vote| format!("{vote:?}")).collect());
        Ok(())
    };
    let (_, cores) = fold(|| Ok(open()), PARTS, |_| BTreeMap::new(), each)?;
    Ok(cores.into_iter().flatten().collect())
}

#[test]
fn parts_hold_the_same_ballots_in_order() {
    let text = large(150_000);
    let parts = spelled(|| text.as_bytes()).unwrap();
    assert!(parts.len() > 3 && parts.keys().copied().eq(0..parts.len()), "{:?}", parts.keys());
    let whole = read(&text).unwrap();
    assert!(parts.into_values().flatten().eq(whole.votes.iter().map(|vote| format!("{vote:?}"))));
    // Without a line end after the last ballot, and with nothing after the headings.
    assert_eq!(spelled(|| text.trim_end().as_bytes()).unwrap().into_values().flatten().count(), 150_000);
    let none = large(0);
    assert_eq!(spelled(|| none.as_bytes()).unwrap().into_values().flatten().count(), 0);
}

/// Of two faults far from each other the earlier one is told, with its line; so are bytes that are no text.
#[test]
fn the_earliest_fault_is_told() {
    let text = large(150_000);
    let lines = text.split_inclusive('\n').collect::<Vec<_>>();
    let with = |faults: &[usize]| {
        let line = |(at, line): (usize, &&str)| {
            if faults.contains(&(at + 1)) { ";a;1;1\n".to_owned() } else { (*line).to_owned() }
        };
        lines.iter().enumerate().map(line).collect::<String>()
    };
    for faults in [&[140_000][..], &[60_000, 140_000], &[11, 12], &[30_000, 60_001, 90_002, 120_003]] {
        let text = with(faults);
        let found = spelled(|| text.as_bytes()).unwrap_err().to_string();
        assert_eq!(found, format!("line {}: voter_id is empty", faults[0]));
        assert_eq!(found, read(&text).unwrap_err().to_string());
    }
    let mut bytes = text.clone().into_bytes();
    let at = text.find("voter 70000;").unwrap();
    bytes[at] = 0xff;
    assert_eq!(spelled(|| bytes.as_slice()).unwrap_err().to_string(), "line 70011: not UTF-8 text");
    bytes[3] = 0xff;
    assert_eq!(spelled(|| bytes.as_slice()).unwrap_err().to_string(), "line 1: not UTF-8 text");
}

/// What the counts say is held against all parts together, and what a part's work refuses ends the reading.
#[test]
fn counts_and_refusals_end_the_reading() {
    let said = large(90_000).replacen("budget;100", "budget;100\nnum_votes;89999", 1);
    assert_eq!(
        spelled(|| said.as_bytes()).unwrap_err().to_string(),
        "line 3: num_votes is 89999, but the file has 90000"
    );
    let large = large(150_000);
    let refuse = |(): &mut (), number: usize, _: &Votes| match number {
        1 => Err(FormatFault { line: 7, reason: "enough".to_owned() }),
        _ => Ok(()),
    };
    let fault = fold(|| Ok(large.as_bytes()), PARTS, |_| (), refuse).unwrap_err();
    assert_eq!(fault.to_string(), "line 7: enough");
}

/// A voter who stands there twice is told with both lines, however far they are apart and however many others do.
#[test]
fn a_voter_who_stands_there_twice_is_told() {
    let text = large(150_000);
    for (twice, told) in [
        (&[(70_000, 3)][..], "line 70011: voter_id voter 3 stands there twice: first in line 14"),
        (&[(149_999, 0)], "line 150010: voter_id voter 0 stands there twice: first in line 11"),
        (
            &[(120_000, 1), (90_000, 80_000), (90_001, 2), (149_999, 80_000)],
            "line 90011: voter_id voter 80000 stands there twice: first in line 80011",
        ),
    ] {
        let text = twice.iter().fold(text.clone(), |text, (at, other)| {
            text.replacen(&format!("\nvoter {at};"), &format!("\nvoter {other};"), 1)
        });
        assert_eq!(spelled(|| text.as_bytes()).unwrap_err().to_string(), told);
        assert_eq!(read(&text).unwrap_err().to_string(), told);
    }
}

/// A disk that is gone.
struct Gone;

impl Read for Gone {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the disk is gone"))
    }
}

#[test]
fn a_broken_source_is_told() {
    let text = large(150_000);
    assert_eq!(spelled(|| text.as_bytes()[..3_000_000].chain(Gone)).unwrap_err().to_string(), "the disk is gone");
}

proptest! {
    /// Methods that read marks alone give the same election when the ballots were let go.
    #[test]
    fn marks_alone_are_enough((rules, ballots) in any_profile(), cut in any::<prop::sample::Index>()) {
        let cut = cut.index(ballots.len() + 1);
        let whole = Profile::from_ballots(&rules, &ballots).unwrap();
        let Some(mut marks) = MarkCounts::new(&rules.kind, whole.candidates()) else {
            let is_ranked = matches!(rules.kind, Kind::Ranked { .. });
            prop_assert!(is_ranked);
            return Ok(());
        };
        let mut rest = marks.clone();
        marks.add(&Profile::from_ballots(&rules, &ballots[..cut]).unwrap()).unwrap();
        rest.add(&Profile::from_ballots(&rules, &ballots[cut..]).unwrap()).unwrap();
        marks.merge(rest).unwrap();
        let alone = marks.into_profile();
        let winners = ballots::rules::Winners::Budget {
            budget: ballots::Money(25_000), minimum: None, overflow: ballots::rules::Overflow::Skip,
        };
        let territories = territories(whole.candidates().into());
        let ladder = Ladder::default();
        for method in Procedure::fitting(&rules.kind).into_iter().filter(|method| method.reads_marks_alone(&rules.kind)) {
            let elected = |profile| {
                let contest = Contest { profile, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
                count(&contest, method)
            };
            prop_assert_eq!(elected(&whole), elected(&alone), "{}", method);
        }
    }
}

/// A ballot of two marks stays one of two when only its marks are kept: choose-one refuses it.
#[test]
fn two_marks_of_one_ballot_are_not_two_ballots() {
    let text =
        "META\nbudget;1\nvote_type;approval\nPROJECTS\nproject_id;cost\na;1\nb;1\nVOTES\nvoter_id;vote\n1;a,b\n2;a\n";
    let instance = read(text).unwrap();
    let (ballots, _) = profile(&instance.rules(), &instance.votes).unwrap();
    let mut marks = MarkCounts::new(ballots.kind(), ballots.candidates()).unwrap();
    marks.add(&ballots).unwrap();
    let alone = marks.into_profile();
    assert_eq!((alone.ballots(), alone.blank(), alone.votes()), (2, 0, vec![2, 1]));
    assert_eq!(elect(&alone, "approval", 1), elect(&ballots, "approval", 1));
    let territories = territories(2);
    let winners = ballots::rules::Winners::Top { minimum: None, seats: 1 };
    let ladder = Ladder::default();
    let contest =
        Contest { profile: &alone, territories: &territories, winners: &winners, ladder: &ladder, turnout: None };
    let refused = count(&contest, Procedure::ChooseOne).unwrap_err();
    assert!(matches!(refused, ballots::methods::CountFault::SeveralMarks), "{refused}");
}
