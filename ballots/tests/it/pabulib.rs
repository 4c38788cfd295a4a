//! `.pb` files: what is read in spite of odd spelling, what is refused and where, and that writing loses nothing.

use std::num::NonZeroUsize;

use ballots::{
    Ballot,
    formats::{
        Parts, PartsFault,
        pabulib::{Instance, VoteType, fold, read, write},
    },
    rules::{Kind, Overflow, Winners},
};
use proptest::prelude::*;

use super::sample::any_profile;

const GOOD: &str = "META\nkey;value\nbudget;300\nvote_type;approval\nnum_projects;2\nnum_votes;2\nPROJECTS\n\
    project_id;cost;votes\n1;100;2\n2;150.50;1\nVOTES\nvoter_id;vote\nx;1,2\ny;1\n";

/// The fault of the good file with one thing replaced.
fn fault(from: &str, to: &str) -> (usize, String) {
    assert!(GOOD.contains(from), "{from}");
    let fault = read(&GOOD.replacen(from, to, 1)).unwrap_err();
    assert!(fault.to_string().starts_with(&format!("line {}: ", fault.line)));
    (fault.line, fault.reason)
}

#[test]
fn every_fault_has_its_line_and_reason() {
    for (from, to, line, words) in [
        ("META\n", "", 1, "section META"),
        ("budget;300", "budget 300", 3, "semicolon"),
        ("budget;300", "budget;lots", 3, "budget"),
        ("budget;300\n", "", 5, "budget is missing"),
        ("budget;300", "vote_type;approval", 4, "twice"),
        ("vote_type;approval\n", "", 5, "vote_type is missing"),
        ("vote_type;approval", "vote_type;thumbs", 4, "thumbs"),
        ("num_projects;2", "num_projects;3", 5, "the file has 2"),
        ("num_votes;2", "num_votes;7", 6, "the file has 2"),
        ("PROJECTS\n", "", 10, "section PROJECTS"),
        ("project_id;cost", "name;cost", 8, "project_id is missing"),
        ("cost;votes", "price;votes", 8, "cost is missing"),
        ("1;100;2", ";100;2", 9, "project_id is empty"),
        ("1;100;2", "1;;2", 9, "cost is empty"),
        ("1;100;2", "1;100.555;2", 9, "cost 100.555"),
        ("1;100;2", "1;-5;2", 9, "cost -5"),
        ("1;100;2", "1;100;many", 9, "votes: many"),
        ("2;150.50;1", "1;150.50;1", 10, "1 stands there twice"),
        ("1;100;2\n2;150.50;1\n", "", 9, "no project"),
        ("voter_id;vote\n", "voter;vote\n", 12, "voter_id is missing"),
        ("voter_id;vote\n", "voter_id;choice\n", 12, "vote is missing"),
        ("x;1,2", ";1,2", 13, "voter_id is empty"),
        ("x;1,2", "x;1,9", 13, "no project 9"),
        ("x;1,2", "x;1,,2", 13, "no project "),
        ("x;1,2", "x;1,\u{0}2", 13, "no project \u{0}2"),
        ("x;1,2", "x;000000001", 13, "no project 000000001"),
        ("y;1\n", " x ;1\n", 14, "voter_id x stands there twice: first in line 13"),
        ("y;1\n", "y;1\nPROJECTS\n", 15, "must not follow"),
    ] {
        let (found, reason) = fault(from, to);
        assert!(found == line && reason.contains(words), "{to:?}: line {found}: {reason}");
    }
    for text in ["", "\n\n", "META", "META\nkey;value\nbudget;1\nvote_type;approval\n"] {
        assert!(read(text).is_err(), "{text:?}");
    }
}

#[test]
fn faults_of_points() {
    let text = GOOD.replace("approval", "cumulative").replace("voter_id;vote", "voter_id;vote;points");
    let with = |points: &str| text.replace("x;1,2", &format!("x;1,2;{points}")).replace("y;1", "y;1;3");
    assert_eq!(read(&with("4,5")).unwrap().votes.get(0).unwrap().marks(), [(0, Some(4)), (1, Some(5))]);
    for (points, words) in [("4", "2 projects are named, but 1 points"), ("4,x", "no whole number"), ("4,-1", "-1")] {
        let fault = read(&with(points)).unwrap_err();
        assert!(fault.line == 13 && fault.reason.contains(words), "{fault}");
    }
    let none = read(&GOOD.replace("approval", "scoring")).unwrap_err();
    assert!(none.line == 12 && none.reason.contains("points is missing"), "{none}");
}

