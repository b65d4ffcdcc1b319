//! Files too large for one piece of memory, handed on as they come.

use super::refuse;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use tokio::sync::mpsc;
use tokio::sync::oneshot::{self, error::TryRecvError};

/// Where a file goes.
pub(crate) struct Upload<'a, O, P> {
    /// Whoever takes it.
    pub orders: &'a mpsc::Sender<O>,
    /// That it begins.
    pub begin: O,
    /// A piece of it.
    pub piece: P,
    /// That it is there.
    pub end: O,
    /// Bytes that are taken at most.
    pub largest: u64,
}

impl<O, P: Fn(Bytes) -> O> Upload<'_, O, P> {
    /// What whoever takes the file has to say to it; or why it has not come to them.
    pub async fn receive<T>(self, body: Body, mut answered: oneshot::Receiver<T>) -> Result<T, Response> {
        let Self { orders, begin, piece, end, largest } = self;
        orders.send(begin).await.map_err(|_| stopping())?;
        let (mut pieces, mut length) = (body.into_data_stream(), 0);
        while let Some(next) = pieces.next().await {
            let bytes = next.map_err(|_| refuse(StatusCode::BAD_REQUEST, "The file has not come to its end."))?;
            length += bytes.len() as u64;
            if length > largest {
                return Err(too_large(largest));
            }
            // A refusal may come at any time; then the rest need not.
            match answered.try_recv() {
                Ok(answer) => return Ok(answer),
                Err(TryRecvError::Closed) => return Err(stopping()),
                Err(TryRecvError::Empty) => {}
            }
            orders.send(piece(bytes)).await.map_err(|_| stopping())?;
        }
        orders.send(end).await.map_err(|_| stopping())?;
        answered.await.map_err(|_| stopping())
    }
}

/// The refusal of what is said to be larger than `largest` bytes.
pub(crate) fn said_to_be_larger(headers: &HeaderMap, largest: u64) -> Option<Response> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.filter(|length| *length > largest).map(|_| too_large(largest))
}

fn too_large(largest: u64) -> Response {
    refuse(StatusCode::PAYLOAD_TOO_LARGE, &format!("Files of up to {} MB are taken.", largest >> 20))
}

/// The refusal of a unit that takes no more orders.
pub(crate) fn stopping() -> Response {
    refuse(StatusCode::SERVICE_UNAVAILABLE, "The unit is stopping.")
}
