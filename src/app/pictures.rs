//! Pictures of territories: an official adds them before the voting and removes them until the close; anybody sees them.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use audit::{
    log::hash::Hash,
    office::Role,
    round::{
        Event,
        pictures::{PictureKind, PictureRemoved, Pictured, check_alt},
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{App, steps};
use crate::{
    domain::{
        Refusal,
        pictures::{FileName, Picture, hashes},
        staff::Actor,
    },
    error::Error,
    pictures::{self, Made, PictureFault},
    store::pictures as store,
};

pub use crate::pictures::MOST_BYTES;

/// Uploads that may be on their way in at the same time: each can be 16 MiB, and more in base64.
const UPLOADS: usize = 2;

/// A picture as an official sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Registration number of the territory.
    pub territory: u32,
    /// What it is.
    pub kind: PictureKind,
    /// What it shows, in words, by language.
    pub alt: BTreeMap<String, String>,
    /// Bytes of a JPEG, PNG or WebP file.
    pub image: Vec<u8>,
}

/// Who may upload now, and who may decode: one at a time, because decoding can take 450 MB.
#[derive(Debug)]
pub(super) struct Workshop {
    uploads: Arc<Semaphore>,
    decoding: Arc<Mutex<()>>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self { uploads: Arc::new(Semaphore::new(UPLOADS)), decoding: Arc::default() }
    }
}

/// Waits until an upload may begin. It has to be held from before the body is read until the answer is there.
///
/// # Errors
/// Never in practice: the service does not close its workshop.
pub async fn turn(app: &App) -> Result<OwnedSemaphorePermit, Error> {
    Arc::clone(&app.workshop.uploads).acquire_owned().await.map_err(Error::broken)
}

/// Adds a picture to a territory. The same upload again changes nothing.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::Picture`] when the bytes are not taken as a picture, [`Refusal::Round`] when the
/// voting has begun, the territory is unknown or full, words are missing, or the picture is there with other words.
pub async fn add(app: &App, actor: &Actor, slug: &str, upload: Upload) -> Result<Picture, Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    // What needs no pixels is refused before they are decoded; the fold decides all the same.
    check_alt(&upload.alt)?;
    let Upload { territory, kind, alt, image } = upload;
    let made = make(app, image).await?;
    let files: Vec<_> = made.iter().map(|made| made.file).collect();
    let named = hashes(&files).ok_or_else(|| Error::broken("a picture was made without one of its files"))?;
    let picture = Picture { picture: named.large_jpeg, territory, kind, alt: alt.clone(), files };
    let mut found = None;
    steps::write(app, &round, async |tx, writing, at| {
        found = store::of_round(tx, round.id).await?.into_iter().find(|known| known.repeats(&picture));
        if found.is_some() {
            return Ok(());
        }
        let line = writing.push(&Event::Pictured(Pictured { alt, at, by, files: named, kind, territory }))?;
        store::insert(tx, round.id, line, &picture).await?;
        for Made { file, bytes } in &made {
            store::insert_file(tx, round.id, &picture.picture, file, bytes).await?;
        }
        Ok(())
    })
    .await?;
    Ok(found.unwrap_or(picture))
}

/// Takes a picture away: the log keeps its hashes and the reason, and its bytes are deleted.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::UnknownPicture`], [`Refusal::Round`] when the voting is over or no reason is given.
pub async fn remove(app: &App, actor: &Actor, slug: &str, picture: Hash, reason: String) -> Result<(), Error> {
    let by = actor.must_be(Role::Official)?.to_owned();
    let round = app.published(slug).await?;
    steps::write(app, &round, async |tx, writing, at| {
        let territory = *writing.state()?.pictures.get(&picture).ok_or(Refusal::UnknownPicture)?;
        writing.push(&Event::PictureRemoved(PictureRemoved { at, by, picture, reason, territory }))?;
        store::delete(tx, round.id, &picture).await
    })
    .await
    .map(drop)
}

/// Every picture of a round: by territory, and there in the order in which they were added.
///
/// # Errors
/// [`Refusal::UnknownRound`].
pub async fn all(app: &App, slug: &str) -> Result<Vec<Picture>, Error> {
    let round = app.published(slug).await?;
    store::of_round(&mut app.db.read().await?, round.id).await
}

/// The bytes of a file.
///
/// # Errors
/// [`Refusal::UnknownPicture`], also when it was removed.
pub async fn bytes(app: &App, name: &FileName) -> Result<Vec<u8>, Error> {
    let found = store::bytes(&mut app.db.read().await?, name).await?;
    found.ok_or_else(|| Refusal::UnknownPicture.into())
}

/// Decodes and encodes away from the threads that serve requests, one picture at a time even when its asker has gone.
async fn make(app: &App, image: Vec<u8>) -> Result<Vec<Made>, Error> {
    let decoding = Arc::clone(&app.workshop.decoding);
    let work = move || {
        let _one = decoding.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        pictures::make(&image)
    };
    let made = tokio::task::spawn_blocking(work).await;
    // A library that gives up on some upload must not look like a fault of the service.
    let made = made.map_err(|_| PictureFault::Broken("it is damaged".to_owned())).flatten();
    made.map_err(|fault| Refusal::Picture(fault.to_string()).into())
}
