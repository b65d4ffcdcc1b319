//! Contacts of the simulated board are closed on the page; those on lines are only shown.

mod support;

use axum::http::StatusCode;
use orbitbox_admin::{ContactStatus, RelayStatus, Status};
use orbitbox_panel::ContactEdge;
use std::sync::Arc;
use support::*;

fn contact(name: &str, simulated: bool) -> ContactStatus {
    ContactStatus { name: name.into(), does: "cancel".into(), closed: false, simulated }
}

fn wired() -> Status {
    let relays = vec![RelayStatus { name: "strobe".into(), follows: "page".into(), on: true }];
    Status { relays, contacts: vec![contact("fire", false), contact("door", true)], ..Status::default() }
}

#[tokio::test]
async fn a_contact_is_closed_and_opened_by_its_name() {
    let (router, mut unit) = page();
    unit.status.send_replace(Arc::new(wired()));
    for closed in [true, false] {
        let body = if closed { r#"{"closed":true}"# } else { r#"{"closed":false}"# };
        assert_eq!(ask(&router, post("/api/contacts/door", body)).await.0, StatusCode::NO_CONTENT);
        assert_eq!(unit.contacts.try_recv(), Ok(ContactEdge { contact: 1, closed }));
    }
    let (_, status) = ask(&router, get("/api/status")).await;
    assert_eq!(status["relays"][0]["on"], true);
    assert_eq!(status["contacts"][1]["does"], "cancel");
}

#[tokio::test]
async fn what_is_on_a_line_or_not_there_or_no_edge_is_refused() {
    let (router, mut unit) = page();
    unit.status.send_replace(Arc::new(wired()));
    for (path, body, expected, words) in [
        ("/api/contacts/fire", r#"{"closed":true}"#, StatusCode::CONFLICT, "is on a line of the board"),
        ("/api/contacts/gate", r#"{"closed":true}"#, StatusCode::NOT_FOUND, "no contact `gate`"),
        ("/api/contacts/door", r#"{"pressed":true}"#, StatusCode::UNPROCESSABLE_ENTITY, "closed"),
        ("/api/contacts/door", "", StatusCode::BAD_REQUEST, "closed"),
    ] {
        let (status, answer) = ask(&router, post(path, body)).await;
        assert_eq!(status, expected, "{path} {body}");
        assert!(answer["error"].as_str().is_some_and(|error| error.contains(words)), "{answer}");
    }
    assert!(unit.contacts.try_recv().is_err());
}
