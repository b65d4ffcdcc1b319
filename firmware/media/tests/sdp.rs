//! Offer and answer with the phones and servers there are, and with those that do it their own way.

use orbitbox_media::{Codec, Direction, KeyEvents, Negotiated, Negotiation, SdpFault};
use std::net::SocketAddr;

const LOCAL: ([u8; 4], u16) = ([10, 0, 0, 1], 20_000);

fn negotiation() -> Negotiation {
    Negotiation::new(4711 << 1, SocketAddr::from(LOCAL))
}

/// A description with CRLF, from lines.
fn sdp(lines: &str) -> Vec<u8> {
    lines
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .flat_map(|line| [line, "\r\n"])
        .collect::<String>()
        .into()
}

/// An offer whose session part is plain, around media lines.
fn around(media: &str) -> Vec<u8> {
    sdp(&format!("v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n{media}"))
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}

#[track_caller]
fn answered(offer: &[u8]) -> (String, Negotiated) {
    match negotiation().answer(offer) {
        Ok((answer, negotiated)) => (text(answer), negotiated),
        Err(fault) => panic!("{fault}: {}", String::from_utf8_lossy(offer)),
    }
}

fn media_lines(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| line.starts_with("m=")).collect()
}

fn plain(codec: Codec, payload_type: u8, port: u16, telephone_event: Option<u8>) -> Negotiated {
    let remote = SocketAddr::from(([192, 0, 2, 7], port));
    let key_events = telephone_event.map(|payload_type| KeyEvents { payload_type, clock: 8000 });
    Negotiated { key_events, ..Negotiated::plain(codec, payload_type, remote) }
}

