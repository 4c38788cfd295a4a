//! Counter-examples: for each axiom that a method breaks, an election that shows it.

/// Ballots with their weights.
pub type Ballots = &'static [(u64, &'static str)];

/// What breaks an axiom.
pub enum Against {
    /// There is a Condorcet winner, who is in the Smith set alone, and another wins.
    Condorcet(Ballots),
    /// Somebody from outside the Smith set wins.
    Smith(Ballots),
    /// A candidate gets clones, named by the last letters, and the winner changes to or from somebody else.
    Clones { of: char, clones: &'static str, before: Ballots, after: Ballots },
    /// A further ballot makes somebody win whom it likes less.
    Participation { before: Ballots, more: (u64, &'static str) },
    /// So many ballots raise the winner, who loses for it.
    Monotonicity { before: Ballots, moved: (u64, &'static str, &'static str) },
}

use Against::{Clones, Condorcet, Monotonicity, Participation, Smith};

const SQUEEZED: Against = Condorcet(&[(4, "a c b"), (4, "b c a"), (2, "c a b")]);
const POINTS_FOR_PLACES: Against = Condorcet(&[(2, "a b c"), (5, "a c b"), (6, "c b a")]);
/// A ring of clones, each of which loses to another by more than B loses to them all.
const RING: Against = Clones {
    of: 'a',
    clones: "cd",
    before: &[(5, "a b"), (4, "b a")],
    after: &[(2, "a c d b"), (2, "c d a b"), (1, "d a c b"), (1, "b a c d"), (1, "b c d a"), (2, "b d a c")],
};
const OUTSIDE: Against =
    Smith(&[(16, "a b c d"), (14, "d a b c"), (16, "b c a d"), (14, "d b c a"), (16, "c a b d"), (14, "d c a b")]);

/// By methods, one election each that breaks the axiom for all of them.
pub const AGAINST: &[(&[&str], Against)] = &[
    (&["instant-runoff", "instant-runoff-batches", "stv-scottish", "stv-meek"], SQUEEZED),
    (&["borda", "borda-fixed", "dowdall"], POINTS_FOR_PLACES),
    (&["bucklin"], Condorcet(&[(2, "a b c"), (5, "b c a"), (3, "c a b"), (1, "c b a")])),
    (&["coombs"], Condorcet(&[(5, "a b d c"), (1, "a c b d"), (1, "b c a d"), (3, "c a b d"), (3, "c b a d")])),
    (&["score", "score-mean", "score-mean-blanks-zero"], Condorcet(&[(3, "a5 b4"), (2, "a0 b5")])),
    (&["majority-judgement"], Condorcet(&[(2, "a5 b4"), (1, "a1 b0"), (2, "a0 b5")])),
    (&["star"], Condorcet(&[(4, "a5 b0 c1"), (3, "a0 b4 c1"), (2, "a0 b0 c1")])),
    (&["minimax", "minimax-margins"], OUTSIDE),
    (
        &["instant-runoff", "instant-runoff-batches", "stv-meek", "stv-scottish"],
        Monotonicity { before: &[(39, "a b c"), (35, "b c a"), (26, "c a b")], moved: (10, "b c a", "a b c") },
    ),
    (
        &["coombs"],
        Monotonicity {
            before: &[(3, "a b c"), (4, "b a c"), (6, "b c a"), (8, "c a b")],
            moved: (4, "b a c", "b c a"),
        },
    ),
    (
        &["choose-one"],
        Clones { of: 'a', clones: "c", before: &[(4, "a"), (3, "b")], after: &[(2, "a"), (2, "c"), (3, "b")] },
    ),
    (&["points"], Clones { of: 'a', clones: "c", before: &[(3, "a2"), (2, "b2")], after: &[(3, "a1 c1"), (2, "b2")] }),
    (
        &["star"],
        Clones {
            of: 'a',
            clones: "c",
            before: &[(3, "a2 b3"), (2, "a5 b0")],
            after: &[(3, "a2 b3 c2"), (2, "a5 b0 c4")],
        },
    ),
    (
        &["borda", "borda-fixed"],
        Clones { of: 'b', clones: "c", before: &[(3, "a b"), (2, "b a")], after: &[(3, "a b c"), (2, "b c a")] },
    ),
    (
        &["dowdall"],
        Clones {
            of: 'b',
            clones: "d",
            before: &[(4, "b a c"), (2, "b c a"), (3, "c a b"), (3, "c b a")],
            after: &[(4, "d b a c"), (2, "b d c a"), (3, "c a d b"), (3, "c b d a")],
        },
    ),
    (
        &["bucklin"],
        Clones {
            of: 'c',
            clones: "d",
            before: &[(3, "a c b"), (4, "b a c"), (2, "b c a"), (3, "c b a")],
            after: &[(3, "a d c b"), (4, "b a d c"), (2, "b d c a"), (3, "d c b a")],
        },
    ),
    (
        &["coombs"],
        Clones {
            of: 'c',
            clones: "d",
            before: &[(2, "a b c"), (4, "b a c"), (2, "b c a"), (5, "c a b")],
            after: &[(2, "a b d c"), (4, "b a c d"), (2, "b c d a"), (5, "c d a b")],
        },
    ),
    (
        &["kemeny"],
        Clones {
            of: 'b',
            clones: "d",
            before: &[(4, "a c b"), (6, "b a c"), (5, "c b a")],
            after: &[(4, "a c b d"), (6, "b d a c"), (5, "c b d a")],
        },
    ),
    (
        &["copeland"],
        Clones {
            of: 'c',
            clones: "e",
            before: &[(2, "a c b d"), (2, "a c d b"), (5, "b c d a"), (3, "c d a b"), (4, "d a b c")],
            after: &[(2, "a c e b d"), (2, "a e c d b"), (5, "b c e d a"), (3, "e c d a b"), (4, "d a b e c")],
        },
    ),
    (&["minimax", "minimax-margins"], RING),
    (
        &["stv-scottish", "stv-meek", "instant-runoff", "instant-runoff-batches"],
        Participation { before: &[(10, "c a b"), (8, "b c a"), (7, "a b c")], more: (2, "a b c") },
    ),
    (&["bucklin"], Participation { before: &[(4, "a b c"), (2, "b a c"), (8, "c a b")], more: (5, "b c a") }),
    (
        &["coombs"],
        Participation { before: &[(5, "a b c"), (2, "b a c"), (5, "c a b"), (4, "c b a")], more: (2, "b c a") },
    ),
    (&["minimax"], Participation { before: &[(5, "a c d b"), (10, "b a d c"), (7, "d c b a")], more: (4, "c b d a") }),
    (
        &["minimax-margins"],
        Participation {
            before: &[(4, "a b c d"), (6, "b c a d"), (6, "c d a b"), (3, "c d b a"), (6, "d a b c")],
            more: (2, "d a c b"),
        },
    ),
    (
        &["schulze-margins"],
        Participation {
            before: &[(4, "a b c d"), (6, "b c a d"), (6, "c d a b"), (3, "c d b a"), (6, "d a b c")],
            more: (5, "d a c b"),
        },
    ),
    (
        &["schulze"],
        Participation {
            before: &[
                (7, "a b d c"),
                (8, "a c d b"),
                (5, "a d c b"),
                (5, "b a d c"),
                (1, "b c d a"),
                (8, "b d c a"),
                (2, "c b d a"),
                (9, "d c b a"),
            ],
            more: (5, "c b d a"),
        },
    ),
    (
        &["ranked-pairs"],
        Participation {
            before: &[(2, "a d c b"), (3, "b a d c"), (3, "c a b d"), (2, "c d b a"), (4, "d b c a")],
            more: (1, "a d c b"),
        },
    ),
    (
        &["ranked-pairs-winning-votes"],
        Participation {
            before: &[(3, "a c b d"), (2, "b d c a"), (3, "c b d a"), (6, "d c a b")],
            more: (4, "b a d c"),
        },
    ),
    (
        &["copeland"],
        Participation {
            before: &[(1, "a c d b"), (5, "a d c b"), (6, "b a d c"), (4, "b d c a"), (1, "c b a d")],
            more: (5, "d c b a"),
        },
    ),
    (
        &["kemeny"],
        Participation {
            before: &[(5, "a d c b"), (11, "b d c a"), (2, "c a d b"), (8, "c b a d"), (1, "d b c a")],
            more: (2, "b c a d"),
        },
    ),
    (&["score-mean"], Participation { before: &[(1, "a4"), (9, "b3")], more: (1, "a1 b0") }),
    (
        &["majority-judgement"],
        Participation { before: &[(1, "a0 b2"), (1, "a3 b2"), (1, "a5 b2")], more: (1, "a1 b0") },
    ),
    (
        &["star"],
        Participation {
            before: &[(4, "a4 b4 c1"), (4, "a3 b2 c4"), (3, "a0 b0 c0"), (3, "a2 b0 c3")],
            more: (3, "a0 b4 c1"),
        },
    ),
];
