//! Sections 3.2 to 3.4: what the endpoint needs to see in order to do the right thing.

use orbitbox_sip::message::read_datagram;

use super::{corpus, request, response};

#[test]
fn badbranch() {
    let options = request("badbranch");
    assert_eq!(options.top_via().branch(), Some("z9hG4bK"));
    assert!(!options.top_via().has_unique_branch());
    assert!(request("zeromf").top_via().has_unique_branch());
}

#[test]
fn insuf() {
    let answer = read_datagram(&corpus::all()["insuf"]).unwrap_err().answer.unwrap().response;
    assert_eq!(answer.reason(), "Bad Request: From: is missing");
    let bytes = String::from_utf8(answer.to_bytes()).unwrap();
    for absent in ["From:", "To:", "Call-ID:"] {
        assert!(!bytes.contains(&format!("\r\n{absent}")), "{bytes}");
    }
    assert!(bytes.contains("CSeq: 193942 INVITE"));
}

#[test]
fn unknown_schemes() {
    assert_eq!(request("unkscm").uri().scheme(), "nobodyknowsthisscheme");
    assert_eq!(request("novelsc").uri().scheme(), "soap.beep");
    let register = request("unksm2");
    assert_eq!(register.to().uri.scheme(), "isbn");
    assert_eq!((register.from().uri.as_str(), register.from().tag()), ("http://www.example.com", Some("3234233")));
    assert_eq!(register.contact().unwrap().uri.as_str(), "name:John_Smith");
}

#[test]
fn bext01() {
    let options = request("bext01");
    assert_eq!(options.header_values("Require"), ["nothingSupportsThis", "nothingSupportsThisEither"]);
    assert_eq!(options.header_values("proxy-require").len(), 2);
}

#[test]
fn invut() {
    let invite = request("invut");
    assert_eq!(invite.content_type(), Some("application/unknownformat"));
    assert_eq!(invite.body_part("application/sdp"), None);
    assert_eq!(invite.body().len(), 40);
}

#[test]
fn regaut01() {
    assert_eq!(request("regaut01").header("Authorization"), Some("NoOneKnowsThisScheme opaque-data=here"));
}

#[test]
fn bcast() {
    let ok = response("bcast");
    assert_eq!(ok.vias().len(), 2);
    assert_eq!((ok.top_via().branch(), ok.body().len()), (Some("z9hG4bK1324923"), 154));
}

#[test]
fn zeromf() {
    assert_eq!(request("zeromf").max_forwards(), Some(0));
}

#[test]
fn contact_parameters_are_of_the_field_or_of_the_uri() {
    let (of_field, of_uri) = (request("cparam01"), request("cparam02"));
    let (of_field, of_uri) = (of_field.contact().unwrap(), of_uri.contact().unwrap());
    assert_eq!((of_field.params.has("unknownparam"), of_field.uri.param("unknownparam")), (true, None));
    assert_eq!((of_uri.params.has("unknownparam"), of_uri.uri.param("unknownparam")), (false, Some("")));
    assert_eq!(of_field.uri.as_str(), "sip:+19725552222@gw1.example.net");
}

#[test]
fn regescrt() {
    let register = request("regescrt");
    let uri = &register.contact().unwrap().uri;
    assert_eq!(uri.headers(), [("Route".to_owned(), "<sip:sip.example.com>".to_owned())]);
    assert_eq!(uri.without_headers().as_str(), "sip:user@example.com");
}

#[test]
fn sdp01() {
    assert_eq!(request("sdp01").header_values("Accept"), ["text/nobodyKnowsThis"]);
}

#[test]
fn inv2543() {
    let invite = request("inv2543");
    assert_eq!((invite.top_via().branch(), invite.from().tag(), invite.max_forwards()), (None, None, None));
    assert_eq!(invite.record_routes()[0].uri.param("maddr"), Some("ss1.example.com"));
    assert_eq!(invite.to().params.value("user"), Some("phone"));
    assert!(invite.contact().is_none());
    assert!(invite.body().starts_with(b"v=0"));
}
