//! Calls that are parked and hang up at once, at a steady rate.

use crate::process::Process;
use crate::sip::{Call, Response};
use crate::stamped::{StampedSocket, now};
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Numbers of these calls begin here, so that none is like another of the bench.
const FIRST_NUMBER: usize = 1_000_000;
/// An answer that has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(4);
/// What is lost is sent again after this (RFC 3261 timer A).
const REPEAT: Duration = Duration::from_millis(500);

/// What came of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    /// Calls a second that were begun.
    pub rate: f64,
    /// Parked, answered and hung up.
    pub done: usize,
    /// Refused, or not answered.
    pub failed: usize,
    /// Processor time of the unit for each call.
    pub processor: Duration,
    /// Bytes, at the end.
    pub memory: u64,
}

struct Open {
    call: Call,
    begun: Duration,
    again: Duration,
    /// The BYE is out.
    leaving: bool,
}

/// Begins `rate` calls a second for so many seconds.
///
/// # Errors
/// The unit has ended, or nothing can be sent to it.
pub fn measure(unit: SocketAddr, process: Process, rate: usize, seconds: u64) -> io::Result<Load> {
    let socket = StampedSocket::open()?;
    let (before, begun) = (process.account()?, now());
    let total = rate * seconds as usize;
    let mut open: BTreeMap<String, Open> = BTreeMap::new();
    let mut load = Load::default();
    let mut sent = 0;
    while sent < total || !open.is_empty() {
        let time = now();
        let due = (time.saturating_sub(begun).as_secs_f64() * rate as f64) as usize;
        while sent < due.min(total) {
            let call = Call::new(FIRST_NUMBER + sent, socket.address, unit, "70");
            socket.send(call.invite(socket.address).as_bytes(), unit)?;
            open.insert(call.id(), Open { call, begun: time, again: time + REPEAT, leaving: false });
            sent += 1;
            if sent == total {
                load.rate = total as f64 / now().saturating_sub(begun).as_secs_f64();
            }
        }
        while let Some(arrival) = socket.arrived()? {
            if let Some(response) = Response::read(&arrival.bytes) {
                answered(&socket, unit, &mut open, &response, &mut load)?;
            }
        }
        let late: Vec<String> =
            open.iter().filter(|(_, one)| time > one.begun + PATIENCE).map(|(id, _)| id.clone()).collect();
        load.failed += late.len();
        late.iter().for_each(|id| drop(open.remove(id)));
        for one in open.values_mut().filter(|one| time > one.again) {
            one.again = time + REPEAT;
            let message = if one.leaving { one.call.bye() } else { one.call.invite(socket.address) };
            socket.send(message.as_bytes(), unit)?;
        }
        crate::wait(Duration::from_micros(500));
    }
    let after = process.account()?;
    let seconds = before.share_of_a_core(&after) * now().saturating_sub(begun).as_secs_f64();
    load.processor = Duration::from_secs_f64(seconds / total.max(1) as f64);
    load.memory = after.memory;
    Ok(load)
}

fn answered(
    socket: &StampedSocket,
    unit: SocketAddr,
    open: &mut BTreeMap<String, Open>,
    response: &Response,
    load: &mut Load,
) -> io::Result<()> {
    let Some(one) = open.get_mut(&response.call_id) else { return Ok(()) };
    match (response.status, response.method.as_str()) {
        (100..200, _) => {}
        (200, "INVITE") => {
            one.call.answered_to = Some(response.to.clone());
            socket.send(one.call.ack().as_bytes(), unit)?;
            if !one.leaving {
                one.leaving = true;
                one.again = now() + REPEAT;
                socket.send(one.call.bye().as_bytes(), unit)?;
            }
        }
        (200, "BYE") => {
            load.done += 1;
            open.remove(&response.call_id);
        }
        (_, _) => {
            load.failed += 1;
            open.remove(&response.call_id);
        }
    }
    Ok(())
}
