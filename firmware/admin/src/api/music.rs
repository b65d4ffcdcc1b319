//! The music library: tracks out, files in.

use super::refuse;
use super::upload::{Upload, said_to_be_larger, stopping};
use crate::music::{Import, MusicOrder, MusicRefusal};
use crate::web;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time;

/// A file must be there within this time.
const WITHIN: Duration = Duration::from_secs(15 * 60);
/// Characters of a file's name.
const MOST_NAME: usize = 200;

/// What a file is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    name: String,
}

/// Every track, and every import.
pub(crate) async fn list(State(state): State<web::State>) -> Response {
    let imports = state.web.music.imports.borrow().clone();
    match ask(&state, MusicOrder::List).await {
        Ok(tracks) => Json(json!({ "tracks": tracks, "imports": imports.as_ref() })).into_response(),
        Err(refusal) => refusal,
    }
}

/// How far an import has come.
pub(crate) async fn import(State(state): State<web::State>, number: Result<Path<u32>, PathRejection>) -> Response {
    let imports = state.web.music.imports.borrow().clone();
    let named = |import: &&Import| number.as_ref().is_ok_and(|Path(number)| import.import == *number);
    match imports.iter().find(named) {
        Some(import) => Json(import).into_response(),
        None => refuse(StatusCode::NOT_FOUND, "There is no such import, or it has ended long ago."),
    }
}

pub(crate) async fn remove(State(state): State<web::State>, number: Result<Path<u32>, PathRejection>) -> Response {
    let Ok(Path(number)) = number else {
        return refuse(StatusCode::NOT_FOUND, "Tracks have numbers; this is none.");
    };
    match ask(&state, |answer| MusicOrder::Remove { number, answer }).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refusal,
    }
}

/// Takes the body as a file, and says which import it has become; the import itself goes on afterwards.
pub(crate) async fn add(
    State(state): State<web::State>,
    name: Result<Query<Named>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(name) = name.ok().and_then(|Query(Named { name })| plain(&name)) else {
        return refuse(StatusCode::BAD_REQUEST, "Say what the file is called: /api/music?name=Waltz.mp3");
    };
    if let Some(refusal) = said_to_be_larger(&headers, state.web.music.largest) {
        return refusal;
    }
    let Ok(_place) = state.web.seats.uploads.clone().try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Other files are coming in. Try again in a moment.");
    };
    match time::timeout(WITHIN, receive(&state, name, body)).await {
        Ok(answer) => answer,
        Err(_late) => refuse(StatusCode::REQUEST_TIMEOUT, "The file took too long to come."),
    }
}

async fn receive(state: &web::State, name: String, body: Body) -> Response {
    let music = &state.web.music;
    let upload = state.next_upload.fetch_add(1, Ordering::Relaxed);
    let (answer, answered) = oneshot::channel();
    let way = Upload {
        orders: &music.orders,
        begin: MusicOrder::Begin { upload, name, answer },
        piece: |bytes| MusicOrder::Piece { upload, bytes },
        end: MusicOrder::End { upload },
        largest: music.largest,
    };
    match way.receive(body, answered).await {
        Ok(Ok(import)) => (StatusCode::ACCEPTED, Json(json!({ "import": import }))).into_response(),
        Ok(Err(refusal)) => refused(&refusal),
        Err(refusal) => refusal,
    }
}

/// The last part of a path, without what cannot be shown; none where nothing is left.
fn plain(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|letter| !letter.is_control()).take(MOST_NAME).collect();
    let shown = shown.trim().trim_start_matches('.');
    (!shown.is_empty()).then(|| shown.to_owned())
}

async fn ask<T>(
    state: &web::State,
    order: impl FnOnce(oneshot::Sender<Result<T, MusicRefusal>>) -> MusicOrder,
) -> Result<T, Response> {
    let (answer, answered) = oneshot::channel();
    state.web.music.orders.send(order(answer)).await.map_err(|_| stopping())?;
    match answered.await {
        Ok(answer) => answer.map_err(|refusal| refused(&refusal)),
        Err(_stopping) => Err(stopping()),
    }
}

fn refused(refusal: &MusicRefusal) -> Response {
    match refusal {
        MusicRefusal::Absent(why) => refuse(StatusCode::NOT_FOUND, why),
        MusicRefusal::Busy(why) => refuse(StatusCode::SERVICE_UNAVAILABLE, why),
        MusicRefusal::Disk(why) => refuse(StatusCode::INSUFFICIENT_STORAGE, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_folders_and_what_cannot_be_shown() {
        for (given, kept) in [
            ("Waltz.mp3", Some("Waltz.mp3")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Music\\Waltz.mp3", Some("Waltz.mp3")),
            (" schöne Grüße\n.ogg ", Some("schöne Grüße.ogg")),
            (".hidden", Some("hidden")),
            ("..", None),
            ("music/", None),
            ("", None),
            ("\u{7}", None),
        ] {
            assert_eq!(plain(given).as_deref(), kept, "{given:?}");
        }
        assert_eq!(plain(&"ä".repeat(5_000)).map(|name| name.chars().count()), Some(MOST_NAME));
    }
}
