//! Every request passes here: it is turned away when there is too much to do, and counted by the template of its route.

use std::{pin::pin, time::Instant};

use axum::{
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::{IntoResponse, Response},
};

use tokio::sync::SemaphorePermit;

use super::{BALLOTS, Http, MAX_BODY, limits, overload, pages, problem::Problem};
use crate::{app::Crowd, domain::Refusal, metrics::Class};

/// Label of a request whose address leads nowhere: what strangers write into addresses is nobody's label.
const NOWHERE: &str = "none";

/// What goes on around every request. It is one layer, for each costs every request several boxes.
pub(super) async fn around(
    State(http): State<Http>,
    route: Option<MatchedPath>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    let (method, asked) = (request.method().clone(), pages::Asked::of(&request));
    // A route that takes longer or shorter bodies says so after this, and has the last word.
    DefaultBodyLimit::max(MAX_BODY).apply(&mut request);
    // Handed on as a pointer, for an async function that is given a future and awaits it keeps room for it twice.
    let answer = pin!(next.run(request));
    let response = watched(&http, route, &method, limits::in_time(answer)).await;
    let mut response = asked.as_page(&http, response);
    for (name, value) in &http.policy {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

async fn watched(http: &Http, route: &str, method: &Method, answer: impl Future<Output = Response>) -> Response {
    let began = Instant::now();
    let (class, method) = (class(route, method), name(method));
    let metrics = &http.app.metrics;
    let response = match admitted(http, route, class) {
        Ok(_held) => answer.await,
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    if let Some(problem) = response.extensions().get::<Problem>() {
        metrics.refused(problem.slug());
        if problem.slug() == "overloaded" {
            metrics.shed(class);
        }
        if problem.slug() == "unavailable" && class != Class::Operating {
            metrics.failed();
        }
    }
    metrics.request(class, [route, method], response.status().as_u16(), began.elapsed());
    response
}

/// Takes a request up. Ballots that wait have the processors and the database first: when more than half of their places are taken
/// nobody reads, from three quarters on nobody comes for a credential, and when all are the next ballots come later.
fn admitted<'a>(http: &'a Http, route: &str, class: Class) -> Result<Option<SemaphorePermit<'a>>, Refusal> {
    match (class, http.app.ballots_that_wait()) {
        (Class::Casting, Crowd::Whole) if route == BALLOTS => Err(http.app.ballot_comes_again()),
        (Class::Reading, crowd) if crowd >= Crowd::Half => Err(overload::away()),
        (Class::Voting, crowd) if crowd >= Crowd::Most => Err(overload::away()),
        _ => http.overload.admit(class),
    }
}

/// What a route is worth when not everything can be done.
fn class(route: &str, method: &Method) -> Class {
    let api = route.strip_prefix("/api/v1");
    match api {
        None if matches!(route, "/healthz" | "/readyz") => Class::Operating,
        // Without its page and its files nobody comes to a ballot.
        None if route.ends_with("/rounds/{slug}/ballot") || route == "/assets/{file}" => Class::Voting,
        Some("/rounds/{slug}") => Class::Voting,
        Some(path) if path.ends_with("/identification") || path.contains("/credential") => Class::Voting,
        Some("/rounds/{slug}/receipts") => Class::Reading,
        // Ballots and acts of staff.
        Some(_) if !matches!(*method, Method::GET | Method::HEAD) => Class::Casting,
        _ => Class::Reading,
    }
}

/// A method that the service knows.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballots_and_the_way_to_them_go_before_reading() {
        for (route, method, expected) in [
            ("/api/v1/rounds/{slug}/ballots", Method::POST, Class::Casting),
            ("/api/v1/rounds/{slug}/opening-key", Method::POST, Class::Casting),
            ("/api/v1/drafts/{slug}", Method::PUT, Class::Casting),
            ("/api/v1/rounds/{slug}/identification", Method::POST, Class::Voting),
            ("/api/v1/rounds/{slug}/credential", Method::GET, Class::Voting),
            ("/api/v1/rounds/{slug}/credential/backup", Method::PUT, Class::Voting),
            ("/api/v1/rounds/{slug}", Method::GET, Class::Voting),
            ("/rounds/{slug}/ballot", Method::GET, Class::Voting),
            ("/en/rounds/{slug}/ballot", Method::GET, Class::Voting),
            ("/api/v1/rounds/{slug}/receipts", Method::POST, Class::Reading),
            ("/api/v1/rounds/{slug}/export/{format}", Method::GET, Class::Reading),
            ("/rounds/{slug}/results", Method::GET, Class::Reading),
            ("/rounds/{slug}/log/tile/{*rest}", Method::GET, Class::Reading),
            ("/rounds/{slug}/check", Method::POST, Class::Reading),
            (NOWHERE, Method::GET, Class::Reading),
            ("/readyz", Method::GET, Class::Operating),
        ] {
            assert_eq!(class(route, &method), expected, "{method} {route}");
        }
    }
}
