//! Asks the router from inside, as a stranger without address, cookie or token would: what it answers, anybody may have.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderName, Request, StatusCode, header},
};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::Http;
use crate::error::Error;

/// What a reader gets.
#[derive(Debug)]
pub struct PublicAnswer {
    headers: HeaderMap,
    body: Body,
}

impl Http {
    /// The answer at an address; nothing when there is none, or none yet.
    ///
    /// # Errors
    /// [`Error::Broken`] when the service cannot answer.
    pub async fn ask(&self, address: &str) -> Result<Option<PublicAnswer>, Error> {
        let request = Request::get(address).body(Body::empty()).map_err(Error::broken)?;
        let response = self.clone().router().oneshot(request).await.map_err(Error::broken)?;
        let (head, body) = response.into_parts();
        match head.status {
            StatusCode::OK => Ok(Some(PublicAnswer { headers: head.headers, body })),
            StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::CONFLICT => Ok(None),
            status => Err(Error::broken(format!("{address}: the service answers {status}"))),
        }
    }
}

impl PublicAnswer {
    /// Media type of the body.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.text(header::CONTENT_TYPE)
    }

    /// How long it may be kept.
    #[must_use]
    pub fn caching(&self) -> Option<&str> {
        self.text(header::CACHE_CONTROL)
    }

    /// Which version of the body it is.
    #[must_use]
    pub fn tag(&self) -> Option<&str> {
        self.text(header::ETAG)
    }

    /// Under which name it is saved.
    #[must_use]
    pub fn disposition(&self) -> Option<&str> {
        self.text(header::CONTENT_DISPOSITION)
    }

    fn text(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The next part of the body.
    ///
    /// # Errors
    /// [`Error::Broken`] when it breaks off.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        while let Some(frame) = self.body.frame().await {
            if let Ok(data) = frame.map_err(Error::broken)?.into_data() {
                return Ok(Some(data));
            }
        }
        Ok(None)
    }

    /// The whole body.
    ///
    /// # Errors
    /// [`Error::Broken`] when it breaks off.
    pub async fn bytes(self) -> Result<Bytes, Error> {
        Ok(self.body.collect().await.map_err(Error::broken)?.to_bytes())
    }
}
