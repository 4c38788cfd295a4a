//! Rules that contradict themselves are refused, each with its reason.

use ballots::{
    Money, Procedure, Rules,
    election::Turnout,
    methods::positional::Scale,
    rules::{Day, Kind, Limit, Overflow, Place, Territory, TieRule, Winners},
};

use super::sample::rules;

fn fault(change: impl FnOnce(&mut Rules)) -> String {
    let mut rules = rules(3, Kind::Approval { max: 2 }, Procedure::Approval);
    rules.check().unwrap();
    change(&mut rules);
    rules.check().unwrap_err().to_string()
}

#[test]
fn each_contradiction_has_its_words() {
    let money = || Winners::Budget { budget: "100".parse().unwrap(), minimum: None, overflow: Overflow::Skip };
    let cases = [
        (fault(|rules| rules.territories.clear()), "1 to 65535, not 0"),
        (fault(|rules| rules.territories = vec![rules.territories[0].clone(); 65_536]), "1 to 65535, not 65536"),
        (fault(|rules| rules.territories[1].id = "a\u{7}".into()), "the id of number 2 has a control"),
        (
            fault(|rules| rules.territories[1].id = "я".repeat(65)),
            "the id of number 2 has 65 characters; it may have at most 64",
        ),
        (fault(|rules| rules.territories[1].id = " ".into()), "number 2"),
        (fault(|rules| rules.territories[2].title = String::new()), "number 3"),
        (fault(|rules| rules.territories[1].id = "a".into()), "a stands there twice"),
        (fault(|rules| rules.territories[1].id = "\u{1f333}".into()), "beyond U+FFFF"),
        (fault(|rules| rules.territories[1].number = 1), "b stands there twice"),
        (fault(|rules| rules.kind = Kind::Approval { max: 0 }), "max must be 1 to 3, not 0"),
        (fault(|rules| rules.kind = Kind::Approval { max: 4 }), "max must be 1 to 3, not 4"),
        (fault(|rules| rules.kind = Kind::Ranked { max: 4 }), "max must be 1 to 3"),
        (fault(|rules| rules.kind = Kind::Ranked { max: 0 }), "max must be 1 to 3"),
        (fault(|rules| rules.kind = Kind::Score { max: 1001 }), "max must be 1 to 1000, not 1001"),
        (fault(|rules| rules.kind = Kind::Score { max: 0 }), "max must be 1 to 1000, not 0"),
        (fault(|rules| rules.kind = Kind::Points { each: None, total: 0 }), "total must be 1 to"),
        (fault(|rules| rules.kind = Kind::Points { each: Some(0), total: 10 }), "each must be 1 to 10"),
        (fault(|rules| rules.kind = Kind::Points { each: Some(11), total: 10 }), "each must be 1 to 10"),
        (
            fault(|rules| rules.method = Procedure::Borda(Scale::OwnLength)),
            "borda cannot count approval ballots; what can: approval",
        ),
        (fault(|rules| rules.kind = Kind::Ranked { max: 2 }), "what can: borda, borda-fixed, dowdall, instant-runoff"),
        (fault(|rules| rules.winners = Winners::Top { minimum: None, seats: 0 }), "at least one seat"),
        (
            fault(|rules| {
                rules.winners = money();
                rules.territories[1].cost = None;
            }),
            "b needs a cost",
        ),
        (
            fault(|rules| {
                rules.winners = money();
                rules.territories[2].cost = Some("0".parse().unwrap());
            }),
            "c needs a cost above zero",
        ),
        (
            fault(|rules| {
                rules.winners =
                    Winners::Budget { budget: "0".parse().unwrap(), minimum: None, overflow: Overflow::Stop };
            }),
            "above zero",
        ),
        (fault(|rules| rules.ties = vec![]), "must end with registration"),
        (fault(|rules| rules.ties = vec![TieRule::Application]), "must end with registration"),
        (fault(|rules| rules.ties = vec![TieRule::Registration; 2]), "twice"),
        (fault(|rules| rules.ties = vec![TieRule::Lots, TieRule::Registration]), "which stand nowhere else"),
        (fault(|rules| rules.ties = vec![TieRule::Registration, TieRule::Lots]), "which stand nowhere else"),
    ];
    for (said, words) in cases {
        assert!(said.contains(words), "{said:?} does not say {words:?}");
    }
}

