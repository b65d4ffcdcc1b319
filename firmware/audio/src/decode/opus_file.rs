//! Opus in Ogg (RFC 7845).

use super::{DecodeFault, Input};
use opus_pure::{MAX_PACKET_SAMPLES, OggOpusReader, OpusDecoder, Trim};

/// Whatever a file was made from, it is decoded at this rate.
const RATE: u32 = 48_000;

pub(super) struct OpusFile {
    reader: OggOpusReader<Box<dyn Input>>,
    decoder: OpusDecoder,
    trim: Trim,
    channels: usize,
    /// The last page says that it is the last.
    ended: bool,
    decoded: Vec<f32>,
}

impl OpusFile {
    pub fn open(input: Box<dyn Input>) -> Result<Self, DecodeFault> {
        let reader = OggOpusReader::new(input).map_err(|_| DecodeFault::Damaged)?;
        let head = reader.head();
        let channels = usize::from(head.channel_count);
        // Surround needs several decoders; nobody has that on hold.
        let decoder = head.decoder(RATE as i32).map_err(|_| DecodeFault::Channels(channels))?;
        let trim = Trim::new(head, RATE as i32, channels).map_err(|_| DecodeFault::Damaged)?;
        let decoded = vec![0.0; MAX_PACKET_SAMPLES * channels];
        Ok(Self { reader, decoder, trim, channels, ended: false, decoded })
    }

    pub fn read(&mut self, samples: &mut Vec<f32>) -> Result<Option<(u32, usize)>, DecodeFault> {
        loop {
            let packet = match self.reader.read_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) if self.ended => return Ok(None),
                Ok(None) => return Err(DecodeFault::Truncated),
                Err(_) => return Err(DecodeFault::Damaged),
            };
            self.ended = packet.end_of_stream;
            let length = opus_pure::packet::samples_48k(&packet.data).map_err(|_| DecodeFault::Damaged)?;
            let out = self.decoded.get_mut(..length * self.channels).ok_or(DecodeFault::Damaged)?;
            let length = self.decoder.decode(&packet.data, length, out).map_err(|_| DecodeFault::Damaged)?;
            let kept = self.trim.keep(&packet, &out[..length * self.channels]);
            if !kept.is_empty() {
                samples.extend_from_slice(kept);
                return Ok(Some((RATE, self.channels)));
            }
        }
    }
}
