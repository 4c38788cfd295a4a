//! Officials replace letters that were lost or whose codes were burned.

use axum::{Json as Answer, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Http,
    access::Staff,
    extract::{Json, Path},
    problem::Problem,
};
use crate::app::letters::{self, Letter};

/// New letters, at most 1,000.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LettersRequest {
    /// Who gets a new letter.
    pub people: Vec<LetterEntry>,
    /// Why; it stands in the log.
    pub reason: String,
}

/// One new letter.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LetterEntry {
    /// HMAC-SHA-256 of the person's number under the commission's roll key, hexadecimal.
    pub pseudonym: String,
    /// Identifying half of the new code.
    pub code: String,
}

/// What it came to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct LettersResponse {
    /// Letters asked for. Whoever has a credential keeps the letter that they have, and nobody is told who does.
    pub asked: u64,
}

/// Replaces letters of people who have no credential yet, and of all of these or at the first mistake of none. Who has one is not told.
#[utoipa::path(
    post,
    path = "/api/v1/rounds/{slug}/letters",
    tag = "staff: officials",
    security(("staff" = [])),
    request_body = LettersRequest,
    responses((status = 200, body = LettersResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn replace(
    State(http): State<Http>,
    Staff(actor): Staff,
    Path(slug): Path<String>,
    Json(request): Json<LettersRequest>,
) -> Result<Answer<LettersResponse>, Problem> {
    let letter = |person: LetterEntry| Letter { pseudonym: person.pseudonym, code: person.code };
    let people: Vec<_> = request.people.into_iter().map(letter).collect();
    let asked = letters::replace(&http.app, &actor, &slug, &people, request.reason).await?;
    Ok(Answer(LettersResponse { asked }))
}
