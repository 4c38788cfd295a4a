//! Pages for people, each at the same address in every language: `/rounds/spring`, `/en/rounds/spring`.

mod frame;
mod kept;
mod rounds;
mod voting;

pub(super) use frame::Asked;
pub(super) use kept::{Kept, after_acts};

use askama::Template;
use axum::{
    Router,
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};

use super::{
    Http,
    caching::{ASK, NEVER},
    extract::Path,
    problem::Problem,
};
use crate::{
    domain::Refusal,
    error::Error,
    pages::{AccessibilityPage, Frame, HowPage, Language, ProblemPage, ProblemsPage, prefix},
};

/// The pages of every language.
pub(super) fn routes() -> Router<Http> {
    let one = |pages: Router<Http>, language: Language| match prefix(language).as_str() {
        "" => pages.merge(in_one_language()),
        prefix => pages.nest(prefix, in_one_language()).route(&format!("{prefix}/"), get(rounds::home)),
    };
    Language::ALL.into_iter().fold(Router::new(), one)
}

fn in_one_language() -> Router<Http> {
    Router::new()
        .route("/", get(rounds::home))
        .route("/rounds/{slug}", get(rounds::round))
        .route("/rounds/{slug}/territories/{number}", get(rounds::territory))
        .route("/rounds/{slug}/results", get(rounds::results))
        .route("/rounds/{slug}/ballot", get(voting::ballot))
        .route("/rounds/{slug}/receipt", get(voting::receipt))
        .route("/rounds/{slug}/check", get(voting::check).post(voting::check_by_form))
        .route("/rounds/{slug}/issued", get(voting::issued))
        .route("/how", get(how))
        .route("/accessibility", get(accessibility))
        .route("/problems", get(problems))
        .route("/problems/{slug}", get(problem))
}

async fn how(f: Frame) -> Result<Response, Problem> {
    render(&HowPage { f })
}

async fn accessibility(f: Frame) -> Result<Response, Problem> {
    render(&AccessibilityPage { f })
}

async fn problems(f: Frame) -> Result<Response, Problem> {
    let slugs: Vec<_> = Refusal::ALL.into_iter().chain(Problem::OTHERS).collect();
    render(&ProblemsPage::new(f, &slugs))
}

async fn problem(f: Frame, Path(slug): Path<String>) -> Result<Response, Problem> {
    match ProblemPage::of(f, &slug) {
        Some(page) => render(&page),
        None => Err(super::problem::not_found().await),
    }
}

/// Tells the browser to give up everything that it keeps for this site, down to the files: what a page deletes by itself may stay
/// on the disk for long.
pub(super) async fn erased() -> impl IntoResponse {
    let clear = HeaderName::from_static("clear-site-data");
    (StatusCode::NO_CONTENT, [(clear, "\"storage\""), (header::CACHE_CONTROL, NEVER)])
}

/// A page; whoever keeps a copy asks before showing it again, for rounds go on.
fn render(page: &impl Template) -> Result<Response, Problem> {
    respond(page, ASK)
}

/// A page on which somebody votes or checks: nobody keeps a copy of it.
fn render_unkept(page: &impl Template) -> Result<Response, Problem> {
    respond(page, NEVER)
}

fn respond(page: &impl Template, caching: &'static str) -> Result<Response, Problem> {
    let html = Html(page.render().map_err(Error::broken)?);
    Ok(([(header::CACHE_CONTROL, caching)], html).into_response())
}
