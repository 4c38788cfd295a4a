//! A small round by every method of the crate: from the draft to the certificate, what people read of it in both languages, and
//! the audit that counts again.

use std::fmt::Write as _;

use audit::{
    round::{Act, Phase},
    verify::verify,
};
use ballots::{
    Ballot, Money, Outcome, Procedure, Rules,
    election::Turnout,
    formats::pabulib,
    methods::positional::Scale,
    outcome::{Standing, Why},
    rules::{Kind, Limit, Overflow, TieRule, Winners},
};
use reqwest::{Method as Verb, StatusCode};
use serde_json::Value;
use veche::http::ResultResponse;

use super::{
    bundle::{self, Files},
    town::{SLUG, Town, rules},
};

/// Rules by this method over ballots of a kind that it counts, with winners that it can find.
fn drafted(method: Procedure) -> Rules {
    let kinds = [
        Kind::Approval { max: if method == Procedure::ChooseOne { 1 } else { 3 } },
        Kind::Ranked { max: 3 },
        Kind::Score { max: 5 },
        Kind::Points { each: Some(6), total: 10 },
    ];
    let kind = kinds.into_iter().find(|kind| method.fits(kind)).unwrap();
    let mut rules = rules(kind, method);
    for (territory, cost) in rules.territories.iter_mut().zip(1..) {
        territory.cost = Some(Money(cost * 1000));
    }
    if method.spends() {
        rules.winners = Winners::Budget { budget: Money(6000), minimum: None, overflow: Overflow::Skip };
    }
    rules
}

fn marks(kind: &Kind) -> [&'static str; 3] {
    match kind {
        Kind::Approval { max: 1 } => ["t1", "t2", "t2"],
        Kind::Approval { .. } => ["t1 t2", "t2 t3", "t3"],
        Kind::Ranked { .. } => ["t1 t2 t3", "t2 t3 t1", "t3 t2"],
        Kind::Score { .. } => ["t1=5 t2=4", "t2=1 t3=5", "t1=0 t3=2"],
        Kind::Points { .. } => ["t1=6 t2=4", "t2=5", "t3=6 t1=1"],
    }
}

/// A page in Russian and in English.
type Both = [String; 2];

/// All that there is to read of a round that is over.
struct Held {
    outcome: Outcome,
    /// The round's page.
    round: Both,
    /// The page of its result before the commission signs, and after.
    results: [Both; 2],
    csv: String,
    json: Value,
    pb: pabulib::Instance,
    files: Files,
}

