//! Streams: their bytes, their end.

use super::framing::{Frame, Framing};
use crate::endpoint::Endpoint;
use crate::message::{Message, Method, Request, Response, Via, read_datagram};
use crate::transaction::client::Owner;
use crate::transaction::timers::Due;
use crate::{Event, Flow};
use std::time::Duration;

/// A message that has begun has to be whole within this time.
const PATIENCE: Duration = Duration::from_secs(10);
const PONG: &[u8] = b"\r\n";

/// One stream.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    framing: Framing,
    /// When the message that is not whole yet must be.
    due: Option<Duration>,
}

impl Endpoint {
    /// A stream has brought bytes. One that cannot be followed any more is named by `poll_close`.
    pub fn handle_stream_bytes(&mut self, now: Duration, flow: Flow, bytes: &[u8]) {
        let stream = self.streams.entry(flow).or_default();
        stream.framing.push(bytes);
        let mut some = false;
        while let Some(frame) = self.streams.get_mut(&flow).and_then(|stream| stream.framing.next_frame()) {
            some = true;
            match frame {
                Frame::Message(message) => self.handle_datagram(now, flow, &message),
                Frame::Ping => self.transmit(flow, PONG.to_vec()),
                Frame::Broken { problem, head } => self.broken(flow, problem, head.as_deref()),
            }
        }
        let Some(stream) = self.streams.get_mut(&flow) else { return };
        let before = stream.due;
        if !stream.framing.is_waiting() {
            stream.due = None;
        } else if some || before.is_none() {
            stream.due = Some(now + PATIENCE);
        }
        if stream.due != before {
            let after = stream.due;
            self.agenda.remove(before, Due::Stream(flow));
            self.agenda.add(after, Due::Stream(flow));
        }
    }

    /// The stream is closed, by whomever. What waited for an answer on it will get none; stations that registered on it are
    /// gone; calls go on over a new one.
    pub fn connection_closed(&mut self, now: Duration, flow: Flow) {
        if let Some(stream) = self.streams.remove(&flow) {
            self.agenda.remove(stream.due, Due::Stream(flow));
        }
        let waiting: Vec<_> =
            self.clients.iter().filter(|(_, client)| client.flow == flow).map(|(key, _)| key.clone()).collect();
        for key in waiting {
            let farewell =
                self.clients.get(&key).filter(|client| client.is_open()).map(|client| client.request.clone());
            self.client_failed(now, &key);
            if let Some(bye) = farewell.filter(|request| *request.method() == Method::Bye) {
                self.say_again(now, flow, &bye);
            }
        }
        for station in self.registrar.drop_flow(flow) {
            self.events.push_back(Event::Unregistered { station });
        }
        let dialogs = self.usages.values_mut().filter_map(|usage| usage.dialog.as_mut());
        dialogs.chain(self.subscriptions.dialogs_mut()).filter(|dialog| dialog.flow == flow).for_each(|dialog| {
            dialog.flow_is_gone();
        });
    }

    /// The next stream to close.
    pub fn poll_close(&mut self) -> Option<Flow> {
        self.closes.pop_front()
    }

    pub(crate) fn stream_due(&mut self, now: Duration, flow: Flow) {
        let overdue = self.streams.get(&flow).and_then(|stream| stream.due).is_some_and(|due| due <= now);
        if overdue {
            self.closes.push_back(flow);
        }
    }

    /// A BYE was lost with its stream: it goes over a new one, to where the other side listens.
    fn say_again(&mut self, now: Duration, flow: Flow, bye: &Request) {
        let next_hop = bye.routes().first().map_or(bye.uri(), |route| &route.uri);
        let remote = next_hop.socket_addr(flow.transport.default_port()).filter(|remote| *remote != flow.remote);
        let Some(remote) = remote else { return };
        let via = Via::new(flow.transport.name(), flow.local, &self.branch());
        self.send(now, bye.by(&via, None), Flow { remote, ..flow }, Owner::Nobody);
    }

    fn broken(&mut self, flow: Flow, problem: &str, head: Option<&[u8]>) {
        // Read as a datagram, without its body, the head says whom to answer.
        if let Some(Message::Request(request)) = head.and_then(|head| read_datagram(head).ok()) {
            let tag = self.token();
            let response = Response::builder_for(&request, 400, Some(problem)).to_tag(&tag).build();
            self.transmit(flow, response.to_bytes());
        }
        self.closes.push_back(flow);
    }
}
