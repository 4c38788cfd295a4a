//! The ballot box: a ballot comes in without identity, an acceptance goes out.

use audit::round::Bytes;
use axum::{Json as Answer, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    client::Client,
    extract::{Json, Path},
    limits::Operation,
    problem::Problem,
};
use crate::app::casting;

/// A sealed and signed ballot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CastRequest {
    /// The ballot's bytes, base64.
    #[schema(value_type = String, format = Byte)]
    ballot: Bytes,
}

/// The ballot box's signed promise.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct AcceptanceResponse {
    /// SHA-256 of the ballot's bytes, hexadecimal: the name under which its receipt is found.
    #[schema(value_type = String)]
    pub ballot: audit::log::hash::Hash,
    /// SHA-256 of the round's rules, hexadecimal.
    #[schema(value_type = String)]
    pub fingerprint: audit::log::hash::Hash,
    /// Unix second, a full hour, by which the ballot is in the log.
    pub in_log_by: i64,
    /// Ed25519 signature over the acceptance, base64.
    #[schema(value_type = String, format = Byte)]
    pub signature: Bytes,
}

/// Casts a ballot. The same bytes again get the same acceptance.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/ballots",
    tag = "ballot box: anybody with a credential, without identity",
    request_body = CastRequest,
    responses((status = 201, body = AcceptanceResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = 503, body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn cast(
    State(http): State<Http>,
    Client(address): Client,
    Path(slug): Path<String>,
    Json(request): Json<CastRequest>,
) -> Result<(StatusCode, Answer<AcceptanceResponse>), Problem> {
    let credential = casting::claimed_credential(&request.ballot.0);
    http.limits.check(Operation::Cast, address, &credential)?;
    let ballot = casting::check(&http.app, &slug, request.ballot.0).await?;
    http.count(Operation::Cast, &credential).await?;
    let signed = casting::cast(&http.app, ballot).await?;
    let response = AcceptanceResponse {
        ballot: signed.acceptance.ballot.into(),
        fingerprint: signed.acceptance.fingerprint.into(),
        in_log_by: signed.acceptance.in_log_by,
        signature: signed.signature.into(),
    };
    Ok((StatusCode::CREATED, Answer(response)))
}