#[test]
fn odd_spelling_is_read() {
    let good = read(GOOD).unwrap();
    for odd in [
        format!("\u{feff}{GOOD}"),
        GOOD.replace('\n', "\r\n"),
        GOOD.replace('\n', "\n\n"),
        GOOD.replace("META", "meta").replace("VOTES\n", "Votes;\n"),
        GOOD.replace("x;1,2", " x ; 1 , 2 "),
        GOOD.replace("budget;300", " Budget ; 300 "),
        GOOD.replace("key;value\n", ""),
        GOOD.replace("y;1\n", "y;1"),
    ] {
        let read = read(&odd).unwrap_or_else(|fault| panic!("{fault} in {odd:?}"));
        assert_eq!((&read.projects, &read.votes, read.budget), (&good.projects, &good.votes, good.budget), "{odd:?}");
    }
    let moved =
        GOOD.replace("voter_id;vote", "age;vote;sex;voter_id").replace("x;1,2", "33;1,2;F;x").replace("y;1", ";1;;y");
    let moved = read(&moved).unwrap();
    assert_eq!((moved.votes.get(0).unwrap().voter_id(), moved.votes.get(0).unwrap().age), ("x", Some(33)));
    assert_eq!(
        (moved.votes.get(1).unwrap().age, moved.votes.get(0).unwrap().other().collect::<Vec<_>>()),
        (None, vec!["F"])
    );
    assert_eq!(moved.vote_columns, ["sex"]);
    let quoted = GOOD.replace("project_id;cost;votes", "project_id;cost;name;votes");
    let quoted = quoted.replace("1;100;2", "1;100;\"Park; \"\"new\"\"\";2").replace("2;150.50;1", "2;150.50;;1");
    let quoted = read(&quoted).unwrap();
    assert_eq!((quoted.projects[0].name.as_str(), quoted.projects[1].name.as_str()), ("Park; \"new\"", "2"));
    let blank = read(&GOOD.replace("y;1", "y;")).unwrap();
    assert!(blank.votes.get(1).unwrap().marks().is_empty());
}

/// The four vote types, each as a city would write it: marks in the file's order, values beside them.
#[test]
fn every_vote_type_is_read() {
    let votes = |kind: &str, head: &str, first: &str| {
        let text = GOOD.replace("approval", kind).replace("voter_id;vote", head).replace("x;1,2", first);
        let text = if head.ends_with("points") { text.replace("y;1", "y;;") } else { text };
        let instance = read(&text).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
        (instance.vote_type, instance.votes.get(0).unwrap().marks())
    };
    let plain = vec![(1, None), (0, None)];
    assert_eq!(votes("approval", "voter_id;vote", "x;2,1"), (VoteType::Approval, plain.clone()));
    assert_eq!(votes("choose-1", "voter_id;vote", "x;2"), (VoteType::Approval, vec![(1, None)]));
    assert_eq!(votes("ordinal", "voter_id;vote", "x;2,1"), (VoteType::Ordinal, plain));
    let valued = vec![(1, Some(3)), (0, Some(0))];
    assert_eq!(votes("scoring", "voter_id;vote;points", "x;2,1;3,0"), (VoteType::Scoring, valued.clone()));
    assert_eq!(votes("cumulative", "voter_id;vote;points", "x;2,1; 3 , 0"), (VoteType::Cumulative, valued));
}

/// What breaks the file's own rules is counted as invalid, with the reason, and is no reason to refuse the file.
#[test]
fn ballots_beyond_the_files_limits_are_invalid() {
    let text = GOOD.replace("vote_type;approval", "vote_type;approval\nmax_length;1");
    let instance = read(&text).unwrap();
    let outcome = instance.tally(&instance.rules()).unwrap();
    assert_eq!((outcome.ballots, outcome.invalid.get("too-many")), (2, Some(&1)));
    assert_eq!(outcome.standings[0].votes, 1, "only the second voter's mark counts");
    let twice = read(&GOOD.replace("x;1,2", "x;2,2")).unwrap();
    assert_eq!(twice.tally(&twice.rules()).unwrap().invalid.get("duplicate"), Some(&1));
}

/// Columns that mean nothing here survive, as do the published ones.
#[test]
fn nothing_is_lost_in_writing() {
    let text = GOOD
        .replace("budget;300", "description;parks; and squares\nbudget;300\nrule;greedy")
        .replace("project_id;cost;votes", "selected;project_id;category;cost;name;score;votes")
        .replace("1;100;2", "1;1;green;100;\"A; b\";2;2")
        .replace("2;150.50;1", "0;2;;150.50; x ;1;1")
        .replace("voter_id;vote", "sex;voter_id;age;vote")
        .replace("x;1,2", "F;x;33;1,2")
        .replace("y;1", ";y;;1");
    let instance = read(&text).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(instance.meta("description"), Some("parks; and squares"));
    let first = &instance.projects[0];
    assert_eq!((first.selected, first.score, first.votes), (Some(true), Some(2), Some(2)));
    assert_eq!(instance.projects[1].selected, Some(false));
    assert_eq!(first.other, [("category".to_owned(), "green".to_owned())]);
    assert_eq!(read(&write(&instance)).unwrap(), instance);
}