/// Earlier rounds break ties only where there are rounds; lots break them everywhere.
#[test]
fn the_ladder_fits_the_method() {
    for method in Procedure::all() {
        let kinds = [
            Kind::Approval { max: 1 },
            Kind::Ranked { max: 3 },
            Kind::Score { max: 5 },
            Kind::Points { each: None, total: 5 },
        ];
        let kind = kinds.into_iter().find(|kind| method.fits(kind)).unwrap();
        let mut rules = Rules { winners: winners(method), ..rules(3, kind, method) };
        rules.ties = vec![TieRule::Application, TieRule::Lots];
        assert_eq!(rules.check(), Ok(()), "{method}");
        for rounds in [TieRule::Backwards, TieRule::Forwards] {
            rules.ties = vec![rounds, TieRule::Lots];
            let by_rounds = "instant-runoff, instant-runoff-batches, coombs, stv-scottish, stv-meek";
            match by_rounds.split(", ").any(|name| name == method.to_string()) {
                true => assert_eq!(rules.check(), Ok(()), "{method}"),
                false => {
                    let fitting = if matches!(rules.kind, Kind::Ranked { .. }) && !method.spends() {
                        format!("what can count this round: {by_rounds}")
                    } else {
                        "no method can count such a round".to_owned()
                    };
                    let refusal = format!(
                        "ties: {method} does not count by rounds, so backwards and forwards could tell nobody apart; {fitting}"
                    );
                    assert_eq!(rules.check().unwrap_err().to_string(), refusal);
                }
            }
        }
    }
}

/// Limits fit the methods that spend money, and limit something; a turnout is a part of somebody.
#[test]
fn limits_and_turnout_make_sense() {
    let limit = |most, money: Option<i64>, of: &[&str]| Limit {
        money: money.map(Money),
        most,
        of: of.iter().map(|id| (*id).to_owned()).collect(),
    };
    let greedy = |limits: Vec<Limit>| {
        let rules = Rules {
            winners: winners(Procedure::Greedy),
            limits,
            ..rules(3, Kind::Approval { max: 3 }, Procedure::Greedy)
        };
        rules.check().map_err(|fault| fault.to_string())
    };
    let good = limit(Some(1), None, &["a", "b"]);
    assert_eq!(
        greedy(vec![good.clone(), limit(None, Some(30_000), &["c"]), limit(Some(2), Some(40_000), &["a", "c"])]),
        Ok(())
    );
    assert_eq!(greedy(vec![good.clone(); 32]), Ok(()));
    for (limits, words) in [
        (vec![good.clone(); 33], "limits: there may be at most 32, not 33"),
        (vec![good.clone(), limit(None, None, &["a", "b"])], "limits: number 2: needs most, or money, or both"),
        (vec![limit(Some(0), None, &["a"])], "most and money must be above zero"),
        (vec![limit(Some(1), Some(0), &["a"])], "most and money must be above zero"),
        (vec![good.clone(), limit(None, Some(1), &["c"])], "limits: number 2: money is less than one of these costs"),
        (vec![limit(Some(1), None, &[])], "of must name territories of the round, each once"),
        (vec![limit(Some(1), None, &["a", "a"])], "each once"),
        (vec![limit(Some(1), None, &["a", "nowhere"])], "territories of the round"),
    ] {
        let said = greedy(limits).unwrap_err();
        assert!(said.contains(words), "{said:?} does not say {words:?}");
    }
    for method in Procedure::all() {
        let budget = Winners::Budget { budget: Money(25_000), minimum: None, overflow: Overflow::Skip };
        let kinds = [
            Kind::Approval { max: 1 },
            Kind::Ranked { max: 3 },
            Kind::Score { max: 5 },
            Kind::Points { each: None, total: 5 },
        ];
        let kind = kinds.into_iter().find(|kind| method.fits(kind)).unwrap();
        let rules = Rules { winners: budget, limits: vec![good.clone()], ..rules(3, kind, method) };
        let said = rules.check().map_err(|fault| fault.to_string());
        match said {
            Ok(()) => assert!(method.spends(), "{method}"),
            Err(said) if said.contains("fills seats") => assert!(!method.spends()),
            Err(said) => {
                let words = format!(
                    "method: {method} knows no groups and no candidates that exclude each other; what can count"
                );
                assert!(said.contains(&words) && said.contains("greedy, equal-shares"), "{said}");
            }
        }
    }
    let turnout = |eligible, per_mille| fault(|rules| rules.turnout = Some(Turnout { eligible, per_mille }));
    for said in [turnout(0, 500), turnout(10_000_000_001, 500), turnout(10, 0), turnout(10, 1001)] {
        assert!(said.contains("turnout: eligible must be 1 to 10000000000, and per_mille 1 to 1000"), "{said}");
    }
    let mut rules = rules(3, Kind::Approval { max: 3 }, Procedure::Approval);
    rules.turnout = Some(Turnout { eligible: 10_000_000_000, per_mille: 1000 });
    assert_eq!(rules.check(), Ok(()));
}

