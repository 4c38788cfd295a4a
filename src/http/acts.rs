//! Officials act, commission members confirm.

use audit::round::Act;
use axum::{Json as Answer, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    access::Staff,
    extract::{Json, Path},
    problem::Problem,
    rounds::RoundResponse,
};
use crate::app::steps::{self, Alone};

/// A step that an official takes alone.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "kebab-case", deny_unknown_fields)]
pub enum StepRequest {
    /// Interrupts the voting.
    Pause {
        /// Why.
        reason: String,
    },
    /// Goes on with the voting.
    Resume {
        /// Why.
        reason: String,
    },
    /// Moves the close later.
    Extend {
        /// Why.
        reason: String,
        /// The new close, a Unix second.
        closes_at: i64,
    },
}

/// An act that needs a second person.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalRequest {
    /// `open`, `close` or `annul`.
    #[schema(value_type = String)]
    pub act: Act,
    /// Why.
    pub reason: String,
}

/// Pauses, resumes or extends.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/steps",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = StepRequest,
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn alone(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<StepRequest>,
) -> Result<Answer<RoundResponse>, Problem> {
    let (step, reason) = match request {
        StepRequest::Pause { reason } => (Alone::Pause, reason),
        StepRequest::Resume { reason } => (Alone::Resume, reason),
        StepRequest::Extend { reason, closes_at } => (Alone::Extend(closes_at), reason),
    };
    Ok(Answer(steps::alone(&http.app, &actor, &slug, step, reason).await?.into()))
}

/// Proposes to open, close or annul.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/proposal",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = ProposalRequest,
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn propose(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<ProposalRequest>,
) -> Result<Answer<RoundResponse>, Problem> {
    let round = steps::propose(&http.app, &actor, &slug, request.act, request.reason).await?;
    Ok(Answer(round.into()))
}

/// Confirms what is proposed; it is carried out at once.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/proposal/confirmation",
    tag = "staff: commission members",
    security(("staff" = [])),
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn confirm(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
) -> Result<Answer<RoundResponse>, Problem> {
    Ok(Answer(steps::confirm(&http.app, &actor, &slug).await?.into()))
}
