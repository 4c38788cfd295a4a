//! What anybody may know of rounds: rules, phase, turnout, and after the count the result.

use audit::{
    log::hash::Hash,
    round::{Phase, Round, RoundRules},
};
use axum::{Json as Answer, extract::State, http::HeaderMap, response::Response};
use ballots::Outcome;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Http, caching, extract::Path, problem::Problem};
use crate::{app::results, error::Error};

/// A round and how far it is.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundResponse {
    /// SHA-256 of the canonical rules, hexadecimal.
    #[schema(value_type = String)]
    pub fingerprint: Hash,
    /// Where the round is in its life.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// Unix second of the close in force.
    pub closes_at: i64,
    /// Unix second at which the voting did end: closed, which may be before its time, or annulled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// People on the roll.
    pub roll: u64,
    /// Credentials issued, as of the register's last step in the log.
    pub issued: u64,
    /// Ballots in the log, replaced ones included.
    pub ballots: u64,
    /// Handles of the commission members who signed the count.
    pub signed: Vec<String>,
    /// An act that waits for its second person.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<audit::round::act::Proposal>,
    /// The frozen rules, as in line 0 of the log.
    #[schema(value_type = Object)]
    pub rules: RoundRules,
}

impl From<Round> for RoundResponse {
    fn from(round: Round) -> Self {
        Self {
            fingerprint: round.fingerprint,
            phase: round.phase,
            closes_at: round.closes_at,
            ended_at: round.ended_at,
            roll: round.roll,
            issued: round.register.count,
            ballots: round.ballots,
            signed: round.signed.into_iter().collect(),
            proposal: round.proposal,
            rules: (*round.rules).clone(),
        }
    }
}

/// A round in a list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RoundSummary {
    /// Name in addresses.
    pub slug: String,
    /// What is decided.
    pub title: String,
    /// Where the round is in its life.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// Unix second of the opening.
    pub opens_at: i64,
    /// Unix second of the close in force.
    pub closes_at: i64,
}

/// The result of a round.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct ResultResponse {
    /// Where the round is in its life: tallied, or certified.
    #[schema(value_type = String)]
    pub phase: Phase,
    /// Standings, ties and winners, as in the log.
    #[schema(value_type = Object)]
    pub outcome: Outcome,
    /// Ballots that a later one of the same credential replaced.
    pub replaced: u64,
}

/// Every published round.
#[utoipa::path(
    get,
    path = "/api/v1/rounds",
    tag = "public: anybody",
    responses((status = 200, body = Vec<RoundSummary>))
)]
pub(super) async fn list(State(http): State<Http>) -> Result<Answer<Vec<RoundSummary>>, Problem> {
    let rounds = results::all(&http.app).await?;
    let summary = |(_, round): (_, Round)| RoundSummary {
        slug: round.rules.slug.clone(),
        title: round.rules.title.clone(),
        phase: round.phase,
        opens_at: round.rules.opens_at,
        closes_at: round.closes_at,
    };
    Ok(Answer(rounds.into_iter().map(summary).collect()))
}

/// One round.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}",
    tag = "public: anybody",
    responses((status = 200, body = RoundResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn show(State(http): State<Http>, Path(slug): Path<String>) -> Result<Answer<RoundResponse>, Problem> {
    let (_, round) = results::state(&http.app, &slug).await?;
    Ok(Answer(round.into()))
}

/// The result, once counted.
#[utoipa::path(
    get,
    path = "/api/v1/rounds/{slug}/result",
    tag = "public: anybody",
    responses((status = 200, body = ResultResponse), (status = "4XX", body = Problem, content_type = "application/problem+json"))
)]
pub(super) async fn result(
    State(http): State<Http>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (_, round) = results::state(&http.app, &slug).await?;
    let tallied = results::tallied(&http.app, &slug).await?;
    let result = ResultResponse { phase: round.phase, outcome: tallied.outcome, replaced: tallied.replaced };
    let json = serde_json::to_vec(&result).map_err(Error::broken)?;
    Ok(caching::by_content(&headers, caching::of_result(round.phase), "application/json", json))
}