/// What people read about a territory is bounded, and its place is on the globe.
#[test]
fn texts_and_places_have_their_bounds() {
    let place = |latitude, longitude| Some(Place { latitude, longitude });
    let cases = [
        (fault(|rules| rules.territories[0].address = Some(" ".into())), "address of number 1 must be 1 to 200"),
        (fault(|rules| rules.territories[1].address = Some("a".repeat(201))), "address of number 2"),
        (fault(|rules| rules.territories[1].address = Some("a\nb".into())), "address of number 2"),
        (fault(|rules| rules.territories[2].description = Some("\n\n".into())), "description of number 3"),
        (fault(|rules| rules.territories[2].description = Some("\u{44f}".repeat(4001))), "1 to 4000 characters"),
        (fault(|rules| rules.territories[2].description = Some("a\r\nb".into())), "no control characters"),
        (fault(|rules| rules.territories[0].proposed_by = Some(String::new())), "proposed_by of number 1"),
        (fault(|rules| rules.territories[0].proposed_by = Some("b".repeat(201))), "1 to 200 characters"),
        (fault(|rules| rules.territories[0].place = place(90_000_001, 0)), "latitude of number 1 must be -90000000 to"),
        (fault(|rules| rules.territories[0].place = place(i32::MIN, 0)), "latitude of number 1"),
        (fault(|rules| rules.territories[1].place = place(0, 180_000_001)), "longitude of number 2"),
        (fault(|rules| rules.territories[1].place = place(0, -180_000_001)), "not -180000001"),
    ];
    for (said, words) in cases {
        assert!(said.contains(words), "{said:?} does not say {words:?}");
    }
    let mut rules = rules(2, Kind::Approval { max: 2 }, Procedure::Approval);
    for (territory, place) in
        rules.territories.iter_mut().zip([place(90_000_000, 180_000_000), place(-90_000_000, -180_000_000)])
    {
        territory.address = Some("\u{44f}".repeat(200));
        territory.description = Some(format!("{}\n\n{}", "a".repeat(2000), "\u{44f}".repeat(1998)));
        territory.proposed_by = Some("b".repeat(200));
        territory.place = place;
    }
    assert_eq!(rules.check(), Ok(()), "the limits themselves are allowed");
}

/// Winners that a method can find.
fn winners(method: Procedure) -> Winners {
    match method.spends() {
        true => Winners::Budget { budget: "250".parse().unwrap(), minimum: None, overflow: Overflow::Skip },
        false => Winners::Top { minimum: None, seats: 1 },
    }
}

