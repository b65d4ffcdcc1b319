//! What the page is made of, and what it shows.

mod support;

use axum::body::{Body, to_bytes};
use axum::http::StatusCode;
use futures_util::StreamExt;
use orbitbox_admin::{Import, Stage};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::*;
use tower::ServiceExt;

async fn text(path: &str) -> (StatusCode, String) {
    let (router, _unit) = page();
    let response = router.oneshot(get(path)).await.expect("an answer");
    let status = response.status();
    let body = to_bytes(response.into_body(), 1_000_000).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

/// The addresses of own files that stand in quotes in a page, a style or a script.
fn files_named_in(text: &str) -> BTreeSet<String> {
    text.split('"')
        .filter_map(|quoted| match quoted.strip_prefix("./") {
            Some(module) => Some(format!("/page/{module}")),
            None => quoted.starts_with("/page/").then(|| quoted.to_owned()),
        })
        .collect()
}

#[tokio::test]
async fn every_file_the_page_names_is_there_and_nothing_comes_from_elsewhere() {
    let mut to_read = BTreeSet::from(["/".to_owned()]);
    let mut read = BTreeSet::new();
    while let Some(path) = to_read.pop_first() {
        let (status, text) = text(&path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        assert!(!text.contains("https://") && !text.contains("@import"), "{path}");
        assert!(!text.contains(" style=\"") && !text.contains(" onclick="), "{path}: the policy would not allow it");
        read.insert(path);
        to_read.extend(files_named_in(&text).difference(&read).cloned());
    }
    assert!(read.len() >= 11, "{read:?}");
}

#[tokio::test]
async fn an_address_with_nothing_behind_it_is_named() {
    let (router, _unit) = page();
    let (status, answer) = ask(&router, get("/nowhere")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(answer["error"], "There is nothing at /nowhere.");
    assert_eq!(ask(&router, get("/api/keys/park")).await.0, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn face_and_status_can_be_asked_for() {
    let (router, _unit) = page();
    let (_, face) = ask(&router, get("/api/face")).await;
    assert_eq!(face["digits"], "71");
    assert_eq!(face["lamps"][0], json!({ "orbit": "71", "lamp": "double-blink" }));
    assert_eq!(face["lamps"][2], json!({ "orbit": "#73", "lamp": "off" }));
    let (_, status) = ask(&router, get("/api/status")).await;
    assert_eq!(status["unit"], "Aisle 4");
    assert_eq!(status["uptime_s"], 7.0);
    let orbit = &status["lots"][0]["orbits"][0];
    assert_eq!((&orbit["state"], &orbit["waited_s"]), (&json!("ringing-back"), &json!(65.25)));
    assert_eq!(status["lots"][0]["orbits"][1]["waited_s"], json!(null));
}

/// The next events of the stream, as text, until `count` have come.
async fn events(
    body: &mut (impl StreamExt<Item = Result<axum::body::Bytes, axum::Error>> + Unpin),
    count: usize,
) -> String {
    let mut seen = String::new();
    while seen.matches("\n\n").count() < count {
        let bytes = body.next().await.expect("the stream goes on").expect("bytes");
        seen.push_str(std::str::from_utf8(&bytes).expect("text"));
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn a_live_page_gets_everything_at_once_then_every_change_and_a_beat() {
    let (router, unit) = page();
    let response = router.oneshot(get("/events")).await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body().into_data_stream();
    let first = events(&mut body, 3).await;
    assert!(first.contains("event: face\ndata: {") && first.contains("event: status\ndata: {"), "{first}");
    assert!(first.contains("event: imports\ndata: []"), "{first}");
    unit.face.send_modify(|face| face.digits = "FULL".into());
    let next = events(&mut body, 1).await;
    assert!(next.contains("event: face") && next.contains("FULL"), "{next}");
    unit.status.send_modify(|status| Arc::make_mut(status).speaking = Some("71".into()));
    let next = events(&mut body, 1).await;
    assert!(next.contains("event: status") && next.contains(r#""speaking":"71""#), "{next}");
    let import = Import { import: 1, name: "Waltz.mp3".into(), stage: Stage::Importing { percent: 40 } };
    unit.imports.send_replace(Arc::new(vec![import]));
    let next = events(&mut body, 1).await;
    assert!(next.contains("event: imports") && next.contains(r#""stage":"importing","percent":40"#), "{next}");
    let quiet = events(&mut body, 1).await;
    assert!(quiet.contains("event: beat"), "{quiet}");
}

#[tokio::test]
async fn live_pages_are_limited_and_their_places_come_back() {
    let (router, _unit) = page();
    let mut open = Vec::new();
    let refused = loop {
        let response = router.clone().oneshot(get("/events")).await.expect("an answer");
        if response.status() != StatusCode::OK {
            break response;
        }
        open.push(response);
        assert!(open.len() < 1_000, "there is no limit");
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    open.pop();
    assert_eq!(router.oneshot(get("/events")).await.expect("an answer").status(), StatusCode::OK);
}

async fn next_bytes(body: &mut (impl StreamExt<Item = Result<axum::body::Bytes, axum::Error>> + Unpin)) -> Vec<u8> {
    body.next().await.expect("the stream goes on").expect("bytes").to_vec()
}

#[tokio::test(start_paused = true)]
async fn a_listener_hears_what_the_speaker_plays() {
    let (router, unit) = page();
    let body: Body = router.oneshot(get("/speaker")).await.expect("an answer").into_body();
    let mut body = body.into_data_stream();
    unit.heard.send(Arc::from([1_i16, -2, 0x1234])).expect("a listener");
    assert_eq!(next_bytes(&mut body).await, [1, 0, 0xFE, 0xFF, 0x34, 0x12]);
    assert_eq!(next_bytes(&mut body).await, [0, 0], "quiet, a sign of life");
    for sample in 0..100 {
        unit.heard.send(Arc::from([sample])).expect("a listener");
    }
    unit.heard.send(Arc::from([777_i16])).expect("a listener");
    let heard = async {
        loop {
            let bytes = next_bytes(&mut body).await;
            if bytes == 777_i16.to_le_bytes() || bytes == [0, 0] {
                return bytes;
            }
        }
    };
    assert_eq!(heard.await, [0, 0], "one that lags skips to the present");
    drop(unit);
}

#[tokio::test]
async fn the_trace_is_handed_out_as_it_is_made() {
    let (router, _unit) = page();
    let response = router.clone().oneshot(get("/api/trace")).await.expect("an answer");
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    let mut body = response.into_body().into_data_stream();
    assert_eq!(next_bytes(&mut body).await, b"a trace\n");
}
