//! SRTP: what is agreed, and that nothing leaves or is heard without it.

mod world;

use orbitbox_media::rtp::{HEADER_BYTES, Packet};
use orbitbox_media::srtp::{Inbound, MasterKey, Outbound, Suite};
use orbitbox_media::{
    Channel, Codec, Event, Keys, Negotiated, Negotiation, Protection, SdpFault, Source, StreamId, Terms,
};
use std::net::SocketAddr;
use world::{MUSIC, World, address, bytes, first, negotiated, nth};

const OURS: MasterKey = MasterKey::of([0x11; MasterKey::BYTES]);
const THEIRS: MasterKey = MasterKey::of([0x22; MasterKey::BYTES]);
const KEY_OF_THEIRS: &str = "IiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIiIi";
const KEY_OF_OURS: &str = "ERERERERERERERERERERERERERERERERERERERER";

fn negotiation(protection: Protection) -> Negotiation {
    let terms = Terms { codecs: vec![Codec::Pcmu], protection, key: OURS };
    Negotiation::new(2, SocketAddr::from(([10, 0, 0, 1], 20_000))).on(terms)
}

fn description(media: &str) -> Vec<u8> {
    let text = format!("v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n{media}");
    text.lines().flat_map(|line| [line.trim(), "\r\n"]).collect::<String>().into()
}

fn offer(proto: &str, keys: &[&str]) -> Vec<u8> {
    let keys: String = keys.iter().map(|key| format!("\na=crypto:{key}")).collect();
    description(&format!("m=audio 4000 {proto} 0{keys}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn offers_are_answered_by_the_rule_of_the_party() {
    let eighty = format!("3 AES_CM_128_HMAC_SHA1_80 inline:{KEY_OF_THEIRS}");
    let thirty_two = format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY_OF_THEIRS}");
    let strange = "2 AEAD_AES_256_GCM inline:AAAA";
    let (plain, offered) = (offer("RTP/AVP", &[]), offer("RTP/SAVP", &[&thirty_two, strange, &eighty]));
    let (either, useless) = (offer("RTP/AVP", &[&eighty]), offer("RTP/SAVP", &[strange]));
    for protection in [Protection::WhenOffered, Protection::WhenPossible, Protection::Always] {
        for (offer, proto) in [(&offered, "RTP/SAVP"), (&either, "RTP/AVP")] {
            let (answer, agreed) = negotiation(protection).answer(offer).unwrap();
            assert_eq!(agreed.keys, Some(Keys { suite: Suite::Tag80, ours: OURS, theirs: THEIRS }));
            let answer = text(&answer);
            assert!(answer.contains(&format!("m=audio 20000 {proto} 0\r\n")), "{answer}");
            assert!(answer.contains(&format!("a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:{KEY_OF_OURS}\r\n")));
        }
        assert_eq!(negotiation(protection).answer(&useless), Err(SdpFault::Protection));
    }
    for protection in [Protection::Never, Protection::WhenOffered, Protection::WhenPossible] {
        let (answer, agreed) = negotiation(protection).answer(&plain).unwrap();
        assert_eq!(agreed.keys, None);
        assert!(!text(&answer).contains("crypto"));
    }
    assert_eq!(negotiation(Protection::Always).answer(&plain), Err(SdpFault::Protection));
    assert_eq!(negotiation(Protection::Never).answer(&offered), Err(SdpFault::Protection));
    let (answer, agreed) = negotiation(Protection::Never).answer(&either).unwrap();
    assert!(agreed.keys.is_none() && !text(&answer).contains("crypto"));
    // Of two lines the one that fits is taken.
    let both = description("m=audio 4000 RTP/SAVP 0\na=crypto:1 AEAD_AES_256_GCM inline:AAAA\nm=audio 4002 RTP/AVP 0");
    let (_, agreed) = negotiation(Protection::WhenOffered).answer(&both).unwrap();
    assert_eq!((agreed.remote.port(), agreed.keys), (4002, None));
}

#[test]
fn our_offers_and_their_answers() {
    let ours = format!("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY_OF_OURS}\r\n");
    let theirs = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY_OF_THEIRS}");
    for (protection, proto, has_key) in [
        (Protection::Never, "RTP/AVP", false),
        (Protection::WhenOffered, "RTP/AVP", false),
        (Protection::WhenPossible, "RTP/AVP", true),
        (Protection::Always, "RTP/SAVP", true),
    ] {
        let mut negotiation = negotiation(protection);
        let made = text(&negotiation.offer());
        assert!(made.contains(&format!("m=audio 20000 {proto} 0 101\r\n")), "{made}");
        assert_eq!(made.contains(&ours), has_key, "{made}");
        let with_key = negotiation.clone().accept_answer(&offer(proto, &[&theirs])).unwrap();
        assert_eq!(with_key.keys.is_some(), has_key, "{protection:?}");
        let without = negotiation.clone().accept_answer(&offer(proto, &[])).map(|agreed| agreed.keys);
        let expected = if protection == Protection::Always { Err(SdpFault::Protection) } else { Ok(None) };
        assert_eq!(without, expected, "{protection:?}");
        // A suite that we did not offer protects nothing.
        let other = format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY_OF_THEIRS}");
        let other = negotiation.accept_answer(&offer(proto, &[&other])).map(|agreed| agreed.keys);
        assert_eq!(other, expected, "{protection:?}");
    }
}