/// Each kind goes with its own methods, and every other one is refused with the list of those.
#[test]
fn every_method_goes_with_its_kind_only() {
    let shares = "equal-shares, equal-shares-add1, equal-shares-add1u, equal-shares-greedy, equal-shares-units, \
                  equal-shares-units-add1, equal-shares-units-add1u, equal-shares-units-greedy";
    let pairs = "copeland, minimax, minimax-margins, ranked-pairs, ranked-pairs-winning-votes, schulze, schulze-margins, kemeny";
    let kinds = [
        (Kind::Approval { max: 1 }, format!("choose-one, approval, greedy, {shares}, phragmen, knapsack")),
        (Kind::Points { each: Some(10), total: 10 }, format!("points, greedy, {shares}, knapsack")),
        (
            Kind::Ranked { max: 3 },
            format!(
                "borda, borda-fixed, dowdall, greedy, {shares}, knapsack, instant-runoff, instant-runoff-batches, coombs, \
                 bucklin, {pairs}, stv-scottish, stv-meek"
            ),
        ),
        (
            Kind::Score { max: 1000 },
            format!(
                "greedy, {shares}, knapsack, {pairs}, score, score-mean, score-mean-blanks-zero, majority-judgement, star"
            ),
        ),
    ];
    for (kind, fitting) in kinds {
        let names: Vec<_> = fitting.split(", ").collect();
        for method in Procedure::all() {
            let rules = Rules { winners: winners(method), ..rules(3, kind.clone(), method) };
            if names.contains(&method.to_string().as_str()) {
                assert_eq!(rules.check(), Ok(()), "{method}");
                continue;
            }
            // Of those that count such ballots, the ones that find such winners.
            let counts = |name: &&&str| Rules { method: name.parse().unwrap(), ..rules.clone() }.check().is_ok();
            let others: Vec<_> = names.iter().filter(counts).copied().collect();
            let refusal =
                format!("method: {method} cannot count {} ballots; what can: {}", kind.name(), others.join(", "));
            assert_eq!(rules.check().unwrap_err().to_string(), refusal);
        }
    }
}

/// What can be known to make no sense before there is a ballot is refused, with the reason.
#[test]
fn methods_that_cannot_find_such_winners_are_refused() {
    let named = |name: &str| name.parse::<Procedure>().unwrap();
    let ranked = |count: u32, name: &str, winners: Winners| {
        let mut rules = Rules { winners, ..rules(3, Kind::Ranked { max: 3 }, named(name)) };
        let one = rules.territories[0].clone();
        rules.territories =
            (1..=count).map(|number| Territory { id: format!("t{number}"), number, ..one.clone() }).collect();
        rules.check().map_err(|fault| fault.to_string())
    };
    let top = |minimum| Winners::Top { minimum, seats: 2 };
    let budget = |overflow| Winners::Budget { budget: Money(25_000), minimum: None, overflow };
    let (skip, stop) = (|| budget(Overflow::Skip), || budget(Overflow::Stop));
    for (count, name, winners, words) in [
        (3, "stv-scottish", skip(), "stv-scottish fills seats; it cannot spend a budget"),
        (3, "stv-meek", skip(), "stv-meek fills seats; it cannot spend a budget"),
        (3, "equal-shares-add1", top(None), "equal-shares-add1 spends a budget; it cannot fill seats"),
        (3, "equal-shares", stop(), "equal-shares goes down no list at which it could stop"),
        (3, "knapsack", stop(), "overflow must be skip"),
        (3, "schulze", top(Some(2)), "a minimum score has no meaning with schulze"),
        (3, "stv-meek", top(Some(2)), "a minimum score has no meaning with stv-meek"),
        (
            13,
            "kemeny",
            top(None),
            "kemeny counts at most 12 territories, not 13: the best order is found by trying every set",
        ),
        (18, "knapsack", skip(), "knapsack counts at most 17 territories, not 18: with more it is not certain"),
        (
            257,
            "copeland",
            top(None),
            "copeland counts at most 256 territories, not 257: every step of the count must fit",
        ),
        (257, "dowdall", top(None), "dowdall counts at most 256"),
        (257, "schulze", top(None), "what can count this round: borda, borda-fixed"),
        (257, "instant-runoff", top(None), "instant-runoff counts at most 256"),
        (257, "stv-scottish", top(None), "stv-scottish counts at most 256"),
    ] {
        let said = ranked(count, name, winners).unwrap_err();
        assert!(said.contains(words), "{said:?} does not say {words:?}");
    }
    for (count, name, winners) in [
        (12, "kemeny", top(None)),
        (17, "knapsack", skip()),
        (256, "schulze", stop()),
        (257, "borda-fixed", top(Some(5))),
        (256, "instant-runoff", top(Some(5))),
        (3, "greedy", stop()),
    ] {
        assert_eq!(ranked(count, name, winners), Ok(()), "{name}");
    }
    let several = rules(3, Kind::Approval { max: 2 }, Procedure::ChooseOne).check().unwrap_err().to_string();
    let expected =
        "method: choose-one cannot count ballots with more than one mark; what can count this round: approval";
    assert_eq!(several, expected);
}

