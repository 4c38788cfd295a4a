//! Files for downloading that may be asked for in parts (RFC 9110 §14), so that a download that broke off can go on.

use std::{path::Path, time::UNIX_EPOCH};

use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};

use super::caching;
use crate::error::Error;

/// The file, or the part of it that the request asks for. The file must never be written again under this path: its ETag
/// says which bytes these are.
///
/// # Errors
/// [`Error::Broken`] when the file cannot be read.
pub(super) async fn file(
    path: &Path,
    media_type: &'static str,
    caching: &'static str,
    request: &HeaderMap,
) -> Result<Response, Error> {
    let mut file = tokio::fs::File::open(path).await.map_err(Error::broken)?;
    let meta = file.metadata().await.map_err(Error::broken)?;
    let made = meta.modified().map_err(Error::broken)?.duration_since(UNIX_EPOCH).unwrap_or_default();
    let (len, etag) = (meta.len(), format!("\"{:x}-{:x}\"", meta.len(), made.as_nanos()));
    let about = [
        (header::ETAG, etag.clone()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CACHE_CONTROL, caching.to_owned()),
        (header::CONTENT_TYPE, media_type.to_owned()),
    ];
    if caching::has(request, &etag) {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    let Some((start, end)) = asked(request, &etag, len) else {
        let length = [(header::CONTENT_LENGTH, len.to_string())];
        return Ok((about, length, body(file, len)).into_response());
    };
    if start >= len {
        let range = [(header::CONTENT_RANGE, format!("bytes */{len}"))];
        return Ok((StatusCode::RANGE_NOT_SATISFIABLE, about, range).into_response());
    }
    file.seek(SeekFrom::Start(start)).await.map_err(Error::broken)?;
    let part = [
        (header::CONTENT_RANGE, format!("bytes {start}-{end}/{len}")),
        (header::CONTENT_LENGTH, (end - start + 1).to_string()),
    ];
    Ok((StatusCode::PARTIAL_CONTENT, about, part, body(file, end - start + 1)).into_response())
}

fn body(file: tokio::fs::File, len: u64) -> Body {
    Body::from_stream(tokio_util::io::ReaderStream::new(file.take(len)))
}

/// First and last byte of the one range that is asked for, if it is of this version of the file. What else may stand in
/// the header (several ranges, the last bytes) may be passed over, and then the whole file is the answer.
fn asked(request: &HeaderMap, etag: &str, len: u64) -> Option<(u64, u64)> {
    let text = |name| request.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or_default());
    if text(header::IF_RANGE).is_some_and(|version| version != etag) {
        return None;
    }
    let (start, end) = text(header::RANGE)?.strip_prefix("bytes=")?.split_once('-')?;
    let start = number(start)?;
    let last = len.saturating_sub(1);
    let end = if end.is_empty() { last } else { number(end)?.min(last) };
    (start >= len || start <= end).then_some((start, end))
}

/// Decimal digits alone, without a sign.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
