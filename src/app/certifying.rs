//! The certificate: commission members sign the count with keys that the server never sees.

use audit::{
    log::hash::Hash,
    office::Role,
    round::{Bytes, Event, Round, certificate, event::Signed},
};

use super::{App, results, steps};
use crate::{
    domain::{Refusal, staff::Actor},
    error::Error,
};

/// What a member signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToSign {
    /// SHA-256 of the rules.
    pub fingerprint: Hash,
    /// Leaf hash of the line that holds the count.
    pub tally_line: Hash,
    /// The bytes to sign, made of both.
    pub message: Vec<u8>,
}

/// What the members sign, once the round is counted.
///
/// # Errors
/// [`Refusal::NoResultYet`].
pub async fn to_sign(app: &App, slug: &str) -> Result<ToSign, Error> {
    let (_, state) = results::state(app, slug).await?;
    let tally_line = state.tally_line.ok_or_else(|| Refusal::NoResultYet(state.phase.to_string()))?;
    let message = certificate::message(&state.fingerprint, &tally_line);
    Ok(ToSign { fingerprint: state.fingerprint, tally_line, message })
}

/// Takes a member's signature into the log.
///
/// # Errors
/// [`Refusal::Round`] when it does not verify, or the member signed before.
pub async fn sign(app: &App, actor: &Actor, slug: &str, signature: [u8; 64]) -> Result<Round, Error> {
    let member = actor.must_be(Role::Commission)?.to_owned();
    let round = app.published(slug).await?;
    let signature = Bytes::from(signature);
    steps::write(app, &round, async |_, writing, at| {
        writing.push(&Event::Signed(Signed { at, member, signature })).map(drop)
    })
    .await
}
