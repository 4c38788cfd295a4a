//! Packing of what is sent to many, once.

use std::io::Write as _;

use bytes::Bytes;
pub(crate) use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::Error;

/// Packs with gzip on a thread of its own: a tile of leaves takes milliseconds, in which others are answered.
///
/// # Errors
/// [`Error::Broken`] when the runtime ends meanwhile.
pub(crate) async fn pack(bytes: Bytes, level: Compression) -> Result<Bytes, Error> {
    let pack = move || -> std::io::Result<Box<[u8]>> {
        let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 2), level);
        encoder.write_all(&bytes)?;
        // What is kept holds no more memory than it is long.
        Ok(encoder.finish()?.into_boxed_slice())
    };
    let packed = tokio::task::spawn_blocking(pack).await.map_err(Error::broken)?;
    Ok(packed.map_err(Error::broken)?.into())
}
