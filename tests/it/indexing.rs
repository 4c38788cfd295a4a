//! Where a ballot stands is found however often the list of lines was merged, whoever died at it, and damage is told.

use std::collections::BTreeSet;

use audit::round::rules::BatchRules;
use sqlx::{AssertSqlSafe, Connection as _, FromRow, SqliteConnection, postgres::PgRow, sqlite::SqliteRow};
use veche::{
    app::{indexing, sequencing},
    client::resident::Cast,
    clock::Clock,
    http::ReceiptResponse,
};

use super::{
    both,
    nodes::Node,
    town::{SLUG, Town, approval},
};

/// Batches that are merged together, and ballots in each.
const BATCHES: usize = 32;
const AT_LEAST: usize = 3;

/// Votes in so many batches. The jobs merge nothing before there are [`BATCHES`].
async fn casts(town: &Town, batches: usize) -> Vec<Cast> {
    let mut draft = town.draft(approval());
    draft.batch = BatchRules { at_least: u32::try_from(AT_LEAST).unwrap(), within: 7200 };
    town.publishes_draft(&draft).await;
    let codes = town.enrols(AT_LEAST).await;
    town.opens().await;
    let (mut credentials, mut cast) = (Vec::new(), Vec::new());
    for code in &codes {
        credentials.push(town.registers(code).await);
    }
    for _ in 0..batches {
        for credential in &mut credentials {
            cast.push(town.casts(credential, &["t1"]).await.expect("the ballot is accepted"));
        }
        town.jobs().await;
    }
    cast
}

/// Every ballot is found in a line of its own, by its hash and by its tracker.
async fn all_are_found(town: &Town, cast: &[Cast]) {
    let mut lines = BTreeSet::new();
    for ballot in cast {
        let hash = hex::encode(ballot.acceptance.ballot);
        for name in [hash.as_str(), &hash[..16]] {
            let receipt: ReceiptResponse = town.get(&format!("/receipts/{name}")).await;
            lines.insert(receipt.index.expect("it is in the log"));
        }
    }
    assert_eq!(lines.len(), cast.len());
    let unknown = format!("/api/v1/rounds/{SLUG}/receipts/{}", "0".repeat(64));
    assert_eq!(town.asks(reqwest::Method::GET, &unknown, None, None).await.problem(), "unknown-ballot");
}

pub async fn executes(town: &Town, sql: &str) {
    let data = town.folder.path().join("data");
    let sql = AssertSqlSafe(sql.to_owned());
    if both::on_postgres() {
        sqlx::raw_sql(sql).execute(&mut both::administrator(&data).await).await.unwrap();
    } else {
        let mut file = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut file).await.unwrap();
        file.close().await.unwrap();
    }
}

/// What `veche admin check` finds.
async fn damage(town: &Town) -> Vec<String> {
    veche::app::checking::look(&town.server.app).await.unwrap().damage
}

/// Levels of the runs in the list.
async fn levels(town: &Town) -> Vec<i64> {
    selects(town, "SELECT level FROM line_runs ORDER BY level, run").await
}

/// How many chunks there are of all runs.
async fn chunks(town: &Town) -> i64 {
    selects::<i64>(town, "SELECT count(*) FROM line_chunks").await[0]
}

