//! An output, as far as a replay must come to the same.

use super::redact::Redactor;
use crate::Output;
use orbitbox_media::{Command, Negotiated};
use orbitbox_paging::Command as Page;

/// All of it but sound and what is struck out of inputs.
pub(crate) fn text(output: &Output, redactor: &Redactor) -> Vec<u8> {
    match output {
        Output::Transmit(transmit) => {
            let mut text = format!("{:?} ", transmit.flow).into_bytes();
            text.extend(redactor.message(&transmit.bytes));
            text
        }
        other => redactor.message(described(other).as_bytes()),
    }
}

fn described(output: &Output) -> String {
    match output {
        Output::Media(Command::Negotiate { stream, negotiated }) => {
            let suite = negotiated.keys.map(|keys| keys.suite);
            format!("{stream:?} {:?} {suite:?}", Negotiated { keys: None, ..*negotiated })
        }
        Output::Media(Command::Stock(_)) => "library".to_owned(),
        Output::Media(Command::Live(_)) => "live music".to_owned(),
        Output::Page(Page::Play { page, script, louder_db }) => {
            format!("{page:?} of {} parts, {louder_db} dB", script.0.len())
        }
        Output::Transmit(_)
        | Output::CloseStream(_)
        | Output::Lookup(_)
        | Output::Media(_)
        | Output::Hear(_)
        | Output::Page(_)
        | Output::Face(_)
        | Output::Keep(_)
        | Output::Relays(_)
        | Output::Handset { .. } => format!("{output:?}"),
    }
}

/// For people, where they care: the first line of a message, a page, relays.
pub(crate) fn words(output: &Output) -> Option<String> {
    match output {
        Output::Transmit(transmit) => {
            let first = String::from_utf8_lossy(&transmit.bytes).lines().next().unwrap_or_default().to_owned();
            Some(format!("{first} to {} {}", transmit.flow.transport.name(), transmit.flow.remote))
        }
        Output::Lookup(lookup) => Some(format!("asks where {} is", lookup.name.host)),
        Output::Page(Page::Play { page, .. }) => Some(format!("page {}", page.0)),
        Output::Page(command) => Some(format!("{command:?}")),
        Output::Relays(on) => Some(format!("relays {on:?}")),
        Output::CloseStream(_)
        | Output::Media(_)
        | Output::Hear(_)
        | Output::Face(_)
        | Output::Keep(_)
        | Output::Handset { .. } => None,
    }
}

/// FNV-1a, 64 bits: a sum that no version of a library changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sum(u64);

impl Default for Sum {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Sum {
    /// With one text more.
    pub fn add(&mut self, text: &[u8]) {
        for byte in text.iter().chain(&[0]) {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// `None` where nothing was added.
    pub fn hexadecimal(self) -> Option<String> {
        (self != Self::default()).then(|| format!("{:016x}", self.0))
    }
}
