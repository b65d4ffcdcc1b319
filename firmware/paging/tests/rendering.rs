//! What the speaker is given.

use orbitbox_audio::{ChainSettings, Language, detect};
use orbitbox_paging::{Announcement, BLOCK, Command, Event, PageId, Paging, Part, Player, Script, Voice, Word};
use std::time::Duration;

const RATE: u32 = 48_000;
const CEILING: f32 = 0.8914;

fn player() -> Player {
    Player::new(Voice::built_in(), ChainSettings::default())
}

fn blocks(player: &mut Player, count: usize) -> Vec<f32> {
    let mut block = [0.0; BLOCK];
    (0..count)
        .flat_map(|_| {
            player.fill(&mut block);
            block
        })
        .collect()
}

/// Everything until the player is idle.
fn whole(player: &mut Player) -> Vec<f32> {
    let mut samples = Vec::new();
    while !player.is_idle() {
        samples.extend(blocks(player, 1));
        assert!(samples.len() < 60 * RATE as usize, "a page without an end");
    }
    samples
}

fn integers(samples: &[f32]) -> Vec<i16> {
    samples.iter().map(|sample| (sample * 32_767.0) as i16).collect()
}

fn events(player: &mut Player) -> Vec<u64> {
    let events = std::iter::from_fn(|| player.poll_event());
    let ended = events.filter_map(|event| match event {
        Event::Ended { page } => Some(page.0),
        Event::ChimeBegun => None,
    });
    ended.collect()
}

