//! Fetching and unpacking bundles: regular files of one folder, nothing else.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use super::CliFault;
use crate::client::Api;

/// Most that an archive may unpack to, in bytes.
const MOST: u64 = 64 << 30;

/// Server and round of an address such as `https://vote.example/rounds/2027`.
pub(super) fn address(text: &str) -> Option<(&str, &str)> {
    let (base, slug) = text.split_once("/rounds/").filter(|(base, _)| base.starts_with("http"))?;
    Some((base, slug.trim_end_matches('/')))
}

/// Downloads the bundle of a round and unpacks it into the folder.
pub(super) async fn bundle(api: &Api, slug: &str, folder: &Path) -> Result<(), CliFault> {
    let archive = api.bytes(&format!("/api/v1/rounds/{slug}/export/bundle")).await?;
    unpack(archive.as_slice(), folder)
}

/// Unpacks a `.tar.zst` that [`crate::app::bundling`] packed.
pub(super) fn unpack(archive: impl Read, folder: &Path) -> Result<(), CliFault> {
    fs::create_dir_all(folder).map_err(CliFault::file(folder))?;
    let decoder = zstd::Decoder::new(archive).map_err(CliFault::other)?;
    let mut tar = tar::Archive::new(decoder.take(MOST));
    for entry in tar.entries().map_err(CliFault::other)? {
        let mut entry = entry.map_err(CliFault::other)?;
        let path = entry.path().map_err(CliFault::other)?.into_owned();
        let name = plain_name(&path).filter(|_| entry.header().entry_type().is_file());
        let name =
            name.ok_or_else(|| CliFault::Other(format!("the archive holds {}, no bundle does", path.display())))?;
        let target = folder.join(name);
        let mut file = fs::File::create_new(&target).map_err(CliFault::file(&target))?;
        std::io::copy(&mut entry, &mut file).map_err(CliFault::file(&target))?;
    }
    Ok(())
}

/// The file name in `bundle/NAME`.
fn plain_name(path: &Path) -> Option<PathBuf> {
    let name = path.strip_prefix("bundle").ok()?;
    let mut parts = name.components();
    let plain = matches!((parts.next(), parts.next()), (Some(std::path::Component::Normal(_)), None));
    plain.then(|| name.to_owned())
}
