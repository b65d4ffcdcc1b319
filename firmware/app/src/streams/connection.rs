//! One connection, from its beginning to its end.

use super::Report;
use super::tls::{Tls, server_name};
use orbitbox_sip::{Flow, Transport};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::time::timeout;

/// Messages that may wait for a peer that reads slowly.
const MAX_WAITING: usize = 256;
/// For connecting, and for the TLS handshake.
const BEGINS_WITHIN: Duration = Duration::from_secs(8);
/// For one message to be taken by the peer.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);
/// A connection on which nothing comes is closed. Phones that register over one refresh, or ping, more often.
const IDLE: Duration = Duration::from_secs(3_700);
/// One that was opened to us, and on which nothing has come at all, is closed sooner.
const SPEAKS_WITHIN: Duration = Duration::from_secs(30);
const CHUNK: usize = 8_192;

/// How a connection begins.
pub(super) enum Kind {
    /// The peer has opened it.
    Accepted(TcpStream),
    /// We open it, to this host if that is known.
    Opening(Option<String>),
}

/// The sending end of a connection.
pub(super) struct Connection(mpsc::Sender<Vec<u8>>);

impl Connection {
    /// A connection, and the future that carries it. It ends with its flow when the connection ends, or after everything is
    /// sent when this end is dropped.
    pub(super) fn new(
        flow: Flow,
        kind: Kind,
        crypto: Tls,
        reports: mpsc::Sender<Report>,
    ) -> (Self, impl Future<Output = Flow>) {
        let (sender, waiting) = mpsc::channel(MAX_WAITING);
        let body = async move {
            if let Err(problem) = carry(flow, kind, crypto, waiting, reports).await {
                tracing::debug!(%flow.remote, transport = flow.transport.name(), %problem, "a SIP connection has ended");
            }
            flow
        };
        (Self(sender), body)
    }

    /// Puts a message into the queue; `false` when that is full.
    pub(super) fn send(&self, bytes: Vec<u8>) -> bool {
        self.0.try_send(bytes).is_ok()
    }
}

async fn carry(
    flow: Flow,
    kind: Kind,
    crypto: Tls,
    waiting: mpsc::Receiver<Vec<u8>>,
    reports: mpsc::Sender<Report>,
) -> io::Result<()> {
    let (stream, ours, host) = match kind {
        Kind::Accepted(stream) => (stream, false, None),
        Kind::Opening(host) => (timeout(BEGINS_WITHIN, TcpStream::connect(flow.remote)).await??, true, host),
    };
    stream.set_nodelay(true)?;
    match (flow.transport, ours) {
        (Transport::Tls, false) => {
            let secured = timeout(BEGINS_WITHIN, crypto.acceptor()?.accept(stream)).await??;
            converse(flow, secured, SPEAKS_WITHIN, waiting, reports).await
        }
        (Transport::Tls, true) => {
            let name = server_name(host, flow.remote.ip());
            let secured = timeout(BEGINS_WITHIN, crypto.connector().connect(name, stream)).await??;
            converse(flow, secured, IDLE, waiting, reports).await
        }
        (Transport::Udp | Transport::Tcp, ours) => {
            converse(flow, stream, if ours { IDLE } else { SPEAKS_WITHIN }, waiting, reports).await
        }
    }
}

async fn converse(
    flow: Flow,
    stream: impl AsyncRead + AsyncWrite,
    mut patience: Duration,
    mut waiting: mpsc::Receiver<Vec<u8>>,
    reports: mpsc::Sender<Report>,
) -> io::Result<()> {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let mut chunk = vec![0; CHUNK];
    loop {
        tokio::select! {
            read = timeout(patience, reader.read(&mut chunk)) => {
                let length = read??;
                patience = IDLE;
                if length == 0 {
                    return Ok(());
                }
                let report = Report::Bytes(flow, chunk[..length].to_vec());
                if reports.send(report).await.is_err() {
                    return Ok(());
                }
            }
            message = waiting.recv() => {
                let Some(message) = message else { return writer.shutdown().await };
                timeout(TAKEN_WITHIN, writer.write_all(&message)).await??;
                writer.flush().await?;
            }
        }
    }
}
