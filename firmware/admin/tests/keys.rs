//! Keys pressed on the page reach the unit, and nothing else does.

mod support;

use axum::http::StatusCode;
use orbitbox_panel::{Key, KeyEdge};
use support::*;

#[tokio::test]
async fn an_order_to_refuse_new_calls_is_handed_on_and_says_how_many_are_left() {
    let (router, mut unit) = page();
    let (status, body) = ask(&router, post("/api/draining", r#"{"draining":true}"#)).await;
    assert_eq!((status, body["parked"].as_u64()), (StatusCode::OK, Some(1)));
    assert_eq!(unit.drained.try_recv(), Ok(true));
    assert_eq!(ask(&router, post("/api/draining", "{}")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unit.drained.try_recv().is_err());
}

#[tokio::test]
async fn an_order_to_read_the_configuration_is_answered_with_what_came_of_it() {
    let (router, unit) = page();
    for (outcome, expected) in [
        (Ok("It has changed".to_owned()), (StatusCode::OK, "It has changed.\n")),
        (Err("line 3: lot.orbits".to_owned()), (StatusCode::UNPROCESSABLE_ENTITY, "line 3: lot.orbits\n")),
    ] {
        let answered = async {
            let told = loop {
                match unit.reloads.try_recv() {
                    Ok(told) => break told,
                    Err(_) => tokio::task::yield_now().await,
                }
            };
            told.send(outcome).expect("somebody waits");
        };
        let (answer, ()) = tokio::join!(read(&router, post("/api/reload", "{}")), answered);
        assert_eq!((answer.0, answer.1.as_str()), expected);
    }
}

#[tokio::test]
async fn press_and_release_of_every_key_arrive_in_order() {
    let (router, mut unit) = page();
    let orbit = |number: &str| Key::Orbit(number.parse().expect("an orbit number"));
    for (name, key) in [
        ("orbit-71", orbit("71")),
        ("orbit-%2373", orbit("#73")),
        ("park", Key::Park),
        ("retrieve", Key::Retrieve),
        ("page", Key::Page),
        ("function", Key::Function),
        ("hook", Key::Hook),
    ] {
        for pressed in [true, false] {
            let body = if pressed { r#"{"pressed":true}"# } else { r#"{"pressed":false}"# };
            let (status, _) = ask(&router, post(&format!("/api/keys/{name}"), body)).await;
            assert_eq!(status, StatusCode::NO_CONTENT);
            assert_eq!(unit.keys.try_recv(), Ok(KeyEdge { key, pressed }));
        }
    }
}

#[tokio::test]
async fn a_key_the_unit_does_not_have_is_refused_by_its_name() {
    let (router, mut unit) = page();
    for name in ["orbit-99", "orbit-seven", "parks"] {
        let (status, answer) = ask(&router, post(&format!("/api/keys/{name}"), r#"{"pressed":true}"#)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert_eq!(answer["error"], format!("This unit has no key `{name}`."));
    }
    assert!(unit.keys.try_recv().is_err());
}

#[tokio::test]
async fn a_body_that_is_not_an_edge_is_refused() {
    let (router, mut unit) = page();
    for (body, expected) in [
        ("", StatusCode::BAD_REQUEST),
        ("pressed", StatusCode::BAD_REQUEST),
        (r#"{"pressed":"yes"}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{}"#, StatusCode::UNPROCESSABLE_ENTITY),
        (r#"{"pressed":true,"times":9}"#, StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, answer) = ask(&router, post("/api/keys/park", body)).await;
        assert_eq!(status, expected, "{body}");
        assert!(answer["error"].as_str().is_some_and(|words| words.contains("pressed")), "{answer}");
    }
    let plain = with(post("/api/keys/park", r#"{"pressed":true}"#), "content-type", "text/plain");
    assert_eq!(ask(&router, plain).await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(unit.keys.try_recv().is_err());
}

#[tokio::test]
async fn a_long_body_is_refused() {
    let (router, _unit) = page();
    let long: &'static str = format!(r#"{{"pressed":true{}}}"#, " ".repeat(4_000)).leak();
    assert_eq!(ask(&router, post("/api/keys/park", long)).await.0, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn more_keys_than_the_unit_takes_are_refused_not_queued() {
    let (router, unit) = page();
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(ask(&router, post("/api/keys/park", r#"{"pressed":true}"#)).await.0);
    }
    assert_eq!(answers[..4], [StatusCode::NO_CONTENT; 4]);
    assert_eq!(answers[4..], [StatusCode::SERVICE_UNAVAILABLE; 2]);
    drop(unit);
    let (status, answer) = ask(&router, post("/api/keys/park", r#"{"pressed":true}"#)).await;
    assert_eq!((status, answer["error"].as_str()), (StatusCode::SERVICE_UNAVAILABLE, Some("The unit is stopping.")));
}

#[tokio::test]
async fn the_test_caller_is_called_once_at_a_time() {
    let (router, mut unit) = page();
    assert_eq!(ask(&router, post("/api/call-in", "")).await.0, StatusCode::NO_CONTENT);
    assert_eq!(ask(&router, post("/api/call-in", "")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unit.calls_in.try_recv(), Ok(()));
    assert_eq!(ask(&router, post("/api/call-in", "")).await.0, StatusCode::NO_CONTENT);
}
