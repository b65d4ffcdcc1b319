//! A page with make-believe surroundings.
#![allow(dead_code, reason = "each test file uses some of it")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use orbitbox_admin::{
    Export, HEARD_BACKLOG, Heard, Hosts, Import, LotStatus, MUSIC_BACKLOG, Music, MusicOrder, OrbitStatus, Phase,
    PromptOrder, Prompts, Reload, Seats, Status, UpdateOrder, Updates, Web, router,
};
use orbitbox_panel::{ContactEdge, Face, KeyEdge, Lamp};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, watch};
use tower::ServiceExt;

/// The other ends of a [`Web`].
pub struct Surroundings {
    pub face: watch::Sender<Face>,
    pub status: watch::Sender<Arc<Status>>,
    pub keys: mpsc::Receiver<KeyEdge>,
    pub contacts: mpsc::Receiver<ContactEdge>,
    pub calls_in: mpsc::Receiver<()>,
    pub heard: broadcast::Sender<Heard>,
    pub drained: mpsc::Receiver<bool>,
    pub reloads: std::sync::mpsc::Receiver<Reload>,
    pub music: mpsc::Receiver<MusicOrder>,
    pub imports: watch::Sender<Arc<Vec<Import>>>,
    pub prompts: mpsc::Receiver<PromptOrder>,
    pub updates: mpsc::Receiver<UpdateOrder>,
}

/// Bytes of the largest file of music.
pub const LARGEST: u64 = 100_000;

pub fn web() -> (Web, Surroundings) {
    let orbit = |number: &str| number.parse().expect("an orbit number");
    let lamps = vec![(orbit("71"), Lamp::DoubleBlink), (orbit("72"), Lamp::Off), (orbit("#73"), Lamp::Off)];
    let (face, face_seen) = watch::channel(Face { digits: "71".into(), lamps, brightness: 15 });
    let (status, status_seen) = watch::channel(Arc::new(a_status()));
    let (keys, keys_taken) = mpsc::channel(4);
    let (contacts, contacts_taken) = mpsc::channel(4);
    let (call_in, calls_in) = mpsc::channel(1);
    let (draining, drained) = mpsc::channel(1);
    let (reload, reloads) = std::sync::mpsc::sync_channel(1);
    let (heard, _) = broadcast::channel(HEARD_BACKLOG);
    let (orders, music_orders) = mpsc::channel(MUSIC_BACKLOG);
    let (imports, imports_seen) = watch::channel(Arc::default());
    let music = Music { orders, imports: imports_seen, largest: LARGEST };
    let (orders, prompts_taken) = mpsc::channel(1);
    let prompts = Prompts { orders, largest: LARGEST as usize };
    let (updates, updates_taken) = mpsc::channel(16);
    let web = Web {
        face: face_seen,
        status: status_seen,
        keys,
        contacts,
        heard: heard.clone(),
        call_in,
        draining,
        reload,
        music,
        prompts,
        trace: Export(Arc::new(|| "a trace\n".to_owned())),
        updates: Updates { orders: updates, largest: LARGEST },
        seats: Seats::default(),
    };
    let music = music_orders;
    (
        web,
        Surroundings {
            face,
            status,
            keys: keys_taken,
            contacts: contacts_taken,
            calls_in,
            drained,
            reloads,
            heard,
            music,
            imports,
            prompts: prompts_taken,
            updates: updates_taken,
        },
    )
}

fn a_status() -> Status {
    let parked = OrbitStatus {
        number: "71".into(),
        state: Phase::RingingBack,
        caller: Some("Alice".into()),
        waited: Some(Duration::from_millis(65_250)),
        ..OrbitStatus::default()
    };
    let free = OrbitStatus { number: "72".into(), ..OrbitStatus::default() };
    let lots = vec![LotStatus { name: "Warehouse".into(), pilot: "70".into(), orbits: vec![parked, free] }];
    Status { unit: "Aisle 4".into(), uptime: Duration::from_secs(7), lots, parked: 1, ..Status::default() }
}

pub fn page() -> (Router, Surroundings) {
    let (web, surroundings) = web();
    (router(web, Hosts::Any), surroundings)
}

pub fn get(path: &str) -> Request<Body> {
    Request::get(path).header("host", "unit.example:8080").body(Body::empty()).expect("a request")
}

pub fn post(path: &str, body: &'static str) -> Request<Body> {
    Request::post(path)
        .header("host", "unit.example:8080")
        .header("content-type", "application/json")
        .body(Body::from(body))
        .expect("a request")
}

pub fn with(mut request: Request<Body>, header: &'static str, value: &'static str) -> Request<Body> {
    request.headers_mut().insert(header, value.parse().expect("a header value"));
    request
}

/// Status and body of the answer.
pub async fn read(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.expect("routes never fail");
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 100_000).await.expect("a body");
    (status, String::from_utf8(body.to_vec()).expect("text"))
}

/// Status and JSON body of the answer; null when the body is empty.
pub async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, Value) {
    let (status, body) = read(router, request).await;
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(&body).expect("JSON") })
}
