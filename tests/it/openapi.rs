//! The API document: every address in it is there, says who may call it, and the committed copy is the served one.

use reqwest::{Method as Verb, StatusCode};
use serde_json::{Value, json};

use super::town::{SLUG, Town};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
/// Who may call an operation: the first word of its tag.
const CALLERS: [&str; 4] = ["public", "registrar", "ballot box", "staff"];

fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let of = |(path, verbs): (&String, &Value)| {
        let verbs = verbs.as_object().unwrap().iter();
        verbs.map(|(verb, operation)| (path.clone(), verb.clone(), operation.clone())).collect::<Vec<_>>()
    };
    paths.flat_map(of).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_committed_document_is_the_served_one() {
    let town = Town::new().await;
    let served = town.asks(Verb::GET, "/api/v1/openapi.json", None, None).await;
    let committed = std::fs::read_to_string(COMMITTED).unwrap();
    assert!(served.text == committed, "docs/openapi.json is old; run `veche openapi > docs/openapi.json`");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_there_and_says_who_may_call_it() {
    let town = Town::new().await;
    town.votes(1).await;
    let document = town.asks(Verb::GET, "/api/v1/openapi.json", None, None).await.json();
    let operations = operations(&document);
    assert!(operations.len() >= 20, "{}", operations.len());
    for (path, verb, operation) in operations {
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        assert!(CALLERS.iter().any(|caller| tag.starts_with(caller)), "{verb} {path}: {tag}");
        assert!(operation["responses"].get("4XX").is_some() || path == "/api/v1/rounds", "{verb} {path}");
        let zeros = "0".repeat(64);
        let address = path.replace("{slug}", SLUG).replace("{ballot}", &zeros).replace("{format}", "json");
        let address =
            address.replace("{number}", "1").replace("{picture}", &zeros).replace("{file}", &format!("{zeros}.jpg"));
        let body = operation.get("requestBody").map(|_| json!({}));
        let answer = town.asks(verb.to_uppercase().parse().unwrap(), &address, None, body).await;
        let missing = ["not-found", "method-not-allowed"].contains(&answer.problem().as_str());
        assert!(!missing && !answer.status.is_server_error(), "{verb} {path}: {answer:?}");
        let scheme = operation["security"][0].as_object().and_then(|scheme| scheme.keys().next());
        let expected =
            if tag.starts_with("staff") { Some("staff") } else { tag.ends_with("session").then_some("session") };
        assert_eq!(scheme.map(String::as_str), expected, "{verb} {path}");
        if tag.starts_with("staff") {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{verb} {path} asks for no token");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_refusal_has_a_page() {
    let town = Town::new().await;
    for slug in veche::domain::Refusal::ALL {
        let page = town.asks(Verb::GET, &format!("/problems/{slug}"), None, None).await;
        assert_eq!(page.status, StatusCode::OK, "{slug}");
    }
    let none = town.asks(Verb::GET, "/problems/nonsense", None, None).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn supervisors_ask_whether_it_lives() {
    let town = Town::new().await;
    for path in ["/healthz", "/readyz"] {
        let answer = town.asks(Verb::GET, path, None, None).await;
        assert_eq!((answer.status, answer.text.as_str()), (StatusCode::NO_CONTENT, ""), "{path}");
    }
}
