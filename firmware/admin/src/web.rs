//! The page's surroundings, and which address answers with what.

use crate::api::{music, prompts, update};
use crate::guard::Hosts;
use crate::speaker::Heard;
use crate::{Music, Prompts, Seats, Status, Updates, api, assets, events, guard, speaker};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use axum::routing::{delete, get, post};
use orbitbox_panel::{ContactEdge, Face, KeyEdge};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::SyncSender;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// What the page shows and what it hands on.
#[derive(Debug, Clone)]
pub struct Web {
    /// Digits and lamps.
    pub face: watch::Receiver<Face>,
    /// Everything else that can be seen.
    pub status: watch::Receiver<Arc<Status>>,
    /// Keys pressed on the page.
    pub keys: mpsc::Sender<KeyEdge>,
    /// Contacts of the simulated board that are closed and opened on the page.
    pub contacts: mpsc::Sender<ContactEdge>,
    /// What the speaker plays, frame by frame, while it plays. With no receiver, sending fails and costs nothing.
    pub heard: broadcast::Sender<Heard>,
    /// Somebody wants the built-in test caller to call in.
    pub call_in: mpsc::Sender<()>,
    /// New calls are refused from now on, or parked again.
    pub draining: mpsc::Sender<bool>,
    /// The configuration is to be read again.
    pub reload: SyncSender<Reload>,
    /// The music library.
    pub music: Music,
    /// Own recordings.
    pub prompts: Prompts,
    /// The whole system.
    pub updates: Updates,
    /// What the unit was told.
    pub trace: Export,
    /// How many can use it at once.
    pub seats: Seats,
}

/// Makes the whole trace, as text.
#[derive(Clone)]
pub struct Export(pub Arc<dyn Fn() -> String + Send + Sync>);

impl fmt::Debug for Export {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Export")
    }
}

/// Takes what came of it, or what is wrong with the configuration.
pub type Reload = oneshot::Sender<Result<String, String>>;

/// The longest body of a request, in bytes. Files of music have a limit of their own.
const MAX_BODY: usize = 1024;

/// What every handler has at hand.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) web: Web,
    pub(crate) hosts: Hosts,
    /// Becomes true when endless answers are to end.
    pub(crate) closing: watch::Receiver<bool>,
    pub(crate) next_upload: Arc<AtomicU64>,
}

/// The page and its interface. Answers that never end by themselves (`/events`, `/speaker`) end with the senders of
/// [`Web`]; [`serve`](crate::serve) ends them when it is told to stop.
pub fn router(web: Web, hosts: Hosts) -> Router {
    let (_, never) = watch::channel(false);
    router_until(web, hosts, never)
}

pub(crate) fn router_until(web: Web, hosts: Hosts, closing: watch::Receiver<bool>) -> Router {
    let state = State { web, hosts, closing, next_upload: Arc::default() };
    Router::new()
        .merge(assets::routes())
        .route("/events", get(events::events))
        .route("/speaker", get(speaker::speaker))
        .route("/api/status", get(api::status))
        .route("/api/explain/{number}", get(api::explain))
        .route("/api/face", get(api::face))
        .route("/api/keys/{key}", post(api::press))
        .route("/api/contacts/{name}", post(api::contact))
        .route("/api/call-in", post(api::call_in))
        .route("/api/draining", post(api::drain))
        .route("/api/reload", post(api::reload))
        .route("/api/trace", get(api::trace))
        .route("/api/music", get(music::list).post(music::add))
        .route("/api/music/{number}", delete(music::remove))
        .route("/api/music/imports/{number}", get(music::import))
        .route("/api/update", post(update::add).delete(update::keep))
        .route("/api/update/begin", post(update::begin))
        .route("/api/prompts", get(prompts::list).post(prompts::add))
        .route("/api/prompts/{language}/{*name}", delete(prompts::remove))
        .fallback(api::no_such_page)
        .method_not_allowed_fallback(api::no_such_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn_with_state(state.clone(), guard::check))
        .with_state(state)
}
