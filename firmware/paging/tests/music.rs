//! Music when nothing else is heard: what the speaker is given, and what the network is.

use orbitbox_audio::{ChainSettings, Equalizer, Language, detect, tone};
use orbitbox_paging::{BLOCK, PageId, Part, Player, Script, SourceId, Voice};
use std::time::Duration;

const RATE: u32 = 48_000;
/// Blocks of a second.
const SECOND: usize = 100;
const HZ: f64 = 1_000.0;
/// Peak of the tone that is fed as music.
const FED_DB: f64 = -24.0;
/// Below it, at the usual settings: a ceiling of -1, a live page 15 below that, music 18 below that, the tracks' -24 off.
const LEVEL_DB: f32 = -18.0;
const HEARD_DB: f64 = FED_DB - 10.0;

fn settings() -> ChainSettings {
    ChainSettings { equalizer: Equalizer::Flat, ..ChainSettings::default() }
}

/// A player whose music never ends.
struct Scene {
    player: Player,
    music: Box<dyn Iterator<Item = i16>>,
}

impl Scene {
    fn new(settings: ChainSettings, level_db: f32) -> Self {
        let second = tone::sine(RATE, HZ, FED_DB as f32, Duration::from_secs(1)).samples;
        Self {
            player: Player::new(Voice::built_in(), settings).with_music(level_db),
            music: Box::new(second.into_iter().cycle()),
        }
    }

    /// A scene in which music has been heard for a second.
    fn playing() -> Self {
        let mut scene = Self::new(settings(), LEVEL_DB);
        scene.next(SECOND);
        scene
    }

    /// What the speaker is given, and what the network is.
    fn next(&mut self, blocks: usize) -> (Vec<f32>, Vec<f32>) {
        let (mut here, mut network) = (Vec::new(), Vec::new());
        let mut block = [0.0; BLOCK];
        for _ in 0..blocks {
            while self.player.wants_music() {
                let frame: Vec<i16> = self.music.by_ref().take(2 * BLOCK).collect();
                self.player.feed_music(&frame);
            }
            self.player.fill(&mut block);
            here.extend(block);
            network.extend(self.player.pages());
        }
        (here, network)
    }

    /// Level of the music in the last of so many blocks, of which there are at least ten.
    fn level(&mut self, blocks: usize) -> f64 {
        level(&self.next(blocks).0[(blocks - 10) * BLOCK..])
    }
}

fn level(samples: &[f32]) -> f64 {
    let samples: Vec<i16> = samples.iter().map(|sample| (sample * 32_767.0).round() as i16).collect();
    detect::tone_db(&samples, RATE, HZ)
}

#[test]
fn it_is_so_far_below_a_live_page_whatever_the_drive() {
    for drive_db in [0.0, 12.0, 24.0] {
        for (ceiling_db, level_db) in [(-1.0, -18.0), (-1.0, -30.0), (-7.0, -18.0)] {
            let mut scene = Scene::new(ChainSettings { drive_db, ceiling_db, ..settings() }, level_db);
            let heard = scene.level(SECOND);
            let wanted = HEARD_DB + f64::from(level_db - LEVEL_DB) + f64::from(ceiling_db + 1.0);
            assert!((heard - wanted).abs() < 0.5, "drive {drive_db}, ceiling {ceiling_db}, level {level_db}: {heard}");
        }
    }
}

#[test]
fn it_falls_within_eighty_milliseconds_under_a_page_and_comes_back_after_it() {
    let mut scene = Scene::playing();
    let before = scene.level(10);
    scene.player.play(PageId(1), Script(vec![Part::Pause(3_000)]), 0);
    let (fall, _) = scene.next(10);
    let ducked = level(&fall[8 * BLOCK..]) - before;
    assert!((ducked + 18.0).abs() < 0.5, "after 80 ms: {ducked}");
    let whole = scene.level(290) - before;
    assert!((whole + 18.0).abs() < 0.5, "in the pauses of a page: {whole}");
    let held = scene.level(200) - before;
    assert!((held + 18.0).abs() < 0.5, "2 s after the last sound: {held}");
    let risen = scene.level(92) - before;
    assert!(risen.abs() < 0.2, "after 820 ms more: {risen}");
}