#[test]
fn rules_are_what_the_file_states() {
    let with = |meta: &str, kind: &str| {
        let text = GOOD.replace("vote_type;approval", &format!("vote_type;{kind}\n{meta}"));
        let text = if ["cumulative", "scoring"].contains(&kind) {
            text.replace("voter_id;vote", "voter_id;vote;points").replace("x;1,2", "x;1,2;4,5").replace("y;1", "y;1;3")
        } else {
            text
        };
        read(&text).unwrap_or_else(|fault| panic!("{fault}")).rules()
    };
    assert_eq!(with("max_length;1", "approval").kind, Kind::Approval { max: 1 });
    assert_eq!(with("rule;greedy", "approval").kind, Kind::Approval { max: 2 }, "no limit: as many as there are");
    assert_eq!(with("rule;greedy", "choose-1").kind, Kind::Approval { max: 1 });
    assert_eq!(with("max_length;2", "ordinal").kind, Kind::Ranked { max: 2 });
    assert_eq!(with("max_sum_points;20\nmax_points;8", "cumulative").kind, Kind::Points { each: Some(8), total: 20 });
    assert_eq!(with("rule;greedy", "cumulative").kind, Kind::Points { each: None, total: 9 });
    assert_eq!(with("max_points;7", "scoring").kind, Kind::Score { max: 7 });
    assert_eq!(with("rule;greedy", "scoring").kind, Kind::Score { max: 5 });
    let winners = with("rule;greedy-no-skip\nmin_project_score_threshold;5", "approval").winners;
    let Winners::Budget { budget, minimum, overflow } = winners else { panic!("{winners:?}") };
    assert_eq!((budget.to_string().as_str(), minimum, overflow), ("300", Some(5), Overflow::Stop));
}

/// Numbers that no city would write must not stop the program.
#[test]
fn huge_numbers_do_not_overflow() {
    let with = |kind: &str, meta: &str| {
        let text = GOOD.replace("vote_type;approval", &format!("vote_type;{kind}{meta}"));
        let text = text.replace("voter_id;vote", "voter_id;vote;points");
        let instance = read(&text.replace("x;1,2", "x;1,2;4294967295,4294967295").replace("y;1", "y;1;1")).unwrap();
        instance.tally(&instance.rules()).unwrap()
    };
    assert_eq!(with("cumulative", "").ballots, 2);
    // Medians keep a counter for each mark, so a limit from a file is bounded as one from rules is.
    for meta in ["", "\nmax_points;4294967295"] {
        let outcome = with("scoring", meta);
        assert_eq!((outcome.ballots, outcome.invalid.get("out-of-range")), (2, Some(&1)), "{meta:?}");
    }
}

fn parts(bytes: usize, cores: usize) -> Parts {
    Parts { bytes: NonZeroUsize::new(bytes).unwrap(), cores: NonZeroUsize::new(cores).unwrap() }
}

proptest! {
    /// A round's ballots go out as a file and come back as the same ballots.
    #[test]
    fn rounds_are_written_and_read((rules, ballots) in any_profile(), title in "[^\\r\\n]{0,20}") {
        let mut rules = rules;
        rules.territories[0].title = format!("T{title}");
        let instance = Instance::from_round(&rules, ballots.iter().cloned(), vec![("description".into(), "x".into())]);
        let again = read(&write(&instance)).unwrap();
        let found: Vec<_> = again.votes.iter().map(|vote| Ballot::from_marks(&rules, vote.marks()).unwrap()).collect();
        prop_assert_eq!(found, ballots);
        prop_assert_eq!(&again.projects[0].name, rules.territories[0].title.trim_end_matches('\r'));
        prop_assert_eq!(again.vote_type == VoteType::Ordinal, matches!(rules.kind, Kind::Ranked { .. }));
    }

    /// Whatever the text, the reader answers and does not panic.
    #[test]
    fn any_text_is_answered(
        cut in any::<prop::sample::Index>(),
        insert in "[;,\"\\nA-Z0-9. ]{0,12}",
        (bytes, cores) in (1..200_usize, 1..4_usize),
    ) {
        let at = cut.index(GOOD.len());
        let text = format!("{}{insert}{}", &GOOD[..at], &GOOD[at..]);
        let whole = read(&text);
        let parts = fold(|| Ok(text.as_bytes()), parts(bytes, cores), |_| 0, |count, _, votes| { *count += votes.len(); Ok(()) });
        match (&whole, parts) {
            (Ok(whole), Ok((head, counts))) => {
                prop_assert_eq!((&head.meta, &head.projects), (&whole.meta, &whole.projects));
                prop_assert_eq!(counts.iter().sum::<usize>(), whole.votes.len());
            }
            (Err(fault), Err(PartsFault::Format(found))) => prop_assert_eq!(fault, &found),
            (whole, parts) => prop_assert!(false, "{whole:?} {parts:?}"),
        }
        if let Ok(instance) = whole {
            let outcome = instance.tally(&instance.rules()).unwrap();
            prop_assert_eq!(outcome.ballots, instance.votes.len() as u64);
        }
    }
}