#[test]
fn our_offer_reads_as_it_should() {
    let offer = text(negotiation().offer());
    let expected = sdp("v=0
        o=- 4711 1 IN IP4 10.0.0.1
        s=-
        c=IN IP4 10.0.0.1
        t=0 0
        m=audio 20000 RTP/AVP 0 8 9 96 101
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:9 G722/8000
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 useinbandfec=1; stereo=0; sprop-stereo=0
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=ptime:20
        a=sendrecv");
    assert_eq!(offer, text(expected));
}

#[test]
fn our_answer_reads_as_it_should() {
    let (answer, _) = answered(&around("m=audio 4000 RTP/AVP 8 0 96\na=rtpmap:96 telephone-event/8000\na=sendonly"));
    let expected = sdp("v=0
        o=- 4711 1 IN IP4 10.0.0.1
        s=-
        c=IN IP4 10.0.0.1
        t=0 0
        m=audio 20000 RTP/AVP 8 96
        a=rtpmap:8 PCMA/8000
        a=rtpmap:96 telephone-event/8000
        a=fmtp:96 0-15
        a=ptime:20
        a=recvonly");
    assert_eq!(answer, text(expected));
}

#[test]
fn linphone_with_opus_first_avpf_and_video() {
    let (answer, negotiated) = answered(&sdp("v=0
        o=alice 2453 1389 IN IP4 192.0.2.7
        s=Talk
        c=IN IP4 192.0.2.7
        t=0 0
        a=ice-pwd:9ee72e9ddbcaef2dfbd92ff4
        a=ice-ufrag:64eca1d5
        a=rtcp-xr:rcvr-rtt=all:10000 stat-summary=loss,dup,jitt,TTL voip-metrics
        a=record:off
        m=audio 7078 RTP/AVPF 96 97 98 0 8 101 99 100
        a=rtpmap:96 opus/48000/2
        a=fmtp:96 useinbandfec=1
        a=rtpmap:97 speex/16000
        a=fmtp:97 vbr=on
        a=rtpmap:98 speex/8000
        a=fmtp:98 vbr=on
        a=rtpmap:101 telephone-event/48000
        a=rtpmap:99 telephone-event/16000
        a=rtpmap:100 telephone-event/8000
        a=rtcp-fb:* trr-int 5000
        a=candidate:1 1 UDP 2130706303 192.0.2.7 7078 typ host
        m=video 9078 RTP/AVPF 96
        a=rtpmap:96 VP8/90000
        a=rtcp-fb:96 nack pli"));
    let key_events = Some(KeyEvents { payload_type: 101, clock: 48_000 });
    assert_eq!(negotiated, Negotiated { key_events, ..plain(Codec::Opus, 96, 7078, None) });
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVPF 96 101", "m=video 0 RTP/AVPF 96"]);
    assert!(
        answer.contains("a=rtpmap:96 opus/48000/2\r\n") && answer.contains("a=rtpmap:101 telephone-event/48000\r\n")
    );
}

#[test]
fn pjsip_with_rtcp_lines_and_its_own_range_of_events() {
    let (answer, negotiated) = answered(&sdp("v=0
        o=- 3914600000 3914600000 IN IP4 192.0.2.7
        s=pjmedia
        b=AS:84
        t=0 0
        a=X-nat:0
        m=audio 4000 RTP/AVP 98 97 99 104 3 0 8 9 96
        c=IN IP4 192.0.2.7
        b=TIAS:64000
        a=rtcp:4001 IN IP4 192.0.2.7
        a=sendrecv
        a=rtpmap:98 speex/16000
        a=rtpmap:97 speex/8000
        a=rtpmap:99 speex/32000
        a=rtpmap:104 iLBC/8000
        a=fmtp:104 mode=30
        a=rtpmap:3 GSM/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:9 G722/8000
        a=rtpmap:96 telephone-event/8000
        a=fmtp:96 0-16
        a=ssrc:1234567 cname:5f1b2c3d"));
    assert_eq!(negotiated, plain(Codec::Pcmu, 0, 4000, Some(96)));
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 0 96"]);
}

#[test]
fn baresip_with_a_label_and_mux() {
    let (answer, negotiated) = answered(&sdp("v=0
        o=- 2222222222 3333333333 IN IP4 192.0.2.7
        s=-
        c=IN IP4 192.0.2.7
        t=0 0
        a=tool:baresip 3.9.0
        m=audio 12346 RTP/AVP 8 0 101
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-15
        a=rtcp:12347
        a=sendrecv
        a=label:1
        a=rtcp-rsize
        a=rtcp-mux
        a=ptime:20"));
    assert_eq!(negotiated, Negotiated { control_port: 12_346, ..plain(Codec::Pcma, 8, 12_346, Some(101)) });
    assert!(answer.contains("a=rtcp-mux\r\n"));
}

#[test]
fn asterisk_with_thirty_milliseconds_and_a_largest_time() {
    let (answer, negotiated) = answered(&around(
        "m=audio 17000 RTP/AVP 9 8 0 101
        a=rtpmap:9 G722/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=ptime:30
        a=maxptime:150
        a=sendrecv",
    ));
    assert_eq!(negotiated, plain(Codec::G722, 9, 17_000, Some(101)));
    assert!(answer.contains("a=ptime:20\r\n"));
}

#[test]
fn a_teams_border_controller_with_comfort_noise_and_silk() {
    let (answer, negotiated) = answered(&sdp("v=0
        o=- 113 0 IN IP4 192.0.2.7
        s=session
        c=IN IP4 192.0.2.7
        b=CT:10000000
        t=0 0
        m=audio 53000 RTP/AVP 104 9 103 111 18 0 8 97 101 13 118
        c=IN IP4 192.0.2.7
        a=rtcp:53001
        a=label:main-audio
        a=mid:1
        a=rtpmap:104 SILK/16000
        a=rtpmap:9 G722/8000
        a=rtpmap:103 SILK/8000
        a=rtpmap:111 SIREN/16000
        a=fmtp:111 bitrate=16000
        a=rtpmap:18 G729/8000
        a=fmtp:18 annexb=no
        a=rtpmap:0 PCMU/8000
        a=rtpmap:8 PCMA/8000
        a=rtpmap:97 RED/8000
        a=rtpmap:101 telephone-event/8000
        a=fmtp:101 0-16
        a=rtpmap:13 CN/8000
        a=rtpmap:118 CN/16000
        a=ptime:20"));
    assert_eq!(negotiated, Negotiated { comfort_noise: Some(13), ..plain(Codec::G722, 9, 53_000, Some(101)) });
    assert_eq!(media_lines(&answer), ["m=audio 20000 RTP/AVP 9 13 101"]);
}

#[test]
fn an_old_gateway_with_nothing_but_static_types() {
    let (_, negotiated) = answered(&sdp("v=0
        o=gw 1 1 IN IP4 192.0.2.7
        s=SIP Call
        c=IN IP4 192.0.2.7
        t=0 0
        m=audio 5000 RTP/AVP 18 8"));
    assert_eq!(negotiated, plain(Codec::Pcma, 8, 5000, None));
}

#[test]
fn line_feeds_alone_and_missing_session_lines_are_read() {
    let offer = b"v=0\nc=IN IP4 192.0.2.7\nm=audio 5000 RTP/AVP 0\na=rtpmap: 0 pcmu/8000/1\n";
    assert_eq!(answered(offer).1, plain(Codec::Pcmu, 0, 5000, None));
    let latin1 =
        b"v=0\r\no=M\xfcller 1 1 IN IP4 192.0.2.7\r\ns=Gr\xfc\xdfe\r\nc=IN IP4 192.0.2.7\r\nm=audio 5000 RTP/AVP 0\r\n";
    assert_eq!(answered(latin1).1, plain(Codec::Pcmu, 0, 5000, None));
}

#[test]
fn dynamic_numbers_for_our_codecs_are_used() {
    let (answer, negotiated) =
        answered(&around("m=audio 5000 RTP/AVP 97 101\na=rtpmap:97 PCMA/8000\na=rtpmap:101 opus/48000/2"));
    assert_eq!(negotiated, plain(Codec::Pcma, 97, 5000, None));
    assert!(answer.contains("a=rtpmap:97 PCMA/8000\r\n"));
    // A number keeps its meaning for the session: ours for telephone-event gives way.
    let mut negotiation = negotiation();
    let offer = around("m=audio 5000 RTP/AVP 97 101\na=rtpmap:97 PCMA/8000\na=rtpmap:101 opus/48000/2");
    assert!(negotiation.answer(&offer).is_ok());
    assert!(text(negotiation.offer()).contains("a=rtpmap:100 telephone-event/8000"));
}

#[test]
fn a_rate_or_channels_of_another_kind_are_not_ours() {
    for map in ["0 PCMU/16000", "0 PCMU/8000/2", "0 L16/8000", "0 PCMU"] {
        let offer = around(&format!("m=audio 5000 RTP/AVP 0\na=rtpmap:{map}"));
        assert_eq!(negotiation().answer(&offer), Err(SdpFault::NothingInCommon), "{map}");
    }
}

#[test]
fn every_line_is_answered_and_the_first_usable_one_taken() {
    let (answer, negotiated) = answered(&around(
        "m=image 4002 udptl t38
        a=T38FaxVersion:0
        m=audio 0 RTP/AVP 0
        m=audio 4004 RTP/SAVP 0 8
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz
        m=audio 4006 UDP/TLS/RTP/SAVPF 0
        m=audio 4008 RTP/AVP 18 96
        a=rtpmap:96 telephone-event/8000
        m=audio 4010 RTP/AVP 8
        m=audio 4012 RTP/AVP 0
        m=application 4014 TCP/BFCP *",
    ));
    assert_eq!(negotiated, plain(Codec::Pcma, 8, 4010, None));
    let expected = [
        "m=image 0 udptl t38",
        "m=audio 0 RTP/AVP 0",
        "m=audio 0 RTP/SAVP 0 8",
        "m=audio 0 UDP/TLS/RTP/SAVPF 0",
        "m=audio 0 RTP/AVP 18 96",
        "m=audio 20000 RTP/AVP 8",
        "m=audio 0 RTP/AVP 0",
        "m=application 0 TCP/BFCP *",
    ];
    assert_eq!(media_lines(&answer), expected);
}

#[test]
fn without_usable_audio_there_is_nothing_in_common() {
    let address = |connection: &str| {
        sdp(&format!("v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\n{connection}\nt=0 0\nm=audio 5000 RTP/AVP 0"))
    };
    let offers = [
        around(""),
        around("m=image 4002 udptl t38"),
        around("m=audio 0 RTP/AVP 0"),
        around("m=audio 5000 RTP/AVP 18 3"),
        around("m=audio 5000 RTP/AVP 101\na=rtpmap:101 telephone-event/8000"),
        around("m=audio 5000 RTP/AVP 256 banana"),
        address(""),
        address("c=IN IP4 phone.example.com"),
        address("c=IN IP4 239.1.2.3/32"),
        address("c=IN IP4 255.255.255.255"),
        address("c=IN IP6 2001:db8::7"),
    ];
    for offer in offers {
        assert_eq!(negotiation().answer(&offer), Err(SdpFault::NothingInCommon), "{}", text(offer.clone()));
    }
}

#[test]
fn directions_are_mirrored_at_either_level() {
    use Direction::{Inactive, RecvOnly, SendOnly, SendRecv};
    let cases = [
        ("", "", SendRecv, "sendrecv"),
        ("", "a=sendrecv", SendRecv, "sendrecv"),
        ("", "a=sendonly", RecvOnly, "recvonly"),
        ("", "a=recvonly", SendOnly, "sendonly"),
        ("", "a=inactive", Inactive, "inactive"),
        ("a=sendonly", "", RecvOnly, "recvonly"),
        ("a=inactive", "a=sendrecv", SendRecv, "sendrecv"),
    ];
    for (session, media, direction, written) in cases {
        let offer = sdp(&format!(
            "v=0\no=- 1 1 IN IP4 192.0.2.7\ns=-\nc=IN IP4 192.0.2.7\nt=0 0\n{session}\nm=audio 5000 RTP/AVP 0\n{media}"
        ));
        let (answer, negotiated) = answered(&offer);
        assert_eq!(negotiated.direction, direction);
        assert!(answer.contains(&format!("a={written}\r\n")), "{answer}");
    }
}

#[test]
fn the_old_way_of_hold_stops_our_sending_only() {
    for (attribute, direction) in [("", Direction::RecvOnly), ("a=recvonly", Direction::Inactive)] {
        let offer = sdp(&format!("v=0\ns=-\nc=IN IP4 0.0.0.0\nt=0 0\nm=audio 5000 RTP/AVP 0\n{attribute}"));
        let (_, negotiated) = answered(&offer);
        assert_eq!(negotiated.direction, direction);
        assert!(negotiated.remote.ip().is_unspecified());
    }
}

#[test]
fn the_address_of_the_line_goes_before_that_of_the_session() {
    let offer = sdp("v=0\ns=-\nc=IN IP4 192.0.2.99\nt=0 0\nm=audio 5000/1 RTP/AVP 0\nc=IN IP4 192.0.2.7");
    assert_eq!(answered(&offer).1, plain(Codec::Pcmu, 0, 5000, None));
}

#[test]
fn the_sixth_version_of_the_internet_works_the_same() {
    let local: SocketAddr = "[2001:db8::1]:20000".parse().unwrap();
    let mut ours = Negotiation::new(1, local);
    let offer = sdp("v=0\no=- 1 1 IN IP6 2001:db8::7\ns=-\nc=IN IP6 2001:db8::7\nt=0 0\nm=audio 5000 RTP/AVP 0");
    let (answer, negotiated) = ours.answer(&offer).unwrap();
    assert_eq!(negotiated.remote, "[2001:db8::7]:5000".parse().unwrap());
    let answer = text(answer);
    assert!(answer.contains("o=- 0 1 IN IP6 2001:db8::1\r\n") && answer.contains("c=IN IP6 2001:db8::1\r\n"));
    assert_eq!(ours.answer(&around("m=audio 5000 RTP/AVP 0")), Err(SdpFault::NothingInCommon));
}

#[test]
fn the_preferred_codec_comes_first_both_in_offers_and_answers() {
    let mut ours = negotiation();
    ours.prefer(Codec::Pcma);
    assert_eq!(media_lines(&text(ours.offer())), ["m=audio 20000 RTP/AVP 8 0 9 96 101"]);
    let (_, negotiated) = ours.answer(&around("m=audio 5000 RTP/AVP 0 8")).unwrap();
    assert_eq!(negotiated.codec, Codec::Pcma);
    let (_, negotiated) = ours.answer(&around("m=audio 5000 RTP/AVP 0")).unwrap();
    assert_eq!(negotiated.codec, Codec::Pcmu);
    ours.offer();
    let negotiated = ours.accept_answer(&around("m=audio 5000 RTP/AVP 0 8")).unwrap();
    assert_eq!(negotiated.codec, Codec::Pcma, "who lists both takes either");
}

#[test]
fn the_version_rises_only_when_something_changes() {
    let version = |bytes: Vec<u8>| -> u64 {
        let text = text(bytes);
        let origin = text.lines().find(|line| line.starts_with("o=")).map(|line| line.split(' ').nth(2));
        origin.flatten().and_then(|version| version.parse().ok()).unwrap()
    };
    let mut ours = negotiation();
    let offer = around("m=audio 5000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000");
    let hold = around("m=audio 5000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\na=sendonly");
    assert_eq!(version(ours.answer(&offer).unwrap().0), 1);
    assert_eq!(version(ours.answer(&offer).unwrap().0), 1, "a session refresh");
    assert_eq!(version(ours.answer(&hold).unwrap().0), 2);
    assert_eq!(version(ours.answer(&offer).unwrap().0), 3);
    assert_eq!(ours.answer(&around("m=image 1 udptl t38")), Err(SdpFault::NothingInCommon));
    assert_eq!(version(ours.offer()), 4, "all codecs again");
    assert_eq!(version(ours.offer()), 4);
    assert_eq!(ours.version(), 4);
}

#[test]
fn a_refused_offer_changes_nothing() {
    let mut ours = negotiation();
    let (_, before) = ours.answer(&around("m=audio 5000 RTP/AVP 0")).unwrap();
    assert_eq!(ours.answer(&around("m=image 4002 udptl t38")), Err(SdpFault::NothingInCommon));
    assert_eq!(ours.settled(), Some(before));
    assert_eq!(media_lines(&text(ours.offer())).len(), 1);
}

#[test]
fn lines_once_offered_stay_in_later_offers() {
    let mut ours = negotiation();
    let offer =
        around("m=video 4002 RTP/AVP 96\na=rtpmap:96 VP8/90000\nm=audio 5000 RTP/AVPF 0\nm=text 4004 RTP/AVP 98");
    assert!(ours.answer(&offer).is_ok());
    let again = text(ours.offer());
    assert_eq!(
        media_lines(&again),
        ["m=video 0 RTP/AVP 96", "m=audio 20000 RTP/AVPF 0 8 9 100 101", "m=text 0 RTP/AVP 98"]
    );
    let answer = around("m=video 0 RTP/AVP 96\nm=audio 5002 RTP/AVPF 8\nm=text 0 RTP/AVP 98");
    assert_eq!(ours.accept_answer(&answer), Ok(plain(Codec::Pcma, 8, 5002, None)));
}

#[test]
fn an_answer_settles_what_we_offered() {
    let mut ours = negotiation();
    let answer =
        around("m=audio 5000 RTP/AVP 8 96\na=rtpmap:8 PCMA/8000\na=rtpmap:96 telephone-event/8000\na=recvonly");
    assert_eq!(ours.accept_answer(&answer), Err(SdpFault::NoOffer));
    ours.offer();
    let expected = Negotiated { direction: Direction::SendOnly, ..plain(Codec::Pcma, 8, 5000, Some(96)) };
    assert_eq!(ours.accept_answer(&answer), Ok(expected));
    assert_eq!(ours.settled(), Some(expected));
    // Early media came from one place, the call itself from another: the last answer counts.
    assert_eq!(ours.accept_answer(&around("m=audio 6000 RTP/AVP 0")), Ok(plain(Codec::Pcmu, 0, 6000, None)));
    // Refusals leave what was settled.
    assert_eq!(ours.accept_answer(&around("m=audio 0 RTP/AVP 0")), Err(SdpFault::NothingInCommon));
    assert_eq!(ours.accept_answer(&around("")), Err(SdpFault::NothingInCommon));
    assert_eq!(ours.settled(), Some(plain(Codec::Pcmu, 0, 6000, None)));
    // After an offer of theirs, an answer has no offer of ours to belong to.
    assert!(ours.answer(&around("m=audio 6000 RTP/AVP 0")).is_ok());
    assert_eq!(ours.accept_answer(&answer), Err(SdpFault::NoOffer));
}

#[test]
fn two_of_us_agree() {
    let (mut a, mut b) = (negotiation(), Negotiation::new(9, SocketAddr::from(([192, 0, 2, 7], 30_000))));
    b.prefer(Codec::Pcma);
    let (answer, at_b) = b.answer(&a.offer()).unwrap();
    let at_a = a.accept_answer(&answer).unwrap();
    assert_eq!(at_a, plain(Codec::Pcma, 8, 30_000, Some(101)));
    assert_eq!(at_b, Negotiated { remote: SocketAddr::from(LOCAL), control_port: 20_001, ..at_a });
}

#[test]
fn what_is_no_description_is_refused_and_never_a_panic() {
    let whole = around("m=audio 5000 RTP/AVP 0 8 101\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=sendonly");
    for unreadable in
        [b"".as_slice(), b"\r\n", b"hello", b"v=1\r\n", b"\xff\xfe\x00", b"v=0\r\nm=audio x RTP/AVP 0\r\n"]
    {
        assert_eq!(negotiation().answer(unreadable), Err(SdpFault::Unreadable), "{unreadable:?}");
    }
    assert_eq!(negotiation().answer(&[b'v'; 16 * 1024 + 1]), Err(SdpFault::TooLarge));
    assert_eq!(negotiation().answer(&around(&"m=audio 5000 RTP/AVP 0\n".repeat(17))), Err(SdpFault::TooLarge));
    assert!(negotiation().answer(&around(&"m=audio 5000 RTP/AVP 0\n".repeat(16))).is_ok());

    let mut ours = negotiation();
    let mut seed = 3u64;
    for round in 0..20_000 {
        let mut damaged = whole.clone();
        for _ in 0..1 + round % 4 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % damaged.len();
            match seed >> 20 & 3 {
                0 => damaged[at] = (seed >> 12) as u8,
                1 => damaged.truncate(at + 1),
                2 => drop(damaged.remove(at)),
                _ => damaged.insert(at, b" \r\n:=/0m"[(seed >> 12) as usize & 7]),
            }
            if damaged.is_empty() {
                break;
            }
        }
        if let Ok((answer, _)) = ours.answer(&damaged) {
            assert!(answer.starts_with(b"v=0\r\n"));
        }
        ours.offer();
        let _ = ours.accept_answer(&damaged);
    }
}
