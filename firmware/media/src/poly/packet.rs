use orbitbox_audio::codec::Codec;
use std::ops::RangeInclusive;

/// Bytes of the header that every packet has.
pub const HEADER_BYTES: usize = 20;
/// Bytes between it and the sound.
pub const SOUND_HEADER_BYTES: usize = 6;
/// 1 to 25 are push-to-talk, 26 to 50 are page groups.
pub const CHANNELS: RangeInclusive<u8> = 1..=50;

const ALERT: u8 = 0x0f;
const TRANSMIT: u8 = 0x10;
const END: u8 = 0xff;
const CALLER_BYTES: usize = 13;

/// Who pages: at most 13 characters of ASCII, zeros after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caller([u8; CALLER_BYTES]);

/// What each packet says of its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolyHeader {
    /// See [`CHANNELS`].
    pub channel: u8,
    /// Of the phone: the last four bytes of its address, or any number that no other one has.
    pub serial: u32,
    /// See [`Caller`].
    pub caller: Caller,
}

/// How sound is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolySound {
    /// G.711 µ-law or G.722.
    Known(Codec),
    /// G.726 with its bits in reverse order, which some old phones send whatever they are told. It is recognised and not
    /// played.
    ReversedG726,
}

/// A packet as received, or to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolyPacket<'a> {
    /// A phone is about to page.
    Alert(PolyHeader),
    /// Sound.
    Transmit {
        /// Whose.
        header: PolyHeader,
        /// Encoded how.
        sound: PolySound,
        /// Of the last frame, in 8000 a second.
        timestamp: u32,
        /// The frame before, as it was sent already, and this frame; this one alone in the first packet.
        frames: &'a [u8],
    },
    /// The page is over.
    End(PolyHeader),
}

/// Why a datagram is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotPoly {
    /// Shorter than its kind must be, or a page without sound.
    Short,
    /// No such op code.
    OpCode(u8),
    /// No such channel.
    Channel(u8),
    /// Nothing that can be known is encoded so.
    Sound(u8),
}

impl Caller {
    /// The first characters of a name; those outside of ASCII are left out.
    pub fn new(name: &str) -> Self {
        let mut bytes = [0; CALLER_BYTES];
        let printable = name.bytes().filter(|byte| (b' '..=b'~').contains(byte));
        bytes.iter_mut().zip(printable).for_each(|(place, byte)| *place = byte);
        Self(bytes)
    }

    /// For people: whatever is no printable ASCII is left out.
    pub fn text(&self) -> String {
        let said = self.0.iter().take_while(|byte| **byte != 0);
        said.filter(|byte| (b' '..=b'~').contains(byte)).map(|byte| char::from(*byte)).collect()
    }
}

impl<'a> PolyPacket<'a> {
    /// Reads a datagram. The length that it gives for the caller is not looked at: it is always 13.
    ///
    /// # Errors
    /// It is something else.
    pub fn read(bytes: &'a [u8]) -> Result<Self, NotPoly> {
        let Some((head, rest)) = bytes.split_first_chunk::<HEADER_BYTES>() else { return Err(NotPoly::Short) };
        let [op, channel, s0, s1, s2, s3, _, caller @ ..] = *head;
        if !matches!(op, ALERT | TRANSMIT | END) {
            return Err(NotPoly::OpCode(op));
        }
        if !CHANNELS.contains(&channel) {
            return Err(NotPoly::Channel(channel));
        }
        let header = PolyHeader { channel, serial: u32::from_be_bytes([s0, s1, s2, s3]), caller: Caller(caller) };
        match op {
            ALERT => Ok(Self::Alert(header)),
            END => Ok(Self::End(header)),
            _ => {
                let Some((head, frames)) = rest.split_first_chunk::<SOUND_HEADER_BYTES>() else {
                    return Err(NotPoly::Short);
                };
                let [codec, _, t0, t1, t2, t3] = *head;
                let sound = PolySound::read(codec).ok_or(NotPoly::Sound(codec))?;
                if frames.is_empty() {
                    return Err(NotPoly::Short);
                }
                Ok(Self::Transmit { header, sound, timestamp: u32::from_be_bytes([t0, t1, t2, t3]), frames })
            }
        }
    }

    /// Writes the datagram over whatever `out` holds.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let (op, header) = match self {
            Self::Alert(header) => (ALERT, header),
            Self::Transmit { header, .. } => (TRANSMIT, header),
            Self::End(header) => (END, header),
        };
        out.extend([op, header.channel]);
        out.extend(header.serial.to_be_bytes());
        out.push(CALLER_BYTES as u8);
        out.extend(header.caller.0);
        if let Self::Transmit { sound, timestamp, frames, .. } = self {
            out.extend([sound.code(), 0]);
            out.extend(timestamp.to_be_bytes());
            out.extend_from_slice(frames);
        }
    }

    /// Whose it is.
    pub fn header(&self) -> &PolyHeader {
        match self {
            Self::Alert(header) | Self::Transmit { header, .. } | Self::End(header) => header,
        }
    }
}

