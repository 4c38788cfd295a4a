//! The one match from an error to an answer: RFC 9457 problem details. Internal causes are logged here, once, and never sent.

use audit::round::Violation;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{domain::Refusal, error::Error};

/// A problem answer, `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Address of a page about this kind of problem: `/problems/SLUG`. Stable.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind, in words.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What happened and what to do next.
    pub detail: String,
    /// Day on which a person under age reaches the age, YYYY-MM-DD.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of_age_on: Option<String>,
    /// Highest version of the credential that was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_version: Option<u32>,
    /// Seconds to wait, as in `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

impl Problem {
    /// Slugs of problems that are no refusal of the rules.
    pub const OTHERS: [&str; 5] = ["too-large", "timeout", "unavailable", "not-found", "method-not-allowed"];

    /// The stable name, as in the address of its page.
    #[must_use]
    pub fn slug(&self) -> &str {
        self.kind.trim_start_matches("/problems/")
    }

    /// A problem that is no refusal of the rules: its slug, status and words.
    #[must_use]
    pub fn new(slug: &str, status: StatusCode, detail: &str) -> Self {
        Self {
            kind: format!("/problems/{slug}"),
            title: slug.replace('-', " "),
            status: status.as_u16(),
            detail: detail.to_owned(),
            of_age_on: None,
            accepted_version: None,
            retry_after: None,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let mut problem = Self::new(refusal.slug(), status(&refusal), &refusal.to_string());
        match refusal {
            Refusal::UnderAge { on, .. } => problem.of_age_on = Some(on),
            Refusal::VersionNotGrowing { accepted } => problem.accepted_version = Some(accepted),
            Refusal::Overloaded { seconds } | Refusal::LogBehind { seconds } => problem.retry_after = Some(seconds),
            Refusal::TooMany { seconds } => problem.retry_after = Some(seconds),
            _ => {}
        }
        problem
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            fault => {
                tracing::error!(%fault, "a request failed");
                let mut problem = Self::new(
                    "unavailable",
                    StatusCode::SERVICE_UNAVAILABLE,
                    "the service cannot answer now; asking again is safe and changes nothing twice",
                );
                problem.retry_after = Some(5);
                problem
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after;
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        unkept(headers);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // So that a page can say it in the reader's words.
        response.extensions_mut().insert(self);
        response
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::UnknownRound
        | Refusal::UnknownBallot
        | Refusal::UnknownPicture
        | Refusal::NotInLog
        | Refusal::NoBackup
        | Refusal::NoResultYet(_) => StatusCode::NOT_FOUND,
        Refusal::Code | Refusal::UnderAge { .. } | Refusal::WrongDistrict { .. } | Refusal::NotAllowed => {
            StatusCode::FORBIDDEN
        }
        Refusal::Session | Refusal::LetterReplaced | Refusal::Token => StatusCode::UNAUTHORIZED,
        Refusal::CodeMistyped(_)
        | Refusal::BlindedMessage
        | Refusal::BackupLength(_)
        | Refusal::Envelope(_)
        | Refusal::Picture(_)
        | Refusal::Roll { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::Round(Violation::Rules(_) | Violation::Alt | Violation::UnknownTerritory(_)) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Refusal::AlreadyIssued
        | Refusal::NotIssuing(_)
        | Refusal::NotOpenYet
        | Refusal::Paused
        | Refusal::Closed
        | Refusal::VersionNotGrowing { .. }
        | Refusal::Round(_)
        | Refusal::Office(_)
        | Refusal::Frozen
        | Refusal::NothingProposed => StatusCode::CONFLICT,
        Refusal::Malformed(_) => StatusCode::BAD_REQUEST,
        Refusal::Overloaded { .. } | Refusal::LogBehind { .. } => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// What went wrong is kept by nobody, and readers and programs get it in different words.
pub(super) fn unkept(headers: &mut HeaderMap) {
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
}

/// For an address that is not in the map.
pub(super) async fn not_found() -> Problem {
    Problem::new("not-found", StatusCode::NOT_FOUND, "there is nothing at this address")
}

/// For an address that does not take this method.
pub(super) async fn method_not_allowed() -> Problem {
    Problem::new("method-not-allowed", StatusCode::METHOD_NOT_ALLOWED, "this address does not take this method")
}