#[test]
fn what_was_protected_once_is_offered_so_again() {
    let key = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY_OF_THEIRS}");
    let mut negotiation = negotiation(Protection::WhenOffered);
    negotiation.answer(&offer("RTP/SAVP", &[&key])).unwrap();
    let again = text(&negotiation.offer());
    assert!(again.contains("RTP/SAVP") && again.contains("a=crypto:1"), "{again}");
}

fn protected(suite: Suite, id: u16) -> Negotiated {
    Negotiated { keys: Some(Keys { suite, ours: OURS, theirs: THEIRS }), ..negotiated(Codec::Pcmu, 1000 + id) }
}

#[test]
fn music_leaves_encrypted_and_reports_do_too() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.raw = Some(Vec::new());
    world.negotiate(1, protected(Suite::Tag80, 1));
    world.play(1, Source::Music(MUSIC));
    world.run_ms(3000);
    let mut inbound = Inbound::new(Suite::Tag80, &OURS);
    let music = world::music();
    for (n, (stream, mut bytes)) in world.raw.take().unwrap().into_iter().enumerate() {
        assert_eq!(stream, StreamId(1));
        assert_ne!(Packet::read(&bytes).unwrap().payload[..160], *music.frame(Codec::Pcmu, n % 125).unwrap());
        let length = inbound.open(&mut bytes).unwrap();
        assert_eq!(bytes[HEADER_BYTES..length], *music.frame(Codec::Pcmu, n % 125).unwrap());
    }
    let report = &world.reports[0];
    assert_eq!(report.to, address(1002));
    assert!(inbound.open_report(&mut report.bytes.clone()).is_some());
}

#[test]
fn a_bridge_between_a_protected_and_a_plain_party_works_both_ways() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.negotiate(1, protected(Suite::Tag32, 1));
    world.bridge(1, 2);
    let mut outbound = Outbound::new(Suite::Tag32, &THEIRS);
    let mut plain = bytes(nth(0, 0), &[0x2a; 160]);
    plain.resize(172 + 14, 0);
    let length = outbound.protect(&mut plain, 172).unwrap();
    world.datagram(1, address(1001), &plain[..length]);
    assert_eq!(world.take(2)[0].payload, [0x2a; 160]);
    assert_eq!(world.events(), [Event::Heard { stream: StreamId(1) }]);

    world.raw = Some(Vec::new());
    world.packet(2, nth(0, 0), &[0x3b; 160]);
    let (_, mut sent) = world.raw.take().unwrap().remove(0);
    let length = Inbound::new(Suite::Tag32, &OURS).open(&mut sent).unwrap();
    assert_eq!(sent[HEADER_BYTES..length], [0x3b; 160]);
}

#[test]
fn nobody_without_the_key_is_heard() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.negotiate(1, protected(Suite::Tag80, 1));
    world.bridge(1, 2);
    world.packet(1, nth(0, 0), &[0x2a; 160]);
    let mut wrong = bytes(nth(0, 0), &[0x2a; 160]);
    wrong.resize(186, 0);
    let length = Outbound::new(Suite::Tag80, &OURS).protect(&mut wrong, 172).unwrap();
    world.datagram(1, address(1001), &wrong[..length]);
    let report = [0x80, 201, 0, 1, 0, 0, 0, 9];
    world.datagram_on((StreamId(1), Channel::Rtcp), address(1002), &report);
    assert!(world.sent.is_empty() && world.events().is_empty());
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().ignored_in, 3);
}

#[test]
fn the_same_keys_again_go_on_and_new_ones_begin_anew() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.raw = Some(Vec::new());
    world.negotiate(1, protected(Suite::Tag80, 1));
    world.play(1, Source::Music(MUSIC));
    // Over the wrap of the sequence number: 36 packets from 65,500.
    world.run_ms(1000);
    world.negotiate(1, protected(Suite::Tag80, 1));
    world.run_ms(1000);
    let mut inbound = Inbound::new(Suite::Tag80, &OURS);
    let sent = world.raw.replace(Vec::new()).unwrap();
    assert!(first(1).1.checked_add(sent.len() as u16).is_none(), "the numbers come round");
    assert!(sent.into_iter().all(|(_, mut bytes)| inbound.open(&mut bytes).is_some()));
    // Another suite under the same key: no place in its key stream is used twice.
    world.negotiate(1, protected(Suite::Tag32, 1));
    world.run_ms(100);
    let mut again = Inbound::new(Suite::Tag32, &OURS);
    let (_, mut bytes) = world.raw.take().unwrap().remove(0);
    assert!(again.open(&mut bytes).is_none(), "a receiver that starts at zero does not know of the round");
}
