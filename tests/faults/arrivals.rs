//! Newcomers: residents who identify themselves and ask for their credential while a fault happens, and afterwards hold the registrar to
//! what it answered.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use audit::{log::hash::Hash, round::Bytes};
use reqwest::{Method, StatusCode};
use serde_json::json;
use veche::{
    client::{Api, ClientFault, resident::PollingPlace},
    crypto::codes::LetterCode,
    http::{IdentificationResponse, IssueResponse},
};

use super::crowd::{Among, PAUSE, Tries, Voter, heard};

/// Longest that a newcomer waits for an answer: a code and a message that come together wait for two commits, of 15 s each at most.
const ANSWER: Duration = Duration::from_secs(40);
/// Longest that anybody has to try again before a fault is over.
pub const LONGEST: Duration = Duration::from_secs(300);

/// How somebody came to a credential.
pub struct Arrival {
    /// As the register shows it.
    pub pseudonym: Hash,
    code: String,
    session: String,
    blinded: Bytes,
    signature: Bytes,
}

/// Asks with the owner's code, and with a message or without one.
async fn identify(
    api: &Api,
    place: &PollingPlace,
    code: &str,
    blinded: Option<&Bytes>,
) -> Result<IdentificationResponse, ClientFault> {
    let body = json!({ "code": code, "blinded": blinded });
    api.send(Method::POST, &format!("{}/identification", place.path()), None, Some(&body)).await
}

/// Asks with a session.
async fn credential(api: &Api, place: &PollingPlace, session: &str, blinded: &Bytes) -> Result<Bytes, ClientFault> {
    let (path, body) = (format!("{}/credential", place.path()), json!({ "blinded": blinded }));
    let answer: IssueResponse = api.send(Method::POST, &path, Some(session), Some(&body)).await?;
    Ok(answer.signature)
}

/// Somebody comes, as devices do either with code and message at once or with the code first, and sends the same message through one
/// node after the other until it is answered. What was answered is not asked for again.
pub async fn arrives(code: &LetterCode, among: &Among) -> Voter {
    let (code, at_once) = (code.identifying.to_string(), rand::random::<bool>());
    let request = among.place.request().unwrap();
    let blinded = Bytes(request.blinded.clone());
    let mut known: Option<IdentificationResponse> = None;
    let (began, mut turn) = (Instant::now(), rand::random_range(0..2));
    let signature = loop {
        let (api, tries) = (among.node(turn), &among.counts.arriving);
        turn += 1;
        if let Some(session) = known.as_ref().map(|known| known.session.clone()) {
            let asked = credential(&api, &among.place, &session, &blinded);
            let heard = heard(asked, ANSWER, tries).await;
            if among.sessions_end && matches!(&heard, Some(Err(fault)) if fault.slug() == Some("session")) {
                among.counts.ended_sessions.fetch_add(1, Ordering::Relaxed);
                // And not always at the same node, whose clock may be the one that is behind.
                (known, turn) = (None, turn + 1);
            } else if let Some(answer) = heard {
                break answer.unwrap_or_else(|fault| panic!("the same message is not signed again: {fault}"));
            }
        } else {
            let asked = identify(&api, &among.place, &code, at_once.then_some(&blinded));
            if let Some(answer) = heard(asked, ANSWER, tries).await {
                let answer = answer.unwrap_or_else(|fault| panic!("a newcomer is not let in: {fault}"));
                let signature = answer.signature.clone();
                known = Some(answer);
                // Without one the session is there to ask again with.
                if let Some(signature) = signature {
                    break signature;
                }
                continue;
            }
        }
        assert!(began.elapsed() < LONGEST, "a newcomer gets no credential");
        tokio::time::sleep(PAUSE).await;
    };
    let IdentificationResponse { session, pseudonym, .. } = known.unwrap();
    let mut voter = Voter::new(among.place.finish(request, &signature.0).unwrap());
    voter.arrival = Some(Arrival { pseudonym, code, session, blinded, signature });
    voter
}

/// Asks until there is an answer; the fault is over.
async fn answer<T, F>(ask: impl Fn() -> F) -> Result<T, ClientFault>
where
    F: Future<Output = Result<T, ClientFault>>,
{
    let started = Instant::now();
    loop {
        if let Some(answer) = heard(ask(), ANSWER, &Tries::default()).await {
            return answer;
        }
        assert!(started.elapsed() < 3 * ANSWER, "a resident gets no answer after the fault was over");
        tokio::time::sleep(PAUSE).await;
    }
}

impl Arrival {
    /// Identifies themselves anew, for where clocks jumped the session may be over.
    pub async fn renews(&mut self, api: &Api, place: &PollingPlace) {
        let known = answer(|| identify(api, place, &self.code, None)).await.unwrap();
        assert_eq!((known.pseudonym, known.signature), (self.pseudonym, None));
        self.session = known.session;
    }

    /// Another message of the same person is refused, and the same one has the same signature. In this order: were the answer of before
    /// lost, the same message would make it good, and nobody would see that.
    pub async fn holds(&self, api: &Api, place: &PollingPlace, what: &str) {
        let other = Bytes(place.request().unwrap().blinded);
        let refused = answer(|| credential(api, place, &self.session, &other)).await;
        let is_conflict = |fault: &ClientFault| matches!(fault, ClientFault::Refused { status: StatusCode::CONFLICT, slug, .. } if slug == "already-issued");
        assert!(refused.as_ref().is_err_and(is_conflict), "{what}: a second credential for one person: {refused:?}");
        let at_once = answer(|| identify(api, place, &self.code, Some(&other))).await.unwrap();
        assert_eq!(at_once.signature, None, "{what}: a second credential for one person, with the code");
        let again = answer(|| credential(api, place, &self.session, &self.blinded)).await.unwrap();
        assert_eq!(again, self.signature, "{what}: the same message, another signature");
        let at_once = answer(|| identify(api, place, &self.code, Some(&self.blinded))).await.unwrap();
        assert_eq!(at_once.signature.as_ref(), Some(&self.signature), "{what}: the same message with the code");
        assert_eq!(at_once.pseudonym, self.pseudonym, "{what}: one person, another pseudonym");
    }
}
