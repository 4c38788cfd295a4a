//! Real votes of real cities, counted again: every published number must come out.

use std::path::{Path, PathBuf};

use ballots::{
    Contest, Ladder, Procedure, count,
    formats::pabulib::{Instance, read, write},
    ladder::Rung,
};

/// The files lie beside the project; without them this says so aloud, and in CI that is a failure.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        assert!(std::env::var_os("CI").is_none(), "MISSING: {} must be there in CI", folder.display());
        eprintln!("SKIPPED: {} is not there, so no city's vote was counted again", folder.display());
        return Vec::new();
    };
    let files =
        entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|end| end == "pb"));
    let files: Vec<_> = files.collect();
    assert!(files.len() >= 19, "{} holds {} files", folder.display(), files.len());
    files
}

fn instance(path: &Path) -> Instance {
    let text = std::fs::read_to_string(path).unwrap();
    read(&text).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()))
}

#[test]
fn published_votes_and_scores_come_out() {
    for path in files() {
        let instance = instance(&path);
        let rules = instance.rules();
        let outcome = instance.tally(&rules).unwrap();
        let name = path.display();
        assert_eq!(outcome.ballots, instance.votes.len() as u64, "{name}");
        assert!(outcome.invalid.is_empty(), "{name}: {:?}", outcome.invalid);
        let mut compared = 0;
        for project in &instance.projects {
            let standing = outcome.standings.iter().find(|standing| standing.id == project.id).unwrap();
            for (ours, published) in [(standing.votes, project.votes), (standing.whole_score().unwrap(), project.score)]
            {
                let Some(published) = published else { continue };
                assert_eq!(ours, published, "{name}: {}", project.id);
                compared += 1;
            }
        }
        assert!(compared > 0, "{name} publishes nothing to compare with");
    }
}

#[test]
fn what_is_written_reads_back() {
    for path in files() {
        let instance = instance(&path);
        let again = read(&write(&instance)).unwrap_or_else(|fault| panic!("{}: {fault}", path.display()));
        let head = |instance: &Instance| {
            // The counts are written last, wherever they stood.
            let (counts, mut said): (Vec<_>, Vec<_>) = instance
                .meta
                .iter()
                .cloned()
                .partition(|(key, _)| ["num_projects", "num_votes"].contains(&key.as_str()));
            said.extend(counts);
            (instance.vote_type, instance.budget, said)
        };
        assert_eq!(head(&again), head(&instance), "{}", path.display());
        assert_eq!(again.projects, instance.projects, "{}", path.display());
        assert_eq!(again.votes, instance.votes, "{}", path.display());
    }
}

/// Files whose published winners the rule in the file does not give; `docs/money.md` says why.
const OTHERWISE: [&str; 2] = ["Hungary_Budapest_2023_VIII_Jozsefvaros", "Poland_Wieliczka_2023_Green_Budget"];

#[test]
fn published_winners_come_out() {
    let mut compared = 0;
    for path in files() {
        let instance = instance(&path);
        let published: Vec<_> = instance.projects.iter().map(|project| project.selected).collect();
        if published.iter().all(Option::is_none) {
            continue;
        }
        let rules = instance.rules();
        let poll = instance.poll(&rules).unwrap();
        let shares = instance.meta("rule").is_some_and(|rule| rule.starts_with("equalshares/add1"));
        let method: Procedure = if shares { "equal-shares-add1" } else { "greedy" }.parse().unwrap();
        let ladder = Ladder::new(&[Rung::Registration]);
        let contest = Contest {
            profile: &poll.profile,
            territories: &poll.territories,
            winners: &rules.winners,
            ladder: &ladder,
            turnout: None,
        };
        let winners = count(&contest, method).unwrap().winners;
        let same = (0u16..).zip(&published).all(|(at, selected)| winners.contains(&at) == (*selected == Some(true)));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        assert_eq!(same, !OTHERWISE.contains(&name.as_str()), "{name}: {method}");
        compared += 1;
    }
    assert!(compared == 0 || compared >= 13, "{compared} files publish winners");
}
