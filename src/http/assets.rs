//! The browser's files: an address names its content, so browsers and proxies may keep it for good.

use axum::{
    http::{HeaderMap, Uri, header},
    response::Response,
};

use super::{
    caching::{self, FOR_GOOD},
    problem::{Problem, not_found},
};
use crate::web;

/// One file.
pub(super) async fn serve(uri: Uri, headers: HeaderMap) -> Result<Response, Problem> {
    let Some(file) = web::at(uri.path()) else { return Err(not_found().await) };
    let tag = format!("W/\"{}\"", file.hash);
    Ok(caching::kept(&headers, FOR_GOOD, &tag, ([(header::CONTENT_TYPE, file.media_type())], file.bytes)))
}
