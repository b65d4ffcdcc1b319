//! Watchers and referrers, datagram by datagram, in virtual time.

mod counting;

use counting::Counting;
use orbitbox_sip::message::{Message, Request, Response, read_datagram};
use orbitbox_sip::{Body, Endpoint, Event, Flow, Limits, Settings, SubscriptionId, Transport};
use std::net::SocketAddr;
use std::time::Duration;

fn flow(host: u8) -> Flow {
    Flow {
        transport: Transport::Udp,
        local: SocketAddr::from(([192, 0, 2, 1], 5060)),
        remote: SocketAddr::from(([192, 0, 2, host], 5062)),
    }
}

/// An endpoint and a phone at 192.0.2.9 that talks to it.
struct Scene {
    now: Duration,
    endpoint: Endpoint,
    their_tag: String,
    cseq: u32,
}

impl Scene {
    fn new(limits: Limits) -> Self {
        let settings = Settings { stations: vec!["101".to_owned()], limits, ..Settings::at(flow(9).local) };
        let endpoint = Endpoint::new(settings, Box::new(Counting(7)));
        Self { now: Duration::ZERO, endpoint, their_tag: String::new(), cseq: 0 }
    }

    fn send(&mut self, method: &str, call: &str, lines: &str) {
        self.cseq += 1;
        let tag = if self.their_tag.is_empty() { String::new() } else { format!(";tag={}", self.their_tag) };
        let text = format!(
            "{method} sip:71@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bK-{}\r\nFrom: <sip:102@192.0.2.9>;tag=w\r\n\
             To: <sip:71@192.0.2.1>{tag}\r\nCall-ID: {call}\r\nCSeq: {} {method}\r\nContact: <sip:102@192.0.2.9:5062>\r\n{lines}\
             Content-Length: 0\r\n\r\n",
            self.cseq, self.cseq
        );
        self.endpoint.handle_datagram(self.now, flow(9), text.as_bytes());
    }

    fn sent(&mut self) -> Vec<Message> {
        std::iter::from_fn(|| self.endpoint.poll_transmit())
            .map(|transmit| read_datagram(&transmit.bytes).expect("readable"))
            .collect()
    }

