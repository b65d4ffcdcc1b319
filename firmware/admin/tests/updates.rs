//! Bundles on their way in, and when what is in them is begun.

mod support;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode};
use orbitbox_admin::{Status, UpdateOrder, UpdateRefusal, UpdateStatus};
use serde_json::json;
use std::sync::Arc;
use support::*;

fn bundle(body: impl Into<Body>) -> Request<Body> {
    Request::post("/api/update").header("host", "unit.example:8080").body(body.into()).expect("a request")
}

fn stop() -> Request<Body> {
    let mut request = get("/api/update");
    *request.method_mut() = Method::DELETE;
    request
}

fn waits(unit: &Surroundings) {
    let update = UpdateStatus {
        stage: "waiting-for-calls",
        version: "1.0".into(),
        next: Some("2.0".into()),
        percent: None,
        text: None,
    };
    unit.status.send_replace(Arc::new(Status { update: Some(update), ..Status::default() }));
}

#[tokio::test]
async fn a_bundle_is_handed_on_and_its_refusal_back() {
    for (answer, expected) in [
        (Ok(()), StatusCode::ACCEPTED),
        (Err(UpdateRefusal::Busy("Another bundle is coming in.".into())), StatusCode::CONFLICT),
        (Err(UpdateRefusal::Disk("The disk is full.".into())), StatusCode::INSUFFICIENT_STORAGE),
    ] {
        let (router, mut unit) = page();
        let keeper = async {
            let Some(UpdateOrder::Begin { upload, answer: back }) = unit.updates.recv().await else { panic!("none") };
            let Some(UpdateOrder::Piece { upload: of, bytes }) = unit.updates.recv().await else { panic!("no piece") };
            assert_eq!((of, bytes.as_ref()), (upload, b"a bundle".as_slice()));
            assert!(matches!(unit.updates.recv().await, Some(UpdateOrder::End { upload: of }) if of == upload));
            back.send(answer).expect("somebody waits");
        };
        let ((status, _), ()) = tokio::join!(ask(&router, bundle("a bundle")), keeper);
        assert_eq!(status, expected);
    }
}

#[tokio::test]
async fn a_bundle_that_is_too_large_or_foreign_is_refused() {
    let (router, mut unit) = page();
    assert_eq!(ask(&router, with(bundle(""), "content-length", "100001")).await.0, StatusCode::PAYLOAD_TOO_LARGE);
    let foreign = with(bundle(""), "origin", "http://elsewhere.example");
    assert_eq!(ask(&router, foreign).await.0, StatusCode::FORBIDDEN);
    assert!(unit.updates.try_recv().is_err(), "nobody was asked");
    let (status, _) = ask(&router, bundle(Bytes::from(vec![0; 100_001]))).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn an_update_that_waits_is_begun_or_called_off() {
    let (router, mut unit) = page();
    let (status, answer) = ask(&router, post("/api/update/begin", r#"{"when":"now"}"#)).await;
    assert_eq!((status, answer), (StatusCode::CONFLICT, json!({ "error": "No update waits." })));
    waits(&unit);
    for (body, expected) in [(r#"{"when":"now"}"#, true), (r#"{"when":"drained"}"#, false)] {
        assert_eq!(ask(&router, post("/api/update/begin", body)).await.0, StatusCode::NO_CONTENT);
        assert!(matches!(unit.updates.recv().await, Some(UpdateOrder::Start { now }) if now == expected));
    }
    assert_eq!(ask(&router, stop()).await.0, StatusCode::NO_CONTENT);
    assert!(matches!(unit.updates.recv().await, Some(UpdateOrder::Keep)));
    let (status, answer) = ask(&router, post("/api/update/begin", r#"{"when":"tomorrow"}"#)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer["error"].as_str().is_some_and(|error| error.starts_with("Say {\"when\"")), "{answer}");
}
