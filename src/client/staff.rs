//! An official or a commission member at work, through the API.

use std::io::BufRead as _;

use audit::{
    log::{
        hash::{self, Hash},
        line::{Line, leaf},
    },
    round::{Act, Bytes, Event},
    verify::{CheckName, Report, Source, bundle::LOG, verify},
};
use ed25519_dalek::{Signer, SigningKey};
use reqwest::Method;
use serde::{Serialize, de::DeserializeOwned};

use super::{Api, ClientFault};
use crate::{
    domain::Draft,
    http::{
        CertificateResponse, LetterEntry, LettersRequest, LettersResponse, MOST_LETTERS, PictureRequest,
        PictureResponse, ProposalRequest, RemovalRequest, RevealRequest, RollEntry, RollRequest, RollResponse,
        RoundResponse, SignatureRequest, StepRequest,
    },
};

/// A count that a member may sign: everything before it was checked, and counting again gave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedCount {
    /// SHA-256 of the rules, to be compared with the paper.
    pub fingerprint: Hash,
    /// Leaf hash of the line that holds the count.
    pub tally_line: Hash,
}

/// Checks a bundle as an auditor does, all but the signatures that are yet to be given, and says what a member may sign.
/// Witnesses that are late stop nobody: the published bundle is held against them again.
///
/// # Errors
/// The report, when a check failed or was not reached.
pub fn recount(bundle: &dyn Source) -> Result<CheckedCount, Box<Report>> {
    let report = verify(bundle, None, &|_| ());
    let holds = |check: &audit::verify::Check| check.reached && check.failure.is_none();
    let later = |name| matches!(name, CheckName::Certificate | CheckName::Witnesses);
    let all = report.checks.iter().all(|check| later(check.name) || holds(check));
    match counted(bundle).filter(|_| all) {
        Some(checked) => Ok(checked),
        None => Err(Box::new(report)),
    }
}

/// Rules and count of a log whose lines were checked.
fn counted(bundle: &dyn Source) -> Option<CheckedCount> {
    let mut fingerprint = None;
    for line in bundle.open(LOG).ok()?.split(b'\n') {
        let line = line.ok()?;
        if fingerprint.is_some() && !line.starts_with(br#"{"event":{"tallied":"#) {
            continue;
        }
        match Line::<Event>::parse(&line).ok()?.event {
            Event::Published(published) => fingerprint = Some(published.rules.fingerprint()),
            Event::Tallied(_) => {
                return Some(CheckedCount { fingerprint: fingerprint?, tally_line: hash::leaf(&leaf(&line)) });
            }
            _ => {}
        }
    }
    None
}

/// Most people in one request.
const MOST_PEOPLE: usize = 5_000;

/// A list in portions of so many, in its order; an empty one is one portion, about which the server says what it thinks.
fn portions<T>(list: Vec<T>, most: usize) -> impl Iterator<Item = Vec<T>> {
    let mut left = Some(list);
    std::iter::from_fn(move || {
        let mut portion = left.take()?;
        let rest = portion.split_off(portion.len().min(most));
        left = (!rest.is_empty()).then_some(rest);
        Some(portion)
    })
}

/// A member of staff with their token.
#[derive(Clone)]
pub struct StaffMember {
    api: Api,
    token: String,
}

impl std::fmt::Debug for StaffMember {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StaffMember({}, …)", self.api.base())
    }
}

impl StaffMember {
    /// Somebody who holds this token.
    #[must_use]
    pub fn new(api: Api, token: String) -> Self {
        Self { api, token }
    }

    /// The same person at another address of the service.
    #[must_use]
    pub fn at(&self, api: Api) -> Self {
        Self { api, token: self.token.clone() }
    }

