//! What is asked, and which answers are taken: whoever is on the network may send anything.

use orbitbox_provision::{CardAddress, Inquiry, Named, SHORTEST};
use std::net::Ipv4Addr;

const INQUIRY: Inquiry = Inquiry {
    number: 0x0102_0304,
    card: CardAddress([0xB8, 0x27, 0xEB, 0, 0, 1]),
    address: Ipv4Addr::new(192, 0, 2, 7),
};
const OPTIONS: usize = 240;
const ACK: [u8; 3] = [53, 1, 5];

/// An answer with these options.
fn answer(options: &[u8]) -> Vec<u8> {
    let mut message = INQUIRY.written();
    message.truncate(OPTIONS);
    message[0] = 2;
    message.extend(options);
    message
}

fn option(code: u8, value: &[u8]) -> Vec<u8> {
    [&[code, u8::try_from(value.len()).expect("255 bytes at most")], value].concat()
}

fn places(datagram: &[u8]) -> Option<Vec<(u8, String)>> {
    INQUIRY.answer(datagram).map(|list| list.into_iter().map(|Named { option, text }| (option, text)).collect())
}

fn one(option: u8, text: &str) -> Option<Vec<(u8, String)>> {
    Some(vec![(option, text.to_owned())])
}

#[test]
fn the_question_is_a_dhcpinform_for_both_options() {
    let message = INQUIRY.written();
    assert_eq!(message.len(), SHORTEST);
    assert_eq!(message[..12], [1, 1, 6, 0, 1, 2, 3, 4, 0, 0, 0, 0]);
    assert_eq!(message[12..16], [192, 0, 2, 7], "the address that it has");
    assert!(message[16..28].iter().all(|byte| *byte == 0), "and asks for none");
    assert_eq!(message[28..34], INQUIRY.card.0);
    assert_eq!(message[236..243], [99, 130, 83, 99, 53, 1, 8]);
    let options = &message[OPTIONS..];
    for wanted in [option(55, &[160, 66]), option(60, b"Orbitbox"), option(61, &[1, 0xB8, 0x27, 0xEB, 0, 0, 1])] {
        assert!(options.windows(wanted.len()).any(|window| window == wanted), "{wanted:?}");
    }
}

#[test]
fn what_an_answer_names_is_read() {
    let url = b"https://files.example/";
    assert_eq!(places(&answer(&[&ACK[..], &option(66, url), &[255]].concat())), one(66, "https://files.example/"));
    let both = [&ACK[..], &option(66, b"10.0.0.1"), &[0, 0], &option(160, url), &[255, 66, 200]].concat();
    let both = places(&answer(&both)).unwrap();
    assert_eq!(both.iter().map(|(option, _)| *option).collect::<Vec<_>>(), [160, 66]);
    assert_eq!(places(&answer(&ACK)), Some(Vec::new()), "an answer that names nothing, and has no end");
    let zero = [&ACK[..], &option(160, b"https://files.example/\0\0"), &option(66, b"\0")].concat();
    assert_eq!(places(&answer(&zero)), one(160, "https://files.example/"));
}

#[test]
fn long_options_are_joined_wherever_they_stand() {
    let (first, second, third) = ([b'a'; 255], [b'b'; 30], [b'c'; 9]);
    let mut message = answer(&[&ACK[..], &option(160, &first), &option(52, &[3]), &[255]].concat());
    let file = option(160, &second);
    message[108..108 + file.len()].copy_from_slice(&file);
    let sname = option(160, &third);
    message[44..44 + sname.len()].copy_from_slice(&sname);
    let joined = format!("{}{}{}", "a".repeat(255), "b".repeat(30), "c".repeat(9));
    assert_eq!(places(&message), one(160, &joined));
    // Without overload those fields are names, whatever they hold.
    let at = message.windows(3).position(|window| window == [52, 1, 3]).unwrap();
    message[at + 2] = 0;
    assert_eq!(places(&message), one(160, &"a".repeat(255)));
}

#[test]
fn what_answers_another_question_is_not_ours() {
    let good = answer(&[&ACK[..], &option(160, b"https://files.example/")].concat());
    assert!(places(&good).is_some());
    // Operation, kind and length of the address, number, card, cookie, kind of the message.
    for at in [0, 1, 2, 4, 7, 28, 33, 236, 239, 242] {
        let mut other = good.clone();
        other[at] ^= 0x40;
        assert_eq!(places(&other), None, "byte {at}");
    }
    assert_eq!(places(&INQUIRY.written()), None, "the question itself");
    assert_eq!(places(&answer(&option(160, b"https://files.example/"))), None, "no kind of message");
    assert_eq!(places(&answer(&[&option(53, &[5, 5])[..], &option(160, b"x")].concat())), None);
}

#[test]
fn a_datagram_that_is_cut_or_lies_is_nothing() {
    let whole = answer(&[&ACK[..], &option(160, b"https://files.example/")].concat());
    for length in (0..whole.len()).filter(|length| *length != OPTIONS + ACK.len()) {
        assert_eq!(places(&whole[..length]), None, "{length} bytes");
    }
    assert_eq!(places(&answer(&[&ACK[..], &[160, 200, b'x']].concat())), None, "less than it says");
    assert_eq!(places(&answer(&[&ACK[..], &option(52, &[])].concat())), None, "an overload that says nothing");
    let mut lying = answer(&[&ACK[..], &option(52, &[1])].concat());
    lying[108..236].fill(160);
    assert_eq!(places(&lying), None, "options in the file that run out of it");
}

/// A hundred thousand answers with bytes changed, cut off and put together anew: whatever is taken of them names something.
#[test]
fn mangled_answers_do_no_harm() {
    let whole = answer(&[&ACK[..], &option(52, &[3]), &option(160, b"https://files.example/"), &[255]].concat());
    let mut state = 1u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or_default() % below
    };
    let mut taken = 0;
    for _ in 0..100_000 {
        let mut other = whole.clone();
        for _ in 0..=random(4) {
            // Where names, files and options are: elsewhere nothing is read, or all is refused.
            let at = 44 + random(other.len() - 44);
            other[at] = [0, 1, 52, 53, 66, 160, 255, at as u8][random(8)];
        }
        let end = other.len() - random(3) * random(40);
        let named = places(&other[..end]).unwrap_or_default();
        assert!(named.iter().all(|(option, text)| [160, 66].contains(option) && !text.is_empty()), "{named:?}");
        taken += usize::from(!named.is_empty());
    }
    assert!((1_000..99_000).contains(&taken), "{taken}");
}

/// Whatever any byte is made, an answer is taken or not, and nothing else happens.
#[test]
fn no_byte_does_harm() {
    let whole = answer(&[&ACK[..], &option(52, &[3]), &option(160, b"https://files.example/"), &[255]].concat());
    let mut taken = 0;
    for at in 0..whole.len() {
        for value in [0, 1, 52, 66, 127, 160, 254, 255] {
            let mut other = whole.clone();
            other[at] = value;
            taken += usize::from(places(&other).is_some());
        }
    }
    assert!(taken > 0 && taken < 8 * whole.len(), "{taken}");
}
