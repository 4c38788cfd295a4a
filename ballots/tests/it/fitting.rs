//! Where a draft is refused for its method, others are named; and those do count the round.

use ballots::{
    Money, Procedure, Rules,
    methods::CountFault,
    rules::{Kind, Limit, Overflow, RulesFault, TieRule, Winners},
};

use super::sample::rules;

/// Whatever is wrong with the method, those that are named instead count the round.
#[test]
fn the_methods_that_are_named_instead_are_not_refused_again() {
    let limit = Limit { money: None, most: Some(1), of: vec!["a".to_owned(), "b".to_owned()] };
    let budget = |overflow| Winners::Budget { budget: Money(25_000), minimum: None, overflow };
    let kinds = [Kind::Approval { max: 1 }, Kind::Approval { max: 3 }, Kind::Ranked { max: 3 }, Kind::Score { max: 5 }];
    let mut named = 0;
    for (kind, method) in
        kinds.iter().flat_map(|kind| Procedure::all().into_iter().map(|method| (kind.clone(), method)))
    {
        for winners in [budget(Overflow::Skip), budget(Overflow::Stop), Winners::Top { minimum: None, seats: 2 }] {
            for (limits, ties) in [
                (0, vec![TieRule::Lots]),
                (1, vec![TieRule::Registration]),
                (9, vec![TieRule::Lots]),
                (0, vec![TieRule::Backwards, TieRule::Lots]),
            ] {
                let limits = vec![limit.clone(); limits];
                let drafted = Rules { winners: winners.clone(), limits, ties, ..rules(3, kind.clone(), method) };
                let fitting = match drafted.check() {
                    Err(RulesFault::Kind(CountFault::Kind { fitting, .. }) | RulesFault::Method { fitting, .. }) => {
                        fitting
                    }
                    _ => continue,
                };
                for method in fitting {
                    named += 1;
                    assert_eq!(Rules { method, ..drafted.clone() }.check(), Ok(()), "{method} instead of {drafted:?}");
                }
            }
        }
    }
    assert!(named > 1_000, "{named}");
}
