//! The registrar's counter: one blind signature for each resident, and their encrypted backup.

use audit::{log::hash::Hash, round::Bytes};
use axum::{Json as Answer, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    access::Resident,
    extract::{Json, Path},
    problem::Problem,
};
use crate::app::issuing as registrar;

/// A blinded credential.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueRequest {
    /// The blinded message of RFC 9474, as long as the issuer's modulus, base64.
    #[schema(value_type = String, format = Byte)]
    blinded: Bytes,
}

/// The issuer's answer.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct IssueResponse {
    /// The blind signature of RFC 9474, base64.
    #[schema(value_type = String, format = Byte)]
    pub signature: Bytes,
}

/// Whether a credential was issued in the resident's name.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct StatusResponse {
    /// True once a credential was issued.
    pub issued: bool,
    /// The resident's pseudonym, to be found in the published register, hexadecimal.
    #[schema(value_type = String)]
    pub pseudonym: Hash,
}

/// A credential encrypted under the second half of the letter code.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// Nonce and ciphertext, base64.
    #[schema(value_type = String, format = Byte)]
    pub backup: Bytes,
}

/// Signs a blinded credential. The same request again gets the same signature; another one is refused.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/credential",
    tag = "registrar: a resident's session",
    security(("session" = [])),
    request_body = IssueRequest,
    responses((status = 200, body = IssueResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = 503, body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn issue(
    State(http): State<Http>,
    Resident(session): Resident,
    Path(slug): Path<String>,
    Json(request): Json<IssueRequest>,
) -> Result<Answer<IssueResponse>, Problem> {
    let signature = registrar::issue(&http.app, &slug, &session, &request.blinded.0).await?;
    Ok(Answer(IssueResponse { signature: Bytes(signature) }))
}

/// Was a credential issued in my name?
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/credential",
    tag = "registrar: a resident's session",
    security(("session" = [])),
    responses((status = 200, body = StatusResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn status(
    State(http): State<Http>,
    Resident(session): Resident,
    Path(slug): Path<String>,
) -> Result<Answer<StatusResponse>, Problem> {
    let (pseudonym, issued) = registrar::was_issued(&http.app, &slug, &session).await?;
    Ok(Answer(StatusResponse { issued, pseudonym: pseudonym.into() }))
}

/// The encrypted credential, for another device.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/credential/backup",
    tag = "registrar: a resident's session",
    security(("session" = [])),
    responses((status = 200, body = Backup), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn backup(
    State(http): State<Http>,
    Resident(session): Resident,
    Path(slug): Path<String>,
) -> Result<Answer<Backup>, Problem> {
    let backup = registrar::backup(&http.app, &slug, &session).await?;
    Ok(Answer(Backup { backup: Bytes(backup) }))
}

/// Keeps an encrypted credential.
#[utoipa::path(
    put,
    path = "/api/v1/rounds/{slug}/credential/backup",
    tag = "registrar: a resident's session",
    security(("session" = [])),
    request_body = Backup,
    responses((status = 204), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn save_backup(
    State(http): State<Http>,
    Resident(session): Resident,
    Path(slug): Path<String>,
    Json(request): Json<Backup>,
) -> Result<StatusCode, Problem> {
    registrar::save_backup(&http.app, &slug, &session, &request.backup.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
