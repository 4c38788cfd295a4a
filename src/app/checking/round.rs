//! A round beside its log: its row must say what the log says, its keys and pictures must be those that the log names, and its waiting
//! ballots those that were accepted.

use audit::{log::hash::Hash, round::Round};
use sha2::{Digest, Sha256};

use super::{
    super::{App, log as writing, published::Published},
    BLOCK, Findings,
};
use crate::{
    domain::pictures::FileName,
    error::Error,
    store::{Tx, ballot_box, pictures, rounds},
};

/// Looks at a published round, whose keys were opened already.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn look(app: &App, slug: &str, published: &Published, found: &mut Findings) -> Result<(), Error> {
    let (rules, mut tx) = (&published.rules, app.db.read().await?);
    let row = rounds::find(&mut tx, slug).await?.ok_or_else(|| Error::broken("a round is gone"))?;
    // A state that cannot be read was told with the log.
    if let Ok(state) = writing::state::<Round>(&mut tx, published.log_id).await
        && (row.phase, row.opens_at, row.closes_at, &**rules)
            != (state.phase.to_string(), state.rules.opens_at, state.closes_at, &state.rules)
    {
        found.tell(slug, &"its phase, times or rules are not those of its log");
    }
    for (name, is_right) in [
        ("log's", published.signer.vkey() == rules.log_key),
        ("issuer's", published.issuer.public_der() == rules.issuer_key.0),
        ("ballot box's", published.acceptance.public() == rules.acceptance_key.0),
    ] {
        if !is_right {
            found.tell(slug, &format!("the {name} key is not the one that its rules name"));
        }
    }
    seen(&mut tx, row.id, slug, found).await?;
    urn(&mut tx, row.id, slug, found).await
}

/// The files of pictures have the bytes that their names say.
async fn seen(tx: &mut Tx, round_id: i64, slug: &str, found: &mut Findings) -> Result<(), Error> {
    for file in pictures::of_round(tx, round_id).await?.into_iter().flat_map(|picture| picture.files) {
        let name = FileName { hash: file.hash, format: file.format };
        let bytes = pictures::bytes(tx, &name).await?;
        if bytes.is_none_or(|bytes| Hash::from(<[u8; 32]>::from(Sha256::digest(bytes))) != file.hash) {
            found.tell(slug, &format!("the picture {} is not the one that was added", file.hash));
        }
    }
    Ok(())
}

/// A ballot that waits must be the one that was accepted.
async fn urn(tx: &mut Tx, round_id: i64, slug: &str, found: &mut Findings) -> Result<(), Error> {
    let mut after = None;
    loop {
        let ballots = ballot_box::look(tx, round_id, after, BLOCK).await?;
        let Some(last) = ballots.last() else { return Ok(()) };
        after = Some(last.hash);
        found.waiting += ballots.len() as u64;
        for ballot in ballots.iter().filter(|ballot| Sha256::digest(&ballot.envelope)[..] != ballot.hash) {
            let tracker = hex::encode(&ballot.hash[..8]);
            found.tell(slug, &format!("the waiting ballot {tracker}… is not the one that was accepted"));
        }
    }
}
