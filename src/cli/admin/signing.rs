//! `veche admin sign`: a member signs what they counted again themselves, and takes no word of the server for it.

use std::path::Path;

use audit::folder::Folder;
use tempfile::TempDir;

use super::{
    super::{CliFault, fetch, keys, show},
    Remote,
};
use crate::{
    client::{Api, staff::recount},
    http::RoundResponse,
};

/// Fetches the bundle as it is before the certificate, checks it, and signs its count.
pub(super) async fn sign(round: &str, key: &Path, remote: Remote, as_json: bool) -> Result<RoundResponse, CliFault> {
    let key = keys::member(key)?;
    let unpacked = TempDir::new().map_err(CliFault::other)?;
    let folder = unpacked.path().join("bundle");
    let spinner = show::spinner("checking and counting again", as_json);
    fetch::bundle(&Api::new(&remote.server)?, round, &folder).await?;
    let checked = recount(&Folder(folder));
    spinner.finish_and_clear();
    let checked = checked.map_err(|report| {
        eprint!("{report}");
        CliFault::Other("nothing was signed: the bundle does not hold, see above".to_owned())
    })?;
    Ok(remote.member()?.sign_checked(round, &key, &checked).await?)
}
