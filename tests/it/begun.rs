//! Whoever is stopped while a transaction begins on PostgreSQL leaves none behind: the connection comes to the next request free.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use sqlx::postgres::PgPoolOptions;
use veche::store::{Db, Hosts};

use super::cluster::Cluster;

/// What PostgreSQL says when a transaction is begun in the middle of another.
const WARNING: &str = "there is already a transaction in progress";

/// Lets a future be polled so often, and drops it.
async fn cut<F: Future>(future: F, polls: u32) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), polls);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

/// How often the server gave the warning.
fn warnings(cluster: &Cluster) -> usize {
    std::fs::read_to_string(cluster.folder.path().join("log")).unwrap().matches(WARNING).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_is_cut_off_leaves_no_transaction() {
    if super::both::on_postgres() {
        return;
    }
    let Some(cluster) = super::both::server("beginnings that are cut off", &[]) else { return };
    let url = cluster.url("veche", "template");
    let db = Db::connect(Hosts::parse(&url).unwrap(), 2).await.unwrap();
    for time in 0..90 {
        let polls = 1 + time % 6;
        drop(cut(db.write(), polls).await);
        drop(cut(db.read(), polls).await);
        if time % 3 == 0 {
            db.write().await.unwrap().commit().await.unwrap();
            db.read().await.unwrap().commit().await.unwrap();
        }
    }
    let open = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'veche' AND state LIKE 'idle in transaction%'";
    let mut left = String::new();
    for _ in 0..50 {
        left = cluster.sql("postgres", open);
        if left == "0" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(left, "0", "transactions that nobody ends");
    assert_eq!(warnings(&cluster), 0);
    db.close().await;

    // The same with the library alone: so the cuts do hit the moment that this is about.
    let bare = PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
    // On a busy machine a cut seldom comes just then: it is tried until one does.
    for time in 0..3_000 {
        drop(cut(bare.begin(), 1 + time % 6).await);
        drop(bare.begin().await.unwrap());
        if time % 30 == 29 && warnings(&cluster) > 0 {
            break;
        }
    }
    assert_ne!(
        warnings(&cluster),
        0,
        "the library ends such a transaction itself now: is_free has nothing to do any more"
    );
}
