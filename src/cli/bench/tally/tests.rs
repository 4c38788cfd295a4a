//! Every method of the crate is measured, each on ballots that it counts.

use ballots::{Ladder, Procedure, count, ladder::Rung};

use super::{Held, kind};

#[test]
fn every_method_counts_its_town() {
    for method in Procedure::all() {
        let held = Held::new(method, 20, 2_000).expect("ballots of its kind");
        assert!(
            method.fits(&kind(method)) && held.profile.ballots() == 2_000 && held.profile.longest() > 0,
            "{method}"
        );
        let ladder = Ladder::new(&[Rung::Registration]);
        let contest = held.contest(&ladder);
        let election = count(&contest, method).expect("it counts them");
        assert!(!election.winners.is_empty(), "{method}");
    }
}
