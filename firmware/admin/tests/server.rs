//! The page on a real listener.

mod support;

use orbitbox_admin::{MAX_CONNECTIONS, serve};
use std::net::SocketAddr;
use std::time::Duration;
use support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(5);

async fn request(address: SocketAddr, lines: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.write_all(format!("{lines}\r\n\r\n").as_bytes()).await.expect("sent");
    stream
}

async fn read_until(stream: &mut TcpStream, wanted: &str) -> String {
    let mut seen = String::new();
    let mut bytes = [0; 4096];
    while !seen.contains(wanted) {
        let count = timeout(SOON, stream.read(&mut bytes)).await.expect("in time").expect("read");
        assert!(count > 0, "closed before {wanted:?}: {seen}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    seen
}

#[tokio::test]
async fn a_stop_ends_live_pages_too() {
    let (web, _unit) = web();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let client = async {
        let mut live = request(address, "GET /events HTTP/1.1\r\nHost: localhost").await;
        read_until(&mut live, "event: face").await;
        let mut half = TcpStream::connect(address).await.expect("a connection");
        half.write_all(b"GET / HT").await.expect("sent");
        stop.send(()).expect("the server listens");
        let mut rest = Vec::new();
        timeout(SOON, live.read_to_end(&mut rest)).await.expect("the stream ends").expect("read");
    };
    let (served, ()) = tokio::join!(serve(listener, web, async { drop(stopped.await) }), client);
    served.expect("no error");
}

#[tokio::test]
async fn a_loopback_listener_refuses_a_rebound_name() {
    let (web, _unit) = web();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let client = async {
        let mut own = request(address, "GET /api/status HTTP/1.1\r\nHost: localhost").await;
        read_until(&mut own, "200 OK").await;
        let mut rebound = request(address, "GET /api/status HTTP/1.1\r\nHost: rebound.example").await;
        read_until(&mut rebound, "421").await;
    };
    tokio::select! {
        served = serve(listener, web, std::future::pending()) => panic!("{served:?}"),
        () = client => {}
    }
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let (web, _unit) = web();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let address = listener.local_addr().expect("an address");
    let client = async {
        let mut idle = Vec::new();
        for _ in 0..MAX_CONNECTIONS {
            let mut stream = request(address, "GET /api/face HTTP/1.1\r\nHost: localhost").await;
            read_until(&mut stream, "200 OK").await;
            idle.push(stream);
        }
        let mut waiting = request(address, "GET /api/face HTTP/1.1\r\nHost: localhost").await;
        let early = timeout(Duration::from_millis(100), waiting.read_u8()).await;
        assert!(early.is_err(), "it was answered beyond the limit");
        idle.pop();
        read_until(&mut waiting, "200 OK").await;
    };
    tokio::select! {
        served = serve(listener, web, std::future::pending()) => panic!("{served:?}"),
        () = client => {}
    }
}
