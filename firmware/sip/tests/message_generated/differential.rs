//! A second opinion: another parser, written by others, agrees on what a message says.

use orbitbox_sip::message::{Message, read_datagram};
use sipx_sip::headers::{CSeq, CallId, From, To, Via};
use sipx_sip::{Limits, parse_datagram};

use super::corpus;
use super::generator::{Seed, Spec};
use super::mutation::broken;

/// What both are asked for.
#[derive(Debug, PartialEq, Eq)]
struct View {
    start: String,
    branch: Option<String>,
    from_tag: Option<String>,
    to_tag: Option<String>,
    from_uri: String,
    to_uri: String,
    call_id: String,
    cseq: (u32, String),
    body: Vec<u8>,
}

fn ours(bytes: &[u8]) -> Option<View> {
    let message = read_datagram(bytes).ok()?;
    let (start, via, from, to, call_id, cseq, body) = match &message {
        Message::Request(r) => {
            (format!("{} {}", r.method(), r.uri()), r.top_via(), r.from(), r.to(), r.call_id(), r.cseq(), r.body())
        }
        Message::Response(r) => {
            (format!("{} {}", r.status(), r.reason()), r.top_via(), r.from(), r.to(), r.call_id(), r.cseq(), r.body())
        }
    };
    Some(View {
        start,
        branch: via.branch().map(str::to_owned),
        from_tag: from.tag().map(str::to_owned),
        to_tag: to.tag().map(str::to_owned),
        from_uri: from.uri.to_string(),
        to_uri: to.uri.to_string(),
        call_id: call_id.to_owned(),
        cseq: (cseq.number, cseq.method.to_string()),
        body: body.to_vec(),
    })
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

fn theirs(bytes: &[u8]) -> Option<View> {
    let message = parse_datagram(bytes.to_vec().into(), &Limits::datagram()).ok()?;
    let headers = message.headers();
    let start = match &message {
        sipx_sip::Message::Request(request) => {
            format!("{} {}", text(request.method.as_bytes())?, text(&request.uri.to_bytes())?)
        }
        sipx_sip::Message::Response(response) => format!("{} {}", response.status.code(), text(&response.reason)?),
    };
    let via = headers.typed::<Via>()?.ok()?;
    let (from, to) = (headers.typed::<From>()?.ok()?, headers.typed::<To>()?.ok()?);
    let (call_id, cseq) = (headers.typed::<CallId>()?.ok()?, headers.typed::<CSeq>()?.ok()?);
    Some(View {
        start,
        branch: via.branch().and_then(text),
        from_tag: from.tag().and_then(text),
        to_tag: to.tag().and_then(text),
        from_uri: text(&from.uri.to_bytes())?,
        to_uri: text(&to.uri.to_bytes())?,
        call_id: text(&call_id.0)?,
        cseq: (cseq.sequence, text(cseq.method.as_bytes())?),
        body: message.body().to_vec(),
    })
}

#[test]
fn both_agree_on_generated_messages() {
    for seed in 0..3_000 {
        let mut random = Seed(seed);
        let bytes = Spec::new(&mut random).write(&mut random);
        let (ours, theirs) = (ours(&bytes), theirs(&bytes));
        assert!(ours.is_some(), "seed {seed}");
        assert_eq!(ours, theirs, "seed {seed}\n{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn both_agree_on_the_torture_messages() {
    let mut agreed = 0;
    for (name, bytes) in corpus::all() {
        let (Some(ours), Some(theirs)) = (ours(&bytes), theirs(&bytes)) else { continue };
        assert_eq!(ours, theirs, "{name}");
        agreed += 1;
    }
    assert_eq!(agreed, 27);
}

/// Each refuses what the other takes (we leave out lines without a name, they leave Vias and Contacts to the caller); but
/// what both take they must understand alike.
#[test]
fn both_agree_on_broken_messages_that_both_read() {
    let corpus: Vec<_> = corpus::all().into_values().collect();
    let mut agreed = 0;
    for seed in 0..10_000 {
        let bytes = broken(seed, &corpus);
        let (Some(ours), Some(theirs)) = (ours(&bytes), theirs(&bytes)) else { continue };
        assert_eq!(ours, theirs, "seed {seed}\n{}", String::from_utf8_lossy(&bytes));
        agreed += 1;
    }
    assert!(agreed > 1_000, "{agreed}");
}
