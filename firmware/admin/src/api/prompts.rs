//! Own recordings: out, and in.

use super::refuse;
use crate::prompts::{PromptAnswer, PromptOrder, PromptRefusal};
use crate::web;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time;

/// A file must be there within this time.
const WITHIN: Duration = Duration::from_secs(2 * 60);

/// What a file is a recording of.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    language: String,
    #[serde(rename = "as")]
    name: String,
}

/// Every recording.
pub(crate) async fn list(State(state): State<web::State>) -> Response {
    match ask(&state, PromptOrder::List).await {
        Ok(prompts) => Json(json!({ "prompts": prompts })).into_response(),
        Err(refusal) => refusal,
    }
}

/// Takes the body as a recording, and says what has become of it.
pub(crate) async fn add(
    State(state): State<web::State>,
    named: Result<Query<Named>, QueryRejection>,
    body: Body,
) -> Response {
    let Ok(Query(Named { language, name })) = named else {
        return refuse(StatusCode::BAD_REQUEST, "Say what it is: /api/prompts?language=en&as=digits/7");
    };
    let Ok(_place) = state.web.seats.uploads.clone().try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Other files are coming in. Try again in a moment.");
    };
    let largest = state.web.prompts.largest;
    let bytes = match time::timeout(WITHIN, axum::body::to_bytes(body, largest)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let why = format!("The file has not come to its end, or is larger than {} MB.", largest >> 20);
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, &why);
        }
        Err(_late) => return refuse(StatusCode::REQUEST_TIMEOUT, "The file took too long to come."),
    };
    match ask(&state, |answer| PromptOrder::Add { language, name, bytes, answer }).await {
        Ok(prompt) => (StatusCode::CREATED, Json(prompt)).into_response(),
        Err(refusal) => refusal,
    }
}

pub(crate) async fn remove(
    State(state): State<web::State>,
    named: Result<Path<(String, String)>, PathRejection>,
) -> Response {
    let Ok(Path((language, name))) = named else {
        return refuse(StatusCode::NOT_FOUND, "There is no such recording.");
    };
    match ask(&state, |answer| PromptOrder::Remove { language, name, answer }).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal,
    }
}

async fn ask<T>(state: &web::State, order: impl FnOnce(PromptAnswer<T>) -> PromptOrder) -> Result<T, Response> {
    let stopping = || refuse(StatusCode::SERVICE_UNAVAILABLE, "The unit is stopping.");
    let (answer, answered) = oneshot::channel();
    state.web.prompts.orders.send(order(answer)).await.map_err(|_| stopping())?;
    match answered.await {
        Ok(answer) => answer.map_err(|refusal| match refusal {
            PromptRefusal::Absent(why) => refuse(StatusCode::NOT_FOUND, &why),
            PromptRefusal::Unfit(why) => refuse(StatusCode::UNPROCESSABLE_ENTITY, &why),
            PromptRefusal::Disk(why) => refuse(StatusCode::INSUFFICIENT_STORAGE, &why),
        }),
        Err(_stopping) => Err(stopping()),
    }
}
