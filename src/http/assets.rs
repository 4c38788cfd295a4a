//! The browser's files: an address names its content, so browsers and proxies may keep it for good.

use axum::{
    http::{Uri, header},
    response::IntoResponse,
};

use super::problem::{Problem, not_found};
use crate::web;

/// How long a file may be kept: a year, the longest that caches honour.
pub(super) const FOR_GOOD: &str = "public, max-age=31536000, immutable";

/// One file.
pub(super) async fn serve(uri: Uri) -> Result<impl IntoResponse, Problem> {
    let Some(file) = web::at(uri.path()) else { return Err(not_found().await) };
    Ok(([(header::CONTENT_TYPE, file.media_type()), (header::CACHE_CONTROL, FOR_GOOD)], file.bytes))
}
