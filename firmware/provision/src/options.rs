//! The options of a DHCP message.

use std::collections::BTreeMap;

/// The options that name a place, the one that counts first: 160 is what telephones have come to use for an address of the
/// Web, 66 is the name of a TFTP server (RFC 2132 section 9.4) and has long held such addresses too.
pub const PLACES: [u8; 2] = [160, 66];

/// Fills gaps, and ends (RFC 2132 sections 3.1 and 3.2).
const PAD: u8 = 0;
pub(crate) const END: u8 = 255;

/// Values by code; pieces of one option are joined.
pub(crate) type Options = BTreeMap<u8, Vec<u8>>;

/// What one option says. The text is whatever somebody in the network has sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its code.
    pub option: u8,
    /// What it says, without the zero that some servers put behind it.
    pub text: String,
}

/// The options of one field; `None` where one has less than it says. A field may end without a word.
pub(crate) fn read(mut field: &[u8]) -> Option<Options> {
    let mut found = Options::new();
    while let Some((&code, rest)) = field.split_first() {
        match code {
            PAD => field = rest,
            END => break,
            code => {
                let (&length, rest) = rest.split_first()?;
                let (value, rest) = rest.split_at_checked(usize::from(length))?;
                found.entry(code).or_default().extend(value);
                field = rest;
            }
        }
    }
    Some(found)
}

/// What stands in another field belongs behind what is known (RFC 3396 section 5).
pub(crate) fn append(found: &mut Options, more: Options) {
    for (code, value) in more {
        found.entry(code).or_default().extend(value);
    }
}

/// The places that are named, the one that counts first.
pub(crate) fn named(found: &Options) -> Vec<Named> {
    let text = |option| {
        let text = String::from_utf8_lossy(found.get(&option)?);
        let text = text.trim_end_matches('\0').trim();
        (!text.is_empty()).then(|| Named { option, text: text.to_owned() })
    };
    PLACES.into_iter().filter_map(text).collect()
}
