//! The follower: any honest growth is growth, and any tampering is named for what it is.

use audit::{
    follow::{Agreement, Cheat, Evidence, Follower, Step},
    log::hash::Hash,
};
use proptest::prelude::*;

use super::served::Served;

const OTHER: &str = "log.example/anything";

fn steps(follower: &mut Follower, served: &Served, note: &str) -> Step {
    follower.step(note, &mut served.clone(), &mut |_, _| {}).expect("the source answers")
}

pub fn caught(follower: &mut Follower, served: &Served, note: &str) -> Evidence {
    let before = follower.clone();
    match steps(follower, served, note) {
        Step::Cheat(evidence) => {
            assert_eq!(*follower, before, "a follower stays where it was");
            assert_eq!((evidence.before.as_deref(), evidence.after.as_str()), (before.note(), note));
            *evidence
        }
        step => panic!("{step:?}"),
    }
}

/// A log of numbers that nobody judges.
fn numbers(size: u64) -> Served {
    Served::of(OTHER, (0..size).map(|number| number.to_string().into_bytes()).collect())
}

/// A follower that knows the log as it is.
pub fn followed(served: &Served) -> Follower {
    let mut follower = Follower::new(served.key());
    assert_eq!(steps(&mut follower, served, &served.note()), Step::Grew { from: 0, to: served.size() });
    follower
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_honest_growth_is_growth(mut sizes in prop::collection::vec(0..1200_usize, 1..6)) {
        sizes.sort_unstable();
        let whole = numbers(1200);
        let mut follower = Follower::new(whole.key());
        for to in sizes {
            let (known, from) = (follower.head().is_some(), follower.head().map_or(0, |head| head.size));
            let grown = Step::Grew { from, to: to as u64 };
            let expected = if known && from == to as u64 { Step::Same } else { grown };
            // Whoever serves a log is ahead of the head that was read a moment ago.
            prop_assert_eq!(steps(&mut follower, &whole, &whole.at(to).note()), expected);
            prop_assert_eq!(follower.head(), Some(&whole.at(to).head()));
            let saved = serde_json::to_string(&follower.save()).unwrap();
            prop_assert_eq!(&Follower::restore(serde_json::from_str(&saved).unwrap()).unwrap(), &follower);
        }
    }

    #[test]
    fn a_changed_line_that_was_seen_is_a_split(from in 1..700_usize, more in 0..600_usize, at in any::<prop::sample::Index>()) {
        let whole = numbers((from + more) as u64);
        let mut follower = followed(&whole.at(from));
        let mut forged = whole.clone();
        forged.lines[at.index(from)].push(b'!');
        let evidence = caught(&mut follower, &forged, &forged.note());
        let is_split = matches!(evidence.cheat, Cheat::Split { size, ours, .. } if size == from as u64 && ours == whole.at(from).head().root);
        prop_assert!(is_split, "{}", evidence.cheat);
    }

    #[test]
    fn whatever_is_served_otherwise_is_withheld(
        from in 0..400_usize, more in 1..600_usize, which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), how in 0..4_u8,
    ) {
        let whole = numbers((from + more) as u64);
        let mut follower = Follower::new(whole.key());
        if from > 0 {
            follower = followed(&whole.at(from));
        }
        let paths = whole.paths();
        let (path, bytes) = paths.iter().nth(which.index(paths.len())).unwrap();
        let mut lied = bytes.clone();
        match how {
            0 => lied[at.index(bytes.len())] ^= 1,
            1 => lied.truncate(at.index(bytes.len())),
            2 => lied = b"<html>".to_vec(),
            _ => lied.clear(),
        }
        let mut lying = whole.clone();
        lying.lies.insert(path.clone(), (how < 3).then_some(lied));
        match lying.clone().step_of(&mut follower) {
            // A tile that no step looks into, or the part of a bundle that was read before, harms nobody who follows.
            Step::Grew { to, .. } => prop_assert_eq!(follower.head(), Some(&whole.at(to as usize).head())),
            Step::Cheat(evidence) => {
                let Cheat::Withheld { given, .. } = &evidence.cheat else { panic!("{}", evidence.cheat) };
                prop_assert!(*given == (how < 3) || *given, "{}", evidence.cheat);
                prop_assert_eq!(evidence.cheat.may_pass(), !given);
            }
            Step::Same => prop_assert!(false, "it grew"),
        }
    }

    #[test]
    fn a_shorter_log_is_rolled_back_and_a_shorter_other_log_is_split(size in 2..600_usize, cut in any::<prop::sample::Index>()) {
        let whole = numbers(size as u64);
        let to = 1 + cut.index(size - 1);
        let mut follower = followed(&whole);
        let evidence = caught(&mut follower, &whole.at(to), &whole.at(to).note());
        prop_assert_eq!(evidence.cheat, Cheat::RolledBack { from: size as u64, to: to as u64 });
        let mut forged = whole.at(to);
        forged.lines[0].push(b'!');
        let slug = caught(&mut follower, &whole, &forged.note()).cheat.slug();
        prop_assert_eq!(slug, "split", "as long as the larger log's tiles are there");
    }
}

