//! Is the service there, and does it take requests? For proxies and supervisors; neither answer tells anything of a round.

use axum::{extract::State, http::StatusCode};

use super::{Http, problem::Problem};
use crate::app::readiness;

/// The process answers. The database is not asked: starting the process again would not mend it.
pub(super) async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The node takes requests.
pub(super) async fn ready(State(http): State<Http>) -> Result<StatusCode, Problem> {
    readiness::ready(&http.app).await.map_err(|why| {
        let mut problem = Problem::new("unavailable", StatusCode::SERVICE_UNAVAILABLE, &why.to_string());
        problem.retry_after = Some(1);
        problem
    })?;
    Ok(StatusCode::NO_CONTENT)
}