async fn reads(town: &Town, path: &str) -> String {
    let answer = town.asks(Verb::GET, path, None, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.text
}

async fn in_both(town: &Town, path: &str) -> Both {
    [reads(town, path).await, reads(town, &format!("/en{path}")).await]
}

/// The page in Russian says the first of each pair, and the page in English the second.
fn say(pages: &Both, words: &[[&str; 2]]) {
    for pair in words {
        for (page, words) in pages.iter().zip(pair) {
            assert!(page.contains(words), "no “{words}” in {page}");
        }
    }
}

fn do_not_say(pages: &Both, words: &[[&str; 2]]) {
    for pair in words {
        for (page, words) in pages.iter().zip(pair) {
            assert!(!page.contains(words), "“{words}” in {page}");
        }
    }
}

/// Holds the round by these rules.
async fn held(rules: Rules) -> Held {
    let method = rules.method;
    let town = Town::new().await;
    town.publishes_over(rules).await;
    let place = town.place().await;
    let ballots = marks(&place.rules.voting.kind);
    let codes = town.enrols(ballots.len()).await;
    town.opens().await;
    for (code, marks) in codes.iter().zip(ballots) {
        let marks = marks.split(' ').map(|mark| match mark.split_once('=') {
            Some((id, value)) => (id, value.parse().ok()),
            None => (mark, None),
        });
        let ballot = Ballot::parse(&place.rules.voting, marks).unwrap();
        place.vote(&town.api, &mut town.registers(code).await, &ballot).await.unwrap();
    }
    town.acts(Act::Close).await;
    town.members[0].0.reveal(SLUG, town.opening.secret()).await.unwrap();
    town.jobs().await;
    let (round, results) = (format!("/rounds/{SLUG}"), format!("/rounds/{SLUG}/results"));
    let unsigned = in_both(&town, &results).await;
    for (member, key) in &town.members {
        member.sign(SLUG, key).await.unwrap();
    }
    let result: ResultResponse = town.get("/result").await;
    assert_eq!((result.phase, result.outcome.ballots), (Phase::Certified, 3), "{method}");
    let export = |format: &str| format!("/api/v1/rounds/{SLUG}/export/{format}");
    Held {
        outcome: result.outcome,
        round: in_both(&town, &round).await,
        results: [unsigned, in_both(&town, &results).await],
        csv: reads(&town, &export("csv")).await,
        json: serde_json::from_str(&reads(&town, &export("json")).await).unwrap(),
        pb: pabulib::read(&reads(&town, &export("pb")).await).unwrap(),
        files: bundle::fetch(&town).await,
    }
}

impl Held {
    /// The exports hold this outcome, and the audit comes to it too.
    fn holds(&self) {
        let standings = &self.outcome.standings;
        assert_eq!(self.json, serde_json::to_value(&self.outcome).unwrap());
        let row = |one: &Standing| {
            let line = self.csv.lines().find(|line| line.split(',').nth(2) == Some(&one.id));
            let end = if one.selected { ",1" } else { ",0" };
            line.is_some_and(|line| line.starts_with(&format!("{},", one.rank)) && line.ends_with(end))
        };
        assert!(standings.iter().all(row) && self.csv.lines().count() == 1 + standings.len(), "{}", self.csv);
        for project in &self.pb.projects {
            let one = standings.iter().find(|one| one.id == project.id);
            assert_eq!(project.selected, one.map(|one| one.selected), "{}", project.id);
        }
        assert_eq!(self.pb.votes.len(), 3);
        let report = verify(&self.files, None, &|_| {});
        assert!(report.passed(), "{report}");
    }
}

const NO_TIES: [&str; 2] = ["Ни у каких двух территорий результат не совпал.", "No two territories came out equal."];
const LOTS: [&str; 2] = ["Число для жребия — ", "The number of the lots is "];
const AGAIN: [&str; 2] = ["Повторить жребий может каждый.", "Anybody can draw the lots again"];
const UNLISTED: [&str; 2] = [
    "равные наборы и равные территории, которые не победили, тоже упорядочены по правилам на случай равенства",
    "equal selections, and equal territories after the winners, are put in order by the rules on ties too",
];

#[tokio::test(flavor = "multi_thread")]
async fn every_method_is_counted_and_counted_again() {
    let mut failed = String::new();
    for method in Procedure::all() {
        let held = held(drafted(method)).await;
        assert!(!held.outcome.winners.is_empty(), "{method}: {:?}", held.outcome);
        let [_, [_, page]] = &held.results;
        for words in ["<h2>How it was counted</h2>", "The winner", "viewBox"] {
            assert!(page.contains(words) || method.adds_up(), "{method}: no {words} in {page}");
        }
        let report = verify(&held.files, None, &|_| {});
        if !report.passed() {
            let _ = writeln!(failed, "{method}: {report}");
        }
    }
    assert!(failed.is_empty(), "{failed}");
}

/// Three territories are equal; the service draws the lots that the audit draws again, and the page says from what.
#[tokio::test(flavor = "multi_thread")]
async fn lots_are_drawn_from_the_log_and_the_key() {
    let ties = vec![TieRule::Backwards, TieRule::Lots];
    let held_by_lots = held(Rules { ties, ..drafted(Procedure::InstantRunoff { batches: false }) }).await;
    let Held { outcome, round, results: [_, results], .. } = &held_by_lots;
    assert!(outcome.ties.iter().any(|tie| tie.rules == [TieRule::Lots]), "{:?}", outcome.ties);
    let seed = outcome.seed.expect("the ladder has lots").to_string();
    let backwards = ["на последнем из прежних шагов", "in the latest earlier step"];
    say(round, &[["При равенстве порядок определяет жребий.", "In a tie lots decide."], backwards]);
    say(results, &[LOTS, [&seed; 2], AGAIN, ["правило: жребий", "decided by: lots"]]);
    let chance = ["32 случайных байта сервиса", "32 random bytes of the service"];
    say(results, &[chance, ["ни сервис, ни комиссия в одиночку", "neither the service nor the commission alone"]]);
    do_not_say(results, &[NO_TIES, UNLISTED]);
    held_by_lots.holds();
    let without = held(drafted(Procedure::Borda(Scale::OwnLength))).await;
    assert!(without.outcome.seed.is_none());
    do_not_say(&without.round, &[["жребий", "lots decide"]]);
    do_not_say(&without.results[1], &[LOTS, AGAIN, UNLISTED]);
    without.holds();
}

/// The knapsack puts equals in order without listing a tie: the page shows the number of the lots, and does not say that none were equal.
#[tokio::test(flavor = "multi_thread")]
async fn lots_that_no_tie_names_are_shown() {
    let by_lots = held(Rules { ties: vec![TieRule::Lots], ..drafted(Procedure::Knapsack) }).await;
    let seed = by_lots.outcome.seed.expect("the ladder has lots").to_string();
    let votes: Vec<_> = by_lots.outcome.standings.iter().map(|one| one.votes).take(3).collect();
    assert_eq!((by_lots.outcome.ties.len(), votes), (0, vec![2, 2, 1]), "two are equal, and no tie says so");
    say(&by_lots.results[1], &[UNLISTED, LOTS, [&seed; 2], AGAIN]);
    do_not_say(&by_lots.results[1], &[NO_TIES]);
    by_lots.holds();
    let by_list = held(drafted(Procedure::Knapsack)).await;
    say(&by_list.results[1], &[UNLISTED]);
    do_not_say(&by_list.results[1], &[NO_TIES, LOTS, AGAIN]);
    by_list.holds();
}

/// Too few voted: every page says so and how many were needed, nobody wins, and nothing says that the ballots were counted.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_with_too_few_ballots_has_no_result() {
    for method in [Procedure::Approval, Procedure::Greedy] {
        let turnout = Some(Turnout { eligible: 7, per_mille: 500 });
        let void = held(Rules { turnout, ..drafted(method) }).await;
        let outcome = &void.outcome;
        assert_eq!((outcome.needed, outcome.winners.len(), outcome.standings.len()), (Some(4), 0, 0));
        say(
            &void.round,
            &[
                ["считая пустые, будет не меньше 4.", "if there are at least 4 valid ballots, blank ones too."],
                ["столько имеющих право голоса: 7.", "so many people who may vote: 7."],
            ],
        );
        let [unsigned, signed] = &void.results;
        for results in [unsigned, signed] {
            say(
                results,
                &[
                    ["Вскрыто 3 бюллетеня.", "3 ballots were opened."],
                    [
                        "Голосование не состоялось: нужно было действительных бюллетеней не меньше 4, подано 3.",
                        "The round has no result: at least 4 valid ballots were needed, and 3 were cast.",
                    ],
                    ["</a>: только заголовки", "</a>: headings alone"],
                ],
            );
            do_not_say(
                results,
                &[
                    ["Подсчитано", "Counted"],
                    ["Учтено", "were counted."],
                    ["Итог подписан", "The result is signed"],
                    ["<h2>Равенство", "<h2>Ties"],
                ],
            );
        }
        let void_status =
            ["не состоялось, комиссия ещё не подписала.", "has not signed yet that the round has no result."];
        say(unsigned, &[void_status]);
        do_not_say(signed, &[void_status]);
        say(
            signed,
            &[[
                "Комиссия подписала, что голосование не состоялось: member-1, member-2.",
                "The commission has signed that the round has no result: member-1, member-2.",
            ]],
        );
        let headings = "\u{feff}rank,number,id,title,votes,score,mean,median,cost,selected\r\n";
        assert_eq!((void.csv.as_str(), &void.json["needed"]), (headings, &Value::from(4)));
        void.holds();
    }
}

