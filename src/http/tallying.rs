//! Commission members reveal the opening key and sign the count.

use audit::{log::hash::Hash, round::Bytes};
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
use crate::{
    app::{certifying, tallying},
    domain::Refusal,
};

/// The secret that opens the ballots.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealRequest {
    /// P-256 scalar, 32 bytes big-endian, base64.
    #[schema(value_type = String, format = Byte)]
    pub key: Bytes,
}

/// What commission members sign.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct CertificateResponse {
    /// SHA-256 of the rules, hexadecimal.
    #[schema(value_type = String)]
    pub fingerprint: Hash,
    /// Leaf hash of the log line that holds the count, hexadecimal.
    #[schema(value_type = String)]
    pub tally_line: Hash,
    /// The bytes to sign with Ed25519, base64: a label, the fingerprint, the leaf hash.
    #[schema(value_type = String, format = Byte)]
    pub message: Bytes,
}

/// A member's signature.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRequest {
    /// Ed25519 signature over the message, base64.
    #[schema(value_type = String, format = Byte)]
    pub signature: Bytes,
}

/// Reveals the opening key. Counting begins by itself.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/opening-key",
    tag = "staff: commission members",
    security(("staff" = [])),
    request_body = RevealRequest,
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn reveal(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<RevealRequest>,
) -> Result<Answer<RoundResponse>, Problem> {
    Ok(Answer(tallying::reveal(&http.app, &actor, &slug, &request.key.0).await?.into()))
}

/// What the members sign.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/certificate",
    tag = "public: anybody",
    responses((status = 200, body = CertificateResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn certificate(
    State(http): State<Http>,
    Path(slug): Path<String>,
) -> Result<Answer<CertificateResponse>, Problem> {
    let to_sign = certifying::to_sign(&http.app, &slug).await?;
    Ok(Answer(CertificateResponse {
        fingerprint: to_sign.fingerprint,
        tally_line: to_sign.tally_line,
        message: Bytes(to_sign.message),
    }))
}

/// Takes a member's signature.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/signatures",
    tag = "staff: commission members",
    security(("staff" = [])),
    request_body = SignatureRequest,
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn sign(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<SignatureRequest>,
) -> Result<Answer<RoundResponse>, Problem> {
    let signature = request.signature.array();
    let signature = signature.ok_or_else(|| Refusal::Malformed("signature: must be 64 bytes".into()))?;
    Ok(Answer(certifying::sign(&http.app, &actor, &slug, signature).await?.into()))
}
