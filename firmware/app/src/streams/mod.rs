//! SIP over TCP and TLS: one task owns the listeners and every connection.

mod connection;
mod tls;

use crate::sockets::{bind_tcp, canonical};
use anyhow::{Context, Result};
use connection::{Connection, Kind};
use orbitbox_config::SipSettings;
use orbitbox_sip::{Flow, Transport};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tls::Tls;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Connections at one time, of all peers.
pub const MAX_CONNECTIONS: usize = 1_000;
/// Connections from one address that is not this machine's own.
const MAX_FROM_ONE: usize = 50;
/// Orders of the control loop that may wait.
const MAX_ORDERS: usize = 4_096;
/// Reports that may wait; past it connections are not read.
const MAX_REPORTS: usize = 1_024;

/// Addresses whose host is known by name; past it the first is forgotten.
const MAX_EXPECTED: usize = 256;

/// What the control loop wants.
#[derive(Debug)]
pub enum Order {
    /// Send this, over a new connection if there is none.
    Send(Flow, Vec<u8>),
    /// Close it once everything is sent.
    Close(Flow),
    /// Whoever is called there over TLS must be this host (RFC 5922), where certificates are looked at.
    Expect(SocketAddr, String),
}

/// What has happened.
#[derive(Debug)]
pub enum Report {
    /// Bytes have come.
    Bytes(Flow, Vec<u8>),
    /// The connection is over, or never was.
    Closed(Flow),
}

/// The control loop's end.
#[derive(Debug)]
pub struct Streams {
    /// Orders.
    pub orders: mpsc::Sender<Order>,
    /// Reports.
    pub reports: mpsc::Receiver<Report>,
    /// How many connections there are.
    pub count: Arc<AtomicUsize>,
}

/// Listeners and connections.
pub struct StreamPlane {
    tcp: Option<TcpListener>,
    tls: Option<TcpListener>,
    crypto: Tls,
    /// What peers that are not on loopback see.
    address: IpAddr,
    orders: mpsc::Receiver<Order>,
    reports: mpsc::Sender<Report>,
    connections: BTreeMap<(Transport, SocketAddr), Connection>,
    count: Arc<AtomicUsize>,
    tasks: JoinSet<Flow>,
    /// Who is to be found behind an address.
    expected: BTreeMap<SocketAddr, String>,
    /// Where TLS is reached, for flows that the unit begins.
    tls_address: Option<SocketAddr>,
}

impl StreamPlane {
    /// Binds what the settings ask for; `listen` is where UDP is bound.
    ///
    /// # Errors
    /// An address is taken; a certificate, key or list of authorities cannot be read.
    pub async fn bind(settings: &SipSettings, listen: SocketAddr, address: IpAddr) -> Result<(Streams, Self)> {
        let tcp = if settings.tcp {
            let bound = bind_tcp(listen);
            Some(bound.with_context(|| format!("sip.tcp: TCP {listen} cannot be bound"))?)
        } else {
            None
        };
        let tls = match &settings.tls {
            Some(tls) => {
                let bound = bind_tcp(tls.listen);
                Some(bound.with_context(|| format!("sip.tls-listen: TCP {} cannot be bound", tls.listen))?)
            }
            None => None,
        };
        let tls_address = tls.as_ref().map(TcpListener::local_addr).transpose()?;
        let crypto = Tls::new(settings.tls.as_ref(), address)?;
        let (order_sender, orders) = mpsc::channel(MAX_ORDERS);
        let (reports, report_receiver) = mpsc::channel(MAX_REPORTS);
        let (connections, tasks, expected) = (BTreeMap::new(), JoinSet::new(), BTreeMap::new());
        let count = Arc::<AtomicUsize>::default();
        let streams = Streams { orders: order_sender, reports: report_receiver, count: count.clone() };
        let plane =
            Self { tcp, tls, crypto, address, orders, reports, connections, count, tasks, expected, tls_address };
        Ok((streams, plane))
    }

    /// Where TLS is bound.
    pub fn tls_address(&self) -> Option<SocketAddr> {
        self.tls_address
    }

