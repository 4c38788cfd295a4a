//! `veche admin sign`: a member signs what they counted again themselves, and takes no word of the server for it.

use std::path::Path;

use super::{
    super::{CliFault, fetch, keys, show},
    Remote,
};
use crate::{client::staff::recount, http::RoundResponse};

/// Fetches the bundle as it is before the certificate, checks it, and signs its count.
pub(super) async fn sign(round: &str, key: &Path, remote: Remote, as_json: bool) -> Result<RoundResponse, CliFault> {
    let key = keys::member(key)?;
    let spinner = show::spinner("checking and counting again", as_json);
    let opened = fetch::open(&fetch::bundle_of(&remote.server, round));
    let checked = opened.map(|opened| recount(&opened.folder));
    spinner.finish_and_clear();
    let checked = checked?.map_err(|report| {
        eprint!("{report}");
        CliFault::Other("nothing was signed: the bundle does not hold, see above".to_owned())
    })?;
    Ok(remote.member()?.sign_checked(round, &key, &checked).await?)
}
