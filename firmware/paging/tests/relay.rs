//! A page of the network, and music from there: what the speaker is given.

use orbitbox_audio::{ChainSettings, Equalizer, tone};
use orbitbox_paging::{BLOCK, Player, SourceId, Voice};
use std::time::Duration;

const ONE: SourceId = SourceId(u64::MAX);
const OTHER: SourceId = SourceId(u64::MAX - 1);

fn player() -> Player {
    Player::new(Voice::built_in(), ChainSettings { equalizer: Equalizer::Flat, ..ChainSettings::default() })
}

/// What the speaker is given while a source plays a tone of this peak for two seconds, dB of its peak in the second one.
fn peak_db(player: &mut Player, source: SourceId, peak_db: f32) -> f32 {
    let tone = tone::sine(48_000, 1_000.0, peak_db, Duration::from_secs(2)).samples;
    let mut heard = Vec::new();
    for frame in tone.chunks_exact(2 * BLOCK) {
        player.feed_from(source, frame);
        heard.extend(blocks(player, 2));
    }
    20.0 * heard[48_000..].iter().fold(1e-6f32, |most, sample| most.max(sample.abs())).log10()
}

fn blocks(player: &mut Player, count: usize) -> Vec<f32> {
    let mut block = [0f32; BLOCK];
    let next = |_| {
        player.fill(&mut block);
        block
    };
    (0..count).flat_map(next).collect()
}

#[test]
fn pages_are_levelled_and_music_stays_as_it_is() {
    let mut levels = Vec::new();
    for level in [-40.0, -10.0] {
        let mut player = player();
        player.relay(ONE, true);
        levels.push(peak_db(&mut player, ONE, level));
        player.relay(ONE, false);
        let music = peak_db(&mut player, ONE, level);
        assert!((music - level).abs() < 1.0, "{level} dB of music became {music} dB");
    }
    assert!((levels[0] - levels[1]).abs() < 1.0 && levels[0] > -15.0, "{levels:?}");
}

#[test]
fn it_begins_without_a_chime_and_ends_without_a_tone_and_only_one_source_is_heard() {
    let mut player = player();
    player.relay(ONE, true);
    assert!(blocks(&mut player, 100).iter().all(|sample| *sample == 0.0), "no chime");
    assert!(peak_db(&mut player, OTHER, -10.0) < -100.0, "another source");
    player.feed(&[9_000; 2 * BLOCK]);
    assert!(blocks(&mut player, 10).iter().all(|sample| *sample == 0.0), "a telephone");
    assert!(peak_db(&mut player, ONE, -10.0) > -15.0);
    // A more urgent one: the first is faded out, and what still comes of it is not heard.
    player.hush();
    player.relay(OTHER, true);
    player.feed_from(ONE, &[9_000; 2 * BLOCK]);
    blocks(&mut player, 5);
    assert!(blocks(&mut player, 30).iter().all(|sample| sample.abs() < 0.001), "it has ceased");
    player.hush();
    assert!(blocks(&mut player, 100).iter().all(|sample| sample.abs() < 0.001), "no end tone");
    assert!(player.is_idle());
}

#[test]
fn what_comes_while_the_amplifier_settles_is_heard_so_much_later() {
    let mut player = player();
    player.relay(ONE, false);
    // 300 ms of it before the first block.
    let tone = tone::sine(48_000, 1_000.0, -10.0, Duration::from_millis(1_200)).samples;
    let mut frames = tone.chunks_exact(2 * BLOCK);
    frames.by_ref().take(15).for_each(|frame| player.feed_from(ONE, frame));
    let mut heard = Vec::new();
    for frame in frames {
        player.feed_from(ONE, frame);
        heard.extend(blocks(&mut player, 2));
    }
    heard.extend(blocks(&mut player, 60));
    let loud = |samples: &[f32]| samples.iter().any(|sample| sample.abs() > 0.001);
    assert!(loud(&heard[..2 * BLOCK]), "the first word");
    let sounding = heard.chunks(2 * BLOCK).filter(|frame| loud(frame)).count();
    assert!((60..=62).contains(&sounding), "{sounding} frames were heard of 60");
    assert!(!loud(&heard[heard.len() - BLOCK..]));
}