    /// Serves until it is told to stop.
    ///
    /// # Errors
    /// None of its own: what goes wrong with one connection ends that connection.
    pub async fn run(mut self, mut stop: oneshot::Receiver<()>) -> Result<()> {
        loop {
            self.count.store(self.connections.len(), Ordering::Relaxed);
            tokio::select! {
                _ = &mut stop => return Ok(()),
                Some(ended) = self.tasks.join_next() => {
                    if let Ok(flow) = ended {
                        self.ended(flow).await;
                    }
                }
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order),
                    None => return Ok(()),
                },
                Some((stream, remote)) = accepted(self.tcp.as_ref()) => self.take(Transport::Tcp, stream, remote),
                Some((stream, remote)) = accepted(self.tls.as_ref()) => self.take(Transport::Tls, stream, remote),
            }
        }
    }

    async fn ended(&mut self, flow: Flow) {
        self.connections.remove(&(flow.transport, flow.remote));
        self.reports.send(Report::Closed(flow)).await.ok();
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Send(flow, bytes) => {
                let key = (flow.transport, flow.remote);
                if !self.connections.contains_key(&key) {
                    if self.connections.len() >= MAX_CONNECTIONS {
                        tracing::warn!(limit = MAX_CONNECTIONS, "too many SIP connections: a message is not sent");
                        // Whoever waits for an answer need not. When reports are full too, its own patience ends.
                        self.reports.try_send(Report::Closed(flow)).ok();
                        return;
                    }
                    self.begin(flow, Kind::Opening(self.expected.get(&flow.remote).cloned()));
                }
                let full = self.connections.get(&key).is_some_and(|connection| !connection.send(bytes));
                if full {
                    tracing::debug!(%flow.remote, "a SIP connection does not take what is sent: closed");
                    self.connections.remove(&key);
                }
            }
            // Without its sender the connection sends what waits, and ends.
            Order::Close(flow) => {
                self.connections.remove(&(flow.transport, flow.remote));
            }
            Order::Expect(remote, host) => {
                if self.expected.len() >= MAX_EXPECTED {
                    self.expected.pop_first();
                }
                self.expected.insert(remote, host);
            }
        }
    }

    fn take(&mut self, transport: Transport, stream: TcpStream, remote: SocketAddr) {
        let remote = canonical(remote);
        let from_one = self.connections.keys().filter(|(_, other)| other.ip() == remote.ip()).count();
        if self.connections.len() >= MAX_CONNECTIONS || (from_one >= MAX_FROM_ONE && !remote.ip().is_loopback()) {
            tracing::debug!(%remote, "too many SIP connections: refused");
            return;
        }
        let Ok(local) = stream.local_addr().map(canonical) else { return };
        let ip = if remote.ip().is_loopback() || !local.ip().is_unspecified() { local.ip() } else { self.address };
        let flow = Flow { transport, local: SocketAddr::new(ip, local.port()), remote };
        self.begin(flow, Kind::Accepted(stream));
    }

    fn begin(&mut self, flow: Flow, kind: Kind) {
        let (connection, body) = Connection::new(flow, kind, self.crypto.clone(), self.reports.clone());
        self.connections.insert((flow.transport, flow.remote), connection);
        self.tasks.spawn(body);
    }
}

