//! Whatever people are called, the document can be read, and says what was put in.

use orbitbox_switchboard::dialog_info::{DialogElement, document};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Letters that documents break on.
const LETTERS: [char; 20] = [
    'a',
    ' ',
    '<',
    '>',
    '&',
    '"',
    '\'',
    ']',
    '\u{0}',
    '\u{1}',
    '\u{B}',
    '\u{7F}',
    '\u{85}',
    'ß',
    '寿',
    '\u{202E}',
    '\u{FFFE}',
    '\u{1F600}',
    ';',
    '#',
];

fn name(seed: &mut u64) -> String {
    let mut next = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as usize
    };
    (0..next() % 12).map(|_| LETTERS[next() % LETTERS.len()]).collect()
}

fn writable(text: &str) -> String {
    text.chars().filter(|letter| !matches!(letter, '\u{0}' | '\u{1}' | '\u{B}' | '\u{FFFE}')).collect()
}

#[test]
fn any_name_makes_a_document_that_can_be_read() {
    let mut seed = 1;
    for _ in 0..5_000 {
        let (caller, call_id) = (name(&mut seed), name(&mut seed));
        let dialog = DialogElement {
            id: "t1".to_owned(),
            state: "confirmed",
            names: Some((call_id.clone(), "l".to_owned(), "r".to_owned())),
            local: "sip:71@192.0.2.1".to_owned(),
            local_name: "Orbit 71".to_owned(),
            remote: Some(("sip:c@192.0.2.7".to_owned(), caller.clone())),
        };
        let bytes = document("sip:71@192.0.2.1", 7, &[dialog]).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let mut reader = Reader::from_str(&text);
        let (mut displays, mut calls, mut depth) = (Vec::new(), Vec::new(), 0);
        loop {
            match reader.read_event().unwrap_or_else(|fault| panic!("{fault}: {text}")) {
                Event::Start(start) | Event::Empty(start) => {
                    depth += 1;
                    for attribute in start.attributes() {
                        let attribute = attribute.unwrap();
                        let value = attribute.unescape_value().unwrap().into_owned();
                        match attribute.key.as_ref() {
                            b"display" => displays.push(value),
                            b"call-id" => calls.push(value),
                            _ => {}
                        }
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert!(depth >= 7, "{text}");
        assert_eq!(calls, [writable(&call_id)]);
        assert!(displays.contains(&writable(&caller)) || caller.is_empty() || writable(&caller).is_empty(), "{text}");
    }
}
