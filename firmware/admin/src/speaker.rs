//! What the speaker plays, for the browser.

use crate::api::refuse;
use crate::events::closed;
use crate::web;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time;

/// A few milliseconds of what the speaker plays: mono samples at [`HEARD_RATE`].
pub type Heard = Arc<[i16]>;

/// Samples a second.
pub const HEARD_RATE: u32 = 16_000;

/// A good size for the channel of [`Heard`] in frames of 20 ms: a listener that lags by more skips to the present.
pub const HEARD_BACKLOG: usize = 16;

/// While nothing is played, one silent sample so often keeps the connection known to be alive.
const SILENCE_EVERY: Duration = Duration::from_secs(15);

/// Signed 16-bit little-endian samples, as they are played, for as long as the listener stays.
pub(crate) async fn speaker(State(state): State<web::State>) -> Response {
    let Ok(place) = state.web.seats.listeners.try_acquire_owned() else {
        return refuse(StatusCode::SERVICE_UNAVAILABLE, "Too many are listening.");
    };
    let samples = samples(state.web.heard.subscribe()).take_until(closed(state.closing)).map(move |bytes| {
        let _held_as_long_as_the_stream = &place;
        Ok::<_, Infallible>(bytes)
    });
    let kind = format!("audio/x-raw; format=S16LE; rate={HEARD_RATE}; channels=1");
    ([(header::CONTENT_TYPE, kind)], Body::from_stream(samples)).into_response()
}

fn samples(heard: broadcast::Receiver<Heard>) -> impl Stream<Item = Bytes> {
    stream::unfold(heard, |mut heard| async move {
        loop {
            match time::timeout(SILENCE_EVERY, heard.recv()).await {
                Ok(Ok(frame)) => {
                    let bytes: Vec<u8> = frame.iter().flat_map(|sample| sample.to_le_bytes()).collect();
                    return Some((Bytes::from(bytes), heard));
                }
                Ok(Err(RecvError::Lagged(_))) => heard = heard.resubscribe(),
                Ok(Err(RecvError::Closed)) => return None,
                Err(_quiet) => return Some((Bytes::from_static(&[0, 0]), heard)),
            }
        }
    })
}