/// Of two that exclude each other only one wins, two that are too dear together do not both, and the page says what kept them out.
#[tokio::test(flavor = "multi_thread")]
async fn limits_keep_some_out() {
    let of = |ids: [&str; 2]| ids.map(str::to_owned).to_vec();
    let limits = vec![
        Limit { money: None, most: Some(1), of: of(["t2", "t3"]) },
        Limit { money: Some(Money(4000)), most: None, of: of(["t1", "t4"]) },
    ];
    let limited = held(Rules { limits, ..drafted(Procedure::Greedy) }).await;
    let outcome = &limited.outcome;
    let barred = outcome.standings.iter().filter(|one| one.why == Some(Why::Barred)).map(|one| one.id.as_str());
    assert_eq!(
        (outcome.winners.join(" "), barred.collect::<Vec<_>>()),
        ("t2 t1".to_owned(), vec!["t3", "t4"]),
        "{outcome:?}"
    );
    say(
        &limited.round,
        &[
            [
                "Из территорий «Territory 2», «Territory 3» победить могут не больше 1.",
                "Of «Territory 2», «Territory 3» no more than 1 can win.",
            ],
            [
                "Территории «Territory 1», «Territory 4» вместе могут стоить не больше 40",
                "«Territory 1», «Territory 4» together may cost no more than ₽40.",
            ],
        ],
    );
    say(&limited.results[1], &[["не проходит по ограничению в правилах", "kept out by a limit in the rules"]]);
    limited.holds();
}
