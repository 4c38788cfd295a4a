//! Who may call: the bearer token of a member of staff, or of a resident's session with the registrar.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

use super::{Http, client::Client, limits::Operation, problem::Problem};
use crate::{
    app::{
        identifying::{self, Session},
        staff,
    },
    domain::{Refusal, staff::Actor},
};

/// Whether a request turned out to be of a member of staff; whoever is around the handler puts it there and looks afterwards.
#[derive(Debug, Clone, Default)]
pub(super) struct OfStaff(Arc<AtomicBool>);

impl OfStaff {
    pub(super) fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A member of staff, recognised by their token and within their limits.
#[derive(Debug)]
pub(super) struct Staff(pub(super) Actor);

impl FromRequestParts<Http> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Client(address) = Client::from_request_parts(parts, http).await?;
        let token = bearer(parts).ok_or(Refusal::Token)?;
        http.limits.check(Operation::Staff, address, token.as_bytes())?;
        let actor = staff::by_token(&http.app, &token).await?;
        http.count(Operation::Staff, token.as_bytes()).await?;
        if let Some(of_staff) = parts.extensions.get::<OfStaff>() {
            of_staff.0.store(true, Ordering::Relaxed);
        }
        Ok(Self(actor))
    }
}

/// A resident's session with the registrar, opened and within its limits.
pub(super) struct Resident(pub(super) Session);

impl FromRequestParts<Http> for Resident {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, http: &Http) -> Result<Self, Problem> {
        let Client(address) = Client::from_request_parts(parts, http).await?;
        let session = identifying::open_session(&http.app, &bearer(parts).ok_or(Refusal::Session)?)?;
        http.limit(Operation::Issue, address, &session.pseudonym).await?;
        Ok(Self(session))
    }
}

fn bearer(parts: &Parts) -> Option<String> {
    let value = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}
