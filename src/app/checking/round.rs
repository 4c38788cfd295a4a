//! A round beside its log: its row and keys must be what the log says, its pictures those that the log has, with their bytes, its
//! waiting ballots those that were accepted, and the filters of its promises those of the promises.

use std::collections::BTreeMap;

use audit::{log::hash::Hash, round::Round};
use sha2::{Digest, Sha256};

use super::{
    super::{App, log as writing, published::Published, segments},
    BLOCK, Findings,
};
use crate::{
    error::Error,
    store::{ballot_box, pictures as store, promises, rounds},
};

/// Compares the row of a round and its keys, which were opened already, with its rules in the log.
///
/// # Errors
/// [`Error::Database`].
pub(super) async fn compare(app: &App, slug: &str, published: &Published, found: &mut Findings) -> Result<(), Error> {
    let (rules, mut tx) = (&published.rules, app.db.read().await?);
    let row = rounds::find(&mut tx, slug).await?.ok_or_else(|| Error::broken("it is gone"))?;
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
    Ok(())
}

/// The pictures that the log has are there, each file with the bytes that its hash says.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn pictures(
    app: &App,
    slug: &str,
    (round_id, log_id): (i64, i64),
    found: &mut Findings,
) -> Result<(), Error> {
    let mut tx = app.db.read().await?;
    let pictures = store::of_round(&mut tx, round_id).await?;
    let territories: BTreeMap<_, _> = pictures.iter().map(|picture| (picture.picture, picture.territory)).collect();
    if writing::state::<Round>(&mut tx, log_id).await.is_ok_and(|state| state.pictures != territories) {
        found.tell(slug, &"its pictures are not those of its log");
    }
    for picture in pictures {
        for file in &picture.files {
            let bytes = store::copy(&mut tx, round_id, &picture.picture, file).await?;
            if Hash::from(<[u8; 32]>::from(Sha256::digest(bytes))) != file.hash {
                found.tell(slug, &format!("a file of the picture {} is not the one that was added", picture.picture));
            }
        }
    }
    Ok(())
}

/// A ballot that waits must be the one that was accepted.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn urn(app: &App, slug: &str, round_id: i64, found: &mut Findings) -> Result<(), Error> {
    let (mut tx, mut after) = (app.db.read().await?, None);
    loop {
        let ballots = ballot_box::look(&mut tx, round_id, after, BLOCK).await?;
        let Some(last) = ballots.last() else { return Ok(()) };
        after = Some(last.hash);
        found.waiting += ballots.len() as u64;
        for ballot in ballots.iter().filter(|ballot| Sha256::digest(&ballot.envelope)[..] != ballot.hash) {
            let tracker = hex::encode(&ballot.hash[..8]);
            found.tell(slug, &format!("the waiting ballot {tracker}… is not the one that was accepted"));
        }
    }
}

/// The filter of a full segment of promises holds what is in the segment, or whoever votes again would not be known.
///
/// # Errors
/// [`Error::Database`], [`Error::Broken`] with what cannot be understood.
pub(super) async fn filters(app: &App, slug: &str, published: &Published, found: &mut Findings) -> Result<(), Error> {
    let (round_id, keeping) = (published.id, &published.segments.keeping);
    let last = promises::last(&mut app.db.ask().await?, round_id).await?.map_or(0, |(last, _)| last);
    // It is refused where that cannot be.
    segments::open_in(&mut app.db.read().await?, round_id).await?;
    if ballot_box::segment(&mut app.db.ask().await?, round_id).await? < last {
        found.tell(slug, &format!("its urn does not know of the segment {last} of its promises"));
    }
    for segment in 0..=last {
        let mut tx = app.db.read().await?;
        // Of the last one there is none; of the one before it perhaps not yet.
        let Some(kept) = promises::filter(&mut tx, round_id, segment).await? else { continue };
        let is_full = segments::open_in(&mut tx, round_id).await? > segment;
        let is_right = is_full
            && keeping.open(segment, &kept) == Some(segments::keeping::filter_of(&mut tx, round_id, segment).await?);
        if !is_right {
            found
                .tell(slug, &format!("the filter of segment {segment} of its promises is not the one of that segment"));
        }
    }
    Ok(())
}
