//! The registrar's door: a letter code becomes a session.

use audit::log::hash::Hash;
use axum::{Json as Answer, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    client::Client,
    extract::{Json, Path},
    limits::Operation,
    problem::Problem,
};
use crate::app::identifying;

/// The identifying half of a letter code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentificationRequest {
    /// Four groups of four letters; spaces, dashes and case do not matter.
    code: String,
}

/// A session with the registrar.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct IdentificationResponse {
    /// Bearer token for the credential's addresses.
    pub session: String,
    /// Unix second at which it ends.
    pub expires: i64,
    /// The resident's pseudonym, as the register will show it, hexadecimal.
    #[schema(value_type = String)]
    pub pseudonym: Hash,
}

/// Identifies a resident and decides whether they may vote.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/identification",
    tag = "registrar: anybody with a letter code",
    request_body = IdentificationRequest,
    responses((status = 200, body = IdentificationResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn identify(
    State(http): State<Http>,
    Client(address): Client,
    Path(slug): Path<String>,
    Json(request): Json<IdentificationRequest>,
) -> Result<Answer<IdentificationResponse>, Problem> {
    http.limits.check(Operation::Identify, address, (&slug, identifying::target(&request.code)))?;
    let identified = identifying::identify(&http.app, &slug, &request.code).await?;
    Ok(Answer(IdentificationResponse {
        session: identified.session,
        expires: identified.expires,
        pseudonym: identified.pseudonym.into(),
    }))
}
