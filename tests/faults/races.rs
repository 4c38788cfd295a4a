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
    let clients = [&nodes[0], &nodes[1]].map(|node| Asking::of(&node.url));
    for (at, code) in std::mem::take(&mut poll.codes).into_iter().enumerate() {
        let code = code.identifying.to_string();
        let (one, other) = (poll.place.request().unwrap(), poll.place.request().unwrap());
        // Half of them ask as devices do, with the code; half with a session that both devices have.
        let (here, there) = if at % 2 == 0 {
            tokio::join!(clients[0].with_code(&code, &one.blinded), clients[1].with_code(&code, &other.blinded))
        } else {
            let session = clients[0].session(&code).await;
            tokio::join!(clients[0].again(&session, &one.blinded), clients[1].again(&session, &other.blinded))
        };
        assert!(here.is_some() != there.is_some(), "one of two devices has the credential, not {here:?} and {there:?}");
        let (request, signature) = if let Some(signature) = here { (one, signature) } else { (other, there.unwrap()) };
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

/// A device that asks one node for a credential.
struct Asking {
    client: reqwest::Client,
    round: String,
}

impl Asking {
    fn of(node: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { client, round: format!("{node}/api/v1/rounds/{SLUG}") }
    }

    async fn identify(&self, body: Value) -> Value {
        let answer = self.client.post(format!("{}/identification", self.round)).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        answer.json().await.unwrap()
    }

    async fn session(&self, code: &str) -> String {
        self.identify(json!({ "code": code })).await["session"].as_str().unwrap().to_owned()
    }

    /// One question with the code. Whoever is too late has a session all the same, and hears there why.
    async fn with_code(&self, code: &str, blinded: &[u8]) -> Option<Bytes> {
        let answer = self.identify(json!({ "code": code, "blinded": Bytes(blinded.to_vec()) })).await;
        if let Some(signature) = answer.get("signature") {
            return Some(serde_json::from_value(signature.clone()).unwrap());
        }
        let heard = self.again(answer["session"].as_str().unwrap(), blinded).await;
        assert_eq!(heard, None, "whoever had no signature gets none by asking again");
        None
    }

    /// The question with a session.
    async fn again(&self, session: &str, blinded: &[u8]) -> Option<Bytes> {
        let body = json!({ "blinded": Bytes(blinded.to_vec()) });
        let asked = self.client.post(format!("{}/credential", self.round)).bearer_auth(session).json(&body);
        let answer = asked.send().await.unwrap();
        match answer.status() {
            StatusCode::OK => {
                Some(serde_json::from_value(answer.json::<Value>().await.unwrap()["signature"].clone()).unwrap())
            }
            status => {
                assert_eq!(status, StatusCode::CONFLICT);
                None
            }
        }
    }
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
