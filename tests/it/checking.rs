//! `veche admin check`: what is stored beside the lines must be what the lines say.

use veche::{
    app::checking::{self, Findings},
    server,
};

use super::{
    both,
    indexing::{executes, selects},
    town::{SLUG, Town, config},
};

/// Puts one text in the place of another, wherever it stands in the column.
async fn replaces(town: &Town, (table, column): (&str, &str), from: &str, to: &str) {
    executes(town, &format!("UPDATE {table} SET {column} = replace({column}, '{from}', '{to}')")).await;
}

/// What is found by a program that starts now.
async fn finds(town: &Town) -> Findings {
    let app = server::open(config(town.folder.path().join("data")), town.clock.clone()).await.unwrap();
    let found = checking::look(&app).await.unwrap();
    app.stop().await;
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_differs_from_the_log_is_told() {
    let town = Town::new().await;
    town.publishes().await;
    let whole = finds(&town).await;
    assert!(whole.damage.is_empty() && whole.lines > 0, "{whole:?}");
    let issuer = format!("round/{SLUG}/issuer");
    for (place, from, to, words) in [
        (("logs", "state"), "\"ballots\":0", "\"ballots\":7", "add up to something else"),
        (("logs", "state"), "\"ballots\":0", "\"ballots\":-", "what its lines add up to: "),
        (("logs", "checkpoint"), "— ", "– ", "is not signed by its key"),
        (("rounds", "phase"), "published", "open", "its phase, times or rules are not those of its log"),
        (("rounds", "rules"), "\"minimum_age\":14", "\"minimum_age\":13", "rules are not those of its log"),
        (("secrets", "name"), issuer.as_str(), "elsewhere", "is missing from the database"),
    ] {
        replaces(&town, place, from, to).await;
        let found = finds(&town).await;
        assert!(found.damage.iter().any(|damage| damage.contains(words)), "{place:?}: {from} to {to}: {found:?}");
        assert_eq!(found.lines, whole.lines, "{place:?}: whatever is damaged, every line is looked at");
        replaces(&town, place, to, from).await;
    }
    assert_eq!(finds(&town).await, whole);
}

/// Each ballot, in the log or still in the urn, has its promise, and there is no other.
#[tokio::test(flavor = "multi_thread")]
async fn promises_are_those_of_the_ballots() {
    let town = Town::with(|config| config.segment = 8).await;
    let codes = town.votes(24).await;
    for (at, code) in codes.iter().enumerate() {
        let mut credential = town.registers(code).await;
        for marks in [["t1"], ["t2"]].iter().take(1 + at % 2) {
            town.casts(&mut credential, marks).await.unwrap();
        }
        if at == 21 {
            town.jobs().await;
        }
    }
    let whole = finds(&town).await;
    assert!(whole.damage.is_empty() && (1..24).contains(&whole.waiting), "{whole:?}");
    for (hash, credential) in [
        (
            "SELECT hash FROM accepted_ballots WHERE hash NOT IN (SELECT hash FROM waiting_ballots) ORDER BY hash LIMIT 1",
            "SELECT credential FROM accepted_ballots WHERE hash NOT IN (SELECT hash FROM waiting_ballots) ORDER BY hash LIMIT 1",
        ),
        (
            "SELECT hash FROM accepted_ballots WHERE hash IN (SELECT hash FROM waiting_ballots) ORDER BY hash LIMIT 1",
            "SELECT credential FROM accepted_ballots WHERE hash IN (SELECT hash FROM waiting_ballots) ORDER BY hash LIMIT 1",
        ),
    ] {
        let [hash, credential] =
            [selects::<Vec<u8>>(&town, hash).await, selects(&town, credential).await].map(|found| literal(&found[0]));
        let set = |what: &str, of: &str| format!("UPDATE accepted_ballots SET {what} WHERE {of}");
        let of = format!("hash = {hash}");
        for (change, undo, words) in [
            (set("version = version + 8", &of), set("version = version - 8", &of), "promises are not those"),
            (set("hash = credential", &of), set(&of, "hash = credential"), "promises are not those"),
            (set("credential = hash", &of), set(&format!("credential = {credential}"), &of), "promises are not those"),
            (
                set("in_log_by = in_log_by + 1", &of),
                set("in_log_by = in_log_by - 1", &of),
                "a time that was never promised",
            ),
            (
                format!(
                    "INSERT INTO accepted_ballots SELECT round_id, segment, credential, version + 8, hash, in_log_by FROM accepted_ballots WHERE {of}"
                ),
                format!("DELETE FROM accepted_ballots WHERE {of} AND version > 8"),
                "promises are not those",
            ),
        ] {
            executes(&town, &change).await;
            let found = finds(&town).await;
            assert!(found.damage.iter().any(|damage| damage.contains(words)), "{change}: {found:?}");
            executes(&town, &undo).await;
            assert_eq!(finds(&town).await, whole, "{undo}");
        }
    }
    executes(&town, "DELETE FROM accepted_ballots WHERE segment = 0 AND version = 1").await;
    let found = finds(&town).await;
    assert!(found.damage.iter().any(|damage| damage.contains("promises are not those")), "{found:?}");
}

/// Bytes as the database writes them.
fn literal(bytes: &[u8]) -> String {
    let (before, digits) = (if both::on_postgres() { "'\\x" } else { "x'" }, hex::encode(bytes));
    format!("{before}{digits}'")
}