/// The names in the log, which the fingerprint of a round depends on.
#[test]
fn rules_are_written_in_canonical_words() {
    let mut rules = rules(1, Kind::Points { each: None, total: 5 }, Procedure::Points);
    rules.winners = Winners::Budget { budget: "1.50".parse().unwrap(), minimum: Some(2), overflow: Overflow::Skip };
    let territory = r#"{"applied":"2026-01-01","cost":10000,"id":"a","number":1,"title":"Territory a"}"#;
    let words = [
        r#"{"kind":{"points":{"total":5}},"method":"points","territories":["#,
        territory,
        r#"],"ties":["application","registration"],"winners":{"budget":{"budget":150,"minimum":2,"overflow":"skip"}}}"#,
    ];
    assert_eq!(serde_json::to_string(&rules).unwrap(), words.concat());
    let full = &mut rules.territories[0];
    (full.address, full.description) = (Some("By the lake".into()), Some("Paths.\n\nTrees.".into()));
    full.place = Some(Place { latitude: 55_760_000, longitude: -60_710_000 });
    full.proposed_by = Some("The council of the street".into());
    let words = [
        r#"{"address":"By the lake","applied":"2026-01-01","cost":10000,"description":"Paths.\n\nTrees.","id":"a","number":1,"#,
        r#""place":{"latitude":55760000,"longitude":-60710000},"proposed_by":"The council of the street","title":"Territory a"}"#,
    ];
    assert_eq!(serde_json::to_string(full).unwrap(), words.concat());
    assert_eq!(serde_json::to_string(&Procedure::InstantRunoff { batches: false }).unwrap(), r#""instant-runoff""#);
}

#[test]
fn days_are_days_of_the_calendar() {
    for day in ["2026-01-31", "2024-02-29", "2000-02-29", "9999-12-31"] {
        assert_eq!(day.parse::<Day>().unwrap().to_string(), day);
    }
    for (last, month) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].into_iter().zip(1..) {
        assert!(format!("2026-{month:02}-{last}").parse::<Day>().is_ok(), "month {month}");
        assert!(format!("2026-{month:02}-{}", last + 1).parse::<Day>().is_err(), "month {month}");
    }
    for day in [
        "2026-01-00",
        "0000-01-01",
        "2026-02-29",
        "1900-02-29",
        "2026-04-31",
        "2026-13-01",
        "2026-00-10",
        "2026-1-1",
        "26-01-01",
        "",
        "2026-01-01 ",
    ] {
        assert!(day.parse::<Day>().is_err(), "{day}");
    }
    assert!(serde_json::from_str::<Day>("\"2026-02-30\"").is_err(), "a date from JSON is checked too");
}

#[test]
fn unknown_fields_are_refused() {
    let rules = rules(1, Kind::Approval { max: 1 }, Procedure::Approval);
    let text = serde_json::to_string(&rules).unwrap();
    assert_eq!(serde_json::from_str::<Rules>(&text).unwrap(), rules);
    let more = text.replacen('{', "{\"extra\":1,", 1);
    assert!(serde_json::from_str::<Rules>(&more).is_err());
}
