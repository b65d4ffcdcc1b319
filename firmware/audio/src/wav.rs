//! WAV files in memory: 16-bit PCM, mono when written, any number of channels when read.

use crate::Pcm;
use std::fmt;

/// Bytes before the first sample of a file we write.
pub const HEADER_BYTES: usize = 44;

/// The header of a file with so many samples behind it.
///
/// For a file that grows: write the header for 0 samples, then samples, and at the end (or now and then) the header for
/// the true number over the first one. Numbers beyond 4 GiB are written as the largest that fits; for a stream without an
/// end give `u64::MAX`.
pub fn header(rate: u32, samples: u64) -> [u8; HEADER_BYTES] {
    let most = u64::from(u32::MAX) - HEADER_BYTES as u64;
    let data = samples.saturating_mul(2).min(most & !1) as u32;
    let mut header = [0; HEADER_BYTES];
    header[0..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&(data + 36).to_le_bytes());
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    header[20..22].copy_from_slice(&1u16.to_le_bytes());
    header[22..24].copy_from_slice(&1u16.to_le_bytes());
    header[24..28].copy_from_slice(&rate.to_le_bytes());
    header[28..32].copy_from_slice(&rate.saturating_mul(2).to_le_bytes());
    header[32..34].copy_from_slice(&2u16.to_le_bytes());
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..44].copy_from_slice(&data.to_le_bytes());
    header
}

/// Samples as a file holds them, appended to `bytes`.
pub fn append(bytes: &mut Vec<u8>, samples: &[i16]) {
    bytes.reserve(samples.len() * 2);
    for sample in samples {
        bytes.extend_from_slice(&sample.to_le_bytes());
    }
}

/// A whole file.
pub fn write(pcm: &Pcm) -> Vec<u8> {
    let mut bytes = header(pcm.rate, pcm.samples.len() as u64).to_vec();
    append(&mut bytes, &pcm.samples);
    bytes
}

/// Why bytes are no WAV file for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WavFault {
    /// It does not begin as a RIFF WAVE file.
    NotWav,
    /// No format chunk in front of the data, or one cut short, or with zero channels or rate.
    BadFormat,
    /// Another coding than 16-bit PCM.
    NotPcm16,
    /// No data chunk.
    NoData,
}

impl fmt::Display for WavFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            WavFault::NotWav => "not a WAV file",
            WavFault::BadFormat => "the WAV file's format chunk is missing or damaged",
            WavFault::NotPcm16 => "the WAV file is not 16-bit PCM",
            WavFault::NoData => "the WAV file has no data chunk",
        })
    }
}

impl std::error::Error for WavFault {}

/// Reads a file; several channels are mixed to one. A data chunk that promises more than there is (a recording under
/// way) yields what is there.
pub fn read(bytes: &[u8]) -> Result<Pcm, WavFault> {
    if bytes.get(0..4) != Some(b"RIFF") || bytes.get(8..12) != Some(b"WAVE") {
        return Err(WavFault::NotWav);
    }
    let mut format = None;
    let mut rest = &bytes[12..];
    while let (Some(name), Some(length)) = (rest.get(0..4), word32(rest, 4)) {
        let body = &rest[8..];
        let length = length as usize;
        let chunk = &body[..length.min(body.len())];
        match name {
            b"fmt " => format = Some(Format::read(chunk)?),
            b"data" => {
                let format = format.ok_or(WavFault::BadFormat)?;
                return Ok(Pcm { rate: format.rate, samples: mixed(chunk, format.channels) });
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        rest = body.get(length.saturating_add(length & 1)..).unwrap_or_default();
    }
    Err(WavFault::NoData)
}

struct Format {
    rate: u32,
    channels: usize,
}

impl Format {
    fn read(chunk: &[u8]) -> Result<Self, WavFault> {
        let coding = word16(chunk, 0).ok_or(WavFault::BadFormat)?;
        let channels = word16(chunk, 2).filter(|channels| *channels > 0).ok_or(WavFault::BadFormat)?;
        let rate = word32(chunk, 4).filter(|rate| *rate > 0).ok_or(WavFault::BadFormat)?;
        let bits = word16(chunk, 14).ok_or(WavFault::BadFormat)?;
        // 0xfffe is the extensible format; its true coding opens the sub-format.
        let coding = if coding == 0xfffe { word16(chunk, 24).ok_or(WavFault::BadFormat)? } else { coding };
        if coding != 1 || bits != 16 {
            return Err(WavFault::NotPcm16);
        }
        Ok(Self { rate, channels: usize::from(channels) })
    }
}

fn mixed(data: &[u8], channels: usize) -> Vec<i16> {
    let mix = |moment: &[u8]| {
        let sum: i32 = moment.chunks_exact(2).map(|pair| i32::from(i16::from_le_bytes([pair[0], pair[1]]))).sum();
        (sum / channels as i32) as i16
    };
    data.chunks_exact(2 * channels).map(mix).collect()
}

fn word16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).map(|two| u16::from_le_bytes([two[0], two[1]]))
}

fn word32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Pcm {
        Pcm { rate: 16_000, samples: (-500..500).map(|n| n * 65).collect() }
    }

    #[test]
    fn what_is_written_is_read_back() {
        assert_eq!(read(&write(&ramp())), Ok(ramp()));
    }

    #[test]
    fn a_recording_under_way_is_read_as_far_as_it_goes() {
        let mut bytes = header(8000, u64::MAX).to_vec();
        append(&mut bytes, &[1, 2, 3]);
        assert_eq!(read(&bytes).unwrap().samples, [1, 2, 3]);
    }

    #[test]
    fn stereo_is_mixed_and_foreign_chunks_are_skipped() {
        let mut bytes = b"RIFF\0\0\0\0WAVELIST\x03\0\0\0abc\0fmt \x10\0\0\0\x01\0\x02\0".to_vec();
        bytes.extend_from_slice(&8000u32.to_le_bytes());
        bytes.extend_from_slice(&32_000u32.to_le_bytes());
        bytes.extend_from_slice(b"\x04\0\x10\0data\x08\0\0\0");
        append(&mut bytes, &[100, 200, -100, -300]);
        assert_eq!(read(&bytes), Ok(Pcm { rate: 8000, samples: vec![150, -200] }));
    }

    #[test]
    fn damage_is_named_and_never_panics() {
        assert_eq!(read(b"RIFF"), Err(WavFault::NotWav));
        assert_eq!(read(b"RIFF\0\0\0\0WAVE"), Err(WavFault::NoData));
        assert_eq!(read(b"RIFF\0\0\0\0WAVEdata\0\0\0\0"), Err(WavFault::BadFormat));
        let whole = write(&ramp());
        let mut eight_bit = whole.clone();
        eight_bit[34] = 8;
        assert_eq!(read(&eight_bit), Err(WavFault::NotPcm16));
        for at in 0..HEADER_BYTES {
            let _ = read(&whole[..at]);
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = value;
                let _ = read(&damaged);
            }
        }
    }
}
