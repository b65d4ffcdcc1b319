//! The unit as an extension of a PBX: asked who it is, refused, left alone, and given another registrar, in virtual time.

use orbitbox_sip::message::{Message, Request, Response, Uri, read_datagram};
use orbitbox_sip::{Account, Endpoint, Event, Flow, Random, Registration, Secret, Settings, Sources, Transport};
use std::net::SocketAddr;
use std::time::Duration;

#[derive(Debug)]
struct Counting(u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }
}

const CHALLENGE: &str = "Digest realm=\"pbx\", nonce=\"n1\", qop=\"auth\", algorithm=SHA-256";

struct Scene {
    now: Duration,
    endpoint: Endpoint,
}

impl Scene {
    fn new(registrars: &[&str]) -> Self {
        let registration = Registration {
            account: Account { user: "700".to_owned(), password: Secret::new("hidden") },
            registrars: registrars.iter().map(|text| Uri::parse(text).expect("a URI")).collect(),
            expires: 600,
        };
        let settings = Settings {
            realm: "Orbitbox".to_owned(),
            registrations: vec![registration],
            sources: Sources::default(),
            ..Settings::at(SocketAddr::from(([192, 0, 2, 1], 5060)))
        };
        let mut scene = Self { now: Duration::ZERO, endpoint: Endpoint::new(settings, Box::new(Counting(5))) };
        scene.endpoint.handle_timeout(Duration::ZERO);
        scene
    }

    /// The REGISTER that goes out next, and where.
    fn sent(&mut self) -> (Request, SocketAddr) {
        let transmit = self.endpoint.poll_transmit().expect("a REGISTER");
        let Ok(Message::Request(request)) = read_datagram(&transmit.bytes) else { panic!("no request") };
        assert!(!String::from_utf8_lossy(&transmit.bytes).contains("hidden"), "the password is not sent");
        (request, transmit.flow.remote)
    }

    fn answer(&mut self, to: &(Request, SocketAddr), status: u16, fields: &[(&str, &str)]) {
        let mut response = Response::builder_for(&to.0, status, None).to_tag("r");
        for (name, value) in fields {
            response = response.header(name, value);
        }
        let local = SocketAddr::from(([192, 0, 2, 1], 5060));
        let flow = Flow { transport: Transport::Udp, local, remote: to.1 };
        self.endpoint.handle_datagram(self.now, flow, &response.build().to_bytes());
    }

    /// Lets time pass until a REGISTER goes out that is no repetition; after how long.
    fn next(&mut self, known: &Request) -> (Duration, (Request, SocketAddr)) {
        let begin = self.now;
        loop {
            self.now = self.endpoint.poll_timeout().expect("something is due");
            self.endpoint.handle_timeout(self.now);
            while let Some(transmit) = self.endpoint.poll_transmit() {
                if let Ok(Message::Request(request)) = read_datagram(&transmit.bytes)
                    && request.cseq().number > known.cseq().number
                {
                    return (self.now - begin, (request, transmit.flow.remote));
                }
            }
        }
    }

    fn is_up(&mut self) -> bool {
        while self.endpoint.poll_event().is_some() {}
        self.endpoint.is_registered(0)
    }
}

#[test]
fn asked_who_it_is_the_unit_answers_and_refreshes_in_time() {
    let mut scene = Scene::new(&["sip:192.0.2.5"]);
    let first = scene.sent();
    assert_eq!(first.0.header("Expires"), Some("600"));
    assert!(first.0.header("Authorization").is_none());
    scene.answer(&first, 401, &[("WWW-Authenticate", CHALLENGE)]);
    let second = scene.sent();
    let given = second.0.header("Authorization").expect("an answer").to_owned();
    assert!(given.contains("username=\"700\"") && given.contains("algorithm=SHA-256"), "{given}");
    assert_eq!(second.0.call_id(), first.0.call_id());
    assert_eq!(second.0.cseq().number, first.0.cseq().number + 1);
    scene.answer(&second, 200, &[("Contact", "<sip:700@192.0.2.1:5060>;expires=100")]);
    assert!(matches!(scene.endpoint.poll_event(), Some(Event::RegistrationChanged { index: 0, up: true })));
    let (after, third) = scene.next(&second.0);
    assert_eq!(after, Duration::from_secs(85));
    // The nonce has grown old: answered again.
    scene.answer(&third, 401, &[("WWW-Authenticate", &format!("{CHALLENGE}, stale=true"))]);
    let fourth = scene.sent();
    scene.answer(&fourth, 200, &[("Expires", "100")]);
    assert!(scene.is_up());
    scene.endpoint.unregister(scene.now);
    assert_eq!(scene.sent().0.header("Expires"), Some("0"));
}

#[test]
fn a_wrong_password_is_not_tried_for_ever() {
    let mut scene = Scene::new(&["sip:192.0.2.5"]);
    let mut request = scene.sent();
    for _ in 0..2 {
        scene.answer(&request, 401, &[("WWW-Authenticate", CHALLENGE)]);
        request = scene.sent();
    }
    scene.answer(&request, 401, &[("WWW-Authenticate", CHALLENGE)]);
    assert!(scene.endpoint.poll_transmit().is_none());
    let (after, _) = scene.next(&request.0);
    assert!((15..=30).contains(&after.as_secs()), "{after:?}");
}

#[test]
fn a_registrar_that_is_silent_gives_way_to_the_second_and_both_to_growing_pauses() {
    let mut scene = Scene::new(&["sip:192.0.2.5", "sip:192.0.2.6:5070"]);
    let first = scene.sent();
    assert_eq!(first.1.to_string(), "192.0.2.5:5060");
    let (after, second) = scene.next(&first.0);
    assert_eq!((after, second.1.to_string()), (Duration::from_secs(32), "192.0.2.6:5070".to_owned()));
    scene.answer(&second, 200, &[("Expires", "600")]);
    assert!(scene.is_up());
    // Both fail from now on: the pauses grow and end at half an hour.
    let mut known = scene.next(&second.0).1;
    let mut pauses = Vec::new();
    for _ in 0..20 {
        scene.answer(&known, 503, &[]);
        let (after, next) = scene.next(&known.0);
        pauses.push(after.as_secs());
        known = next;
    }
    assert!(!scene.is_up());
    let long: Vec<u64> = pauses.into_iter().filter(|pause| *pause > 0).collect();
    assert!(long.len() >= 8 && long[0] <= 30 && *long.last().expect("pauses") >= 900, "{long:?}");
    assert!(long.iter().all(|pause| *pause <= 1_800), "{long:?}");
}

#[test]
fn too_brief_is_made_longer() {
    let mut scene = Scene::new(&["sip:192.0.2.5"]);
    let first = scene.sent();
    scene.answer(&first, 423, &[("Min-Expires", "1800")]);
    assert_eq!(scene.sent().0.header("Expires"), Some("1800"));
}