#[test]
fn whatever_is_heard_lowers_it() {
    for (what, begin) in [
        ("a live page", (|player: &mut Player| player.talk()) as fn(&mut Player)),
        ("a ring and its pauses", Player::ring),
        ("a page of the network", |player| player.relay(SourceId(1), true)),
    ] {
        let mut scene = Scene::playing();
        let before = scene.level(10);
        begin(&mut scene.player);
        // The chime of a live page and the first ring are over then, and nobody says anything.
        let under = scene.level(350) - before;
        assert!((under + 18.0).abs() < 0.5, "{what}: {under}");
        scene.player.hush();
        // An end tone may have to come first.
        let held = scene.level(200) - before;
        assert!((held + 18.0).abs() < 0.5, "after {what}: {held}");
        let after = scene.level(400) - before;
        assert!(after.abs() < 0.2, "long after {what}: {after}");
    }
}

#[test]
fn it_is_silent_under_music_of_the_network() {
    let mut scene = Scene::playing();
    scene.player.relay(SourceId(1), false);
    assert!(scene.level(30) < -90.0);
    scene.player.hush();
    let after = scene.level(400) - level(&Scene::playing().next(10).0);
    assert!(after.abs() < 0.2, "{after}");
}

#[test]
fn the_network_hears_pages_as_if_there_were_no_music() {
    let mut scene = Scene::playing();
    assert!(scene.next(SECOND).1.iter().all(|sample| *sample == 0.0), "nothing of it");
    let mut alone = Player::new(Voice::built_in(), settings());
    let page = || Script::call_on_orbit(&[Language::English], [7, 1]);
    scene.player.play(PageId(1), page(), 0);
    alone.play(PageId(1), page(), 0);
    let (here, network) = scene.next(600);
    let mut block = [0.0; BLOCK];
    let without: Vec<f32> = (0..600)
        .flat_map(|_| {
            alone.fill(&mut block);
            assert_eq!(alone.pages(), &block);
            block
        })
        .collect();
    assert!(network == without, "sample by sample");
    assert!(alone.is_idle() && here != network);
}

#[test]
fn both_together_never_exceed_the_ceiling() {
    for (drive_db, level_db) in [(24.0, -6.0), (0.0, -6.0), (12.0, -18.0)] {
        let mut scene = Scene::new(ChainSettings { drive_db, ..settings() }, level_db);
        // As loud as music can be.
        scene.music = Box::new((0..).map(|n: u32| if (n / 37).is_multiple_of(2) { i16::MAX } else { i16::MIN }));
        scene.next(SECOND);
        scene.player.play(PageId(1), Script::call_on_orbit(&[Language::English], [7, 1]), 12);
        let peak = scene.next(900).0.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!(peak <= 0.8914, "drive {drive_db}: {peak}");
    }
}

#[test]
fn the_player_is_idle_when_it_has_ceased() {
    let mut scene = Scene::playing();
    assert!(!scene.player.is_idle(), "the amplifier stays awake");
    let mut block = [0.0; BLOCK];
    for _ in 0..40 {
        scene.player.fill(&mut block);
    }
    assert!(scene.player.is_idle() && block == [0.0; BLOCK]);
    assert!(scene.player.wants_music());
    // A player without music wants none, and is not changed by it.
    let mut player = Player::new(Voice::built_in(), settings());
    assert!(!player.wants_music());
    player.feed_music(&[10_000; 4 * BLOCK]);
    player.fill(&mut block);
    assert!(player.is_idle() && block == [0.0; BLOCK]);
}

#[test]
fn music_that_waits_for_the_amplifier_is_heard_from_its_beginning() {
    let mut player = Player::new(Voice::built_in(), settings()).with_music(LEVEL_DB);
    player.feed_music(&[1_000; 2 * BLOCK]);
    assert!(player.is_idle() && player.wants_music(), "too little to begin");
    player.feed_music(&[1_000; 2 * BLOCK]);
    assert!(!player.is_idle(), "it asks for the amplifier before the first block");
    assert!(!player.wants_music(), "and for no more until it is heard");
}
