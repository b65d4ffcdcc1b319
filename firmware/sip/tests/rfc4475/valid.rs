//! Section 3.1.1: every valid message is read right.

use orbitbox_sip::message::Method;

use super::{request, response};

#[test]
fn wsinv() {
    let invite = request("wsinv");
    assert_eq!(invite.method(), &Method::Invite);
    assert_eq!(invite.uri().as_str(), "sip:vivekg@chair-dnrc.example.com;unknownparam");
    assert_eq!(invite.uri().param("unknownparam"), Some(""));
    assert_eq!(
        (invite.to().uri.as_str(), invite.to().tag()),
        ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n"))
    );
    assert_eq!((invite.from().display.as_str(), invite.from().tag()), ("J Rosenberg \\\"", Some("98asjd8")));
    assert_eq!(invite.from().uri.as_str(), "sip:jdrosen@example.com");
    assert_eq!(invite.max_forwards(), Some(68));
    assert_eq!(invite.call_id(), "wsinv.ndaksdj@192.0.2.1");
    assert_eq!((invite.cseq().number, &invite.cseq().method), (9, &Method::Invite));
    let vias: Vec<_> =
        invite.vias().iter().map(|via| (via.transport.as_str(), via.host.as_str(), via.branch())).collect();
    assert_eq!(
        vias,
        [
            ("UDP", "192.0.2.2", Some("390skdjuw")),
            ("TCP", "spindle.example.com", Some("z9hG4bK9ikj8")),
            ("UDP", "192.168.255.111", Some("z9hG4bK30239")),
        ]
    );
    assert_eq!(invite.header("Subject"), Some(""));
    assert_eq!(invite.header("newfangledheader"), Some("newfangled value continued newfangled value"));
    assert_eq!(invite.header("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    assert_eq!(invite.content_type(), Some("application/sdp"));
    assert_eq!(invite.routes()[0].uri.param("unknownwith"), Some("value"));
    assert_eq!(invite.routes()[0].uri.param("lr"), Some(""));
    let contact = invite.contact().unwrap();
    assert_eq!(contact.display, "Quoted string \"\"");
    assert_eq!(contact.params.value("newparam"), Some("newvalue"));
    assert!(contact.params.has("secondparam"));
    assert_eq!(contact.params.value("q"), Some("0.33"));
    assert_eq!(invite.body().len(), 150);
    assert!(invite.body().ends_with(b"LPC\r\n"));
}

#[test]
fn intmeth() {
    let odd = request("intmeth");
    assert_eq!(odd.method(), &Method::Other("!interesting-Method0123456789_*+`.%indeed'~".to_owned()));
    let userinfo = "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)";
    assert_eq!(odd.uri().as_str(), format!("sip:{userinfo}@example.com"));
    assert_eq!(odd.uri().user(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(odd.uri().host(), "example.com");
    assert_eq!(odd.top_via().branch(), Some("z9hG4bK-.!%66*_+`'~"));
    assert_eq!(odd.to().display, "BEL:\u{7} NUL:\0 DEL:\u{7f}");
    assert_eq!(odd.to().uri.user(), Some("1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"));
    assert_eq!(odd.from().display, "token1~` token2'+_ token3*%!.-");
    assert_eq!(odd.from().params.value("fromParam''~+*_!.-%"), Some("работающий"));
    assert_eq!(odd.from().tag(), Some("_token~1'+`*%!-."));
    assert_eq!(odd.call_id(), "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{");
    assert_eq!(odd.cseq().number, 139_122_385);
    assert_eq!(odd.max_forwards(), Some(255));
    assert_eq!(odd.header("extensionheader-!.%*+_`'~"), Some("\u{feff}大停電"));
    assert_eq!(odd.body(), b"");
}

#[test]
fn esc01() {
    let invite = request("esc01");
    assert_eq!(invite.uri().as_str(), "sip:sips%3Auser%40example.com@example.net");
    assert_eq!(invite.uri().user_decoded().as_deref(), Some("sips:user@example.com"));
    assert_eq!(invite.uri().host(), "example.net");
    assert_eq!(invite.to().uri.user_decoded().as_deref(), Some("user"));
    assert_eq!(invite.from().uri.user_decoded().as_deref(), Some("I have spaces"));
    let contact = &invite.contact().unwrap().uri;
    assert_eq!(contact.user_decoded().as_deref(), Some("caller"));
    assert_eq!((contact.param("%6C%72"), contact.param("n%61me")), (Some(""), Some("v%61lue%25%34%31")));
    assert_eq!(invite.call_id(), "esc01.239409asdfakjkn23onasd0-3234");
    assert_eq!(invite.body().len(), 150);
}

#[test]
fn escnull() {
    let register = request("escnull");
    assert_eq!(register.method(), &Method::Register);
    assert_eq!(register.to().uri.as_str(), "sip:null-%00-null@example.com");
    assert_eq!(register.to().uri.user_decoded().as_deref(), Some("null-\0-null"));
    let users: Vec<_> = register.contacts().iter().map(|contact| contact.uri.user_decoded().unwrap()).collect();
    assert_eq!(users, ["\0", "\0\0"]);
}

#[test]
fn esc02() {
    let odd = request("esc02");
    assert_eq!(odd.method(), &Method::Other("RE%47IST%45R".to_owned()));
    assert_eq!((odd.to().display.as_str(), odd.from().display.as_str()), ("%Z%45", "%Z%45"));
    assert_eq!(odd.top_via().branch(), Some("z9hG4bK209%fzsnel234"));
    let hosts: Vec<_> = odd.contacts().iter().map(|contact| contact.uri.host()).collect();
    assert_eq!(hosts, ["host1.example.com", "host3.example.com"]);
    assert_eq!(odd.header("C%6Fntact"), Some("<sip:alias2@host2.example.com>"));
}

#[test]
fn lwsdisp() {
    let options = request("lwsdisp");
    assert_eq!(options.from().display, "caller");
    assert_eq!((options.from().uri.as_str(), options.from().tag()), ("sip:caller@example.com", Some("323")));
}

#[test]
fn longreq() {
    let invite = request("longreq");
    assert_eq!(invite.to().display, format!("I have a user name of {} proportion", "extreme".repeat(10)));
    assert_eq!(invite.to().uri.port(), Some(6000));
    assert_eq!(invite.to().uri.param(&format!("longparam{}", "name".repeat(25))), Some("shortvalue"));
    assert_eq!(invite.from().tag(), Some(format!("12{}424", "982".repeat(50)).as_str()));
    assert_eq!(invite.vias().len(), 34);
    assert_eq!((invite.top_via().host.as_str(), invite.top_via().branch()), ("sip33.example.com", None));
    let last = invite.vias().last().unwrap();
    assert_eq!(last.branch(), Some(format!("very{}branchvalue", "long".repeat(50)).as_str()));
    assert_eq!(last.received(), Some([192, 0, 2, 5].into()));
    assert!(invite.call_id().ends_with("reallylongcallid"));
    assert_eq!(invite.body().len(), 150);
}

#[test]
fn dblreq() {
    let register = request("dblreq");
    assert_eq!(register.method(), &Method::Register);
    assert_eq!(register.call_id(), "dblreq.0ha0isndaksdj99sdfafnl3lk233412");
    assert_eq!(register.contact().unwrap().uri.as_str(), "sip:j.user@host.example.com");
    assert_eq!(register.body(), b"");
}

#[test]
fn semiuri() {
    let options = request("semiuri");
    assert_eq!(options.uri().user(), Some("user;par=u%40example.net"));
    assert_eq!(options.uri().user_decoded().as_deref(), Some("user;par=u@example.net"));
    assert_eq!((options.uri().host(), options.uri().param("par")), ("example.com", None));
    assert_eq!(options.header_values("Accept").len(), 6);
    assert_eq!(options.header_values("Accept")[5], "message/sipfrag");
}

#[test]
fn transports() {
    let options = request("transports");
    let transports: Vec<_> = options.vias().iter().map(|via| via.transport.as_str()).collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
}

#[test]
fn mpart01() {
    let message = request("mpart01");
    assert_eq!(message.method(), &Method::Message);
    assert_eq!(message.body().len(), 553);
    assert_eq!(message.body_part("text/plain"), Some(&b"Hello"[..]));
    let binary = message.body_part("application/octet-stream").unwrap();
    assert_eq!(binary.len(), 342);
    assert_eq!((&binary[..4], &binary[340..]), (&[0x30, 0x82, 0x01, 0x52][..], &[0xd0, 0x05][..]));
    assert_eq!(message.body_part("application/sdp"), None);
}

#[test]
fn unreason() {
    let ok = response("unreason");
    assert_eq!(ok.status(), 200);
    assert_eq!(ok.reason(), "= 2**3 * 5**2 но сто девяносто девять - простое");
    assert_eq!((ok.from().tag(), ok.to().tag()), (Some("11141343"), Some("2229")));
    assert_eq!(ok.body().len(), 154);
}

#[test]
fn noreason() {
    let trying = response("noreason");
    assert_eq!((trying.status(), trying.reason()), (100, ""));
    assert_eq!((trying.cseq().number, &trying.cseq().method), (35, &Method::Invite));
    assert_eq!(trying.contact().unwrap().uri.host(), "host105.example.com");
}
