//! What a browser lets our pages do: nothing that is not from this server, but for the tiles of a map that the operator chose.

use axum::http::{HeaderName, HeaderValue, header};

use crate::config::Map;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:{TILES}; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The headers of every answer, with this map.
pub(super) fn of(map: &Map) -> [(HeaderName, HeaderValue); 5] {
    let fixed = HeaderValue::from_static;
    [
        (header::X_FRAME_OPTIONS, fixed("DENY")),
        (HeaderName::from_static("cross-origin-opener-policy"), fixed("same-origin")),
        (header::X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
        (header::REFERRER_POLICY, fixed("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, content(map)),
    ]
}

/// The Content-Security-Policy. No inline script or style, no other origin.
fn content(map: &Map) -> HeaderValue {
    let tiles = origin(&map.tiles).map(|origin| format!(" {origin}")).unwrap_or_default();
    HeaderValue::try_from(POLICY.replace("{TILES}", &tiles))
        .unwrap_or(HeaderValue::from_static("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"))
}

/// Scheme and host of an address; `{s}` in a host stands for letters and becomes any subdomain.
fn origin(address: &str) -> Option<String> {
    let (scheme, rest) = address.split_once("://")?;
    let host = rest.split('/').next()?.replace("{s}", "*");
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ".-:*".contains(letter);
    let whole = matches!(scheme, "https" | "http") && !host.is_empty() && host.chars().all(plain);
    whole.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(tiles: &str) -> String {
        let map = Map { tiles: tiles.to_owned(), attribution: String::new() };
        content(&map).to_str().unwrap().to_owned()
    }

    #[test]
    fn tiles_alone_may_come_from_elsewhere() {
        assert!(policy("").contains("img-src 'self' data:; form-action"));
        let tiles = policy("https://{s}.tile.example:8443/{z}/{x}/{y}.png");
        assert!(tiles.contains("img-src 'self' data: https://*.tile.example:8443; form-action"), "{tiles}");
        assert!(tiles.contains("script-src 'self';") && tiles.contains("default-src 'none'"));
    }

    #[test]
    fn a_strange_address_adds_nothing() {
        for strange in ["javascript:1", "https://", "https://a b/", "ftp://tile.example/", "https://x;script-src *"] {
            assert_eq!(policy(strange), policy(""), "{strange}");
        }
    }
}
