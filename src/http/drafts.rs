//! Officials draft rounds and publish them.

use axum::{Json as Answer, extract::State, http::StatusCode};

use super::{
    Http,
    access::Staff,
    extract::{Json, Path},
    problem::Problem,
    rounds::RoundResponse,
};
use crate::{
    app::rounds,
    domain::{Draft, Refusal},
};

/// Saves a draft, new or changed.
#[utoipa::path(
    put,
    path = "/api/v1/drafts/{slug}",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body(content = Object, description = "The draft, see docs/operations.md"),
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn save(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(draft): Json<Draft>,
) -> Result<StatusCode, Problem> {
    if draft.slug != slug {
        return Err(Refusal::Malformed("slug: must be the name in the address".into()).into());
    }
    rounds::save_draft(&http.app, &actor, &draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Freezes a draft: its rules cannot change any more.
#[utoipa::path(
    post,
    path = "/api/v1/drafts/{slug}/publication",
    tag = "staff: officials",
    security(("staff" = [])),
    responses((status = 201, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn publish(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
) -> Result<(StatusCode, Answer<RoundResponse>), Problem> {
    let round = rounds::publish(&http.app, &actor, &slug).await?;
    Ok((StatusCode::CREATED, Answer(round.into())))
}
