//! The registrar: who may have a credential, and that nobody gets two.

use audit::round::{Act, Bytes};
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
    http::{LetterEntry, RollEntry, StatusResponse},
};

use super::town::{HOUR, SLUG, Town, person};

/// A code whose check letters hold, with the first letters of another.
pub fn guess(code: &LetterCode) -> String {
    let locator = code.identifying.locator();
    // The two check letters are found by trying: no test may know how they are made.
    let letters = veche::crypto::codes::ALPHABET;
    let ends = letters.chars().flat_map(|a| letters.chars().map(move |b| [a, b]));
    let mut tries = ends.map(|[a, b]| format!("{locator}AAAAAAAA{a}{b}"));
    tries.find(|text| text.parse::<IdentifyingCode>().is_ok()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_and_unknown_codes_get_one_answer() {
    let town = Town::new().await;
    town.publishes().await;
    let codes = town.enrols(1).await;
    let unknown = town.identifies(&LetterCode::generate(&mut rand::rng()).identifying.to_string()).await;
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
    let mut born = entries();
    born[4].born = "1980-02-30".into();
    let mut code = entries();
    code[2].code = "ABCD".into();
    for (people, number) in [(twice, "person 4"), (born, "person 5"), (code, "person 3")] {
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
    // Somebody new with a code that starts like a voter's.
    let mut stranger = again(&sent);
    stranger[4].pseudonym = "ab".repeat(32);
    let fault = town.official.import(SLUG, stranger, |_| {}).await.unwrap_err();
    assert!(fault.to_string().contains("person 5") && fault.to_string().contains("first letters"), "{fault}");
    let round: veche::http::RoundResponse = town.get("").await;
    assert_eq!(round.roll, 5);
}

/// A burned code, or a letter lost on the way: another letter, unless there is a credential already.
#[tokio::test(flavor = "multi_thread")]
async fn letters_are_replaced_until_there_is_a_credential() {
    let town = Town::new().await;
    let codes = town.votes(3).await;
    let wrong = guess(&codes[0]);
    for _ in 0..10 {
        town.identifies(&wrong).await;
    }
    town.registers(&codes[1]).await;
    let anew = |numbers: &[usize]| anew(&town, numbers);
    for (numbers, word) in [(vec![0, 9], "person 2"), (vec![9], "person 1"), (vec![0, 0], "person 2")] {
        let fault = town.official.replace_letters(SLUG, anew(&numbers).1, "lost").await.unwrap_err();
        assert!(fault.to_string().contains(word), "{fault}");
    }
    assert!(town.official.replace_letters(SLUG, anew(&[0]).1, " ").await.is_err(), "a reason must say something");
    let (new, entries) = anew(&[0]);
    assert_eq!(town.official.replace_letters(SLUG, entries, "burned").await.unwrap().asked, 1);
    assert_eq!(town.identifies(&codes[0].identifying.to_string()).await.problem(), "code");
    town.registers(&new[0]).await;
    assert_eq!(town.identifies(&codes[2].identifying.to_string()).await.status, StatusCode::OK);
    let log = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines")).await.unwrap();
    assert!(String::from_utf8(log).unwrap().contains(r#""reason":"burned""#));
}

/// Whoever asks for new letters is told the same of people who have a credential as of those who have none, in every mix, and each
/// asking is a line of the log in their name. The letter of whoever has one stays as it is, and so does what was saved under it.
#[tokio::test(flavor = "multi_thread")]
async fn asking_for_a_letter_does_not_tell_who_has_a_credential() {
    let town = Town::new().await;
    let codes = town.votes(4).await;
    let place = town.place().await;
    let holder = town.session(&codes[1]).await;
    let credential = place.credential(&town.api, &holder).await.unwrap();
    place.save(&town.api, &holder, &codes[1].secret, &credential).await.unwrap();
    let mut asked = Vec::new();
    // Person 1 has a credential, 0 and 2 have none, and 9 is not on the roll.
    for numbers in [[1].as_slice(), &[2], &[0, 1], &[0, 2], &[9, 1], &[9, 2], &[1, 1], &[2, 2], &[1, 9], &[2, 9]] {
        let (new, entries) = anew(&town, numbers);
        let answer = town.official.replace_letters(SLUG, entries, "lost").await;
        asked.push((new, answer.map(|answer| answer.asked).map_err(|fault| fault.to_string())));
    }
    for pair in asked.chunks(2) {
        assert!(pair[0].1 == pair[1].1, "{:?} and {:?}", pair[0].1, pair[1].1);
    }
    assert_eq!(asked.iter().filter(|(_, answer)| answer.is_ok()).count(), 4);
    let log = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines")).await.unwrap();
    assert_eq!(
        String::from_utf8(log).unwrap().matches("letters-replaced").count(),
        4,
        "what was not refused is public"
    );
    assert_eq!(town.identifies(&asked[0].0[0].identifying.to_string()).await.problem(), "code");
    let again = town.session(&codes[1]).await;
    place.restore(&town.api, &again, &codes[1].secret, 1).await.unwrap();
    let other = json!({ "blinded": Bytes(place.request().unwrap().blinded) });
    let second = town.posts("/credential", Some(&again), other).await;
    assert_eq!(second.problem(), "already-issued", "one resident, one credential");
    assert_eq!(town.identifies(&codes[2].identifying.to_string()).await.problem(), "code");
    assert_eq!(town.identifies(&asked[3].0[1].identifying.to_string()).await.status, StatusCode::OK);
}

/// Other letters for these people, and what the service is told of them.
fn anew(town: &Town, numbers: &[usize]) -> (Vec<LetterCode>, Vec<LetterEntry>) {
    let people: Vec<_> = numbers.iter().map(|number| person(*number)).collect();
    let (codes, entries): (Vec<_>, Vec<_>) = letters::write(&town.roll_key, &people).into_iter().unzip();
    let letter = |entry: RollEntry| LetterEntry { pseudonym: entry.pseudonym, code: entry.code };
    (codes, entries.into_iter().map(letter).collect())
}

/// Whoever stole a letter and typed its code gets nothing once the owner has another, although the session is young.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_with_its_letter() {
    let town = Town::new().await;
    let codes = town.votes(2).await;
    let place = town.place().await;
    let thief = town.session(&codes[0]).await;
    let neighbour = town.session(&codes[1]).await;
    let (new, entries) = anew(&town, &[0]);
    town.official.replace_letters(SLUG, entries, "stolen").await.unwrap();
    let blinded = json!({ "blinded": Bytes(place.request().unwrap().blinded) });
    let backup = json!({ "backup": Bytes(vec![7; BACKUP_LEN]) });
    let address = |rest: &str| format!("/api/v1/rounds/{SLUG}/credential{rest}");
    let everything = [
        (Verb::POST, address(""), Some(blinded.clone())),
        (Verb::GET, address(""), None),
        (Verb::PUT, address("/backup"), Some(backup)),
        (Verb::GET, address("/backup"), None),
    ];
    for owner_has_hers in [false, true] {
        for (verb, path, body) in everything.clone() {
            let answer = town.asks(verb.clone(), &path, Some(&thief), body).await;
            let refused = (StatusCode::UNAUTHORIZED, "letter-replaced".to_owned());
            assert_eq!((answer.status, answer.problem()), refused, "{verb} {path}");
        }
        if !owner_has_hers {
            let mut phone = town.registers(&new[0]).await;
            town.casts(&mut phone, &["t1"]).await.unwrap();
        }
    }
    let owner = town.session(&new[0]).await;
    place.restore(&town.api, &owner, &new[0].secret, 1).await.unwrap();
    // Nobody else's session ended.
    assert_eq!(town.posts("/credential", Some(&neighbour), blinded).await.status, StatusCode::OK);
}

/// The new letter and the thief's request at the same moment: either the credential was issued first and the letter stays, or the
/// thief gets nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_replaced_before_a_credential_or_not_at_all() {
    let town = Town::new().await;
    let codes = town.votes(8).await;
    let place = town.place().await;
    for (number, code) in codes.iter().enumerate() {
        let thief = town.session(code).await;
        let (new, entries) = anew(&town, &[number]);
        let replacing = async {
            // At one moment or a little later, from one person to the next.
            tokio::time::sleep(std::time::Duration::from_millis(number as u64)).await;
            town.official.replace_letters(SLUG, entries, "stolen").await
        };
        match tokio::join!(place.credential(&town.api, &thief), replacing) {
            (Ok(_), Ok(_)) => {
                assert_eq!(town.identifies(&new[0].identifying.to_string()).await.problem(), "code");
                assert_eq!(town.identifies(&code.identifying.to_string()).await.status, StatusCode::OK);
            }
            (Err(late), Ok(_)) => {
                assert_eq!(late.slug(), Some("letter-replaced"));
                town.registers(&new[0]).await;
            }
            other => panic!("{other:?}"),
        }
    }
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