    fn response(&mut self) -> Response {
        match self.sent().as_slice() {
            [Message::Response(response)] => response.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn notify(&mut self) -> Request {
        match self.sent().as_slice() {
            [Message::Request(request)] => request.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn answer(&mut self, request: &Request, status: u16) {
        let response = Response::builder_for(request, status, None).build();
        self.endpoint.handle_datagram(self.now, flow(9), &response.to_bytes());
    }

    fn event(&mut self) -> Option<Event> {
        self.endpoint.poll_event()
    }

    fn state_is_wanted(&mut self, id: SubscriptionId) {
        assert_eq!(self.event(), Some(Event::StateWanted { id }));
    }

    fn tell(&mut self, id: SubscriptionId, state: &str) -> Request {
        let body = Body { content_type: "application/dialog-info+xml".to_owned(), bytes: state.as_bytes().to_vec() };
        self.endpoint.notify(self.now, id, body);
        self.notify()
    }

    fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(at) = self.endpoint.poll_timeout().filter(|at| *at <= end) {
            self.now = at;
            self.endpoint.handle_timeout(at);
        }
        self.now = end;
    }

    /// Subscribed, accepted, and told the first state.
    fn watched(&mut self) -> SubscriptionId {
        self.send("SUBSCRIBE", "watch", "Event: dialog\r\nAccept: application/dialog-info+xml\r\nExpires: 120\r\n");
        let Some(Event::Subscribed(asked)) = self.event() else { panic!("no SUBSCRIBE was reported") };
        assert_eq!((asked.package.as_str(), asked.resource.as_str()), ("dialog", "sip:71@192.0.2.1"));
        self.endpoint.accept_subscription(self.now, asked.id);
        let accepted = self.response();
        assert_eq!((accepted.status(), accepted.header("Expires")), (200, Some("120")));
        self.their_tag = accepted.to().tag().expect("a tag").to_owned();
        self.state_is_wanted(asked.id);
        let first = self.tell(asked.id, "first");
        assert_eq!(first.header("Subscription-State"), Some("active;expires=120"));
        assert_eq!(first.header("Event"), Some("dialog"));
        assert_eq!(first.to().tag(), Some("w"));
        self.answer(&first, 200);
        asked.id
    }
}

#[test]
fn a_watcher_is_told_at_once_after_each_refresh_and_at_the_end() {
    let mut scene = Scene::new(Limits::default());
    let id = scene.watched();
    scene.pass(Duration::from_secs(60));
    scene.send("SUBSCRIBE", "watch", "Event: dialog\r\nExpires: 120\r\n");
    assert_eq!(scene.response().header("Expires"), Some("120"));
    scene.state_is_wanted(id);
    let again = scene.tell(id, "again");
    scene.answer(&again, 200);
    scene.send("SUBSCRIBE", "watch", "Event: dialog\r\nExpires: 0\r\n");
    assert_eq!(scene.response().header("Expires"), Some("0"));
    scene.state_is_wanted(id);
    let last = scene.tell(id, "last");
    assert_eq!(last.header("Subscription-State"), Some("terminated;reason=timeout"));
    assert_eq!(scene.event(), Some(Event::SubscriptionEnded { id }));
    scene.answer(&last, 200);
    scene.pass(Duration::from_secs(60));
    assert_eq!(scene.endpoint.load(), (0, 0, 0));
}

#[test]
fn changes_wait_for_the_answer_and_come_five_a_second_with_the_newest_state_only() {
    let mut scene = Scene::new(Limits::default());
    let id = scene.watched();
    scene.pass(Duration::from_secs(1));
    scene.endpoint.touch_subscription(scene.now, id);
    scene.state_is_wanted(id);
    let one = scene.tell(id, "one");
    for _ in 0..10 {
        scene.endpoint.touch_subscription(scene.now, id);
    }
    assert_eq!(scene.event(), None, "the first is still on its way");
    scene.answer(&one, 200);
    assert_eq!(scene.event(), None, "and a fifth of a second has not passed");
    scene.pass(Duration::from_millis(199));
    assert_eq!(scene.event(), None);
    scene.pass(Duration::from_millis(1));
    scene.state_is_wanted(id);
    let two = scene.tell(id, "two");
    scene.answer(&two, 200);
    scene.pass(Duration::from_secs(1));
    assert_eq!(scene.event(), None, "ten changes are one");
}

#[test]
fn a_subscription_that_is_not_refreshed_ends_with_a_word() {
    let mut scene = Scene::new(Limits::default());
    let id = scene.watched();
    scene.pass(Duration::from_secs(120));
    let last = scene.notify();
    assert_eq!(last.header("Subscription-State"), Some("terminated;reason=timeout"));
    assert_eq!(scene.event(), Some(Event::SubscriptionEnded { id }));
    scene.send("SUBSCRIBE", "watch", "Event: dialog\r\nExpires: 120\r\n");
    assert_eq!(scene.response().status(), 481);
}

#[test]
fn a_watcher_that_forgot_us_or_never_answers_is_dropped_one_in_trouble_is_not() {
    for (status, dropped) in [(481, true), (404, true), (500, false), (486, false)] {
        let mut scene = Scene::new(Limits::default());
        let id = scene.watched();
        scene.pass(Duration::from_secs(1));
        scene.endpoint.touch_subscription(scene.now, id);
        scene.state_is_wanted(id);
        let notify = scene.tell(id, "x");
        scene.answer(&notify, status);
        assert_eq!(scene.event().is_some(), dropped, "{status}");
    }
    let mut scene = Scene::new(Limits::default());
    let id = scene.watched();
    scene.pass(Duration::from_secs(1));
    scene.endpoint.touch_subscription(scene.now, id);
    scene.state_is_wanted(id);
    scene.tell(id, "x");
    scene.pass(Duration::from_secs(32));
    assert_eq!(scene.event(), Some(Event::SubscriptionEnded { id }));
}

#[test]
fn the_tables_have_their_bounds() {
    let mut scene = Scene::new(Limits { subscriptions_of_one: 2, ..Limits::default() });
    for (call, room) in [("a", true), ("b", true), ("c", false)] {
        scene.send("SUBSCRIBE", call, "Event: dialog\r\n");
        assert_eq!(scene.event().is_some(), room);
    }
    assert_eq!(scene.response().status(), 503);
    scene.send("SUBSCRIBE", "d", "Event: dialog\r\nExpires: 10\r\n");
    assert_eq!(scene.response().status(), 423);
}

fn referred(scene: &mut Scene, lines: &str) -> Box<orbitbox_sip::Referred> {
    scene.send("REFER", "refer", lines);
    match scene.event() {
        Some(Event::Referred(referred)) => referred,
        other => panic!("{other:?}"),
    }
}

const TO_C: &str = "Refer-To: <sip:c@192.0.2.7?Replaces=call%3Bto-tag%3Dt%3Bfrom-tag%3Df>\r\n";

#[test]
fn a_referrer_hears_how_the_call_goes() {
    let mut scene = Scene::new(Limits::default());
    let asked = referred(&mut scene, TO_C);
    let replaces = asked.replaces.as_ref().expect("Replaces");
    assert_eq!((replaces.call_id.as_str(), replaces.to_tag.as_str()), ("call", "t"));
    scene.endpoint.accept_refer(scene.now, asked.id);
    let sent = scene.sent();
    let [Message::Response(accepted), Message::Request(trying)] = sent.as_slice() else { panic!("{sent:?}") };
    assert_eq!(accepted.status(), 202);
    assert_eq!((trying.header("Event"), trying.body()), (Some("refer"), b"SIP/2.0 100 Trying\r\n".as_slice()));
    scene.endpoint.report_refer(scene.now, asked.id, 180, "Ringing", None);
    assert!(scene.sent().is_empty(), "one at a time");
    let trying = trying.clone();
    scene.answer(&trying, 200);
    let ringing = scene.notify();
    assert_eq!(ringing.body(), b"SIP/2.0 180 Ringing\r\n");
    let contact = orbitbox_sip::message::Uri::parse("sip:71@192.0.2.1").expect("a URI");
    scene.endpoint.report_refer(scene.now, asked.id, 200, "OK", Some(&contact));
    let done = scene.notify();
    assert_eq!(done.body(), b"SIP/2.0 200 OK\r\nContact: <sip:71@192.0.2.1>\r\n");
    assert_eq!(done.header("Subscription-State"), Some("terminated;reason=noresource"));
    scene.answer(&ringing, 200);
    scene.answer(&done, 200);
    scene.pass(Duration::from_secs(60));
    assert_eq!(scene.endpoint.load(), (0, 0, 0));
}

#[test]
fn a_referrer_that_wants_no_word_gets_none() {
    let mut scene = Scene::new(Limits::default());
    let asked = referred(&mut scene, &format!("{TO_C}Refer-Sub: false\r\n"));
    scene.endpoint.accept_refer(scene.now, asked.id);
    assert_eq!(scene.response().header("Refer-Sub"), Some("false"));
    scene.endpoint.report_refer(scene.now, asked.id, 200, "OK", None);
    assert!(scene.sent().is_empty());
    scene.pass(Duration::from_secs(60));
    assert_eq!(scene.endpoint.load(), (0, 0, 0));
}

#[test]
fn a_refer_that_cannot_be_followed_is_refused_with_its_own_status() {
    let cases = [
        ("", 400),
        ("Refer-To: <sip:a@b>\r\nRefer-To: <sip:c@d>\r\n", 400),
        ("Refer-To: <mailto:a@b>\r\n", 416),
        ("Refer-To: <sip:a@b;method=BYE>\r\n", 403),
        ("Refer-To: <sip:a@b?Replaces=nothing>\r\n", 400),
    ];
    for (lines, status) in cases {
        let mut scene = Scene::new(Limits::default());
        scene.send("REFER", "refer", lines);
        assert_eq!(scene.response().status(), status, "{lines}");
    }
}