    /// Saves a draft.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn draft(&self, draft: &Draft) -> Result<(), ClientFault> {
        self.send(Method::PUT, format!("/api/v1/drafts/{}", draft.slug), Some(draft)).await
    }

    /// Freezes a draft.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn publish(&self, slug: &str) -> Result<RoundResponse, ClientFault> {
        self.send::<(), _>(Method::POST, format!("/api/v1/drafts/{slug}/publication"), None).await
    }

    /// Adds people to the roll, in as many requests as that takes, telling after each how many were sent.
    ///
    /// # Errors
    /// [`ClientFault`]; people of earlier requests are on the roll then.
    pub async fn import(
        &self,
        slug: &str,
        people: Vec<RollEntry>,
        sent: impl Fn(usize),
    ) -> Result<RollResponse, ClientFault> {
        let (mut total, mut done) = (RollResponse { added: 0, total: 0 }, 0);
        if people.is_empty() {
            // A line of the log that says nothing is not asked for.
            return Ok(total);
        }
        for people in portions(people, MOST_PEOPLE) {
            let (path, count) = (format!("/api/v1/rounds/{slug}/roll"), people.len());
            let answer = self.send(Method::POST, path, Some(&RollRequest { people })).await;
            let answer: RollResponse = answer.map_err(|fault: ClientFault| fault.after(done))?;
            total = RollResponse { added: total.added + answer.added, total: answer.total };
            sent(count);
            done += count;
        }
        Ok(total)
    }

    /// Gives people other letters, in as many requests as that takes, each of which is a line of the log; tells after each how many were
    /// sent.
    ///
    /// # Errors
    /// [`ClientFault`]; people of earlier requests have other letters then.
    pub async fn replace_letters(
        &self,
        slug: &str,
        people: Vec<LetterEntry>,
        reason: &str,
        sent: impl Fn(usize),
    ) -> Result<LettersResponse, ClientFault> {
        let (mut total, mut done) = (LettersResponse { asked: 0 }, 0);
        for people in portions(people, MOST_LETTERS) {
            let (path, count) = (format!("/api/v1/rounds/{slug}/letters"), people.len());
            let body = LettersRequest { people, reason: reason.to_owned() };
            let answer = self.send(Method::POST, path, Some(&body)).await;
            let answer: LettersResponse = answer.map_err(|fault: ClientFault| fault.after(done))?;
            total.asked += answer.asked;
            sent(count);
            done += count;
        }
        Ok(total)
    }

    /// Adds a picture to the territory of this number.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn add_picture(
        &self,
        slug: &str,
        territory: u32,
        picture: &PictureRequest,
    ) -> Result<PictureResponse, ClientFault> {
        let path = format!("/api/v1/rounds/{slug}/territories/{territory}/pictures");
        self.send(Method::POST, path, Some(picture)).await
    }

    /// Removes a picture.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn remove_picture(&self, slug: &str, picture: &Hash, reason: &str) -> Result<(), ClientFault> {
        let body = RemovalRequest { reason: reason.to_owned() };
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/pictures/{picture}/removal"), Some(&body)).await
    }

    /// Proposes to open, close or annul.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn propose(&self, slug: &str, act: Act, reason: &str) -> Result<RoundResponse, ClientFault> {
        let body = ProposalRequest { act, reason: reason.to_owned() };
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/proposal"), Some(&body)).await
    }

    /// Confirms what is proposed.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn confirm(&self, slug: &str) -> Result<RoundResponse, ClientFault> {
        self.send::<(), _>(Method::POST, format!("/api/v1/rounds/{slug}/proposal/confirmation"), None).await
    }

    /// Pauses, resumes or extends.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn step(&self, slug: &str, step: &StepRequest) -> Result<RoundResponse, ClientFault> {
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/steps"), Some(step)).await
    }

    /// Reveals the opening key.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn reveal(&self, slug: &str, key: &[u8]) -> Result<RoundResponse, ClientFault> {
        let body = RevealRequest { key: Bytes(key.to_vec()) };
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/opening-key"), Some(&body)).await
    }

    /// Signs the count that the server names, in the form that the protocol says. Whether the count is true is another
    /// question: [`recount`] answers it.
    ///
    /// # Errors
    /// [`ClientFault`].
    pub async fn sign(&self, slug: &str, key: &SigningKey) -> Result<RoundResponse, ClientFault> {
        let to_sign: CertificateResponse = self.api.get(&format!("/api/v1/rounds/{slug}/certificate"), None).await?;
        let message = audit::round::certificate::message(&to_sign.fingerprint, &to_sign.tally_line);
        if message != to_sign.message.0 {
            return Err(ClientFault::wrong("the text to sign is not made of the fingerprint and the count's line"));
        }
        let body = SignatureRequest { signature: Bytes::from(key.sign(&message).to_bytes()) };
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/signatures"), Some(&body)).await
    }

    /// Signs a count that was checked, whatever the server names now.
    ///
    /// # Errors
    /// [`ClientFault`]; the server refuses it when its log holds another count.
    pub async fn sign_checked(
        &self,
        slug: &str,
        key: &SigningKey,
        checked: &CheckedCount,
    ) -> Result<RoundResponse, ClientFault> {
        let message = audit::round::certificate::message(&checked.fingerprint, &checked.tally_line);
        let body = SignatureRequest { signature: Bytes::from(key.sign(&message).to_bytes()) };
        self.send(Method::POST, format!("/api/v1/rounds/{slug}/signatures"), Some(&body)).await
    }

    async fn send<B: Serialize, T: DeserializeOwned>(
        &self,
        method: Method,
        path: String,
        body: Option<&B>,
    ) -> Result<T, ClientFault> {
        self.api.send(method, &path, Some(&self.token), body).await
    }
}
