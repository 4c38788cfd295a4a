//! What the address of a page says, and refusals as pages: a reader is never shown the JSON that programs get.

use axum::{
    extract::{FromRequestParts, OriginalUri, Request, State},
    http::{header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{super::problem::unkept, Http, Problem, render};
use crate::pages::{Frame, ProblemPage};

impl FromRequestParts<Http> for Frame {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let address = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |OriginalUri(uri)| uri);
        Ok(Self::of(address.path(), &http.app.config.site))
    }
}

/// Turns problems into pages for those who asked for one, as browsers do; programs keep the JSON.
pub(in crate::http) async fn as_page(State(http): State<Http>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let reads = reads_pages(&request);
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| reads) else {
        return response;
    };
    let frame = Frame::of(&path, &http.app.config.site);
    let Some(page) = ProblemPage::of(frame, problem.slug()) else { return response };
    match render(&page) {
        Ok(page) => {
            let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
            let mut page = (response.status(), page).into_response();
            unkept(page.headers_mut());
            if let Some(seconds) = retry_after {
                page.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
            page
        }
        Err(_) => response,
    }
}

fn reads_pages(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| accept.contains("text/html"))
}
