//! Is the service there, and can it do its work? For proxies and supervisors; neither answer tells anything of a round.

use axum::{extract::State, http::StatusCode};

use super::{Http, problem::Problem};
use crate::app::results;

/// The process answers.
pub(super) async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers too.
pub(super) async fn ready(State(http): State<Http>) -> Result<StatusCode, Problem> {
    results::reachable(&http.app).await?;
    Ok(StatusCode::NO_CONTENT)
}
