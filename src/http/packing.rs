//! Answers that are packed with gzip once and sent to many.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};

/// Says that the answer comes in two forms, and which one this is. Without a body, as 304 is, it has none.
pub(super) fn may_be_packed(mut response: Response, packed: bool) -> Response {
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if packed && response.status() == StatusCode::OK {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// Whether the asker takes gzip: named, or meant by `*`, and not with a weight of nought (RFC 9110 §12.5.3).
pub(super) fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let (mut named, mut others) = (None, false);
    for one in values.flat_map(|value| value.split(',')) {
        let (name, weight) = one.split_once(';').unwrap_or((one, "q=1"));
        let weight = weight.trim().to_ascii_lowercase();
        let takes = weight.strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok()) != Some(0.0);
        match name.trim() {
            "*" => others = takes,
            name if name.eq_ignore_ascii_case("gzip") => named = Some(takes),
            _ => {}
        }
    }
    named.unwrap_or(others)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let takes = |text: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(text))]))
        };
        assert!(["gzip", "GZIP", "br, gzip;q=0.5", "*", "gzip, *;q=0"].into_iter().all(takes));
        assert!(
            !["", "br", "gzip;q=0", "gzip;Q=0", "gzip; q=0.000, br", "gzip;q=0, *", "*;q=0"].into_iter().any(takes)
        );
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
