//! What the address of a page says, and refusals as pages: a reader is never shown the JSON that programs get.

use axum::{
    extract::{FromRequestParts, OriginalUri, Request},
    http::{Uri, header, request::Parts},
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

/// The address that somebody asked for, if they read pages, as browsers do.
pub(in crate::http) struct Asked(Option<Uri>);

impl Asked {
    pub(in crate::http) fn of(request: &Request) -> Self {
        Self(reads_pages(request).then(|| request.uri().clone()))
    }

    /// Turns problems into pages for those who read pages; programs keep the JSON.
    pub(in crate::http) fn as_page(&self, http: &Http, response: Response) -> Response {
        let (Some(address), Some(problem)) = (&self.0, response.extensions().get::<Problem>()) else { return response };
        let frame = Frame::of(address.path(), &http.app.config.site);
        let Some(page) = ProblemPage::of(frame, problem.slug()) else { return response };
        let Ok(page) = render(&page) else { return response };
        let retry_after = response.headers().get(header::RETRY_AFTER).cloned();
        let mut page = (response.status(), page).into_response();
        unkept(page.headers_mut());
        if let Some(seconds) = retry_after {
            page.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        page
    }
}

fn reads_pages(request: &Request) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accepts.is_some_and(|accept| accept.contains("text/html"))
}
