//! The registrar: who may have a credential, and that nobody gets two.

use std::time::{Duration, Instant};

use audit::{
    log::hash::Hash,
    round::{Act, Bytes},
};
use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use veche::{
    client::{
        ClientFault,
        letters::{self, ListedPerson},
    },
    crypto::{
        backup::BACKUP_LEN,
        codes::{IdentifyingCode, LetterCode},
    },
    http::{IdentificationResponse, RollEntry, StatusResponse},
};

use super::town::{HOUR, SLUG, Town, person};

/// A code whose check letters hold, with the first letters of another.
pub fn guess(code: &LetterCode) -> String {
    alike(code, 'A')
}

/// The same, with this letter for most of the others.
pub fn alike(code: &LetterCode, letter: char) -> String {
    let others = format!("{}{}", code.identifying.locator(), letter.to_string().repeat(8));
    // The two check letters are found by trying: no test may know how they are made.
    let letters = veche::crypto::codes::ALPHABET;
    let ends = letters.chars().flat_map(|a| letters.chars().map(move |b| [a, b]));
    let mut tries = ends.map(|[a, b]| format!("{others}{a}{b}"));
    tries.find(|text| text.parse::<IdentifyingCode>().is_ok()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_and_unknown_codes_get_one_answer() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(1).await;
    let unknown = LetterCode::generate(&mut rand::rng()).identifying.to_string();
    let asked = Instant::now();
    let unknown = town.identifies(&unknown).await;
    assert!(
        asked.elapsed() >= Duration::from_millis(200),
        "a wrong try that is written down takes longer than one that is not"
    );
    let wrong = town.identifies(&guess(&codes[0])).await;
    assert_eq!((unknown.status, unknown.problem().as_str()), (StatusCode::FORBIDDEN, "code"));
    assert_eq!((wrong.status, &wrong.text), (unknown.status, &unknown.text));
    let mut slip = codes[0].identifying.letters().to_owned();
    let last = slip.pop().unwrap();
    slip.push(if last == 'A' { 'B' } else { 'A' });
    assert_eq!(town.identifies(&slip).await.problem(), "code-mistyped");
    assert_eq!(town.identifies("ABC").await.problem(), "code-mistyped");
    assert_eq!(town.identifies(&"A".repeat(60_000)).await.problem(), "code-mistyped");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_burn_after_ten_failures() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(2).await;
    let wrong = guess(&codes[0]);
    for _ in 0..9 {
        assert_eq!(town.identifies(&wrong).await.problem(), "code");
    }
    let right = codes[0].identifying.to_string();
    assert_eq!(town.identifies(&right).await.status, StatusCode::OK, "nine failures do not burn a code");
    assert_eq!(town.identifies(&wrong).await.problem(), "code");
    let burned = town.identifies(&right).await;
    assert_eq!((burned.status, burned.problem().as_str()), (StatusCode::FORBIDDEN, "code"));
    assert_eq!(town.identifies(&codes[1].identifying.to_string()).await.status, StatusCode::OK);
}

/// Of two rolls that were made apart some letters start alike. Each opens its own door, and a wrong try counts against both.
#[tokio::test(flavor = "multi_thread")]
async fn codes_that_start_alike_are_told_apart() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(1).await;
    let mut entry = letters::write(&town.roll_key, &[person(1)]).remove(0).1;
    entry.code = alike(&codes[0], 'B');
    let (first, second) = (codes[0].identifying.to_string(), entry.code.clone());
    town.official.import(SLUG, vec![entry], |_| {}).await.unwrap();
    town.opens().await;
    let place = town.place().await;
    for (code, number) in [(&first, 0), (&second, 1)] {
        let identified = town.identifies(code).await.json();
        let pseudonym = Hash::from(town.roll_key.pseudonym(&person(number).number)).to_string();
        assert_eq!(identified["pseudonym"], pseudonym);
        let session = identified["session"].as_str().unwrap();
        place.credential(&town.api, session).await.expect("each of them has none yet");
    }
    let wrong = guess(&codes[0]);
    for failures in 0..10 {
        for code in [&first, &second] {
            assert_eq!(town.identifies(code).await.status, StatusCode::OK, "after {failures} wrong tries");
        }
        assert_eq!(town.identifies(&wrong).await.problem(), "code");
    }
    for code in [&first, &second] {
        assert_eq!(town.identifies(code).await.problem(), "code", "burned");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_may_be_typed_in_many_ways() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(1).await;
    let code = codes[0].identifying.to_string();
    for typed in [code.to_lowercase(), code.replace('-', ""), code.replace('-', " "), format!("  {code} ")] {
        assert_eq!(town.identifies(&typed).await.status, StatusCode::OK, "{typed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_age_names_the_day() {
    let town = Town::new().await;
    town.publishes().await;
    // The reference date is 1 June 2027; the age is fourteen.
    let born = |born: &str| ListedPerson {
        born: born.into(),
        ..person(born.len() + born.bytes().map(usize::from).sum::<usize>())
    };
    let codes = town.enrols_people(&[born("2013-06-03"), born("2013-06-01"), born("2016-02-29")]).await;
    let young = town.identifies(&codes[0].identifying.to_string()).await;
    assert_eq!((young.status, young.problem().as_str()), (StatusCode::FORBIDDEN, "under-age"));
    assert_eq!(young.json()["of_age_on"], "2027-06-03");
    assert_eq!(town.identifies(&codes[1].identifying.to_string()).await.status, StatusCode::OK);
    let leap = town.identifies(&codes[2].identifying.to_string()).await;
    assert_eq!(leap.json()["of_age_on"], "2030-03-01");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_round_s_district_votes() {
    let town = Town::new().await;
    let mut draft = town.draft(super::town::approval());
    draft.district = Some("north".into());
    town.publishes_draft(&draft).await;
    let of = |number, district: Option<&str>| ListedPerson { district: district.map(Into::into), ..person(number) };
    let codes = town.enrols_people(&[of(0, Some("north")), of(1, Some("south")), of(2, None)]).await;
    assert_eq!(town.identifies(&codes[0].identifying.to_string()).await.status, StatusCode::OK);
    for code in &codes[1..] {
        assert_eq!(town.identifies(&code.identifying.to_string()).await.problem(), "wrong-district");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_comes_with_the_code_is_signed_with_the_same_answer() {
    let town = Town::new().await;
    town.publishes().await;
    let child = ListedPerson { born: "2016-02-29".into(), ..person(2) };
    let codes = town.enrols_people(&[person(0), person(1), child]).await;
    let place = town.place().await;
    let comes = async |code: usize, blinded: &[u8]| {
        let body = json!({ "code": codes[code].identifying.to_string(), "blinded": Bytes(blinded.to_vec()) });
        town.posts("/identification", None, body).await
    };
    let request = place.request().unwrap();
    let blinded = request.blinded.clone();
    let first: IdentificationResponse = serde_json::from_str(&comes(0, &blinded).await.text).unwrap();
    let signature = first.signature.unwrap().0;
    let asked = json!({ "blinded": Bytes(blinded.clone()) });
    let again = town.posts("/credential", Some(&first.session), asked).await.json();
    assert_eq!(again["signature"], json!(Bytes(signature.clone())), "in whichever way it is asked for");
    assert_eq!(comes(0, &blinded).await.json()["signature"], json!(Bytes(signature.clone())));
    place.finish(request, &signature).unwrap();
    // What is not signed costs nobody the session, in which the reason is heard.
    for (code, message, why) in
        [(0, place.request().unwrap().blinded, "already-issued"), (1, vec![7; 5], "blinded-message")]
    {
        let answer = comes(code, &message).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.json().get("signature").is_none());
        let session = answer.json()["session"].as_str().unwrap().to_owned();
        let heard = town.posts("/credential", Some(&session), json!({ "blinded": Bytes(message) })).await;
        assert_eq!(heard.problem(), why);
    }
    // Whoever is not let in gets no signature.
    assert_eq!(comes(2, &place.request().unwrap().blinded).await.problem(), "under-age");
    let nobody = json!({ "code": guess(&codes[1]), "blinded": Bytes(place.request().unwrap().blinded) });
    assert_eq!(town.posts("/identification", None, nobody).await.problem(), "code");
    let session = town.session(&codes[1]).await;
    let status: StatusResponse =
        town.api.get(&format!("/api/v1/rounds/{SLUG}/credential"), Some(&session)).await.unwrap();
    assert!(!status.issued);
    town.opens().await;
    assert_eq!(town.acts(Act::Close).await.issued, 1);
    let late = json!({ "code": codes[1].identifying.to_string(), "blinded": Bytes(place.request().unwrap().blinded) });
    let late = town.posts("/identification", None, late).await;
    assert_eq!((late.status, late.json().get("signature")), (StatusCode::OK, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_gets_one_credential() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let place = town.place().await;
    let session = town.session(&codes[0]).await;
    let before: StatusResponse =
        town.api.get(&format!("/api/v1/rounds/{SLUG}/credential"), Some(&session)).await.unwrap();
    assert!(!before.issued);
    let request = place.request().unwrap();
    let body = json!({ "blinded": Bytes(request.blinded.clone()) });
    let first = town.posts("/credential", Some(&session), body.clone()).await;
    assert_eq!(first.status, StatusCode::OK);
    // Another session, the same request: the same signature. Another request: refused.
    let again = town.posts("/credential", Some(&town.session(&codes[0]).await), body).await;
    assert_eq!(again.text, first.text);
    let other = json!({ "blinded": Bytes(place.request().unwrap().blinded) });
    let second = town.posts("/credential", Some(&session), other).await;
    assert_eq!((second.status, second.problem().as_str()), (StatusCode::CONFLICT, "already-issued"));
    let after: StatusResponse =
        town.api.get(&format!("/api/v1/rounds/{SLUG}/credential"), Some(&session)).await.unwrap();
    assert!(after.issued);
    assert_eq!(after.pseudonym, before.pseudonym);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_at_once_get_one_credential() {
    let town = Town::new().await;
    let codes = town.votes(8).await;
    let place = town.place().await;
    for code in &codes {
        let session = town.session(code).await;
        let (one, two) = tokio::join!(place.credential(&town.api, &session), place.credential(&town.api, &session));
        let refused = match (one, two) {
            (Ok(_), Err(fault)) | (Err(fault), Ok(_)) => fault,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused.slug(), Some("already-issued"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn blinded_messages_must_be_below_the_modulus() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let session = town.session(&codes[0]).await;
    for blinded in [vec![], vec![1; 10], vec![0; 256], vec![0xff; 256], vec![1; 257]] {
        let answer = town.posts("/credential", Some(&session), json!({ "blinded": Bytes(blinded) })).await;
        assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "blinded-message"));
    }
    let answer = town.posts("/credential", Some(&session), json!({ "blinded": "not base64!" })).await;
    assert_eq!(answer.problem(), "malformed");
    town.registers(&codes[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_and_cannot_be_made_up() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let mut other = town.draft(super::town::approval());
    other.slug = "other-round".into();
    town.publishes_draft(&other).await;
    let session = town.session(&codes[0]).await;
    let status = |slug: &str| format!("/api/v1/rounds/{slug}/credential");
    let asks = async |path: String, token: Option<String>| {
        let answer = town.asks(Verb::GET, &path, token.as_deref(), None).await;
        (answer.status, answer.problem())
    };
    let refused = (StatusCode::UNAUTHORIZED, "session".to_owned());
    assert_eq!(asks(status("other-round"), Some(session.clone())).await, refused);
    assert_eq!(asks(status(SLUG), None).await, refused);
    let mut forged = session.clone().into_bytes();
    for at in 0..forged.len() {
        forged[at] ^= 1;
        let token = String::from_utf8(forged.clone()).unwrap();
        assert_eq!(asks(status(SLUG), Some(token)).await, refused, "letter {at}");
        forged[at] ^= 1;
    }
    assert_eq!(asks(status(SLUG), Some(session.clone())).await.0, StatusCode::OK);
    town.clock.advance(1801);
    assert_eq!(asks(status(SLUG), Some(session)).await, refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_device_goes_on_with_the_letter() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let place = town.place().await;
    let mut phone = town.registers(&codes[0]).await;
    town.casts(&mut phone, &["t1"]).await.unwrap();
    let session = town.session(&codes[0]).await;
    let mut tablet = place.restore(&town.api, &session, &codes[0].secret, 0).await.unwrap();
    let refused = town.casts(&mut tablet, &["t2"]).await.unwrap_err();
    assert_eq!(refused.slug(), Some("version-not-growing"));
    let ClientFault::Refused { problem, .. } = refused else { panic!("{refused}") };
    assert_eq!(problem["accepted_version"], 1);
    let mut tablet = place.restore(&town.api, &session, &codes[0].secret, 1).await.unwrap();
    town.casts(&mut tablet, &["t2"]).await.unwrap();
    // Another letter's secret half does not open it, and another person has none.
    assert!(matches!(place.restore(&town.api, &session, &codes[1].secret, 1).await, Err(ClientFault::Wrong(_))));
    let stranger = town.session(&codes[1]).await;
    let none = place.restore(&town.api, &stranger, &codes[1].secret, 0).await.unwrap_err();
    assert_eq!(none.slug(), Some("no-backup"));
    let short = json!({ "backup": Bytes(vec![0; BACKUP_LEN - 1]) });
    let path = format!("/api/v1/rounds/{SLUG}/credential/backup");
    let answer = town.asks(Verb::PUT, &path, Some(&session), Some(short)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "backup-length"));
    let result = town.certifies().await;
    assert_eq!((result.outcome.standings[0].id.as_str(), result.outcome.ballots, result.replaced), ("t2", 1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_issued_until_the_close() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(3).await;
    town.registers(&codes[0]).await;
    town.opens().await;
    town.registers(&codes[1]).await;
    let session = town.session(&codes[2]).await;
    town.acts(Act::Close).await;
    let late = town.place().await.credential(&town.api, &session).await.unwrap_err();
    assert_eq!(late.slug(), Some("not-issuing"));
}

/// The close is a moment, not the run of a job: nothing is issued after it even if the job is late.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_job_issues_nothing_more() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    town.clock.advance(49 * HOUR);
    let session = town.session(&codes[0]).await;
    let late = town.place().await.credential(&town.api, &session).await.unwrap_err();
    assert_eq!(late.slug(), Some("not-issuing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistake_in_the_roll_imports_nothing() {
    let town = Town::new().await;
    town.publishes().await;
    let entries = || {
        let people: Vec<_> = (0..5).map(person).collect();
        letters::write(&town.roll_key, &people).into_iter().unzip::<_, _, Vec<_>, Vec<_>>().1
    };
    let mut twice = entries();
    twice[3].pseudonym = twice[1].pseudonym.clone();
    let mut same = entries();
    same[2].code = same[0].code.clone();
    let mut born = entries();
    born[4].born = "1980-02-30".into();
    let mut code = entries();
    code[2].code = "ABCD".into();
    for (people, number) in [(twice, "person 4"), (same, "person 3"), (born, "person 5"), (code, "person 3")] {
        let fault = town.official.import(SLUG, people, |_| {}).await.unwrap_err();
        assert_eq!(fault.slug(), Some("rules"));
        assert!(fault.to_string().contains(number), "{fault}");
    }
    let sent = entries();
    let added = town.official.import(SLUG, again(&sent), |_| {}).await.unwrap();
    assert_eq!((added.added, added.total), (5, 5));
    let added = town.official.import(SLUG, again(&sent), |_| {}).await.unwrap();
    assert_eq!((added.added, added.total), (0, 5), "the same import again changes nothing");
    let fault = town.official.import(SLUG, entries(), |_| {}).await.unwrap_err();
    assert!(fault.to_string().contains("person 1") && fault.to_string().contains("another letter code"), "{fault}");
    // Somebody new with a voter's code.
    let mut stranger = again(&sent);
    stranger[4].pseudonym = "ab".repeat(32);
    let fault = town.official.import(SLUG, stranger, |_| {}).await.unwrap_err();
    assert!(fault.to_string().contains("person 5") && fault.to_string().contains("another voter's"), "{fault}");
    let round: veche::http::RoundResponse = town.get("").await;
    assert_eq!(round.roll, 5);
}

fn again(entries: &[RollEntry]) -> Vec<RollEntry> {
    let copy = |entry: &RollEntry| RollEntry {
        pseudonym: entry.pseudonym.clone(),
        born: entry.born.clone(),
        district: entry.district.clone(),
        code: entry.code.clone(),
    };
    entries.iter().map(copy).collect()
}
