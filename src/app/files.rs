//! Files for everybody that cost work to make: made once for each size of the log and each cosignature under its head, then served as they are.

use std::path::{Path, PathBuf};

use super::{App, results, witnessing};
use crate::error::Error;

/// The file of this kind for a round as its log is now. `make` writes it, if it is not there yet, to the path it gets.
///
/// # Errors
/// What `make` answers; [`Error::Broken`] when the folder cannot be written.
pub async fn made_once(
    app: &App,
    slug: &str,
    kind: &str,
    make: impl AsyncFnOnce(&Path) -> Result<(), Error>,
) -> Result<PathBuf, Error> {
    let (round, _) = results::state(app, slug).await?;
    let head = witnessing::newest(&mut app.db.read().await?, &round.log).await?;
    let folder = app.config.data.join("files");
    let (size, cosigned) = (head.size, head.cosigned);
    let path = folder.join(format!("{slug}-{size}-{cosigned}.{kind}"));
    // One maker at a time: whoever comes meanwhile finds the file when the lock is free.
    let _one = app.making.lock().await;
    if tokio::fs::try_exists(&path).await.map_err(Error::broken)? {
        return Ok(path);
    }
    tokio::fs::create_dir_all(&folder).await.map_err(Error::broken)?;
    let unfinished = folder.join(format!("unfinished.{kind}"));
    make(&unfinished).await?;
    tokio::fs::rename(&unfinished, &path).await.map_err(Error::broken)?;
    Ok(path)
}
