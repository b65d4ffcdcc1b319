//! Other sites cannot drive the unit.

mod support;

use axum::http::StatusCode;
use orbitbox_admin::{Hosts, router};
use support::*;
use tower::ServiceExt;

const PRESS: &str = r#"{"pressed":true}"#;

#[tokio::test]
async fn a_request_that_a_foreign_page_started_is_refused() {
    let (router, mut unit) = page();
    for (header, value) in [
        ("origin", "http://evil.example"),
        ("origin", "http://unit.example:9090"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        for path in ["/api/keys/park", "/api/call-in"] {
            let (status, _) = ask(&router, with(post(path, PRESS), header, value)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{path} {header}: {value}");
        }
    }
    for path in ["/api/status", "/events", "/speaker"] {
        let (status, _) = ask(&router, with(get(path), "sec-fetch-site", "cross-site")).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}");
    }
    assert!(unit.keys.try_recv().is_err());
    assert!(unit.calls_in.try_recv().is_err());
}

#[tokio::test]
async fn the_page_itself_may_press_keys_and_be_linked_to() {
    let (router, mut unit) = page();
    let own = with(post("/api/keys/park", PRESS), "origin", "http://unit.example:8080");
    assert_eq!(ask(&router, with(own, "sec-fetch-site", "same-origin")).await.0, StatusCode::NO_CONTENT);
    assert!(unit.keys.try_recv().is_ok());
    let linked = with(get("/"), "sec-fetch-site", "cross-site");
    assert_eq!(router.oneshot(linked).await.expect("an answer").status(), StatusCode::OK);
}

#[tokio::test]
async fn on_loopback_only_this_machines_own_names_are_answered() {
    let (web, _unit) = web();
    let router = router(web, Hosts::Loopback);
    for (host, expected) in [
        ("127.0.0.1:8080", StatusCode::OK),
        ("localhost:8080", StatusCode::OK),
        ("[::1]:8080", StatusCode::OK),
        ("rebound.example:8080", StatusCode::MISDIRECTED_REQUEST),
        ("192.168.1.20:8080", StatusCode::MISDIRECTED_REQUEST),
    ] {
        assert_eq!(ask(&router, with(get("/api/status"), "host", host)).await.0, expected, "{host}");
    }
    let mut nameless = get("/api/status");
    nameless.headers_mut().remove("host");
    assert_eq!(ask(&router, nameless).await.0, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    let (router, _unit) = page();
    for path in ["/", "/page/page.js", "/api/status", "/nowhere"] {
        let response = router.clone().oneshot(get(path)).await.expect("an answer");
        let policy = response.headers()["content-security-policy"].to_str().expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(response.headers()["x-frame-options"], "DENY", "{path}");
        assert!(response.headers().contains_key("cache-control"), "{path}");
    }
}
