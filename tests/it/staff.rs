//! Officials and the commission: who may do what, what needs two, and what the timetable does.

use audit::round::{Act, Phase};
use ballots::{
    Procedure,
    rules::{Kind, Territory},
};
use ed25519_dalek::SigningKey;
use reqwest::{Method as Verb, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection as _;
use veche::{
    app::staff,
    client::ClientFault,
    http::{RoundResponse, StepRequest},
};

use super::{
    both, bundle,
    town::{HOUR, SLUG, Town, approval, signing_key},
};

fn refused<T: std::fmt::Debug>(answer: Result<T, ClientFault>, slug: &str) {
    let fault = answer.unwrap_err();
    assert_eq!(fault.slug(), Some(slug), "{fault}");
}

/// Every address of staff, with a body that it takes, and whether it is an official's.
fn addresses() -> Vec<(Verb, String, Option<Value>, bool)> {
    let round = |path: &str| format!("/api/v1/rounds/{SLUG}{path}");
    let reason = "why";
    vec![
        (Verb::POST, format!("/api/v1/drafts/{SLUG}/publication"), None, true),
        (Verb::POST, round("/roll"), Some(json!({ "people": [] })), true),
        (Verb::POST, round("/letters"), Some(json!({ "people": [], "reason": reason })), true),
        (Verb::POST, round("/territories/1/pictures"), Some(json!({ "alt": {}, "image": "", "kind": "photo" })), true),
        (Verb::POST, round(&format!("/pictures/{}/removal", "0".repeat(64))), Some(json!({ "reason": reason })), true),
        (Verb::POST, round("/steps"), Some(json!({ "step": "pause", "reason": reason })), true),
        (Verb::POST, round("/proposal"), Some(json!({ "act": "close", "reason": reason })), true),
        (Verb::POST, round("/proposal/confirmation"), None, false),
        (Verb::POST, round("/opening-key"), Some(json!({ "key": "AAAA" })), false),
        (Verb::POST, round("/signatures"), Some(json!({ "signature": format!("{}==", "A".repeat(86)) })), false),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_acts_without_the_right_token() {
    let town = Town::new().await;
    town.votes(1).await;
    staff::revoke(&town.server.app, "member-2").await.unwrap();
    let [official, member, revoked] = town.tokens.each_ref().map(String::as_str);
    let mut mistaken = official.to_owned();
    mistaken.replace_range(10..11, if &official[10..11] == "A" { "B" } else { "A" });
    for (verb, path, body, is_official_s) in addresses() {
        for token in [None, Some(mistaken.as_str()), Some(revoked), Some(""), Some("veche_")] {
            let answer = town.asks(verb.clone(), &path, token, body.clone()).await;
            assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNAUTHORIZED, "token"), "{path}");
            assert_eq!(answer.headers["www-authenticate"], "Bearer");
        }
        let other = if is_official_s { member } else { official };
        let answer = town.asks(verb, &path, Some(other), body).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::FORBIDDEN, "not-allowed"), "{path}");
    }
    let session = town.posts("/credential", Some(official), json!({ "blinded": "" })).await;
    assert_eq!(session.problem(), "session", "a staff token is no resident's session");
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_closing_and_annulling_need_two() {
    let town = Town::new().await;
    town.publishes().await;
    refused(town.members[0].0.confirm(SLUG).await, "not-now");
    let round = town.official.propose(SLUG, Act::Open, "early").await.unwrap();
    assert_eq!(round.phase, Phase::Published, "a proposal alone opens nothing");
    refused(town.official.confirm(SLUG).await, "not-allowed");
    refused(town.members[0].0.propose(SLUG, Act::Open, "by myself").await, "not-allowed");
    assert_eq!(town.members[1].0.confirm(SLUG).await.unwrap().phase, Phase::Open);
    refused(town.members[0].0.confirm(SLUG).await, "not-now");
    refused(town.official.propose(SLUG, Act::Open, "again").await, "not-now");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_frozen_when_published() {
    let town = Town::new().await;
    let mut draft = town.draft(approval());
    town.official.draft(&draft).await.unwrap();
    draft.title = "Another title".into();
    town.official.draft(&draft).await.unwrap();
    let round = town.official.publish(SLUG).await.unwrap();
    assert_eq!(round.rules.title, "Another title");
    assert_eq!(round.fingerprint, round.rules.fingerprint());
    draft.title = "Too late".into();
    refused(town.official.draft(&draft).await, "not-now");
    refused(town.official.publish(SLUG).await, "not-now");
    refused(town.official.publish("nothing").await, "unknown-round");
}

#[tokio::test(flavor = "multi_thread")]
async fn inconsistent_rules_are_refused_with_the_field() {
    let town = Town::new().await;
    let attempt = async |change: &dyn Fn(&mut veche::domain::Draft), word: &str| {
        let mut draft = town.draft(approval());
        change(&mut draft);
        let fault = match town.official.draft(&draft).await {
            Ok(()) => town.official.publish(&draft.slug).await.unwrap_err(),
            Err(fault) => fault,
        };
        assert!(matches!(fault.slug(), Some("rules" | "malformed")), "{fault}");
        assert!(fault.to_string().contains(word), "{fault} does not name {word}");
    };
    attempt(&|draft| draft.slug = "A b".into(), "slug").await;
    attempt(&|draft| draft.closes_at = draft.opens_at, "closes_at").await;
    attempt(&|draft| (draft.opens_at, draft.closes_at) = (1, 2), "closes_at").await;
    attempt(&|draft| draft.quorum = 3, "quorum").await;
    attempt(&|draft| draft.quorum = 0, "quorum").await;
    attempt(&|draft| draft.commission.clear(), "commission").await;
    attempt(&|draft| draft.sealing_key.0[10] ^= 1, "sealing_key").await;
    attempt(&|draft| draft.time_zone = "Mars/Base".into(), "time_zone").await;
    attempt(&|draft| draft.title = String::new(), "title").await;
    attempt(&|draft| draft.voting.territories[1].id = "t1".into(), "t1").await;
    attempt(&|draft| draft.voting.method = Procedure::Star, "approval").await;
    // Any method of the crate may be named; what it cannot count is refused with what can, and what it cannot find with the reason.
    attempt(&|draft| draft.voting.method = Procedure::Kemeny, "what can: approval").await;
    attempt(&|draft| draft.voting.method = Procedure::Phragmen, "phragmen spends a budget; it cannot fill seats").await;
    let thirteen = |draft: &mut veche::domain::Draft| {
        let one = draft.voting.territories[0].clone();
        let more = (9..=13).map(|number| Territory { id: format!("t{number}"), number, ..one.clone() });
        draft.voting.territories.extend(more);
        (draft.voting.kind, draft.voting.method) = (Kind::Ranked { max: 3 }, Procedure::Kemeny);
    };
    attempt(&thirteen, "kemeny counts at most 12 territories, not 13: the best order is found by trying").await;
    attempt(&|draft| draft.batch.at_least = 0, "batch").await;
}

/// Nobody's ballot may be put into the log alone, nor beside a single other, by the wish of one official; neither may a credential
/// into the register. The draft itself is refused; one that an earlier program took is not published.
#[tokio::test(flavor = "multi_thread")]
async fn a_draft_in_which_people_would_stand_alone_is_refused() {
    let town = Town::new().await;
    for (batch, register, word) in [
        (1, 50, "batch.at_least"),
        (2, 50, "batch.at_least"),
        (20, 1, "register.at_least"),
        (20, 2, "register.at_least"),
    ] {
        let mut draft = town.draft(approval());
        (draft.batch.at_least, draft.register.at_least) = (batch, register);
        let fault = town.official.draft(&draft).await.unwrap_err();
        assert!(fault.slug() == Some("rules") && fault.to_string().contains(word), "{fault}");
        assert!(fault.to_string().contains("at least 3"), "{fault}");
    }
    assert_eq!(town.official.publish(SLUG).await.unwrap_err().slug(), Some("unknown-round"), "no draft was kept");
    let mut draft = town.draft(approval());
    (draft.batch.at_least, draft.register.at_least) = (3, 3);
    town.official.draft(&draft).await.unwrap();
    let data = town.folder.path().join("data");
    let earlier = r#"UPDATE rounds SET draft = replace(draft, '"batch":{"at_least":3', '"batch":{"at_least":1')"#;
    if both::on_postgres() {
        sqlx::query(earlier).execute(&mut both::administrator(&data).await).await.unwrap();
    } else {
        let url = format!("sqlite://{}", data.join("veche.db").display());
        sqlx::query(earlier).execute(&mut sqlx::SqliteConnection::connect(&url).await.unwrap()).await.unwrap();
    }
    assert_eq!(town.official.publish(SLUG).await.unwrap_err().slug(), Some("rules"));
    town.official.draft(&draft).await.unwrap();
    town.official.publish(SLUG).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_close_moves_later_only_and_pauses_have_an_end() {
    let town = Town::new().await;
    town.votes(1).await;
    let round: RoundResponse = town.get("").await;
    let extend = |closes_at| StepRequest::Extend { reason: "storm".into(), closes_at };
    refused(town.official.step(SLUG, &extend(round.closes_at)).await, "not-now");
    refused(town.official.step(SLUG, &extend(round.closes_at - 1)).await, "not-now");
    let extended = town.official.step(SLUG, &extend(round.closes_at + HOUR)).await.unwrap();
    assert_eq!(extended.closes_at, round.closes_at + HOUR);
    assert_eq!(extended.fingerprint, round.fingerprint);
    town.clock.advance(49 * HOUR);
    refused(town.official.step(SLUG, &extend(extended.closes_at + 10 * HOUR)).await, "not-now");
    town.clock.advance(-49 * HOUR);
    let pause = || StepRequest::Pause { reason: "drill".into() };
    let resume = || StepRequest::Resume { reason: "over".into() };
    refused(town.official.step(SLUG, &resume()).await, "not-now");
    assert_eq!(town.official.step(SLUG, &pause()).await.unwrap().phase, Phase::Paused);
    refused(town.official.step(SLUG, &pause()).await, "not-now");
    assert_eq!(town.official.step(SLUG, &resume()).await.unwrap().phase, Phase::Open);
    let empty = StepRequest::Pause { reason: String::new() };
    assert!(town.official.step(SLUG, &empty).await.is_err(), "a reason must say something");
}

#[tokio::test(flavor = "multi_thread")]
async fn rounds_open_and_close_by_the_clock() {
    let town = Town::new().await;
    town.publishes().await;
    town.enrols(1).await;
    let phase = async || {
        town.jobs().await;
        town.get::<RoundResponse>("").await.phase
    };
    town.clock.advance(24 * HOUR - 60);
    assert_eq!(phase().await, Phase::Published);
    town.clock.advance(61);
    assert_eq!(phase().await, Phase::Open);
    town.clock.advance(24 * HOUR - 120);
    assert_eq!(phase().await, Phase::Open);
    town.clock.advance(121);
    assert_eq!(phase().await, Phase::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_round_s_key_opens_and_only_after_the_close() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    let (member, _) = &town.members[0];
    refused(member.reveal(SLUG, town.opening.secret()).await, "not-now");
    refused(member.sign(SLUG, &town.members[0].1).await, "no-result-yet");
    town.acts(Act::Close).await;
    let other = veche::crypto::opening::OpeningKeyPair::generate(&mut rand::rng());
    refused(member.reveal(SLUG, other.secret()).await, "not-now");
    refused(member.reveal(SLUG, &[1, 2, 3]).await, "not-now");
    assert_eq!(town.get::<RoundResponse>("").await.phase, Phase::Closed);
    assert_eq!(member.reveal(SLUG, town.opening.secret()).await.unwrap().phase, Phase::Opened);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_takes_two_members_and_their_own_keys() {
    let town = Town::new().await;
    town.votes(1).await;
    town.acts(Act::Close).await;
    town.members[0].0.reveal(SLUG, town.opening.secret()).await.unwrap();
    town.jobs().await;
    let [(first, first_key), (second, second_key)] = &town.members;
    // Members recheck before they sign: everything holds but the signatures that are not there yet.
    let report = audit::verify::verify(&bundle::fetch(&town).await, None, &|_| {});
    let failed: Vec<_> = report.failures().map(|(check, _)| check.name).collect();
    assert_eq!(failed, [audit::verify::CheckName::Certificate], "{report}");
    let stranger: SigningKey = signing_key(77);
    refused(first.sign(SLUG, &stranger).await, "not-now");
    refused(first.sign(SLUG, second_key).await, "not-now");
    let round = first.sign(SLUG, first_key).await.unwrap();
    assert_eq!((round.phase, round.signed), (Phase::Tallied, vec!["member-1".to_owned()]));
    refused(first.sign(SLUG, first_key).await, "not-now");
    // However many proposals come after the count, the result is found.
    for _ in 0..70 {
        town.official.propose(SLUG, Act::Annul, "to and fro").await.unwrap();
    }
    assert_eq!(second.sign(SLUG, second_key).await.unwrap().phase, Phase::Certified);
    let result: veche::http::ResultResponse = town.get("/result").await;
    assert_eq!(result.phase, Phase::Certified);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_annulled_round_says_why_and_can_be_audited() {
    let town = Town::new().await;
    let codes = town.votes(3).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.official.propose(SLUG, Act::Annul, "a court ordered it").await.unwrap();
    assert_eq!(town.members[0].0.confirm(SLUG).await.unwrap().phase, Phase::Annulled);
    refused(town.official.propose(SLUG, Act::Open, "again").await, "not-now");
    let files = bundle::fetch(&town).await;
    let log = String::from_utf8(files["log.jsonl"].clone()).unwrap();
    assert!(log.contains("a court ordered it"));
    assert!(!files.contains_key("result.json"));
    let report = audit::verify::verify(&files, None, &|_| {});
    assert_eq!(report.failures().count(), 0, "{report}");
}

/// The log keeps the count, so the bundle has it too, and auditors count again.
#[tokio::test(flavor = "multi_thread")]
async fn a_round_annulled_after_its_count_keeps_its_result() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t1"]).await.unwrap();
    town.acts(Act::Close).await;
    town.members[0].0.reveal(SLUG, town.opening.secret()).await.unwrap();
    town.jobs().await;
    assert_eq!(town.acts(Act::Annul).await.phase, Phase::Annulled);
    let files = bundle::fetch(&town).await;
    assert!(files.contains_key("result.json"));
    let report = audit::verify::verify(&files, None, &|_| {});
    assert!(report.passed(), "{report}");
}

/// Staff come and go in the office's own log.
#[tokio::test(flavor = "multi_thread")]
async fn handles_are_used_once() {
    use audit::office::Role;
    let town = Town::new().await;
    let app = &town.server.app;
    assert!(staff::add(app, "official-1", Role::Official, None).await.is_err());
    assert!(staff::add(app, "Official One", Role::Official, None).await.is_err());
    assert!(staff::add(app, "member-9", Role::Commission, None).await.is_err(), "a member needs a key");
    staff::revoke(app, "official-1").await.unwrap();
    refused(town.official.publish(SLUG).await, "token");
    assert!(staff::add(app, "official-1", Role::Official, None).await.is_err(), "names are not taken over");
}
