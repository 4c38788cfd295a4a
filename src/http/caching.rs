//! How long answers may be kept, and 304 for those who have them already (RFC 9110 §13.1.2, RFC 9111, RFC 5861).

use audit::round::Phase;
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// What an address can only ever mean, be it a tile or a file named by its hash: a year, the longest that caches honour.
pub(super) const FOR_GOOD: &str = "public, max-age=31536000, immutable";
/// The key of a log, and what is certified, are asked for again after a day.
pub(super) const FOR_A_DAY: &str = "public, max-age=86400";
/// A head that is some seconds old is a head all the same; a crowd that asks for the newest is answered by one request.
pub(super) const A_MOMENT: &str = "public, max-age=5, stale-while-revalidate=30";
/// A result changes until it is certified, and a bundle for some time more.
pub(super) const SHORT: &str = "public, max-age=30, stale-while-revalidate=300";
/// Whoever keeps a copy asks before showing it again.
pub(super) const ASK: &str = "no-cache";
/// Nobody keeps a copy.
pub(super) const NEVER: &str = "no-store";

/// How long a result is kept: certified it changes no more. Not for good, for the address is that of the result and not of its bytes, and
/// another program may write it in another form.
pub(super) fn of_result(phase: Phase) -> &'static str {
    if phase == Phase::Certified { FOR_A_DAY } else { SHORT }
}

/// The same for a bundle, to which the last members' signatures and the witnesses' come after the certificate: once nothing was written for so
/// many seconds, which must be a day.
pub(super) fn of_bundle(phase: Phase, quiet: i64) -> &'static str {
    if quiet >= DAY { of_result(phase) } else { SHORT }
}

/// Seconds of a day.
const DAY: i64 = 24 * 3600;
/// Bytes of a hash that name a version.
const TAG: usize = 16;

/// The name of what never changes, made of what its address says; each form of it, such as packed, has its own.
pub(super) fn name_of(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    format!("\"{}\"", hex::encode(&hasher.finalize()[..TAG]))
}

/// Whether the asker says that it has this version. Weak and strong names are compared alike, as RFC 9110 §13.1.2 asks.
pub(super) fn has(request: &HeaderMap, tag: &str) -> bool {
    let bare = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let known = request.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|one| bare(one) == bare(tag))
}

/// Says how long the answer is kept and which version it is; 304 without a body to who has it.
pub(super) fn kept(request: &HeaderMap, caching: &'static str, tag: &str, answer: impl IntoResponse) -> Response {
    let mut response =
        if has(request, tag) { StatusCode::NOT_MODIFIED.into_response() } else { answer.into_response() };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The name of a version, made of its content. Weak, for the same is also sent packed.
pub(super) fn tag_of(body: &[u8]) -> String {
    format!("W/\"{}\"", hex::encode(&Sha256::digest(body)[..TAG]))
}

/// An answer that is named by its content.
pub(super) fn by_content(
    request: &HeaderMap,
    caching: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
) -> Response {
    let tag = tag_of(&body);
    kept(request, caching, &tag, ([(header::CONTENT_TYPE, media_type)], body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asks(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))])
    }

    #[test]
    fn who_has_a_version_gets_304_with_its_name() {
        let answer = |request: &HeaderMap| by_content(request, SHORT, "text/plain", b"1".to_vec());
        let first = answer(&HeaderMap::new());
        assert_eq!(
            (first.status(), &first.headers()[header::CACHE_CONTROL]),
            (StatusCode::OK, &SHORT.parse().unwrap())
        );
        // SHA-256 of "1", by sha256sum.
        assert_eq!(first.headers()[header::ETAG], "W/\"6b86b273ff34fce19d6b804eff5a3f57\"");
        for known in ["\"6b86b273ff34fce19d6b804eff5a3f57\"", "\"x\", W/\"6b86b273ff34fce19d6b804eff5a3f57\""] {
            let again = answer(&asks(known));
            assert_eq!(
                (again.status(), again.headers().get(header::ETAG)),
                (StatusCode::NOT_MODIFIED, first.headers().get(header::ETAG))
            );
        }
        assert_eq!(answer(&asks("\"6b86b273ff34fce19d6b804eff5a3f58\"")).status(), StatusCode::OK);
    }

    #[test]
    fn only_what_is_certified_is_kept_for_long() {
        for phase in Phase::ALL {
            let is_certified = phase == Phase::Certified;
            assert_eq!(of_result(phase) == FOR_A_DAY, is_certified, "{phase:?}");
            assert_eq!(of_bundle(phase, DAY) == FOR_A_DAY, is_certified, "{phase:?}");
            assert_eq!(of_bundle(phase, DAY - 1), SHORT, "{phase:?}");
        }
    }

    #[test]
    fn names_keep_their_parts_apart() {
        assert_ne!(name_of(&["ab", "c"]), name_of(&["a", "bc"]));
        assert_eq!(name_of(&["ab", "c"]), name_of(&["ab", "c"]));
    }
}
