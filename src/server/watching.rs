//! The operator's own listener: the metrics, at an address that is not the public one.

use std::{future::pending, net::SocketAddr};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    app::observing,
    connections::{self, Bounds},
    error::Error,
    http::Http,
    metrics::{CONTENT_TYPE, Process, State as Metrics},
};

/// Connections at a time: a few programs look, and none is a crowd.
const MOST: Bounds = Bounds { all: 16, of_one: 16 };

/// Answers `/metrics` until the task is aborted, and says where.
///
/// # Errors
/// [`Error::Broken`] when the listener has no address.
pub(super) fn start(listener: TcpListener, http: &Http) -> Result<(SocketAddr, JoinHandle<()>), Error> {
    let address = listener.local_addr().map_err(Error::broken)?;
    let router = Router::new().route("/metrics", get(metrics)).with_state(http.clone());
    Ok((address, tokio::spawn(connections::serve(listener, router, MOST, pending()))))
}

async fn metrics(State(http): State<Http>) -> impl IntoResponse {
    let state = Metrics {
        shedding: http.overload.shares(),
        executor_delay: http.overload.delay(),
        process: Process::read(),
        ..Metrics::default()
    };
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], observing::text(&http.app, state).await)
}
