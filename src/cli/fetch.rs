//! Addresses of rounds, and fetching a round's bundle with the client that is there already.

use std::path::Path;

use audit::archive;

use super::CliFault;
use crate::client::Api;

/// Server and round of an address such as `https://vote.example/rounds/2027`.
pub(super) fn address(text: &str) -> Option<(&str, &str)> {
    let (base, slug) = text.split_once("/rounds/").filter(|(base, _)| base.starts_with("http"))?;
    Some((base, slug.trim_end_matches('/')))
}

/// Downloads the bundle of a round and unpacks it into the folder.
pub(super) async fn bundle(api: &Api, slug: &str, folder: &Path) -> Result<(), CliFault> {
    let archive = api.bytes(&format!("/api/v1/rounds/{slug}/export/bundle")).await?;
    archive::unpack(archive.as_slice(), folder, archive::MOST).map_err(CliFault::other)
}
