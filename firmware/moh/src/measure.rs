//! The first time through a file: how loud it is, where its sound begins and ends, and which channels to take.

use crate::ImportFault;
use crate::import::Limits;
use ebur128::{EbuR128, Mode};
use orbitbox_audio::convert::Converter;
use orbitbox_audio::decode::{DecodeFault, Reader};
use std::time::Duration;

/// Every track is brought to this loudness, in LUFS (ITU-R BS.1770).
pub const TARGET_LUFS: f64 = -24.0;

/// What is softer is no music that anybody could hear on a telephone.
const SILENT_LUFS: f64 = -60.0;

/// By so much a soft track is lifted at most, in dB: beyond, its noise would be.
const MOST_GAIN: f64 = 20.0;

/// What is softer than this counts as silence at either end: -60 dB.
const SILENCE: f32 = 0.001;

/// A mix to one channel that is so much softer than the channels, in energy, cancels (6 dB).
const CANCELS: f64 = 0.25;

/// Of a telephone's band, which is what a caller hears.
const BAND: u32 = 8_000;

/// Shorter than this nothing is music.
const SHORTEST: Duration = Duration::from_secs(1);

/// What the second time through needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Measured {
    pub rate: u32,
    /// The channel to take; all of them mixed without.
    pub channel: Option<usize>,
    /// The first and the last moment with sound.
    pub from: u64,
    pub to: u64,
    /// To bring it to [`TARGET_LUFS`], in dB.
    pub gain: f64,
}

/// Listens to the whole file. `progress` is told how much was heard so far.
pub(crate) fn measure(
    reader: &mut Reader,
    limits: &Limits,
    progress: &mut dyn FnMut(Duration),
) -> Result<Measured, ImportFault> {
    let mut piece = Vec::new();
    let mut heard: Option<Heard> = None;
    while let Some((rate, channels)) = reader.read(&mut piece)? {
        let heard = match &mut heard {
            Some(heard) if heard.rate != rate || heard.energies.len() != channels => {
                return Err(DecodeFault::Damaged.into());
            }
            Some(heard) => heard,
            None => heard.insert(Heard::new(rate, channels)?),
        };
        heard.listen(&piece);
        piece.clear();
        let length = Duration::from_secs_f64(heard.moments as f64 / f64::from(rate));
        if length > limits.longest {
            return Err(ImportFault::TooLong { most: limits.longest });
        }
        progress(length);
    }
    heard.ok_or(ImportFault::Decode(DecodeFault::NoAudio))?.judge()
}

struct Heard {
    rate: u32,
    moments: u64,
    /// Of each channel, and of their mix.
    energies: Vec<f64>,
    mixed: f64,
    /// The first and the last moment that is no silence.
    sounding: Option<(u64, u64)>,
    /// Of the mix, and of each channel where there are two: which one is taken is known only at the end.
    meters: Vec<Meter>,
}

impl Heard {
    fn new(rate: u32, channels: usize) -> Result<Self, ImportFault> {
        let meters = if channels == 2 { 3 } else { 1 };
        let meters = (0..meters).map(|_| Meter::new(rate)).collect::<Option<Vec<_>>>();
        Ok(Self {
            rate,
            moments: 0,
            energies: vec![0.0; channels],
            mixed: 0.0,
            sounding: None,
            meters: meters.ok_or(DecodeFault::Rate(rate))?,
        })
    }

    fn listen(&mut self, piece: &[f32]) {
        let channels = self.energies.len();
        for moment in piece.chunks_exact(channels) {
            // What is not a number is damage that the decoder has passed over.
            let clean =
                |sample: f32| if sample.is_finite() { sample.clamp(-Meter::HEADROOM, Meter::HEADROOM) } else { 0.0 };
            let mix = moment.iter().map(|sample| clean(*sample)).sum::<f32>() / channels as f32;
            for (energy, sample) in self.energies.iter_mut().zip(moment) {
                *energy += f64::from(clean(*sample)).powi(2);
            }
            self.mixed += f64::from(mix).powi(2);
            if moment.iter().any(|sample| clean(*sample).abs() >= SILENCE) {
                let first = self.sounding.map_or(self.moments, |(first, _)| first);
                self.sounding = Some((first, self.moments + 1));
            }
            self.moments += 1;
            for (place, meter) in self.meters.iter_mut().enumerate() {
                let sample = if place == 0 { mix } else { moment.get(place - 1).map_or(0.0, |sample| clean(*sample)) };
                meter.add(sample);
            }
        }
    }

    fn judge(mut self) -> Result<Measured, ImportFault> {
        let (from, to) = self.sounding.ok_or(ImportFault::Silent)?;
        if Duration::from_secs_f64((to - from) as f64 / f64::from(self.rate)) < SHORTEST {
            return Err(ImportFault::TooShort);
        }
        let mean = self.energies.iter().sum::<f64>() / self.energies.len() as f64;
        let loudest = (0..self.energies.len()).max_by(|a, b| self.energies[*a].total_cmp(&self.energies[*b]));
        let channel = loudest.filter(|_| self.energies.len() > 1 && self.mixed < mean * CANCELS);
        let meter = channel.filter(|_| self.meters.len() > 1).map_or(0, |channel| channel + 1);
        let loudness = self.meters[meter].loudness();
        if loudness < SILENT_LUFS {
            return Err(ImportFault::Silent);
        }
        let gain = (TARGET_LUFS - loudness).min(MOST_GAIN);
        Ok(Measured { rate: self.rate, channel, from, to, gain })
    }
}

/// Loudness in the telephone's band.
pub(crate) struct Meter {
    converter: Converter,
    meter: EbuR128,
    waiting: Vec<i16>,
    room: Vec<i16>,
}

impl Meter {
    /// Samples that are converted at a time.
    const PIECE: usize = 1024;
    /// So much louder than full scale a sample may be: floating point and lossy codecs go beyond it.
    pub const HEADROOM: f32 = 4.0;

    pub fn new(rate: u32) -> Option<Self> {
        Some(Self {
            converter: Converter::new(rate, BAND),
            meter: EbuR128::new(1, BAND, Mode::I).ok()?,
            waiting: Vec::with_capacity(Self::PIECE),
            room: vec![0; Self::PIECE + 8],
        })
    }

    pub fn add(&mut self, sample: f32) {
        self.waiting.push((sample / Self::HEADROOM * 32_767.0).round() as i16);
        if self.waiting.len() == Self::PIECE {
            self.pass();
        }
    }

    /// In LUFS; minus infinity of nothing.
    pub fn loudness(&mut self) -> f64 {
        self.pass();
        let lifted = 20.0 * f64::from(Self::HEADROOM).log10();
        self.meter.loudness_global().unwrap_or(f64::NEG_INFINITY) + lifted
    }

    fn pass(&mut self) {
        let length = self.converter.convert(&self.waiting, &mut self.room);
        self.waiting.clear();
        self.meter.add_frames_i16(&self.room[..length]).ok();
    }
}
