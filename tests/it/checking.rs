//! `veche admin check`: what is stored beside the lines must be what the lines say.

use std::path::Path;

use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use veche::{
    app::checking::{self, Findings},
    server,
};

use super::{
    both,
    town::{SLUG, Town, config},
};

/// Puts one text in the place of another, wherever it stands in the column.
async fn replaces(data: &Path, (table, column): (&str, &str), from: &str, to: &str) {
    let update = AssertSqlSafe(format!("UPDATE {table} SET {column} = replace({column}, '{from}', '{to}')"));
    if both::on_postgres() {
        sqlx::query(update).execute(&mut both::administrator(data).await).await.unwrap();
        return;
    }
    let file = format!("sqlite://{}/veche.db", data.display());
    let mut other = SqliteConnection::connect(&file).await.unwrap();
    sqlx::query(update).execute(&mut other).await.unwrap();
    other.close().await.unwrap();
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
    let data = town.folder.path().join("data");
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
        replaces(&data, place, from, to).await;
        let found = finds(&town).await;
        assert!(found.damage.iter().any(|damage| damage.contains(words)), "{place:?}: {from} to {to}: {found:?}");
        assert_eq!(found.lines, whole.lines, "{place:?}: whatever is damaged, every line is looked at");
        replaces(&data, place, to, from).await;
    }
    assert_eq!(finds(&town).await, whole);
}
