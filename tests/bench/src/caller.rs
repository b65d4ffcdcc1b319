//! Callers who are transferred to the pilot and wait.

use crate::packets::Packets;
use crate::sip::{Call, Response};
use crate::stamped::{Arrival, StampedSocket};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(5);

/// The callers' common signalling.
#[derive(Debug)]
pub struct Rig {
    socket: StampedSocket,
    unit: SocketAddr,
}

/// One parked caller.
#[derive(Debug)]
pub struct Caller {
    call: Call,
    rtp: StampedSocket,
    invited_at: Duration,
    /// When the 200 came.
    pub answered_at: Duration,
    /// From the INVITE to it.
    pub answered_in: Duration,
    /// What has been heard.
    pub packets: Packets,
}

impl Rig {
    /// Callers of this unit.
    ///
    /// # Errors
    /// The system has no port.
    pub fn new(unit: SocketAddr) -> io::Result<Self> {
        Ok(Self { socket: StampedSocket::open()?, unit })
    }

    /// Parks a caller on any orbit.
    ///
    /// # Errors
    /// The unit does not answer, or refuses.
    pub fn park(&mut self, number: usize) -> io::Result<Caller> {
        let mut call = Call::new(number, self.socket.address, self.unit, "70");
        let rtp = StampedSocket::open()?;
        let invited_at = self.socket.send(call.invite(rtp.address).as_bytes(), self.unit)?;
        let (response, at) = self.response(&call, "INVITE")?;
        if response.status != 200 {
            return Err(io::Error::other(format!("call {number} was refused with {}", response.status)));
        }
        call.answered_to = Some(response.to);
        self.socket.send(call.ack().as_bytes(), self.unit)?;
        let answered_in = at.saturating_sub(invited_at);
        Ok(Caller { call, rtp, invited_at, answered_at: at, answered_in, packets: Packets::default() })
    }

    /// From the INVITE to the first packet of music.
    ///
    /// # Errors
    /// None comes.
    pub fn first_packet(&self, caller: &mut Caller) -> io::Result<Duration> {
        let first = caller.rtp.next(PATIENCE)?.ok_or_else(|| io::Error::other("no packet of music came"))?;
        caller.packets.add(&first);
        Ok(first.at.saturating_sub(caller.invited_at))
    }

    /// Ends a caller's call.
    ///
    /// # Errors
    /// The unit does not answer.
    pub fn hang_up(&self, caller: &Caller) -> io::Result<()> {
        self.socket.send(caller.call.bye().as_bytes(), self.unit)?;
        self.response(&caller.call, "BYE").map(|_| ())
    }

    /// The final response to a request of this call; everything else is passed over.
    fn response(&self, call: &Call, method: &str) -> io::Result<(Response, Duration)> {
        let (id, mut nothing) = (call.id(), Duration::ZERO);
        while nothing < PATIENCE {
            let Some(Arrival { at, bytes }) = self.socket.next(PATIENCE)? else {
                nothing += PATIENCE;
                continue;
            };
            let ours =
                |response: &Response| response.call_id == id && response.method == method && response.status >= 200;
            if let Some(response) = Response::read(&bytes).filter(ours) {
                return Ok((response, at));
            }
        }
        Err(io::Error::other(format!("no answer to {method} of call {}", call.number)))
    }
}

impl Caller {
    /// Takes in everything that has arrived.
    ///
    /// # Errors
    /// The socket is broken.
    pub fn hear(&mut self) -> io::Result<()> {
        while let Some(arrival) = self.rtp.arrived()? {
            self.packets.add(&arrival);
        }
        Ok(())
    }
}
