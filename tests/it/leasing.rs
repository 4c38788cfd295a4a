//! Work that one node does alone goes on beside the renewal of its lease, and what fails keeps nobody waiting.

use std::time::Duration;

use veche::{app::leasing, error::Error};

use super::{
    indexing::{executes, selects},
    town::Town,
};

#[tokio::test(flavor = "multi_thread")]
async fn work_that_writes_and_the_renewal_of_its_lease_never_wait_for_each_other() {
    let town = Town::new().await;
    let app = &town.server.app;
    let work = async {
        for _ in 0..200 {
            assert!(leasing::hold(app, "written").await?);
        }
        Ok(())
    };
    let done = leasing::alone_renewing(app, "renewed", Duration::from_micros(100), work);
    let done = tokio::time::timeout(Duration::from_secs(20), done).await.expect("one waits for the other");
    assert!(matches!(done, Ok(Some(()))), "{done:?}");
    let held: Vec<String> = selects(&town, "SELECT name FROM leases").await;
    assert!(held.contains(&"written".to_owned()) && !held.contains(&"renewed".to_owned()), "{held:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_its_lease_stops_and_leaves_it_to_the_other() {
    let town = Town::new().await;
    let never = async {
        executes(&town, "UPDATE leases SET node = 'other' WHERE name = 'lost'").await;
        std::future::pending::<Result<(), Error>>().await
    };
    let done = leasing::alone_renewing(&town.server.app, "lost", Duration::from_millis(50), never);
    let done = tokio::time::timeout(Duration::from_secs(20), done).await.expect("it goes on though another has it");
    assert!(matches!(done, Ok(None)), "{done:?}");
    assert_eq!(selects::<String>(&town, "SELECT node FROM leases WHERE name = 'lost'").await, ["other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_is_given_back_after_a_fault() {
    let town = Town::new().await;
    let fails = async { Err::<(), _>(Error::broken("the disk is gone")) };
    let done = leasing::alone(&town.server.app, "failing", fails).await;
    assert!(matches!(done, Err(Error::Broken(_))), "{done:?}");
    let held: Vec<String> = selects(&town, "SELECT name FROM leases").await;
    assert!(!held.contains(&"failing".to_owned()), "{held:?}");
}
