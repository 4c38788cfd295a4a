//! The registrar's door: a letter code becomes a session, and with a blinded message a credential.

use std::net::IpAddr;

use audit::{log::hash::Hash, round::Bytes};
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
use crate::{
    app::{
        identifying::{self, Session},
        issuing,
    },
    error::Error,
};

/// The identifying half of a letter code, and what is to be signed at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentificationRequest {
    /// Four groups of four letters; spaces, dashes and case do not matter.
    code: String,
    /// The blinded message of RFC 9474, as for `credential`: then one question is enough for a credential. Base64.
    #[schema(value_type = Option<String>, format = Byte)]
    blinded: Option<Bytes>,
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
    /// The blind signature, when a message came along and was signed. Else ask `credential`, which says why not. Base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub signature: Option<Bytes>,
}

/// Identifies a resident and decides whether they may vote; signs a blinded credential that comes along.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/identification",
    tag = "registrar: anybody with a letter code",
    request_body = IdentificationRequest,
    responses((status = 200, body = IdentificationResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"), (status = 503, body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn identify(
    State(http): State<Http>,
    Client(address): Client,
    Path(slug): Path<String>,
    Json(request): Json<IdentificationRequest>,
) -> Result<Answer<IdentificationResponse>, Problem> {
    http.limit(Operation::Identify, address, &identifying::target(&slug, &request.code)).await?;
    let identifying::Identified { session, token } = identifying::identify(&http.app, &slug, &request.code).await?;
    let signature = match request.blinded {
        Some(blinded) => sign(&http, address, &session, &blinded.0).await?,
        None => None,
    };
    Ok(Answer(IdentificationResponse {
        session: token,
        expires: session.expires,
        pseudonym: session.pseudonym.into(),
        signature,
    }))
}

/// Signs what came along, within the limits of those who ask for signatures.
async fn sign(http: &Http, address: IpAddr, session: &Session, blinded: &[u8]) -> Result<Option<Bytes>, Error> {
    if http.limit(Operation::Issue, address, &session.pseudonym).await.is_err() {
        return Ok(None);
    }
    Ok(issuing::issue_at_once(&http.app, &session.round, session, blinded).await?.map(Bytes))
}
