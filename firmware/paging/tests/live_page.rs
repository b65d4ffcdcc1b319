//! Somebody speaks overhead: what the speaker is given.

use orbitbox_audio::tone::{CHIME, END_TONE};
use orbitbox_audio::{ChainSettings, Language, Pcm};
use orbitbox_paging::{BLOCK, Event, PageId, Part, Player, Script, Voice, Word};

const RATE: u32 = 48_000;
/// 20 ms.
const FRAME: usize = 960;

/// Ten seconds and more of speech as a telephone lets it through.
fn speech() -> Vec<i16> {
    let voice = Voice::built_in();
    let digits = (0..=9).flat_map(|digit| [Word::Digit(digit), Word::LastDigit(digit)]);
    let said = [Word::CallOnOrbit, Word::NobodyCame].into_iter().chain(digits);
    let mut samples = Vec::new();
    for word in said.filter_map(|word| voice.word(Language::English, &word).cloned()) {
        samples.extend(word.resampled(8_000).samples);
        samples.extend([0; 1_600]);
    }
    Pcm { rate: 8_000, samples }.resampled(RATE).samples
}

/// Louder or softer; what does not fit is clipped, as it is by a telephone.
fn louder(samples: &[i16], ratio: f32) -> Vec<i16> {
    samples.iter().map(|sample| (f32::from(*sample) * ratio) as i16).collect()
}

/// What the speaker is given while it is said, after the chime.
fn heard(player: &mut Player, said: &[i16]) -> Vec<f32> {
    let mut heard = Vec::new();
    let mut block = [0f32; BLOCK];
    let chime = CHIME.as_millis() as usize / 10;
    for _ in 0..chime {
        player.fill(&mut block);
    }
    for frame in said.chunks_exact(FRAME) {
        player.feed(frame);
        for _ in 0..2 {
            player.fill(&mut block);
            heard.extend(block);
        }
    }
    heard
}

#[test]
fn whispered_or_shouted_it_is_as_loud_and_never_above_the_ceiling() {
    let speech = speech();
    assert!(speech.len() > 10 * RATE as usize);
    let peak = speech.iter().map(|sample| sample.unsigned_abs()).max().unwrap();
    for (how, ratio) in [("very quiet", 300.0 / f32::from(peak)), ("as it is", 1.0), ("clipped", 12.0)] {
        let mut player = Player::new(Voice::built_in(), ChainSettings::default());
        player.talk();
        let heard = heard(&mut player, &louder(&speech, ratio));
        let mut meter = ebur128::EbuR128::new(1, RATE, ebur128::Mode::I | ebur128::Mode::TRUE_PEAK).unwrap();
        // The first second belongs to finding out how loud they speak.
        meter.add_frames_f32(&heard[RATE as usize..]).unwrap();
        let loudness = meter.loudness_global().unwrap();
        let peak = 20.0 * meter.true_peak(0).unwrap().log10();
        println!("{how}: {loudness:.1} LUFS, true peak {peak:.2} dB");
        assert!((-18.0..=-14.0).contains(&loudness), "{how}: {loudness} LUFS");
        assert!(peak <= -0.9, "{how}: {peak} dB");
    }
}

#[test]
fn it_begins_with_the_chime_and_ends_with_a_tone_that_the_next_page_waits_for() {
    let level = |samples: &[f32]| samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
    let mut block = [0f32; BLOCK];
    let mut player = Player::new(Voice::built_in(), ChainSettings::default());
    player.talk();
    player.fill(&mut block);
    player.fill(&mut block);
    assert!(level(&block) > 0.1, "the chime");
    let said = vec![0i16; 20 * FRAME];
    let pause = heard(&mut player, &said);
    assert!(level(&pause[pause.len() - 10 * BLOCK..]) < 0.001, "nothing is said");
    player.hush();
    player.play(PageId(1), Script(vec![Part::Pause(500)]), 0);
    let mut after = Vec::new();
    assert_eq!(player.poll_event(), Some(Event::ChimeBegun));
    while player.poll_event().is_none() {
        player.fill(&mut block);
        after.extend(block);
        assert!(after.len() < 10 * RATE as usize, "it never ends");
    }
    let tone = END_TONE.as_millis() as usize * RATE as usize / 1_000;
    assert!(level(&after[..tone / 2]) > 0.1, "the end tone");
    assert_eq!(after.len(), tone + RATE as usize / 2, "the page of half a second begins after it");
}

#[test]
fn a_pause_or_a_frame_that_is_late_is_silence_and_what_is_behind_is_dropped() {
    let mut player = Player::new(Voice::built_in(), ChainSettings::default());
    player.talk();
    let tone: Vec<i16> = (0..FRAME * 4).map(|n| ((n as f32 * 0.13).sin() * 8_000.0) as i16).collect();
    heard(&mut player, &tone);
    let mut block = [0f32; BLOCK];
    for _ in 0..40 {
        player.fill(&mut block);
    }
    assert!(block.iter().all(|sample| sample.abs() < 0.01), "nobody speaks");
    // A second of frames at once: the speaker had stopped.
    for _ in 0..50 {
        player.feed(&tone[..FRAME]);
    }
    let mut blocks = 0;
    while blocks < 100 {
        player.fill(&mut block);
        if block.iter().all(|sample| sample.abs() < 0.001) && blocks > 2 {
            break;
        }
        blocks += 1;
    }
    assert!(blocks <= 14, "{blocks} blocks of 10 ms, when 80 ms and what rings are the most");
}

#[test]
fn a_bell_rings_two_seconds_in_six_until_it_is_to_cease_or_a_page_comes() {
    let level = |samples: &[f32]| samples.iter().fold(0f32, |peak, sample| peak.max(sample.abs()));
    let mut player = Player::new(Voice::built_in(), ChainSettings::default());
    let blocks = |player: &mut Player, count: usize| {
        let mut block = [0f32; BLOCK];
        let mut levels = Vec::new();
        for _ in 0..count {
            player.fill(&mut block);
            levels.push(level(&block) > 0.05);
        }
        levels
    };
    player.ring();
    for ring in [blocks(&mut player, 600), blocks(&mut player, 600)] {
        assert!(ring[10..195].iter().all(|sounds| *sounds) && ring[210..].iter().all(|sounds| !*sounds));
    }
    assert!(blocks(&mut player, 50)[10..].iter().all(|sounds| *sounds));
    player.hush();
    assert!(blocks(&mut player, 300)[5..].iter().all(|sounds| !*sounds), "no end tone, no ring");
    assert!(player.is_idle());
    player.ring();
    blocks(&mut player, 50);
    player.play(PageId(7), Script(vec![Part::Pause(1_000)]), 0);
    player.hush();
    assert!(blocks(&mut player, 90)[5..].iter().all(|sounds| !*sounds));
    assert_eq!(player.poll_event(), None, "the page goes on");
    blocks(&mut player, 20);
    assert!(player.poll_event().is_some());
}
