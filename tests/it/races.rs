//! Two nodes at the same moment: for one credential, for one version of a ballot, and for one code that somebody guesses at.

use audit::round::Bytes;
use reqwest::StatusCode;
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    both,
    nodes::{Node, several},
    registrar::guess,
    town::{SLUG, Town, answer},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_race_for_one_credential() {
    several!();
    let town = Town::new().await;
    let second = Node::of(&town).await;
    let codes = town.votes(12).await;
    let place = town.place().await;
    for code in &codes {
        let session = town.session(code).await;
        let blinded = [place.request().unwrap().blinded, place.request().unwrap().blinded];
        let bodies = blinded.map(|blinded| json!({ "blinded": Bytes(blinded) }));
        let (here, there) = tokio::join!(
            town.posts("/credential", Some(&session), bodies[0].clone()),
            second.posts("/credential", Some(&session), &bodies[1])
        );
        let mut said = [here.status, there.status];
        said.sort();
        assert_eq!(said, [StatusCode::OK, StatusCode::CONFLICT], "{here:?} {there:?}");
    }
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM issuances")
        .fetch_one(&mut both::administrator(&town.folder.path().join("data")).await)
        .await
        .unwrap();
    assert_eq!(rows, 12);
    second.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_race_for_one_version() {
    several!();
    let town = Town::new().await;
    let second = Node::of(&town).await;
    let codes = town.votes(10).await;
    let place = town.place().await;
    let (one, other) = (town.ballot(&[("t1", None)]).await, town.ballot(&[("t2", None)]).await);
    for code in &codes {
        let credential = town.registers(code).await;
        let (mut here, mut there) = (credential.clone(), credential);
        let (first, second) =
            tokio::join!(place.vote(&town.api, &mut here, &one), place.vote(&second.api, &mut there, &other));
        assert!(
            first.is_ok() != second.is_ok(),
            "of two ballots with one version one is accepted: {first:?} {second:?}"
        );
        let refused = first.err().or(second.err()).unwrap();
        assert_eq!(refused.slug(), Some("version-not-growing"));
    }
    assert_eq!(town.certifies().await.outcome.ballots, 10);
    second.server.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_burns_wherever_it_is_tried() {
    several!();
    let town = Town::new().await;
    let second = Node::of(&town).await;
    let codes = town.votes(1).await;
    let wrong = json!({ "code": guess(&codes[0]) });
    for _ in 0..5 {
        assert_eq!(town.posts("/identification", None, wrong.clone()).await.problem(), "code");
        assert_eq!(second.posts("/identification", None, &wrong).await.problem(), "code");
    }
    let right = json!({ "code": codes[0].identifying.to_string() });
    assert_eq!(second.posts("/identification", None, &right).await.problem(), "code", "ten failures in all burn it");
    second.server.stop().await.unwrap();
}

/// Tries that come at the same moment are counted one by one, through whichever node: none of them is lost to another.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_burns_after_ten_tries_at_once_through_two_nodes() {
    several!();
    let town = Town::new().await;
    let second = Node::of(&town).await;
    let codes = town.votes(2).await;
    for (code, tries) in codes.iter().zip([9, 10]) {
        let wrong = json!({ "code": guess(code) });
        let mut tried = JoinSet::new();
        for node in [town.server.url(), second.server.url()].iter().cycle().take(tries) {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let asked = client.post(format!("{node}/api/v1/rounds/{SLUG}/identification")).json(&wrong);
            tried.spawn(async { answer(asked).await.problem() });
        }
        assert_eq!(tried.join_all().await, vec!["code"; tries]);
    }
    let right = async |at: usize| town.identifies(&codes[at].identifying.to_string()).await.status;
    assert_eq!(right(0).await, StatusCode::OK, "nine do not burn it");
    assert_eq!(right(1).await, StatusCode::FORBIDDEN, "ten do");
    let select = "SELECT failures FROM voters ORDER BY failures";
    let failures: Vec<i64> = sqlx::query_scalar(select)
        .fetch_all(&mut both::administrator(&town.folder.path().join("data")).await)
        .await
        .unwrap();
    assert_eq!(failures, [9, 10], "each was counted");
    second.server.stop().await.unwrap();
}
