//! The test messages of RFC 4475, one file each, named as the RFC names them.
//!
//! The files are text with our own line ends. `<hex>0D0A</hex>` stands for bytes, `<repeat count=10>text</repeat>` for a
//! text so many times over; line ends become CR LF.

use std::collections::BTreeMap;
use std::path::Path;

/// Every message by its name.
pub fn all() -> BTreeMap<String, Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rfc4475/messages");
    let mut messages = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        messages.insert(name, expand(&std::fs::read_to_string(&path).unwrap()));
    }
    messages
}

fn expand(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("<hex>").into_iter().chain(rest.find("<repeat count=")).min() {
        bytes.extend(lines(&rest[..at]));
        if let Some(hex) = rest[at..].strip_prefix("<hex>") {
            let (digits, after) = hex.split_once("</hex>").unwrap();
            let digits = digits.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
            bytes.extend(digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()));
            rest = after;
        } else {
            let (count, repeated) = rest[at..].strip_prefix("<repeat count=").unwrap().split_once('>').unwrap();
            let (repeated, after) = repeated.split_once("</repeat>").unwrap();
            bytes.extend(lines(&repeated.repeat(count.parse().unwrap())));
            rest = after;
        }
    }
    bytes.extend(lines(rest));
    bytes
}

fn lines(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}
