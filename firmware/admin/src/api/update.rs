//! Updates of the whole system: a bundle in, and when it is begun.

use super::upload::{Upload, said_to_be_larger};
use super::{accepted, refuse};
use crate::updates::{UpdateOrder, UpdateRefusal};
use crate::web;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time;

/// A bundle must be there within this time.
const WITHIN: Duration = Duration::from_secs(30 * 60);

/// When an installed version is begun.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum When {
    Now,
    Drained,
}

/// The body of an order to begin it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beginning {
    when: When,
}

/// Takes the body as a bundle; what comes of it is in the status.
pub(crate) async fn add(State(state): State<web::State>, headers: HeaderMap, body: Body) -> Response {
    let updates = &state.web.updates;
    if let Some(refusal) = said_to_be_larger(&headers, updates.largest) {
        return refusal;
    }
    let Ok(_place) = state.web.seats.uploads.clone().try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Other files are coming in. Try again in a moment.");
    };
    let upload = state.next_upload.fetch_add(1, Ordering::Relaxed);
    let (answer, answered) = oneshot::channel();
    let way = Upload {
        orders: &updates.orders,
        begin: UpdateOrder::Begin { upload, answer },
        piece: |bytes| UpdateOrder::Piece { upload, bytes },
        end: UpdateOrder::End { upload },
        largest: updates.largest,
    };
    match time::timeout(WITHIN, way.receive(body, answered)).await {
        Ok(Ok(Ok(()))) => StatusCode::ACCEPTED.into_response(),
        Ok(Ok(Err(UpdateRefusal::Busy(why)))) => refuse(StatusCode::CONFLICT, &why),
        Ok(Ok(Err(UpdateRefusal::Disk(why)))) => refuse(StatusCode::INSUFFICIENT_STORAGE, &why),
        Ok(Err(refusal)) => refusal,
        Err(_late) => refuse(StatusCode::REQUEST_TIMEOUT, "The file took too long to come."),
    }
}

/// Begins an installed version, now or when the last call has ended.
pub(crate) async fn begin(State(state): State<web::State>, body: Result<Json<Beginning>, JsonRejection>) -> Response {
    match body {
        Ok(Json(Beginning { when })) => order(&state, UpdateOrder::Start { now: matches!(when, When::Now) }),
        Err(fault) => {
            let why = format!("Say {{\"when\": \"now\"}} or \"drained\". {}", fault.body_text());
            refuse(fault.status(), &why)
        }
    }
}

/// Does not begin it.
pub(crate) async fn keep(State(state): State<web::State>) -> Response {
    order(&state, UpdateOrder::Keep)
}

fn order(state: &web::State, order: UpdateOrder) -> Response {
    let waits = state.web.status.borrow().update.as_ref().is_some_and(|update| update.stage.starts_with("waiting"));
    if !waits {
        return refuse(StatusCode::CONFLICT, "No update waits.");
    }
    accepted(state.web.updates.orders.try_send(order), "Too many orders at once.")
}
