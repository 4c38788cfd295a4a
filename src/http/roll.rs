//! Officials import the roll: pseudonyms and codes, no names.

use axum::{Json as Answer, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    access::Staff,
    extract::{Json, Path},
    problem::Problem,
};
use crate::app::roll::{self, Entry};

/// People to add, at most 10,000.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollRequest {
    /// The people.
    pub people: Vec<RollEntry>,
}

/// One person.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RollEntry {
    /// HMAC-SHA-256 of the person's number under the commission's roll key, hexadecimal.
    pub pseudonym: String,
    /// Date of birth, YYYY-MM-DD.
    pub born: String,
    /// District of residence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub district: Option<String>,
    /// Identifying half of the letter code that was sent to them.
    pub code: String,
}

/// What an import came to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RollResponse {
    /// People added.
    pub added: u64,
    /// People on the roll now.
    pub total: u64,
}

/// Adds people to the roll: all of them, or at the first mistake none.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/roll",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = RollRequest,
    responses((status = 201, body = RollResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn import(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<RollRequest>,
) -> Result<(StatusCode, Answer<RollResponse>), Problem> {
    let entry = |person: RollEntry| Entry {
        pseudonym: person.pseudonym,
        born: person.born,
        district: person.district,
        code: person.code,
    };
    let entries: Vec<_> = request.people.into_iter().map(entry).collect();
    let (added, total) = roll::import(&http.app, &actor, &slug, &entries).await?;
    Ok((StatusCode::CREATED, Answer(RollResponse { added, total })))
}
