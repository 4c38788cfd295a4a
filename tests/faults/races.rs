//! Two nodes at the same moment: for one person's credential, and for one version of a ballot.

use audit::round::Bytes;
use reqwest::StatusCode;
use serde_json::{Value, json};
use veche::client::{ClientFault, resident::Cast};

use super::{
    books,
    crowd::{Counts, Voter},
    poll::{self, Poll},
    size,
    town::SLUG,
};

#[tokio::test(flavor = "multi_thread")]
async fn for_one_credential_and_for_one_version() {
    let Some(cluster) = size::cluster("two nodes racing", &[]) else { return };
    let mut poll = Poll::new(&poll::database(&cluster, "races"), 6).await;
    let nodes = [poll.start.node(), poll.another("second").node()];
    let rounds = size::of(12, 400);
    let people = poll.codes.len();
    for code in std::mem::take(&mut poll.codes) {
        let session = poll.place.identify(&nodes[0].api, &code.identifying).await.unwrap().session;
        let (one, other) = (poll.place.request().unwrap(), poll.place.request().unwrap());
        let asks = async |node: usize, blinded: &[u8]| {
            let client = reqwest::Client::builder().no_proxy().build().unwrap();
            let address = format!("{}/api/v1/rounds/{SLUG}/credential", nodes[node].url);
            let body = json!({ "blinded": Bytes(blinded.to_vec()) });
            let answer = client.post(address).bearer_auth(&session).json(&body).send().await.unwrap();
            (answer.status(), answer.json::<Value>().await.unwrap())
        };
        let (here, there) = tokio::join!(asks(0, &one.blinded), asks(1, &other.blinded));
        let mut said = [here.0, there.0];
        said.sort();
        assert_eq!(said, [StatusCode::OK, StatusCode::CONFLICT], "{here:?} {there:?}");
        let (request, won) = if here.0 == StatusCode::OK { (one, here.1) } else { (other, there.1) };
        let signature: Bytes = serde_json::from_value(won["signature"].clone()).unwrap();
        poll.voters.push(Voter::new(poll.place.finish(request, &signature.0).unwrap()));
    }
    let counts = Counts::default();
    for _ in 0..rounds {
        for voter in &mut poll.voters {
            let mut twin = voter.credential.clone();
            let (one, other) = (rand::random_range(0..2), rand::random_range(2..4));
            let here = poll.place.fill(&mut voter.credential, &poll.choices[one]).unwrap();
            let there = poll.place.fill(&mut twin, &poll.choices[other]).unwrap();
            let (here, there) =
                tokio::join!(poll.place.cast(&nodes[0].api, here), poll.place.cast(&nodes[1].api, there));
            voter.accepted.push(the_one([(here, one), (there, other)]));
        }
    }
    let races = rounds * poll.voters.len();
    let what = format!("{people} races of two nodes for one credential, {races} for one version, each won by one");
    books::hold(poll, &nodes[1].api, &what, &counts).await;
}

/// The ballot that was accepted; the other was refused for its version.
fn the_one(answers: [(Result<Cast, ClientFault>, usize); 2]) -> (Cast, usize) {
    let mut accepted = Vec::new();
    for (answer, choice) in answers {
        match answer {
            Ok(cast) => accepted.push((cast, choice)),
            Err(fault) => assert_eq!(fault.slug(), Some("version-not-growing"), "{fault}"),
        }
    }
    assert_eq!(accepted.len(), 1, "of two ballots with one version one is accepted");
    accepted.remove(0)
}
