//! Ties of elections: every rung, lots that can be drawn again, and a count that waits for the commission's hand.

use ballots::{
    Election, Ladder,
    election::State,
    ladder::{LadderFault, Rung, Seed, Waiting},
};
use sha2::{Digest, Sha256};

use super::elections::{elect_by, letters, ranked};

const EQUAL: [(u64, &str); 3] = [(1, "a"), (1, "b"), (1, "c")];

#[test]
fn a_ladder_must_end() {
    let fault = |rungs: &[Rung]| Ladder::new(rungs).check();
    for rungs in [
        &[][..],
        &[Rung::Backwards],
        &[Rung::Registration, Rung::Lots],
        &[Rung::Application, Rung::Application, Rung::ByHand],
    ] {
        assert_eq!(fault(rungs), Err(LadderFault::End), "{rungs:?}");
    }
    assert_eq!(fault(&[Rung::Application, Rung::Lots]), Err(LadderFault::Seed));
    assert_eq!(fault(&[Rung::Forwards, Rung::Backwards, Rung::ByHand]), Ok(()));
}

/// Anybody can draw the lots again: the lower SHA-256 of label, seed and id is the better.
#[test]
fn lots_can_be_drawn_again() {
    let seed = [7; 32];
    let ladder = Ladder { seed: Some(Seed::from(seed)), ..Ladder::new(&[Rung::Lots]) };
    let election = elect_by(&ranked(3, &EQUAL), "borda", 1, &ladder);
    let lot = |id: &str| Sha256::digest([&b"veche/lot/v1\0"[..], &seed, id.as_bytes()].concat());
    let mut ids = ["a", "b", "c"];
    ids.sort_by_key(|id| lot(id));
    assert_eq!(letters(&election.order), ids.concat());
    let [tie] = election.ties.as_slice() else { panic!("{:?}", election.ties) };
    assert_eq!((tie.decisive, &tie.rungs[..]), (true, &[Rung::Lots][..]));
    let other = Ladder { seed: Some(Seed::from([8; 32])), ..ladder };
    assert_ne!(other.lot("a"), lot("a").as_slice());
}

/// The count stops, says between whom, and goes on with the order that was entered.
#[test]
fn lots_by_hand_are_waited_for() {
    let mut ladder = Ladder::new(&[Rung::ByHand]);
    let profile = ranked(3, &EQUAL);
    let waiting = |election: &Election| match &election.state {
        State::Waits(waiting) => Some(waiting.clone()),
        _ => None,
    };
    let stopped = elect_by(&profile, "instant-runoff", 1, &ladder);
    assert_eq!(waiting(&stopped), Some(Waiting { round: Some(1), tied: vec![0, 1, 2] }));
    assert!(stopped.winners.is_empty() && !stopped.steps.is_empty(), "what was counted so far is there");
    ladder.entered.push(vec![1, 2, 0]);
    // A is out now; B and C are equal again.
    let stopped = elect_by(&profile, "instant-runoff", 1, &ladder);
    assert_eq!(waiting(&stopped), Some(Waiting { round: Some(2), tied: vec![1, 2] }));
    ladder.entered.push(vec![2, 1]);
    let done = elect_by(&profile, "instant-runoff", 1, &ladder);
    assert_eq!((waiting(&done), letters(&done.order)), (None, "cba".into()));
}

/// Lots are drawn only where they decide: all three get a seat, or the tie is below the last seat.
#[test]
fn ties_without_consequence_need_no_hand() {
    let ladder = Ladder::new(&[Rung::ByHand]);
    for (ballots, seats, winners) in [(&EQUAL[..], 3, "abc"), (&[(2, "a"), (1, "b"), (1, "c")], 1, "a")] {
        let election = elect_by(&ranked(3, ballots), "borda", seats, &ladder);
        assert_eq!((&election.state, letters(&election.winners)), (&State::Decided, winners.into()));
        assert!(election.ties.iter().all(|tie| !tie.decisive && tie.rungs.is_empty()));
    }
}

/// A leads at first and B before the tie: looking backwards B is the better, forwards A.
#[test]
fn earlier_rounds_decide_from_either_end() {
    // Round 1: a 5, b 4, c 3, d 2. D's two go to B: a 5, b 6, c 3. C's three go to A (2) and out (1): a 7, b 6; so the tie must
    // come later: with one C paper for A the two are equal at 6.
    let profile = ranked(4, &[(5, "a"), (4, "b"), (1, "c a"), (2, "c"), (2, "d b")]);
    for (rung, winner) in [(Rung::Backwards, "b"), (Rung::Forwards, "a")] {
        let election = elect_by(&profile, "instant-runoff", 1, &Ladder::new(&[rung, Rung::Registration]));
        assert_eq!(letters(&election.winners), winner, "{rung:?}");
        let tie = election.ties.last().unwrap();
        assert_eq!((tie.round, &tie.rungs[..], tie.decisive), (Some(3), &[rung][..], true));
    }
}
