//! The interface: keys in, state out.

pub(crate) mod music;
pub(crate) mod prompts;
pub(crate) mod update;
mod upload;

use crate::{face as face_json, parse_key, web};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use orbitbox_panel::{ContactEdge, Key, KeyEdge};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::oneshot;

/// The body of a key's edge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Edge {
    pressed: bool,
}

/// The body of a contact's edge.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Closing {
    closed: bool,
}

pub(crate) async fn contact(
    State(state): State<web::State>,
    Path(name): Path<String>,
    body: Result<Json<Closing>, JsonRejection>,
) -> Response {
    let status = state.web.status.borrow().clone();
    let found = (0u16..).zip(&status.contacts).find(|(_, contact)| contact.name == name);
    let Some((contact, found)) = found else {
        return refuse(StatusCode::NOT_FOUND, &format!("This unit has no contact `{name}`."));
    };
    if !found.simulated {
        let why = format!("The contact `{name}` is on a line of the board, which alone says whether it is closed.");
        return refuse(StatusCode::CONFLICT, &why);
    }
    match body {
        Ok(Json(Closing { closed })) => {
            let edge = ContactEdge { contact, closed };
            accepted(state.web.contacts.try_send(edge), "Too many contacts at once.")
        }
        Err(fault) => refuse(fault.status(), &format!("Say {{\"closed\": true}} or false. {}", fault.body_text())),
    }
}

pub(crate) async fn press(
    State(state): State<web::State>,
    Path(name): Path<String>,
    body: Result<Json<Edge>, JsonRejection>,
) -> Response {
    let key = parse_key(&name).filter(|key| match key {
        Key::Orbit(orbit) => state.web.face.borrow().lamps.iter().any(|(mounted, _)| mounted == orbit),
        Key::Park | Key::Retrieve | Key::Page | Key::Function | Key::Hook => true,
    });
    let Some(key) = key else {
        return refuse(StatusCode::NOT_FOUND, &format!("This unit has no key `{name}`."));
    };
    let Json(Edge { pressed }) = match body {
        Ok(edge) => edge,
        Err(fault) => {
            return refuse(fault.status(), &format!("Say {{\"pressed\": true}} or false. {}", fault.body_text()));
        }
    };
    accepted(state.web.keys.try_send(KeyEdge { key, pressed }), "Too many keys at once.")
}

pub(crate) async fn call_in(State(state): State<web::State>) -> Response {
    accepted(state.web.call_in.try_send(()), "A call is on its way already.")
}

/// The body of an order to refuse new calls, or to park them again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Draining {
    draining: bool,
}

/// Answers with how many calls are still parked.
pub(crate) async fn drain(State(state): State<web::State>, body: Result<Json<Draining>, JsonRejection>) -> Response {
    let Json(Draining { draining }) = match body {
        Ok(order) => order,
        Err(fault) => {
            return refuse(fault.status(), &format!("Say {{\"draining\": true}} or false. {}", fault.body_text()));
        }
    };
    let parked = state.web.status.borrow().parked;
    match state.web.draining.try_send(draining) {
        Ok(()) => Json(json!({ "parked": parked })).into_response(),
        sent => accepted(sent, "Too many orders at once."),
    }
}

/// Reads the configuration again; answers with what came of it, or with every problem in it.
pub(crate) async fn reload(State(state): State<web::State>) -> Response {
    let (told, outcome) = oneshot::channel();
    if state.web.reload.try_send(told).is_err() {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Too many orders at once.");
    }
    match outcome.await {
        Ok(Ok(done)) => (done + ".\n").into_response(),
        Ok(Err(why)) => (StatusCode::UNPROCESSABLE_ENTITY, why + "\n").into_response(),
        Err(_) => refuse(StatusCode::SERVICE_UNAVAILABLE, "The unit is stopping."),
    }
}

pub(crate) async fn status(State(state): State<web::State>) -> Response {
    let status = state.web.status.borrow().clone();
    Json(status.as_ref()).into_response()
}

/// Why a call is in that orbit, by whom, and what happens next; one sentence a line.
pub(crate) async fn explain(State(state): State<web::State>, Path(number): Path<String>) -> Response {
    let status = state.web.status.borrow().clone();
    let orbit = status.lots.iter().flat_map(|lot| &lot.orbits).find(|orbit| orbit.number == number);
    match orbit {
        None => (StatusCode::NOT_FOUND, format!("This unit has no orbit {number}.\n")).into_response(),
        Some(orbit) if orbit.explanation.is_empty() => format!("No call waits on orbit {number}.\n").into_response(),
        Some(orbit) => (orbit.explanation.join("\n") + "\n").into_response(),
    }
}

/// What the unit was told, a line of JSON each.
pub(crate) async fn trace(State(state): State<web::State>) -> Response {
    ([(header::CONTENT_TYPE, "application/x-ndjson")], (state.web.trace.0)()).into_response()
}

pub(crate) async fn face(State(state): State<web::State>) -> Response {
    let face = face_json::to_json(&state.web.face.borrow());
    Json(face).into_response()
}

pub(crate) async fn no_such_page(uri: Uri) -> Response {
    refuse(StatusCode::NOT_FOUND, &format!("There is nothing at {}.", uri.path()))
}

pub(crate) async fn no_such_method() -> Response {
    refuse(StatusCode::METHOD_NOT_ALLOWED, "That cannot be done here.")
}

/// A refusal with its reason in words.
pub(crate) fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

fn accepted<T>(sent: Result<(), TrySendError<T>>, when_full: &str) -> Response {
    match sent {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(TrySendError::Full(_)) => refuse(StatusCode::SERVICE_UNAVAILABLE, when_full),
        Err(TrySendError::Closed(_)) => refuse(StatusCode::SERVICE_UNAVAILABLE, "The unit is stopping."),
    }
}
