//! Addresses of rounds, and opening bundles: in one way for every command, which is the auditor's own.

use std::path::Path;

use audit::place::{self, Opened, Options};

use super::CliFault;

/// Server and round of an address such as `https://vote.example/rounds/2027`.
pub(super) fn address(text: &str) -> Option<(&str, &str)> {
    let (base, slug) = text.split_once("/rounds/").filter(|(base, _)| base.starts_with("http"))?;
    Some((base, slug.trim_end_matches('/')))
}

/// Where a server has the bundle of a round.
pub(super) fn bundle_of(server: &str, slug: &str) -> String {
    format!("{}/api/v1/rounds/{slug}/export/bundle", server.trim_end_matches('/'))
}

/// Opens a folder, a .tar.zst, or an address. However much a server sends, only so much of it is taken.
pub(super) fn open(place: &str) -> Result<Opened, CliFault> {
    opened(place, &Options::default())
}

/// The same, unpacked into a new folder that stays.
pub(super) fn open_into(place: &str, folder: &Path) -> Result<Opened, CliFault> {
    opened(place, &Options { into: Some(folder.to_owned()), ..Options::default() })
}

/// What opens bundles waits for the network where it stands.
fn opened(place: &str, options: &Options) -> Result<Opened, CliFault> {
    Ok(tokio::task::block_in_place(|| place::open(place, options, &|_| ()))?)
}
