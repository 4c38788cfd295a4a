//! Damaged pages in a copy of the SQLite file: the service, `veche admin check` or the audit says so; nothing wrong is ever verified.

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use audit::verify::verify;
use memchr::memmem;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use super::{
    books::{self, Files},
    crowd::Crowd,
    node::Start,
    poll::Poll,
    size,
};

/// Bytes of a page.
const PAGE: usize = 4096;
/// What comes of damage that touches nothing that is published.
const WHOLE: &str = "the bundle is whole: the damage is elsewhere";
/// What holds the round together, by table and column.
const PLANTED: [(&str, &str); 5] = [
    ("log_lines", "line"),
    ("log_tiles", "hashes"),
    ("logs", "checkpoint"),
    ("accepted_ballots", "hash"),
    ("line_chunks", "entries"),
];

/// Changes one bit of the largest value of a column.
async fn flips(data: &Path, (table, column): (&str, &str)) {
    let file = format!("sqlite://{}", data.join("veche.db").display());
    let mut file = SqliteConnection::connect(&file).await.unwrap();
    let select = format!("SELECT CAST(max({column}) AS BLOB), typeof(max({column})) FROM {table}");
    let (mut bytes, kind): (Vec<u8>, String) =
        sqlx::query_as(AssertSqlSafe(select)).fetch_one(&mut file).await.unwrap();
    // Of a chunk the first bytes are of a hash; of a text this leaves a text.
    bytes[3] ^= 2;
    let update = format!(
        "UPDATE {table} SET {column} = CAST($1 AS {kind}) WHERE {column} = (SELECT max({column}) FROM {table})"
    );
    let changed = sqlx::query(AssertSqlSafe(update)).bind(bytes).execute(&mut file).await.unwrap();
    assert!(changed.rows_affected() > 0, "{table}.{column}");
    file.close().await.unwrap();
}

/// `veche admin check` on this data folder: whether it found nothing, and what it said.
fn check(data: &Path) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_veche"));
    let output = command.args(["admin", "check"]).env("VECHE_DATA", data).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_certified_round() {
    let mut poll = Poll::new("", 8).await;
    let node = poll.start.node();
    let crowd = Crowd::of(&mut poll, &[&node.api]);
    crowd.until_more(80).await;
    crowd.ends(&mut poll).await;
    for voter in &mut poll.voters {
        voter.is_answered(&node.api, &poll.place).await;
    }
    poll.certifies(&node.api).await;
    let whole = books::bundle(&node.api).await;
    node.stops();
    assert!(check(&poll.start.data).0, "a whole file is whole");
    let file = fs::read(poll.start.data.join("veche.db")).unwrap();
    let control = poll.another("control");
    fs::write(control.data.join("veche.db"), &file).unwrap();
    assert_eq!(outcome(&control, &whole).await, WHOLE, "of a file that nobody touched");
    for place in PLANTED {
        let start = poll.another("planted");
        fs::write(start.data.join("veche.db"), &file).unwrap();
        flips(&start.data, place).await;
        let (is_whole, said) = check(&start.data);
        assert!(!is_whole, "one bit of {place:?} was changed, and `veche admin check` finds nothing: {said}");
        fs::remove_dir_all(&start.data).unwrap();
    }
    let pages = file.len() / PAGE;
    let mut outcomes: BTreeMap<&str, u32> = BTreeMap::new();
    let tries = size::of(8, 300);
    for at in 0..tries {
        let start = poll.another(&format!("damaged-{at}"));
        let page = rand::random_range(0..pages) * PAGE;
        let mut damaged = file.clone();
        let place = if at % 2 == 0 {
            damaged[page..page + PAGE].iter_mut().for_each(|byte| *byte = rand::random());
            format!("page {} as a whole", page / PAGE)
        } else {
            let (byte, bit) = (rand::random_range(0..PAGE), rand::random_range(0..8));
            damaged[page + byte] ^= 1 << bit;
            format!("page {}, byte {byte}, bit {bit}", page / PAGE)
        };
        fs::write(start.data.join("veche.db"), damaged).unwrap();
        let outcome = outcome(&start, &whole).await;
        let (is_whole, said) = check(&start.data);
        let wrong = outcome.starts_with("the audit") || outcome.starts_with("the service answers");
        assert!(!(wrong && is_whole), "{outcome}, {place}: `veche admin check` finds nothing: {said}");
        *outcomes.entry(outcome).or_default() += 1;
        *outcomes.entry("(veche admin check finds it)").or_default() += u32::from(!is_whole);
        fs::remove_dir_all(&start.data).unwrap();
    }
    size::say(format_args!(
        "damaged pages, {tries} of {pages} pages, one at a time: {outcomes:?}; one bit each of {} places that were chosen: all found",
        PLANTED.len()
    ));
}

/// What comes of a node on a damaged file.
async fn outcome(start: &Start, whole: &Files) -> &'static str {
    let Ok(node) = start.tries() else { return "the service refuses to start" };
    let fetched = node.api.bytes(&format!("/api/v1/rounds/{}/export/bundle", super::town::SLUG)).await;
    let outcome = match fetched.map(|archive| books::unpack(&archive)) {
        Err(_) | Ok(None) => "the service answers that it cannot",
        Ok(Some(files)) if !verify(&files, None, &|_| {}).passed() => "the audit fails",
        Ok(Some(files)) => {
            assert!(files == *whole, "another bundle than the true one verifies");
            WHOLE
        }
    };
    node.stops();
    outcome
}

/// A ballot that waits in the urn is changed by one bit: it must not become a line.
#[tokio::test(flavor = "multi_thread")]
async fn of_a_waiting_ballot() {
    // With a batch of more ballots than are cast, they all wait, however long the casting takes.
    let mut poll = Poll::with("", 5, |_| {}, |draft| draft.batch.at_least = 20).await;
    let node = poll.start.node();
    for voter in &mut poll.voters {
        let bytes = poll.place.fill(&mut voter.credential, &poll.choices[0]).unwrap();
        voter.accepted.push((poll.place.cast(&node.api, bytes).await.unwrap(), 0));
    }
    node.stops();
    let whole = fs::read(poll.start.data.join("veche.db")).unwrap();
    let ballot = &poll.voters[2].accepted[0].0.ballot;
    let found: Vec<_> = memmem::find_iter(&whole, ballot.as_slice()).collect();
    assert!(!found.is_empty(), "the ballot lies in the file in one piece");
    let mut damaged = whole;
    found.iter().for_each(|at| damaged[at + 400] ^= 4);
    let copy = poll.another("damaged");
    fs::write(copy.data.join("veche.db"), damaged).unwrap();
    let (is_whole, said) = check(&copy.data);
    assert!(!is_whole && said.contains("is not the one that was accepted"), "{said}");
    size::say(format_args!("a damaged waiting ballot: {}", said.lines().next().unwrap()));
    let node = copy.node();
    let closed = poll.closes(&node.api).await.unwrap_err();
    assert_eq!(closed.slug(), Some("unavailable"), "{closed}");
    assert!(node.said().contains("the database is damaged"), "{}", node.said());
    node.stops();
    let node = poll.start.node();
    let counts = super::crowd::Counts::default();
    books::hold(poll, &node.api, "a whole copy after a damaged waiting ballot", &counts).await;
}
