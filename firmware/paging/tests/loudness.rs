//! How loud announcements and live pages leave the chain, and that nothing leaves it above the ceiling.

use orbitbox_audio::{ChainSettings, Equalizer, Language, Pcm};
use orbitbox_paging::{BLOCK, PageId, Part, Player, Script, Voice, Word};

const RATE: u32 = 48_000;
/// 20 ms.
const FRAME: usize = 960;

#[derive(Debug)]
struct Measured {
    loudness: f64,
    true_peak_db: f64,
}

fn measured(samples: &[f32]) -> Measured {
    let mut meter = ebur128::EbuR128::new(1, RATE, ebur128::Mode::I | ebur128::Mode::TRUE_PEAK).expect("a meter");
    meter.add_frames_f32(samples).expect("samples");
    let peak = meter.true_peak(0).expect("a peak");
    Measured { loudness: meter.loudness_global().expect("a loudness"), true_peak_db: 20.0 * peak.log10() }
}

fn words() -> Vec<Part> {
    let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
    let words = [Word::CallOnOrbit, Word::NobodyCame].into_iter().chain(digits);
    words.flat_map(|word| [Part::Word(Language::English, word), Part::Pause(120)]).collect()
}

/// What an announcement of many words sounds like.
fn announced(settings: ChainSettings) -> Measured {
    let mut player = Player::new(Voice::built_in(), settings);
    player.play(PageId(1), Script(words()), 0);
    let mut heard = Vec::new();
    let mut block = [0f32; BLOCK];
    while !player.is_idle() {
        player.fill(&mut block);
        heard.extend(block);
    }
    measured(&heard)
}

/// What a telephone brings.
fn said() -> Vec<i16> {
    let voice = Voice::built_in();
    let spoken = words().into_iter().flat_map(|part| match part {
        Part::Word(language, word) => {
            voice.word(language, &word).map(|pcm| pcm.resampled(8_000).samples).unwrap_or_default()
        }
        Part::Pause(milliseconds) => vec![0; usize::from(milliseconds) * 8],
        Part::Chime | Part::Recorded(_) | Part::EndTone | Part::Alarm => Vec::new(),
    });
    Pcm { rate: 8_000, samples: spoken.collect() }.resampled(RATE).samples
}

/// What somebody who speaks from a telephone sounds like, once it is known how loud they speak.
fn spoken(settings: ChainSettings, said: &[i16]) -> Measured {
    let mut player = Player::new(Voice::built_in(), settings);
    player.talk();
    let mut heard = Vec::new();
    let mut block = [0f32; BLOCK];
    for _ in 0..orbitbox_audio::tone::CHIME.as_millis() / 10 {
        player.fill(&mut block);
    }
    for frame in said.chunks_exact(FRAME) {
        player.feed(frame);
        for _ in 0..2 {
            player.fill(&mut block);
            heard.extend(block);
        }
    }
    measured(&heard[RATE as usize..])
}

/// Every setting, the default first: the loudness of announcements and of live pages, LUFS, as the reference of the
/// configuration tells it.
const SETTINGS: [(ChainSettings, f64, f64); 7] = [
    (chain(Equalizer::Horn, 12.0, -1.0, 0.0), -13.0, -15.7),
    (chain(Equalizer::Horn, 24.0, -1.0, 0.0), -10.8, -12.1),
    (chain(Equalizer::Horn, 0.0, -1.0, 0.0), -21.8, -26.5),
    (chain(Equalizer::Horn, 12.0, -6.0, 0.0), -16.7, -18.8),
    (chain(Equalizer::Horn, 12.0, -20.0, 0.0), -29.2, -30.2),
    (chain(Equalizer::Horn, 12.0, -1.0, -10.0), -23.0, -25.7),
    (chain(Equalizer::Flat, 12.0, -1.0, 0.0), -12.3, -15.2),
];

const fn chain(equalizer: Equalizer, drive_db: f32, ceiling_db: f32, level_db: f32) -> ChainSettings {
    ChainSettings { equalizer, clarity_db: 3.0, drive_db, ceiling_db, level_db }
}

#[test]
fn loudness_follows_the_settings_and_no_peak_is_above_the_ceiling() {
    assert_eq!(SETTINGS[0].0, ChainSettings::default());
    let said = said();
    for (settings, announcement, live_page) in SETTINGS {
        for (what, expected, found) in
            [("announced", announcement, announced(settings)), ("spoken", live_page, spoken(settings, &said))]
        {
            let Measured { loudness, true_peak_db } = found;
            println!("{settings:?}: {what}: {loudness:.1} LUFS, true peak {true_peak_db:.2} dB");
            assert!((loudness - expected).abs() < 1.5, "{settings:?}: {what}: {loudness} LUFS");
            let ceiling = f64::from(settings.ceiling_db + settings.level_db);
            assert!(true_peak_db <= ceiling + 0.1, "{settings:?}: {what}: {true_peak_db} dB");
        }
    }
}

#[test]
fn the_chime_keeps_its_distance_from_the_ceiling_whatever_the_drive() {
    for (settings, _, _) in SETTINGS {
        let mut player = Player::new(Voice::built_in(), settings);
        player.play(PageId(1), Script(vec![Part::Chime]), 0);
        let mut peak = 0f32;
        let mut block = [0f32; BLOCK];
        while !player.is_idle() {
            player.fill(&mut block);
            peak = block.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
        }
        let below = settings.ceiling_db + settings.level_db - orbitbox_audio::gain::level_db(peak);
        assert!((2.0..6.0).contains(&below), "{settings:?}: {below} dB");
    }
}
