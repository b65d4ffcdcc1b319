//! How soon the lamps of many phones follow a parked call.

use crate::caller::Rig;
use crate::stamped::{StampedSocket, now};
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Phones that watch.
pub const WATCHERS: usize = 1_000;
/// Orbits that they watch, each as many.
pub const ORBITS: usize = 20;
/// Callers of this part have numbers of their own.
const FIRST_NUMBER: usize = 3_000_000;
/// Phones that share one socket of the bench.
const TO_A_SOCKET: usize = 50;
/// What has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(3);

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Lamps {
    /// From the 200 that parks a call to the last NOTIFY about its orbit, for each orbit.
    pub each_orbit: Vec<Duration>,
    /// The same where everybody watches the whole lot.
    pub whole_lot: Duration,
    /// NOTIFYs that never came.
    pub missed: usize,
}

/// Subscribes everybody, parks a call on one orbit after the other, and waits for the news of each.
///
/// # Errors
/// The unit does not answer.
pub fn measure(unit: SocketAddr) -> io::Result<Lamps> {
    let sockets = (0..2 * WATCHERS / TO_A_SOCKET).map(|_| StampedSocket::open()).collect::<io::Result<Vec<_>>>()?;
    let mut rig = Rig::new(unit)?;
    let mut lamps = Lamps::default();
    for watcher in 0..WATCHERS {
        subscribe(&sockets, unit, watcher, &(1_000 + watcher % ORBITS).to_string())?;
    }
    let mut parked = Vec::new();
    for number in 0..ORBITS {
        let caller = rig.park(FIRST_NUMBER + number)?;
        let (last, count) = heard(&sockets, unit, WATCHERS / ORBITS)?;
        lamps.each_orbit.push(last.saturating_sub(caller.answered_at));
        lamps.missed += WATCHERS / ORBITS - count;
        parked.push(caller);
    }
    for watcher in WATCHERS..2 * WATCHERS {
        subscribe(&sockets, unit, watcher, "70")?;
    }
    let caller = rig.park(FIRST_NUMBER + ORBITS)?;
    let (last, count) = heard(&sockets, unit, WATCHERS)?;
    lamps.whole_lot = last.saturating_sub(caller.answered_at);
    lamps.missed += WATCHERS - count;
    parked.push(caller);
    for caller in &parked {
        rig.hang_up(caller)?;
    }
    Ok(lamps)
}

fn subscribe(sockets: &[StampedSocket], unit: SocketAddr, number: usize, orbit: &str) -> io::Result<()> {
    let socket = sockets.get(number / TO_A_SOCKET).ok_or_else(|| io::Error::other("too few sockets"))?;
    let from = socket.address;
    let text = format!(
        "SUBSCRIBE sip:{orbit}@{unit} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK-lamp-{number}\r\nMax-Forwards: 70\r\n\
         From: <sip:lamp{number}@{from}>;tag=l{number}\r\nTo: <sip:{orbit}@{unit}>\r\nCall-ID: lamp-{number}\r\n\
         CSeq: 1 SUBSCRIBE\r\nContact: <sip:lamp{number}@{from}>\r\nEvent: dialog\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n"
    );
    socket.send(text.as_bytes(), unit)?;
    // The first state is told at once.
    let (_, count) = heard(std::slice::from_ref(socket), unit, 1)?;
    if count == 1 { Ok(()) } else { Err(io::Error::other(format!("watcher {number} is told nothing"))) }
}

/// Waits for so many NOTIFYs and answers them; when the last one came, and how many did.
fn heard(sockets: &[StampedSocket], unit: SocketAddr, wanted: usize) -> io::Result<(Duration, usize)> {
    let end = now() + PATIENCE;
    let (mut last, mut count) = (Duration::ZERO, 0);
    while count < wanted && now() < end {
        for socket in sockets {
            while let Some(arrival) = socket.arrived()? {
                let text = String::from_utf8_lossy(&arrival.bytes);
                if text.starts_with("NOTIFY ") {
                    last = last.max(arrival.at);
                    count += 1;
                    socket.send(answer(&text).as_bytes(), unit)?;
                }
            }
        }
        crate::wait(Duration::from_micros(500));
    }
    Ok((last, count))
}

fn answer(notify: &str) -> String {
    let mut answer = "SIP/2.0 200 OK\r\n".to_owned();
    for line in notify.lines() {
        if ["Via:", "From:", "To:", "Call-ID:", "CSeq:"].iter().any(|name| line.starts_with(name)) {
            // Writing to a string cannot fail.
            write!(answer, "{line}\r\n").ok();
        }
    }
    answer.push_str("Content-Length: 0\r\n\r\n");
    answer
}
