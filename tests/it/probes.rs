//! Proxies and supervisors are answered whatever else comes from their address.

use reqwest::{Method as Verb, StatusCode};
use veche::config::{Limits, Rate};

use super::town::Town;

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_health_is_not_limited_and_readers_are() {
    let town = Town::with(|config| {
        config.limits = Limits { read_by_address: Rate { burst: 2, every_ms: 3_600_000 }, ..Limits::default() };
    })
    .await;
    let status = async |path: &str| town.asks(Verb::GET, path, None, None).await.status;
    for _ in 0..2 {
        assert_eq!(status("/api/v1/rounds").await, StatusCode::OK);
    }
    for _ in 0..3 {
        for path in ["/healthz", "/readyz"] {
            assert_eq!(status(path).await, StatusCode::NO_CONTENT, "{path}");
        }
    }
    for path in ["/api/v1/rounds", "/", "/nowhere", "/office/log/checkpoint"] {
        assert_eq!(status(path).await, StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
}
