//! A server that does nothing but answer, always the same: the ceiling that the real one is measured beside.

use std::{future::pending, net::SocketAddr};

use axum::{Json, Router, http::header, routing::get};
use bytes::Bytes;
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    connections::{self, Bounds},
    error::Error,
    http::CastRequest,
};

/// More connections than a load test opens.
const MOST: usize = 10_000;

/// Answers every address with this body, until the future is dropped. Where it listens is told before.
///
/// # Errors
/// [`Error::Broken`] when it cannot listen.
pub async fn serve(body: Bytes, tell: impl FnOnce(SocketAddr)) -> Result<(), Error> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(Error::broken)?;
    tell(listener.local_addr().map_err(Error::broken)?);
    let answer = get(move || async move { ([(header::CONTENT_TYPE, "application/octet-stream")], body) });
    // As long as an acceptance, for as long a ballot, with no work between them.
    let accept = async |Json(_): Json<CastRequest>| Json(json!({ "in_log_by": 0, "signature": "A".repeat(88) }));
    let router = Router::new().route("/{*path}", answer.post(accept));
    connections::serve(listener, router, Bounds { all: MOST, of_one: MOST }, pending()).await;
    Ok(())
}