#[test]
fn silence_is_exactly_silent() {
    assert!(blocks(&mut player(), 10).iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_page_is_the_chime_then_the_words_at_their_lengths() {
    let mut player = player();
    player.play(PageId(1), Script::call_on_orbit(&[Language::English], [7, 1]), 0);
    let samples = whole(&mut player);
    assert_eq!(events(&mut player), [1]);
    let heard = integers(&samples);
    for (from_ms, hz) in [(20, 784.0), (470, 659.0), (900, 523.0)] {
        let part = &heard[from_ms * 48..(from_ms + 300) * 48];
        assert_eq!(detect::dominant(part, RATE, &[784.0, 659.0, 523.0]), Some(hz));
    }
    let voice = Voice::built_in();
    let words = [Word::CallOnOrbit, Word::Digit(7), Word::LastDigit(1)];
    let spoken: u128 =
        words.map(|word| voice.word(Language::English, &word).unwrap().duration().as_millis()).iter().sum();
    let expected = 1800 + 150 + 120 + 120 + spoken;
    let length = (heard.iter().rposition(|sample| *sample != 0).unwrap() / 48) as u128;
    assert!(length.abs_diff(expected) <= 40, "{length} ms, not {expected}");
    let speech = detect::level_db(&heard[1950 * 48..(expected as usize - 100) * 48]);
    assert!((-14.0..-6.0).contains(&speech), "{speech} dB");
}

#[test]
fn nothing_leaves_above_the_ceiling_and_speech_reaches_it() {
    let voice = Voice::built_in();
    for spoken in Language::ALL {
        let words = voice.words().filter(|(language, _, _)| *language == spoken);
        let all: Vec<Part> = words.map(|(language, word, _)| Part::Word(language, word)).collect();
        let mut player = player();
        player.play(PageId(1), Script(all), 0);
        let peak = whole(&mut player).iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!((0.8..=CEILING).contains(&peak), "{spoken:?}: {peak}");
    }
}

#[test]
fn a_stopped_page_fades_within_ten_milliseconds_and_says_no_further_word() {
    let step = |samples: &[f32]| samples.windows(2).fold(0.0f32, |step, pair| step.max((pair[1] - pair[0]).abs()));
    let mut unstopped = player();
    unstopped.play(PageId(1), Script::call_on_orbit(&[Language::English], [7, 1]), 0);
    let steepest = step(&whole(&mut unstopped));
    // At any moment: in the chime, in a pause, in a word, at a part's end.
    for stopped_at in (1..400).step_by(7) {
        let mut player = player();
        player.play(PageId(1), Script::call_on_orbit(&[Language::English], [7, 1]), 0);
        let before = blocks(&mut player, stopped_at);
        player.stop(PageId(1));
        assert_eq!(events(&mut player), [1], "it is over at once");
        let after = blocks(&mut player, 40);
        // The fade, the limiter's 5 ms and the filters' ringing.
        let rest = after[3 * BLOCK..].iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!(rest < 0.01, "block {stopped_at}: {rest}");
        let seam: Vec<f32> = before[before.len() - 480..].iter().chain(&after[..960]).copied().collect();
        assert!(step(&seam) <= steepest, "block {stopped_at}: a click of {}, {steepest} without the stop", step(&seam));
        assert!(player.is_idle());
    }
}

#[test]
fn stopping_another_page_changes_nothing() {
    let mut player = player();
    player.play(PageId(2), Script::call_on_orbit(&[Language::English], [7]), 0);
    blocks(&mut player, 10);
    player.stop(PageId(1));
    assert!(!player.is_idle());
    assert_eq!(events(&mut player), []);
}

#[test]
fn the_next_page_may_begin_in_the_block_in_which_one_is_stopped() {
    let mut player = player();
    player.play(PageId(1), Script::call_on_orbit(&[Language::English], [7]), 0);
    blocks(&mut player, 210);
    player.stop(PageId(1));
    player.play(PageId(2), Script(vec![Part::Pause(50)]), 0);
    whole(&mut player);
    assert_eq!(events(&mut player), [1, 2]);
    player.play(PageId(3), Script::default(), 0);
    whole(&mut player);
    assert_eq!(events(&mut player), [3], "a page without parts ends too");
}

#[test]
fn languages_are_said_one_after_another_after_one_chime() {
    let languages = Language::ALL;
    let spoken = |script: &Script| {
        let words = script.0.iter().filter_map(|part| match part {
            Part::Word(language, _) => Some(*language),
            Part::Chime | Part::Pause(_) | Part::Recorded(_) | Part::EndTone | Part::Alarm => None,
        });
        words.collect::<Vec<_>>()
    };
    let script = Script::call_on_orbit(&languages, [7, 1]);
    assert_eq!(spoken(&script), languages.map(|language| [language; 3]).concat());
    assert_eq!(script.0.iter().filter(|part| **part == Part::Chime).count(), 1);
    let alone = languages.map(|language| {
        let mut player = player();
        player.play(PageId(1), Script::call_on_orbit(&[language], [7, 1]), 0);
        whole(&mut player).len()
    });
    let mut player = player();
    player.play(PageId(1), script, 0);
    let chimes_and_pauses = 3 * (1_800 + 150 - 500) * 48;
    let expected = alone.iter().sum::<usize>() - chimes_and_pauses;
    assert!(whole(&mut player).len().abs_diff(expected) < 10 * 4_800, "every word of every language is heard");
}

#[test]
fn a_claim_at_any_seam_between_words_lets_no_further_word_begin() {
    let script = Script::call_on_orbit(&[Language::English], [7, 1, 8, 0]);
    let voice = Voice::built_in();
    // Where each word begins, in blocks.
    let (mut at, mut begins) = (0.0, Vec::new());
    for part in &script.0 {
        at += match part {
            Part::Chime | Part::Recorded(_) | Part::EndTone | Part::Alarm => 180.0,
            Part::Pause(milliseconds) => f64::from(*milliseconds) / 10.0,
            Part::Word(language, word) => {
                begins.push(at as usize);
                voice.word(*language, word).unwrap().duration().as_secs_f64() * 100.0
            }
        };
    }
    assert_eq!(begins.len(), 5);
    for claimed_at in begins.iter().flat_map(|begin| begin - 3..=begin + 1) {
        let (mut paging, mut player) = (Paging::new(), player());
        let now = |block: usize| Duration::from_millis(10 * block as u64);
        let announcement =
            Announcement { token: 1, script: script.clone(), repeats: 3, interval: now(2_000), louder_db: 0 };
        paging.announce(Duration::ZERO, announcement);
        let obey = |paging: &mut Paging, player: &mut Player| {
            while let Some(command) = paging.poll_command() {
                match command {
                    Command::Play { page, script, louder_db } => player.play(page, script, louder_db),
                    Command::Stop { page } => player.stop(page),
                    other => panic!("{other:?} is not of an announcement"),
                }
            }
        };
        obey(&mut paging, &mut player);
        blocks(&mut player, claimed_at);
        paging.claim(now(claimed_at), 1);
        obey(&mut paging, &mut player);
        let after = blocks(&mut player, 300);
        // The fade, the limiter's 5 ms and the filters' ringing; then nothing for as long as the rest would take.
        let rest = after[3 * BLOCK..].iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert!(rest < 0.01, "claimed at block {claimed_at} of {begins:?}: {rest} is heard");
        while let Some(event) = player.poll_event() {
            paging.handle_event(now(claimed_at + 300), event);
        }
        paging.handle_timeout(now(claimed_at + 300));
        assert_eq!((paging.poll_command(), paging.poll_timeout()), (None, None), "claimed, it is not said again");
    }
}
