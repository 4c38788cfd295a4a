//! What anybody may read of a round's log: receipts, the checkpoint, lines, consistency.

use audit::log::hash::Hash;
use axum::{
    Json as Answer,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    Http,
    caching::{self, A_MOMENT, NEVER},
    extract::{Json, Path, Query},
    problem::Problem,
};
use crate::{
    app::receipts::{self, Receipt},
    error::Error,
};

/// Most lines in one answer.
const MOST_LINES: u32 = 1000;

/// Where a ballot is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ReceiptResponse {
    /// SHA-256 of the ballot, hexadecimal.
    #[schema(value_type = String)]
    pub ballot: Hash,
    /// Unix second by which it is in the log, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_log_by: Option<i64>,
    /// Index of its line, once it is in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// The line's exact bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// C2SP tlog-proof of the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<String>,
    /// Short name of the ballot, for people: the first 16 hexadecimal digits of its hash in groups of four.
    pub tracker: String,
}

/// Which ballot.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptRequest {
    /// SHA-256 of the ballot, hexadecimal, or its tracker.
    ballot: String,
}

/// Which lines.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct LinesQuery {
    /// Index of the first line.
    #[serde(default)]
    first: u64,
    /// How many, at most 1000.
    limit: Option<u32>,
}

/// Between which sizes of the log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyQuery {
    /// The smaller size.
    from: u64,
    /// The larger size.
    to: u64,
}

/// A consistency proof.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ConsistencyResponse {
    /// RFC 6962 §2.1.2 proof, hexadecimal hashes.
    #[schema(value_type = Vec<String>)]
    pub proof: Vec<Hash>,
}

/// The receipt of a ballot.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/receipts/{ballot}",
    tag = "public: anybody",
    params(("ballot" = String, Path, description = "SHA-256 of the ballot, hexadecimal, or its tracker")),
    responses((status = 200, body = ReceiptResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn receipt(
    State(http): State<Http>,
    Path((slug, ballot)): Path<(String, String)>,
) -> Result<impl IntoResponse, Problem> {
    Ok(([(header::CACHE_CONTROL, NEVER)], Answer(find(&http, &slug, &ballot).await?)))
}

/// The receipt of a ballot, asked for in the body: addresses are often kept in the logs of proxies, together with who asked.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/receipts",
    tag = "public: anybody",
    request_body = ReceiptRequest,
    responses((status = 200, body = ReceiptResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn receipt_in_private(
    State(http): State<Http>,
    Path(slug): Path<String>,
    Json(request): Json<ReceiptRequest>,
) -> Result<impl IntoResponse, Problem> {
    Ok(([(header::CACHE_CONTROL, NEVER)], Answer(find(&http, &slug, &request.ballot).await?)))
}

async fn find(http: &Http, slug: &str, name: &str) -> Result<ReceiptResponse, Error> {
    let ballot = receipts::named(&http.app, slug, name).await?;
    let nowhere =
        ReceiptResponse { ballot, in_log_by: None, index: None, line: None, proof: None, tracker: tracker(&ballot) };
    Ok(match receipts::receipt(&http.app, slug, ballot.as_bytes()).await? {
        Receipt::Waiting { in_log_by } => ReceiptResponse { in_log_by: Some(in_log_by), ..nowhere },
        Receipt::Logged { index, line, proof } => {
            let line = Some(String::from_utf8_lossy(&line).into_owned());
            ReceiptResponse { index: Some(index), line, proof: Some(proof), ..nowhere }
        }
    })
}

/// The signed head of the log, a C2SP checkpoint.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/log/checkpoint",
    tag = "public: anybody",
    responses((status = 200, body = String, content_type = "text/plain"), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn checkpoint(
    State(http): State<Http>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let note = receipts::checkpoint(&http.app, &slug).await?;
    Ok(caching::by_content(&headers, A_MOMENT, "text/plain; charset=utf-8", note.into_bytes()))
}

/// Lines of the log, each ended by a line feed.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/log/lines",
    tag = "public: anybody",
    params(LinesQuery),
    responses((status = 200, body = String, content_type = "application/x-ndjson"), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn lines(
    State(http): State<Http>,
    Path(slug): Path<String>,
    Query(query): Query<LinesQuery>,
) -> Result<impl IntoResponse, Problem> {
    let limit = query.limit.unwrap_or(MOST_LINES).min(MOST_LINES);
    let lines = receipts::lines(&http.app, &slug, query.first, limit).await?;
    let body: Vec<u8> = lines.into_iter().flat_map(|line| line.into_iter().chain([b'\n'])).collect();
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], body))
}

/// The proof that the log only grew.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/log/consistency",
    tag = "public: anybody",
    params(ConsistencyQuery),
    responses((status = 200, body = ConsistencyResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn consistency(
    State(http): State<Http>,
    Path(slug): Path<String>,
    Query(query): Query<ConsistencyQuery>,
) -> Result<Answer<ConsistencyResponse>, Problem> {
    let proof = receipts::consistency(&http.app, &slug, query.from, query.to).await?;
    Ok(Answer(ConsistencyResponse { proof }))
}

fn tracker(hash: &Hash) -> String {
    let digits = hash.to_string();
    let groups: Vec<_> = (0..4).map(|group| &digits[group * 4..group * 4 + 4]).collect();
    groups.join("-")
}