impl Served {
    fn step_of(self, follower: &mut Follower) -> Step {
        steps(follower, &self, &self.note())
    }
}

#[test]
fn a_lie_in_any_bundle_stops_who_starts() {
    let whole = numbers(600);
    for (path, bytes) in whole.paths() {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let mut lying = whole.clone();
            let mut lied = bytes.clone();
            lied[at] ^= 1;
            lying.lies.insert(path.clone(), Some(lied));
            let step = lying.step_of(&mut Follower::new(whole.key()));
            let withheld = matches!(&step, Step::Cheat(evidence) if evidence.cheat.slug() == "withheld");
            // Who starts reads so few leaves at once, and needs tiles only to say which leaf is wrong.
            let unread = !path.starts_with("tile/entries/") && step == Step::Grew { from: 0, to: 600 };
            assert!(withheld || unread, "{path} at {at}: {step:?}");
        }
    }
}

#[test]
fn who_withholds_a_leaf_is_told_which() {
    let whole = numbers(300);
    let mut forged = whole.clone();
    forged.lines[257].push(b'!');
    let mut lying = whole.clone();
    let path = "tile/entries/001.p/44".to_owned();
    lying.lies.insert(path.clone(), Some(forged.paths()[&path].clone()));
    match caught(&mut followed(&whole.at(10)), &lying, &whole.note()).cheat {
        Cheat::Withheld { path: found, reason, given: true } => {
            assert!(found == path && reason.contains("line 257"), "{found}: {reason}");
        }
        cheat => panic!("{cheat}"),
    }
}

#[test]
fn two_heads_of_one_size_are_a_split() {
    let (whole, mut forged) = (numbers(9), numbers(9));
    forged.lines[8].push(b'!');
    let mut follower = followed(&whole);
    let evidence = caught(&mut follower, &forged, &forged.note());
    let (ours, theirs) = (whole.head().root, forged.head().root);
    assert_eq!(evidence.cheat, Cheat::Split { size: 9, ours, theirs });
    assert_eq!(steps(&mut follower, &whole, &whole.note()), Step::Same);
}

#[test]
fn a_partial_tile_may_be_gone_once_the_full_one_is_there() {
    let whole = numbers(600);
    let mut grown = whole.clone();
    for path in whole.at(300).paths().into_keys().filter(|path| path.contains(".p/44")) {
        grown.lies.insert(path, None);
    }
    let mut follower = Follower::new(whole.key());
    assert_eq!(steps(&mut follower, &grown, &whole.at(300).note()), Step::Grew { from: 0, to: 300 });
}

