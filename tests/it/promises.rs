//! Promises lie in segments, and whoever votes again is known in each, with filters, without them, and with damaged ones.

use audit::round::Bytes;
use reqwest::StatusCode;
use serde_json::json;
use veche::app::checking;

use super::{
    both,
    indexing::{executes, selects},
    nodes::Node,
    town::{Answer, SEGMENT, Town, config, person},
    witnesses::until,
};

/// People, who vote twice each: several segments.
const PEOPLE: usize = 12;

/// A ballot that was cast, the acceptance of it, and an older one that came too late.
struct Known {
    ballot: Vec<u8>,
    accepted: Answer,
    late: Vec<u8>,
}

/// Each casts a second and a third version, and keeps the first back.
async fn cast(town: &Town) -> Vec<Known> {
    let codes = town.votes(PEOPLE).await;
    let (place, marks) = (town.place().await, town.ballot(&[("t1", None)]).await);
    let mut known = Vec::new();
    for code in &codes {
        let mut credential = town.registers(code).await;
        let [late, second, third] = [(); 3].map(|()| place.fill(&mut credential, &marks).unwrap());
        assert_eq!(town.posts_ballot(&second).await.status, StatusCode::CREATED);
        known.push((second, third, late));
    }
    let mut cast = Vec::new();
    for (_, third, late) in known {
        let accepted = town.posts_ballot(&third).await;
        assert_eq!(accepted.status, StatusCode::CREATED);
        cast.push(Known { ballot: third, accepted, late });
    }
    cast
}

/// The same ballot gets the same acceptance, and an older one none.
async fn are_known(town: &Town, cast: &[Known]) {
    for Known { ballot, accepted, late } in cast {
        assert_eq!(town.posts_ballot(ballot).await.text, accepted.text);
        let refused = town.posts_ballot(late).await;
        assert_eq!((refused.status, refused.problem()), (StatusCode::CONFLICT, "version-not-growing".to_owned()));
    }
}

async fn filters(town: &Town) -> Vec<i64> {
    selects(town, "SELECT segment FROM promise_filters ORDER BY segment").await
}

async fn restarted(town: Town) -> Town {
    let folder = town.folder.path().join("data");
    town.sleeps().await.restarted(config(folder)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_votes_again_is_known_in_every_segment() {
    let town = Town::new().await;
    let cast = cast(&town).await;
    let promises: Vec<(i64, i64)> = {
        let segments: Vec<i64> = selects(&town, "SELECT segment FROM accepted_ballots ORDER BY segment").await;
        let full = 2 * PEOPLE as i64 / i64::from(SEGMENT);
        (0..full).map(|segment| (segment, segments.iter().filter(|one| **one == segment).count() as i64)).collect()
    };
    assert!(promises.len() > 4 && promises.iter().all(|(_, count)| *count == i64::from(SEGMENT)), "{promises:?}");
    are_known(&town, &cast).await;
    let all: Vec<i64> = promises.iter().map(|(segment, _)| *segment).collect();
    until("there is a filter of each full segment", || async { filters(&town).await == all }).await;
    are_known(&town, &cast).await;
    assert_eq!(checking::look(&town.server.app).await.unwrap().damage, [""; 0]);

    let town = restarted(town).await;
    are_known(&town, &cast).await;
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (PEOPLE as u64, PEOPLE as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_filters_are_told_and_hide_nobody() {
    let town = Town::new().await;
    let cast = cast(&town).await;
    until("there are filters", || async { filters(&town).await.len() > 4 }).await;
    executes(&town, "UPDATE promise_filters SET filter = substr(filter, 1, 64) WHERE segment = 1").await;
    // A whole one, but another segment's.
    let other = "(SELECT other.filter FROM promise_filters AS other WHERE other.segment = 2)";
    executes(&town, &format!("UPDATE promise_filters SET filter = {other} WHERE segment = 3")).await;
    let damage = checking::look(&town.server.app).await.unwrap().damage;
    let told = |segment: i64| damage.iter().any(|damage| damage.contains(&format!("filter of segment {segment} ")));
    assert!(told(1) && told(3) && damage.len() == 2, "{damage:?}");

    let town = restarted(town).await;
    are_known(&town, &cast).await;
    executes(&town, "DELETE FROM promise_filters").await;
    executes(&town, "UPDATE urns SET segment = 0").await;
    let damage = checking::look(&town.server.app).await.unwrap().damage;
    assert!(damage.len() == 1 && damage[0].contains("its urn does not know of the segment"), "{damage:?}");

    let town = restarted(town).await;
    are_known(&town, &cast).await;
    until("the missing filters are made anew", || async { filters(&town).await.len() > 4 }).await;
    are_known(&town, &cast).await;
    let result = town.certifies().await;
    assert_eq!((result.outcome.ballots, result.replaced), (PEOPLE as u64, PEOPLE as u64));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_that_cannot_be_opened_keep_nobody_out() {
    let town = Town::new().await;
    let cast = cast(&town).await;
    until("there are filters", || async { filters(&town).await.len() > 4 }).await;
    executes(&town, "UPDATE promise_filters SET filter = substr(filter, 1, 9)").await;
    let town = restarted(town).await;
    are_known(&town, &cast).await;
    let codes = town.enrols_people(&[person(100)]).await;
    let mut credential = town.registers(&codes[0]).await;
    town.casts(&mut credential, &["t2"]).await.expect("whoever comes anew is let in");
    let result = town.certifies().await;
    assert_eq!(result.outcome.ballots, PEOPLE as u64 + 1);
}

/// Another node counts for itself: neither keeps a promise where the other does not look.
#[tokio::test(flavor = "multi_thread")]
async fn what_one_node_promised_another_knows() {
    if !both::on_postgres() {
        return;
    }
    let town = Town::new().await;
    let cast = cast(&town).await;
    let node = Node::with(&town, town.clock.clone()).await;
    let there = async |ballot: &[u8]| node.posts("/ballots", None, &json!({ "ballot": Bytes(ballot.to_vec()) })).await;
    for Known { ballot, accepted, late } in &cast {
        assert_eq!(there(ballot).await.text, accepted.text);
        assert_eq!(there(late).await.problem(), "version-not-growing");
    }
    let codes = town.enrols_people(&(100..110).map(person).collect::<Vec<_>>()).await;
    let (place, marks) = (town.place().await, town.ballot(&[("t2", None)]).await);
    let mut others = Vec::new();
    for codes in codes.chunks(2) {
        let [mut one, mut two] = [town.registers(&codes[0]).await, town.registers(&codes[1]).await];
        let [late_one, one] = [(); 2].map(|()| place.fill(&mut one, &marks).unwrap());
        let [late_two, two] = [(); 2].map(|()| place.fill(&mut two, &marks).unwrap());
        // Both at once, so that either may fill a segment.
        let (here, other) = tokio::join!(town.posts_ballot(&one), there(&two));
        assert_eq!((here.status, other.status), (StatusCode::CREATED, StatusCode::CREATED));
        others.push(Known { ballot: one, accepted: here, late: late_one });
        others.push(Known { ballot: two, accepted: other, late: late_two });
        are_known(&town, &others).await;
        for Known { ballot, accepted, late } in &others {
            assert_eq!(there(ballot).await.text, accepted.text);
            assert_eq!(there(late).await.problem(), "version-not-growing");
        }
    }
    let most: i64 = selects(&town, "SELECT max(segment) FROM accepted_ballots").await[0];
    assert!(most > 7, "segments went on: {most}");
    node.server.stop().await.unwrap();
}
