//! `veche tally FILE --method M`: what it prints beside the outcome, how ties are broken, and what it refuses.

use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Four who can be read and a ballot with too many marks.
const VOTE: &str = "\
META
key;value
description;Test vote
country;Nowhere
unit;Nowhere
instance;2026
num_projects;3
num_votes;5
budget;300
vote_type;approval
rule;greedy
max_length;2
PROJECTS
project_id;cost;name
a;100;Alley
b;150;Beach
c;200;Court
VOTES
voter_id;vote
v1;a,b
v2;a,b
v3;a
v4;c
v5;a,b,c
";

/// Two rankings, of which each begins with another.
const EQUAL: &str = "\
# FILE NAME: equal.soc
# DATA TYPE: soc
# NUMBER ALTERNATIVES: 3
# ALTERNATIVE NAME 1: Anna
# ALTERNATIVE NAME 2: Boris
# ALTERNATIVE NAME 3: Clara
# NUMBER VOTERS: 2
# NUMBER UNIQUE ORDERS: 2
1: 1,2,3
1: 2,1,3
";

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("vote.pb"), VOTE).unwrap();
    std::fs::write(folder.path().join("equal.soc"), EQUAL).unwrap();
    // Its SHA-256 is a seed.
    std::fs::write(folder.path().join("head"), "abc").unwrap();
    folder
}

fn tally(arguments: &str) -> Output {
    let folder = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    command.arg("tally").args(arguments.split(' ')).current_dir(folder.path()).env_remove("VECHE_CONFIG");
    command.output().unwrap()
}

/// What is printed when it ends with this code.
fn printed(arguments: &str, code: i32) -> String {
    let output = tally(arguments);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{arguments}: {said}");
    String::from_utf8(output.stdout).unwrap() + &said
}

fn refused(arguments: &str, because: &[&str]) {
    let said = printed(arguments, 1);
    for part in because {
        assert!(said.contains(part), "{arguments}: {part} is not in: {said}");
    }
}

#[test]
fn invalid_ballots_the_reserve_and_other_budgets_stand_beside_the_outcome() {
    let said = printed("vote.pb --method greedy --what-if 90,450 --explain ru", 0);
    for part in [
        "Победили: Alley, Beach.",
        "Место  Территория",
        "Недействительных бюллетеней, которые не посчитаны: 1",
        "резерв 1: не хватило денег",
        "90                  –",
        "450                 Alley, Beach, Court  450        Court",
    ] {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
    let english = printed("vote.pb --method greedy", 0);
    assert!(
        english.contains("Invalid ballots, which were not counted: 1") && english.contains("reserve 1: too dear"),
        "{english}"
    );
    assert!(!printed("vote.pb --method approval --winners 1", 0).contains("reserve"));
}

#[test]
fn machines_get_the_titles_and_the_explanation_too() {
    let said = printed("equal.soc --method borda --explain en --json", 0);
    let answer: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(answer["titles"], serde_json::json!(["Anna", "Boris", "Clara"]));
    assert!(answer["explanation"].as_array().is_some_and(|sentences| sentences.len() > 2), "{answer}");
    let bare: Value = serde_json::from_str(&printed("equal.soc --method borda --json", 0)).unwrap();
    assert_eq!(bare.get("explanation"), None);
}

#[test]
fn a_tie_is_broken_by_the_rungs_that_are_named() {
    let waits = printed("equal.soc --method instant-runoff --ties by-hand", 1);
    assert!(waits.contains("The count waits: Anna, Boris are equal.") && waits.contains("--drawn 1,2"), "{waits}");
    for (drawn, winner) in [("1,2", 0), ("2,1", 1)] {
        let said = printed(&format!("equal.soc --method instant-runoff --ties by-hand --drawn {drawn} --json"), 0);
        assert!(said.contains(&format!(r#""winners":[{winner}]"#)), "{said}");
    }
    // SHA-256 of "abc", FIPS 180-2, appendix B.1.
    let seed = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let by_seed = printed(&format!("equal.soc --method borda --json --seed {seed}"), 0);
    assert_eq!(printed("equal.soc --method borda --json --seed-of head", 0), by_seed);
    assert!(by_seed.contains(r#""rungs":["lots"]"#), "{by_seed}");
    refused("equal.soc --method borda --ties application", &["must end with registration, lots or by-hand"]);
    refused("equal.soc --method borda --ties lots", &["lots need a seed"]);
    refused("equal.soc --method borda --ties by-hand --drawn 1,9", &["--drawn: there is no territory with the id 9"]);
}

#[test]
fn too_few_ballots_are_no_election() {
    let void = printed("equal.soc --method borda --turnout 500 --eligible 5 --json", 1);
    assert!(void.contains(r#""state":{"void":{"needed":3}}"#), "{void}");
    assert!(printed("equal.soc --method borda --turnout 500 --eligible 4", 0).contains("Anna"));
}

#[test]
fn what_does_not_fit_is_refused_with_what_does() {
    refused("vote.pb --method choose-one", &["more than one mark; what can: approval, greedy,"]);
    refused("vote.pb --method star", &["star cannot count approval ballots; what can: approval, greedy,"]);
    refused("equal.soc --method approval", &["cannot count ranked ballots; what can: borda,", "schulze"]);
    let said = printed("equal.soc --method approval", 1);
    assert!(!said.contains("greedy"), "without a budget nothing is spent: {said}");
    refused("equal.soc --method greedy", &["spends a budget", "what can: borda,"]);
    refused("equal.soc --method kemeny --budget 5", &["1 needs a cost above zero"]);
    refused("equal.soc --method schulze --winners 4", &["--winners 4: there are 3 to choose from"]);
    assert!(printed("equal.soc --method schulze --winners 0", 2).contains("0 is not in 1..=65535"));
}