async fn accepted(listener: Option<&TcpListener>) -> Option<(TcpStream, SocketAddr)> {
    match listener {
        // A failed accept concerns that peer only, or passes by itself.
        Some(listener) => listener.accept().await.ok(),
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_config::{TlsSettings, Unit};
    use std::net::Ipv4Addr;
    use std::path::PathBuf;
    use std::time::Duration;
    use tokio::io::AsyncReadExt;

    const PATIENCE: Duration = Duration::from_secs(20);

    /// One that listens on loopback, and where.
    async fn plane(tls: Option<TlsSettings>) -> (Streams, StreamPlane, SocketAddr) {
        let mut settings = Unit::built_in().sip;
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        settings.tcp = true;
        settings.tls = tls;
        let (streams, plane) = StreamPlane::bind(&settings, listen, listen.ip()).await.unwrap();
        let address = plane.tcp.as_ref().unwrap().local_addr().unwrap();
        (streams, plane, address)
    }

    fn tls(files: Option<(PathBuf, PathBuf)>, authorities: Option<PathBuf>) -> Option<TlsSettings> {
        Some(TlsSettings { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), files, authorities })
    }

    async fn report(streams: &mut Streams) -> Report {
        tokio::time::timeout(PATIENCE, streams.reports.recv()).await.unwrap().unwrap()
    }

    /// What the first says to the second, and what comes back over the same connection.
    async fn talk(one: &mut Streams, other: &mut Streams, transport: Transport, to: SocketAddr) {
        let flow = Flow { transport, local: SocketAddr::from((Ipv4Addr::LOCALHOST, 5060)), remote: to };
        one.orders.send(Order::Send(flow, b"ping".to_vec())).await.unwrap();
        let Report::Bytes(back, bytes) = report(other).await else { panic!("nothing has come") };
        assert_eq!((back.transport, back.local, bytes.as_slice()), (transport, to, &b"ping"[..]));
        other.orders.send(Order::Send(back, b"pong".to_vec())).await.unwrap();
        let Report::Bytes(answered, bytes) = report(one).await else { panic!("no answer") };
        assert_eq!((answered, bytes.as_slice()), (flow, &b"pong"[..]));
        one.orders.send(Order::Close(flow)).await.unwrap();
        assert!(matches!(report(one).await, Report::Closed(closed) if closed == flow));
        assert!(matches!(report(other).await, Report::Closed(closed) if closed == back));
    }

    #[tokio::test]
    async fn two_units_talk_over_tcp_and_over_tls() {
        let folder = std::env::temp_dir().join(format!("orbitbox-tls-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let files = (folder.join("certificate.pem"), folder.join("key.pem"));
        let (mut one, caller, _) = plane(None).await;
        let (mut other, called, tcp) = plane(tls(Some(files.clone()), None)).await;
        let secure = called.tls_address().unwrap();
        // The certificate that was made is there for the next start, and for others to trust.
        let (mut third, trusting, _) = plane(tls(Some(files.clone()), Some(files.0.clone()))).await;
        let (_stranger, distrusting, _) = plane(tls(None, None)).await;
        let secure_elsewhere = distrusting.tls_address().unwrap();
        let mut stops: Vec<oneshot::Sender<()>> = Vec::new();
        let mut run = |plane: StreamPlane| {
            let (stop, stopped) = oneshot::channel();
            stops.push(stop);
            plane.run(stopped)
        };
        let running = async { tokio::join!(run(caller), run(called), run(trusting), run(distrusting)) };
        let story = async {
            talk(&mut one, &mut other, Transport::Tcp, tcp).await;
            talk(&mut one, &mut other, Transport::Tls, secure).await;
            talk(&mut third, &mut other, Transport::Tls, secure).await;
            // One that asks for authorities does not talk to anybody else.
            let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 5061));
            let flow = Flow { transport: Transport::Tls, local, remote: secure_elsewhere };
            third.orders.send(Order::Send(flow, b"secret".to_vec())).await.unwrap();
            assert!(matches!(report(&mut third).await, Report::Closed(closed) if closed == flow));
            // Nor to one that is somebody else.
            for (host, right) in [("localhost", true), ("pbx.example", false)] {
                third.orders.send(Order::Expect(secure, host.to_owned())).await.unwrap();
                if right {
                    talk(&mut third, &mut other, Transport::Tls, secure).await;
                } else {
                    let flow = Flow { transport: Transport::Tls, local, remote: secure };
                    third.orders.send(Order::Send(flow, b"secret".to_vec())).await.unwrap();
                    assert!(matches!(report(&mut third).await, Report::Closed(closed) if closed == flow));
                }
            }
        };
        tokio::select! {
            () = story => {}
            _ = running => panic!("a plane has ended"),
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn one_that_cannot_be_reached_is_reported() {
        let (mut streams, plane, nobody) = plane(None).await;
        let (_stop, stopped) = oneshot::channel();
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
        let flow = Flow { transport: Transport::Tcp, local: nobody, remote: closed };
        streams.orders.send(Order::Send(flow, b"ping".to_vec())).await.unwrap();
        tokio::select! {
            report = report(&mut streams) => assert!(matches!(report, Report::Closed(closed) if closed == flow)),
            _ = plane.run(stopped) => panic!("the plane has ended"),
        }
    }

    #[tokio::test]
    async fn one_that_does_not_read_is_let_go() {
        let (mut streams, plane, address) = plane(None).await;
        let (_stop, stopped) = oneshot::channel();
        let story = async {
            let mut peer = TcpStream::connect(address).await.unwrap();
            tokio::io::AsyncWriteExt::write_all(&mut peer, b"hello").await.unwrap();
            let Report::Bytes(flow, _) = report(&mut streams).await else { panic!("nothing has come") };
            // More than every buffer on the way and the queue can hold.
            let large = vec![b'x'; 60_000];
            let mut sent = 0usize;
            while streams.reports.try_recv().is_err() {
                sent += 1;
                assert!(sent < 5_000, "it is never let go");
                streams.orders.send(Order::Send(flow, large.clone())).await.unwrap();
                tokio::task::yield_now().await;
            }
            // What was sent in time has come, and then the end.
            let mut rest = Vec::new();
            tokio::time::timeout(PATIENCE, peer.read_to_end(&mut rest)).await.unwrap().ok();
        };
        tokio::select! {
            () = story => {}
            _ = plane.run(stopped) => panic!("the plane has ended"),
        }
    }
}
