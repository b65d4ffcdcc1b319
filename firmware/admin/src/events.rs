//! The live page: face, status and imports of music as server-sent events.

use crate::api::refuse;
use crate::{face as face_json, web};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time;

/// A face follows the one before at this distance at least; a press is answered within 50 ms.
const FACE_EVERY: Duration = Duration::from_millis(50);
/// A status follows the one before at this distance at least.
const STATUS_EVERY: Duration = Duration::from_millis(200);
/// A sign of life, so that the page can tell a quiet unit from a lost one.
const BEAT_EVERY: Duration = Duration::from_secs(4);

pub(crate) async fn events(State(state): State<web::State>) -> Response {
    let Ok(place) = state.web.seats.live_pages.try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open.");
    };
    let faces = paced(state.web.face, FACE_EVERY)
        .map(|face| Event::default().event("face").data(face_json::to_json(&face).to_string()));
    let statuses = paced(state.web.status, STATUS_EVERY).map(|status| {
        let text = serde_json::to_string(status.as_ref()).unwrap_or_default();
        Event::default().event("status").data(text)
    });
    let imports = paced(state.web.music.imports, STATUS_EVERY).map(|imports| {
        let text = serde_json::to_string(imports.as_ref()).unwrap_or_default();
        Event::default().event("imports").data(text)
    });
    let events = stream::select(stream::select(faces, statuses), stream::select(imports, beats()));
    let until_closing = events.take_until(closed(state.closing)).map(move |event| {
        let _held_as_long_as_the_stream = &place;
        Ok::<_, Infallible>(event)
    });
    Sse::new(until_closing).into_response()
}

/// Resolves when endless answers are to end.
pub(crate) async fn closed(mut closing: watch::Receiver<bool>) {
    if closing.wait_for(|closing| *closing).await.is_err() {
        // The sender went without a word: there is nobody to end them.
        std::future::pending::<()>().await;
    }
}

/// The value as it is, then every later one; of those that come faster than `every` only the last.
fn paced<T: Clone + Send + Sync>(values: watch::Receiver<T>, every: Duration) -> impl Stream<Item = T> {
    stream::unfold((values, true), move |(mut values, first)| async move {
        if !first {
            time::sleep(every).await;
            values.changed().await.ok()?;
        }
        let value = values.borrow_and_update().clone();
        Some((value, (values, false)))
    })
}

fn beats() -> impl Stream<Item = Event> {
    stream::unfold((), |()| async {
        time::sleep(BEAT_EVERY).await;
        Some((Event::default().event("beat").data("{}"), ()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::pin;

    #[tokio::test(start_paused = true)]
    async fn quick_changes_are_merged_and_the_last_one_arrives() {
        let (sender, receiver) = watch::channel(0);
        let mut values = pin!(paced(receiver, FACE_EVERY));
        assert_eq!(values.next().await, Some(0), "the value as it is comes first");
        for value in 1..=100 {
            sender.send_replace(value);
        }
        let asked_at = time::Instant::now();
        assert_eq!(values.next().await, Some(100));
        assert_eq!(asked_at.elapsed(), FACE_EVERY);
        drop(sender);
        assert_eq!(values.next().await, None);
    }
}