impl PolySound {
    fn read(code: u8) -> Option<Self> {
        match code {
            0x00 => Some(Self::Known(Codec::Pcmu)),
            0x09 => Some(Self::Known(Codec::G722)),
            0xfd => Some(Self::ReversedG726),
            _ => None,
        }
    }

    fn code(self) -> u8 {
        match self {
            // No phone takes the other two.
            Self::Known(Codec::Pcmu | Codec::Pcma | Codec::Opus) => 0x00,
            Self::Known(Codec::G722) => 0x09,
            Self::ReversedG726 => 0xfd,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The header of the published example: page group 26, the phone 00:04:f2:11:15:11.
    const HEADER: [u8; 19] = [
        0x1a, 0xf2, 0x11, 0x15, 0x11, 0x0d, 0x4d, 0x65, 0x6c, 0x6f, 0x64, 0x79, 0x20, 0x4d, 0x65, 0x73, 0x65, 0x72,
        0x76,
    ];
    /// And of its sound.
    const SOUND: [u8; 6] = [0x09, 0x00, 0x6f, 0xca, 0x7b, 0xf5];

    fn header() -> PolyHeader {
        PolyHeader { channel: 26, serial: 0xf211_1511, caller: Caller::new("Melody Meserve") }
    }

    fn datagram(op: u8, rest: &[u8]) -> Vec<u8> {
        [&[op], HEADER.as_slice(), rest].concat()
    }

    fn written(packet: PolyPacket<'_>) -> Vec<u8> {
        let mut bytes = vec![1, 2, 3];
        packet.write(&mut bytes);
        bytes
    }

    #[test]
    fn the_published_packets_are_read_and_written() {
        let sound = PolySound::Known(Codec::G722);
        let frames = [0x5e, 0x7a, 0xf7, 0x70];
        let transmit = PolyPacket::Transmit { header: header(), sound, timestamp: 0x6fca_7bf5, frames: &frames };
        let golden = [
            (datagram(0x0f, &[]), PolyPacket::Alert(header())),
            (datagram(0x10, &[SOUND.as_slice(), &frames].concat()), transmit),
            (datagram(0xff, &[]), PolyPacket::End(header())),
        ];
        for (bytes, packet) in golden {
            assert_eq!(PolyPacket::read(&bytes), Ok(packet));
            assert_eq!(written(packet), bytes);
            assert_eq!(packet.header().caller.text(), "Melody Meserv");
        }
    }

    #[test]
    fn every_channel_and_codec_goes_both_ways() {
        for channel in CHANNELS {
            for sound in [PolySound::Known(Codec::Pcmu), PolySound::Known(Codec::G722), PolySound::ReversedG726] {
                let header =
                    PolyHeader { channel, serial: u32::from(channel) << 20, caller: Caller::new("Añe\u{7}7") };
                assert_eq!(header.caller.text(), "Ae7");
                let packet = PolyPacket::Transmit { header, sound, timestamp: u32::MAX, frames: &[1; 480] };
                assert_eq!(PolyPacket::read(&written(packet)), Ok(packet));
            }
        }
    }

    #[test]
    fn anything_else_is_refused_with_a_reason() {
        assert_eq!(PolyPacket::read(&[]), Err(NotPoly::Short));
        assert_eq!(PolyPacket::read(&datagram(0x0f, &[])[..19]), Err(NotPoly::Short));
        assert_eq!(PolyPacket::read(&datagram(0x80, &[])), Err(NotPoly::OpCode(0x80)));
        assert_eq!(PolyPacket::read(&datagram(0x10, &[])), Err(NotPoly::Short));
        assert_eq!(PolyPacket::read(&datagram(0x10, &SOUND)), Err(NotPoly::Short), "no sound");
        assert_eq!(PolyPacket::read(&datagram(0x10, &[0x12, 0, 0, 0, 0, 0, 1])), Err(NotPoly::Sound(0x12)));
        for channel in [0, 51, 255] {
            let mut bytes = datagram(0x0f, &[]);
            bytes[1] = channel;
            assert_eq!(PolyPacket::read(&bytes), Err(NotPoly::Channel(channel)));
        }
        // A caller who is cut off, or nothing but noise.
        let mut bytes = datagram(0x0f, &[]);
        bytes[7..12].copy_from_slice(&[0xff, 0x1b, b'o', b'k', 0]);
        assert_eq!(PolyPacket::read(&bytes).unwrap().header().caller.text(), "ok");
    }
}
