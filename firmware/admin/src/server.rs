//! Serving the page on a listener.

use crate::connection::Connection;
use crate::events::closed;
use crate::guard::Hosts;
use crate::web::{Web, router_until};
use axum::serve::Listener;
use std::future::{Future, IntoFuture};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time;

/// How long a request may take to end after the stop.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until `stop` resolves. A listener on loopback answers to this machine's own names only.
///
/// # Errors
/// When the listener has no address.
pub async fn serve(listener: TcpListener, web: Web, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let hosts = if listener.local_addr()?.ip().is_loopback() { Hosts::Loopback } else { Hosts::Any };
    let (close, closing) = watch::channel(false);
    let places = Arc::clone(&web.seats.connections);
    let router = router_until(web, hosts, closing.clone());
    let bounded = Bounded { listener, places };
    let serving = axum::serve(bounded, router).with_graceful_shutdown(async move {
        stop.await;
        close.send_replace(true);
    });
    tokio::select! {
        served = serving.into_future() => served,
        () = async { closed(closing).await; time::sleep(GRACE).await } => Ok(()),
    }
}

/// A listener that accepts no more than there are places.
struct Bounded {
    listener: TcpListener,
    places: Arc<Semaphore>,
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let place = match self.places.clone().acquire_owned().await {
            Ok(place) => place,
            // Nobody closes the semaphore; waiting for ever is the honest answer if somebody did.
            Err(_closed) => std::future::pending().await,
        };
        let (stream, peer) = Listener::accept(&mut self.listener).await;
        // Digits must follow a press at once; a failure only costs a few milliseconds.
        let _ = stream.set_nodelay(true);
        (Connection::new(stream, place), peer)
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}
