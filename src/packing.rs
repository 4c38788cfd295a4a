//! Packing of what is sent to many, once.

use std::io::Write as _;

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};

use crate::error::Error;

/// Packs with gzip on a thread of its own: a tile of leaves takes milliseconds, in which others are answered.
///
/// # Errors
/// [`Error::Broken`] when the runtime ends meanwhile.
pub(crate) async fn pack(bytes: Bytes) -> Result<Bytes, Error> {
    let pack = move || {
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len()), Compression::fast());
        encoder.write_all(&bytes)?;
        encoder.finish()
    };
    let packed = tokio::task::spawn_blocking(pack).await.map_err(Error::broken)?;
    Ok(packed.map_err(Error::broken)?.into())
}
