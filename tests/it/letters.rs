//! Letters that are replaced: what the old and the new one open, and what is told to whoever asks.

use std::sync::Mutex;

use audit::round::Bytes;
use reqwest::{Method as Verb, StatusCode};
use serde_json::json;
use veche::{
    client::letters,
    crypto::{backup::BACKUP_LEN, codes::LetterCode},
    http::{LetterEntry, MOST_LETTERS, RollEntry},
};

use super::{
    registrar::{alike, guess},
    town::{SLUG, Town, person},
};

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
        let fault = town.official.replace_letters(SLUG, anew(&numbers).1, "lost", |_| ()).await.unwrap_err();
        assert!(fault.to_string().contains(word), "{fault}");
    }
    assert!(
        town.official.replace_letters(SLUG, anew(&[0]).1, " ", |_| ()).await.is_err(),
        "a reason must say something"
    );
    let (new, entries) = anew(&[0]);
    assert_eq!(town.official.replace_letters(SLUG, entries, "burned", |_| ()).await.unwrap().asked, 1);
    assert_eq!(town.identifies(&codes[0].identifying.to_string()).await.problem(), "code");
    town.registers(&new[0]).await;
    assert_eq!(town.identifies(&codes[2].identifying.to_string()).await.status, StatusCode::OK);
    let log = town.api.bytes(&format!("/api/v1/rounds/{SLUG}/log/lines")).await.unwrap();
    assert!(String::from_utf8(log).unwrap().contains(r#""reason":"burned""#));
}

/// A district's letters were lost in the post: more than fit into one request, which has a thousand.
#[tokio::test(flavor = "multi_thread")]
async fn more_letters_than_fit_into_a_request_are_replaced_in_several() {
    let town = Town::new().await;
    let codes = town.votes(1).await;
    let people: Vec<_> = (0..=MOST_LETTERS).map(person).collect();
    town.enrols_people(&people[1..]).await;
    let numbers: Vec<_> = (0..=MOST_LETTERS).collect();
    let entries = anew(&town, &numbers).1;
    let together = json!({ "people": entries, "reason": "lost in the post" });
    let answer = town.posts("/letters", Some(&town.tokens[0]), together).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("at most 1000 letters"), "{}", answer.text);
    let replaced = async |numbers: &[usize]| {
        let ((new, entries), sent) = (anew(&town, numbers), Mutex::new(Vec::new()));
        let answer =
            town.official.replace_letters(SLUG, entries, "lost in the post", |it| sent.lock().unwrap().push(it));
        (new, answer.await, sent.into_inner().unwrap())
    };
    let (_, answer, sent) = replaced(&numbers).await;
    assert_eq!((answer.unwrap().asked, sent), (MOST_LETTERS as u64 + 1, vec![MOST_LETTERS, 1]));
    let stranger = [&numbers[..MOST_LETTERS], &[MOST_LETTERS, 9_999]].concat();
    let (new, answer, _) = replaced(&stranger).await;
    let fault = answer.unwrap_err();
    let told = fault.to_string();
    assert!(told.contains("the first 1000 of the list are done, and") && told.contains("person 2"), "{told}");
    assert_eq!(town.identifies(&codes[0].identifying.to_string()).await.problem(), "code");
    town.session(&new[0]).await;
    assert_eq!(town.identifies(&new[MOST_LETTERS].identifying.to_string()).await.problem(), "code");
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
        let answer = town.official.replace_letters(SLUG, entries, "lost", |_| ()).await;
        asked.push((new, answer.map(|answer| answer.asked).map_err(|fault| fault.to_string())));
    }
    for pair in asked.chunks(2) {
        assert!(pair[0].1 == pair[1].1, "{:?} and {:?}", pair[0].1, pair[1].1);
    }
    // One code for two people, and one that its owner gives away in the same request: what came into force of it is not told either.
    let fresh = || LetterCode::generate(&mut rand::rng()).identifying.to_string();
    for codes in [
        [fresh(), fresh()].map(|code| (code.clone(), code)),
        [&codes[1], &asked[3].0[0]].map(|now| (fresh(), now.identifying.to_string())),
    ] {
        let mut told = Vec::new();
        for (owner, (new, given)) in [1, 0].into_iter().zip(codes) {
            let mut entries = anew(&town, &[owner, 3, 9]).1;
            (entries[0].code, entries[1].code) = (new, given);
            told.push(town.official.replace_letters(SLUG, entries, "lost", |_| ()).await.unwrap_err().to_string());
        }
        assert!(told[0].contains("person 2") && told[0] == told[1], "{told:?}");
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

/// A code is one person's; letters that only start alike are two people's, each of whom has theirs.
#[tokio::test(flavor = "multi_thread")]
async fn a_letter_with_somebody_else_s_code_is_refused_and_one_that_starts_alike_is_not() {
    let town = Town::new().await;
    let codes = town.votes(3).await;
    let replaces = async |of: &[(usize, String)]| {
        let numbers: Vec<_> = of.iter().map(|(number, _)| *number).collect();
        let mut entries = anew(&town, &numbers).1;
        entries.iter_mut().zip(of).for_each(|(entry, (_, code))| entry.code.clone_from(code));
        town.official.replace_letters(SLUG, entries, "lost", |_| ()).await.map_err(|fault| fault.to_string())
    };
    let first = codes[0].identifying.to_string();
    let refused = replaces(&[(2, alike(&codes[0], 'C')), (1, first.clone())]).await.unwrap_err();
    assert!(refused.contains("person 2") && refused.contains("another voter's"), "{refused}");
    let both = alike(&codes[0], 'B');
    let refused = replaces(&[(2, both.clone()), (1, both.clone())]).await.unwrap_err();
    assert!(refused.contains("person 2") && refused.contains("the same code"), "{refused}");
    replaces(&[(0, first.clone()), (1, both.clone())]).await.unwrap();
    for code in [first, both, codes[2].identifying.to_string()] {
        assert_eq!(town.identifies(&code).await.status, StatusCode::OK);
    }
    assert_eq!(town.identifies(&codes[1].identifying.to_string()).await.problem(), "code");
    // A letter that starts as a burned one does begin with no failures of its own.
    for _ in 0..10 {
        town.identifies(&guess(&codes[0])).await;
    }
    let late = alike(&codes[0], 'C');
    replaces(&[(2, late.clone())]).await.unwrap();
    assert_eq!(town.identifies(&codes[0].identifying.to_string()).await.problem(), "code");
    assert_eq!(town.identifies(&late).await.status, StatusCode::OK);
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
    town.official.replace_letters(SLUG, entries, "stolen", |_| ()).await.unwrap();
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
            town.official.replace_letters(SLUG, entries, "stolen", |_| ()).await
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
