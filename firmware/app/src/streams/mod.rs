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
use tls::Tls;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// Connections at one time, of all peers.
const MAX_CONNECTIONS: usize = 1_000;
/// Connections from one address that is not this machine's own.
const MAX_FROM_ONE: usize = 50;
/// Orders of the control loop that may wait.
const MAX_ORDERS: usize = 4_096;
/// Reports that may wait; past it connections are not read.
const MAX_REPORTS: usize = 1_024;

/// What the control loop wants.
#[derive(Debug)]
pub enum Order {
    /// Send this, over a new connection if there is none.
    Send(Flow, Vec<u8>),
    /// Close it once everything is sent.
    Close(Flow),
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
    tasks: JoinSet<Flow>,
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
        let (connections, tasks) = (BTreeMap::new(), JoinSet::new());
        let plane = Self { tcp, tls, crypto, address, orders, reports, connections, tasks, tls_address };
        Ok((Streams { orders: order_sender, reports: report_receiver }, plane))
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
                        return;
                    }
                    self.begin(flow, Kind::Opening);
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