/// The first column of what the database answers.
pub async fn selects<T>(town: &Town, select: &'static str) -> Vec<T>
where
    T: Send + Unpin,
    (T,): for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow>,
{
    let data = town.folder.path().join("data");
    if both::on_postgres() {
        return sqlx::query_scalar(select).fetch_all(&mut both::administrator(&data).await).await.unwrap();
    }
    let mut file = SqliteConnection::connect(&format!("sqlite://{}/veche.db", data.display())).await.unwrap();
    sqlx::query_scalar(select).fetch_all(&mut file).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_become_one_run_and_every_ballot_is_found() {
    let town = Town::new().await;
    let cast = casts(&town, BATCHES + 2).await;
    assert_eq!(levels(&town).await, [0, 0, 1], "a merge, and two batches after it");
    all_are_found(&town, &cast).await;
    assert_eq!(damage(&town).await, [""; 0]);
    let result = town.certifies().await;
    assert_eq!(result.outcome.ballots, AT_LEAST as u64);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_node_left_that_died_at_a_merge_is_cleared_away() {
    let town = Town::new().await;
    let mut cast = casts(&town, BATCHES - 1).await;
    for sql in [
        "INSERT INTO line_runs SELECT round_id, -77, -1, 0 FROM line_runs LIMIT 1",
        "INSERT INTO line_chunks SELECT round_id, -77, first_hash, entries FROM line_chunks",
    ] {
        executes(&town, sql).await;
    }
    all_are_found(&town, &cast).await;
    assert_eq!(levels(&town).await.len(), BATCHES);
    cast.extend(more(&town, 100).await);
    assert_eq!(levels(&town).await, [1]);
    assert_eq!(chunks(&town).await, 2, "{} ballots in chunks of 80", cast.len());
    all_are_found(&town, &cast).await;
}

/// Another batch, by people who were not there before.
async fn more(town: &Town, from: usize) -> Vec<Cast> {
    let cast = wait(town, from).await;
    town.jobs().await;
    cast
}

/// Ballots of such people, which wait.
async fn wait(town: &Town, from: usize) -> Vec<Cast> {
    let people: Vec<_> = (from..from + AT_LEAST).map(super::town::person).collect();
    let mut cast = Vec::new();
    for code in town.enrols_people(&people).await {
        let mut credential = town.registers(&code).await;
        cast.push(town.casts(&mut credential, &["t2"]).await.expect("the ballot is accepted"));
    }
    cast
}

/// Each takes the lease of the other for one of a dead node. SQLite belongs to one process.
#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_whose_clocks_disagree_merge_at_once() {
    if !both::on_postgres() {
        return;
    }
    let town = Town::new().await;
    let mut cast = casts(&town, BATCHES - 1).await;
    let ahead = Clock::system();
    ahead.advance(600);
    let second = Node::with(&town, ahead).await;
    cast.extend(wait(&town, 100).await);
    let apps = [&town.server.app, &second.server.app];
    let rounds = [apps[0].published(SLUG).await.unwrap(), apps[1].published(SLUG).await.unwrap()];
    assert_eq!(sequencing::integrate(apps[0], &rounds[0]).await.unwrap(), AT_LEAST as u64);
    let (one, other) = tokio::join!(indexing::merge(apps[0], &rounds[0]), indexing::merge(apps[1], &rounds[1]));
    assert_eq!(one.unwrap() + other.unwrap(), 1, "one of them finds that it came too late");
    assert_eq!(levels(&town).await.into_iter().filter(|level| *level >= 0).collect::<Vec<_>>(), [1]);
    all_are_found(&town, &cast).await;
    assert_eq!(damage(&town).await, [""; 0]);
}

/// What a disk may do to the first chunk of the list.
#[derive(Debug, Clone, Copy)]
enum Damage {
    Lost,
    Lowered,
    Raised,
    Empty,
    FirstHash,
    Lines,
}

async fn damages(town: &Town, damage: Damage) {
    const FIRST: &str = "first_hash = (SELECT first_hash FROM line_chunks ORDER BY first_hash LIMIT 1)";
    let entries: Vec<Vec<u8>> = selects(town, "SELECT entries FROM line_chunks ORDER BY first_hash LIMIT 1").await;
    let entries = &entries[0];
    let literal = |bytes: &[u8]| match both::on_postgres() {
        true => format!("'\\x{}'::bytea", hex::encode(bytes)),
        false => format!("x'{}'", hex::encode(bytes)),
    };
    let changed = |at: usize, to: u8| {
        let mut entries = entries.clone();
        entries[at..at + 8].fill(to);
        format!("UPDATE line_chunks SET entries = {} WHERE {FIRST}", literal(&entries))
    };
    let sql = match damage {
        Damage::Lost => format!("DELETE FROM line_chunks WHERE {FIRST}"),
        Damage::Lowered => changed(0, 0),
        Damage::Raised => changed(48, 0xff),
        Damage::Lines => {
            let mut entries = entries.clone();
            let (first, second) = entries.split_at_mut(48);
            first[32..40].swap_with_slice(&mut second[32..40]);
            format!("UPDATE line_chunks SET entries = {} WHERE {FIRST}", literal(&entries))
        }
        Damage::Empty => format!("UPDATE line_chunks SET entries = {} WHERE {FIRST}", literal(&[])),
        Damage::FirstHash => format!("UPDATE line_chunks SET first_hash = {} WHERE {FIRST}", literal(&[0; 32])),
    };
    executes(town, &sql).await;
}

async fn relists(town: &Town) -> Option<u64> {
    let round = town.server.app.published(SLUG).await.unwrap();
    indexing::relist(&town.server.app, &round).await.unwrap()
}

/// Whatever the disk did to it, it is told, no merge makes more of it, and the list that is made anew has every ballot.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_list_is_made_anew_from_the_log() {
    let town = Town::new().await;
    let mut cast = casts(&town, BATCHES - 1).await;
    use Damage::{Empty, FirstHash, Lines, Lost, Lowered, Raised};
    for damage_done in [Lost, Lowered, Raised, Empty, FirstHash, Lines] {
        damages(&town, damage_done).await;
        let told = damage(&town).await;
        assert!(told.len() == 1 && told[0].contains("`veche admin relist"), "{damage_done:?}: {told:?}");
        assert_eq!(relists(&town).await, Some(cast.len() as u64), "{damage_done:?}");
        assert_eq!(damage(&town).await, [""; 0], "{damage_done:?}");
    }
    all_are_found(&town, &cast).await;
    cast.extend(more(&town, 100).await);
    all_are_found(&town, &cast).await;
    assert_eq!(levels(&town).await, [0, 1], "one run of what was there, and a batch after it");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_shown_another_s_line_as_their_own() {
    let town = Town::new().await;
    let cast = casts(&town, 1).await;
    damages(&town, Damage::Lines).await;
    let ballots: BTreeSet<_> = cast.iter().map(|cast| cast.acceptance.ballot).collect();
    for (place, ballot) in ballots.into_iter().enumerate() {
        let address = format!("/api/v1/rounds/{SLUG}/receipts/{}", hex::encode(ballot));
        let answer = town.asks(reqwest::Method::GET, &address, None, None).await;
        if place < 2 {
            assert_eq!(answer.problem(), "unavailable");
        } else {
            assert_eq!(answer.status, 200);
        }
    }
    assert_eq!(relists(&town).await, Some(cast.len() as u64));
    all_are_found(&town, &cast).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_comes_upon_damage_makes_the_list_anew() {
    let town = Town::new().await;
    let mut cast = casts(&town, BATCHES - 1).await;
    damages(&town, Damage::Lowered).await;
    cast.extend(more(&town, 100).await);
    assert_eq!(levels(&town).await, [1], "all of it, and nothing is left of what was damaged");
    assert_eq!(chunks(&town).await, (cast.len() as i64).div_euclid(80) + 1);
    all_are_found(&town, &cast).await;
    assert_eq!(damage(&town).await, [""; 0]);
}