#[test]
fn a_dead_line_is_nobody_s_cheat() {
    let mut served = numbers(5);
    served.down = true;
    let mut follower = Follower::new(served.key());
    let trouble = follower.step(&served.note(), &mut served, &mut |_, _| {}).unwrap_err();
    assert!(trouble.to_string().contains("the line is dead"));
    assert_eq!(follower, Follower::new(served.key()));
}

#[test]
fn heads_of_other_keys_and_other_logs_are_not_taken() {
    let served = numbers(5);
    let mut follower = followed(&served);
    let stranger = Served::of("log.example/other", served.lines.clone());
    let mut changed = served.note();
    let at = changed.len() - 10;
    changed.replace_range(at..=at, if &changed[at..=at] == "A" { "B" } else { "A" });
    for note in [stranger.note(), changed] {
        let cheat = caught(&mut follower, &served, &note).cheat;
        assert!(matches!(cheat, Cheat::BadSignature(_)) && !cheat.may_pass(), "{cheat}");
    }
    let page = caught(&mut follower, &served, "<html>sign in</html>").cheat;
    assert!(page.may_pass(), "a page of a proxy is no head at all");
}

#[test]
fn a_huge_size_costs_little() {
    let served = numbers(5);
    let note = audit::log::checkpoint::Checkpoint::new(OTHER, u64::MAX, Hash::from([1; 32])).sign(&served.signer());
    let mut follower = Follower::new(served.key());
    let mut source = served.clone();
    let step = follower.step(&note, &mut source, &mut |_, _| {}).unwrap();
    assert!(matches!(step, Step::Cheat(evidence) if evidence.cheat.slug() == "withheld"));
    assert!(source.asked < 10, "{}", source.asked);
}

#[test]
fn heads_that_others_saw_are_compared() {
    let whole = numbers(600);
    let mut forged = whole.clone();
    forged.lines[100].push(b'!');
    let follower = followed(&whole.at(300));
    let compare = |source: &Served, note: &str| follower.compare(note, &mut source.clone()).unwrap();
    for size in [0, 1, 256, 299, 300, 301, 600] {
        assert_eq!(compare(&whole, &whole.at(size).note()), Agreement::Agrees, "{size}");
    }
    assert_eq!(compare(&whole.at(300), &whole.note()), Agreement::Ahead);
    assert!(matches!(compare(&whole, &Served::of("x/y", vec![]).note()), Agreement::NotSigned(_)));
    for (size, source) in [(101, &whole), (300, &whole), (600, &forged)] {
        match compare(source, &forged.at(size).note()) {
            Agreement::Split(evidence) => {
                assert_eq!(
                    (evidence.before.as_deref(), evidence.after.as_str()),
                    (follower.note(), forged.at(size).note().as_str())
                );
                let Cheat::Split { ours, theirs, size: at } = evidence.cheat else { panic!() };
                assert!(ours != theirs && at == (size as u64).min(300));
                assert_eq!(ours, whole.at(at as usize).head().root);
            }
            other => panic!("{size}: {other:?}"),
        }
    }
    let mut served = whole.at(300);
    served.lies.insert("tile/1/000.p/1".to_owned(), None);
    let root = follower.root_at(260, &mut whole.clone()).unwrap().unwrap();
    assert_eq!(root, whole.at(260).head().root);
    assert!(follower.root_at(301, &mut whole.clone()).is_err());
}

#[test]
fn what_was_stored_must_fit_together() {
    let saved = followed(&numbers(7)).save();
    let mut edge = saved.clone();
    edge.edge[0] = Hash::ZERO;
    let mut missing = saved.clone();
    missing.edge.pop();
    let mut note = saved.clone();
    note.note = Some(numbers(3).note());
    let mut key = saved.clone();
    key.key = "none".to_owned();
    for broken in [edge, missing, note, key] {
        assert!(Follower::restore(broken).is_err());
    }
    assert!(Follower::restore(saved).is_ok());
}
