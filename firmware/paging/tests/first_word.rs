//! The first word is never cut: what a page sounds like behind an amplifier that takes its time.

use orbitbox_audio::ChainSettings;
use orbitbox_paging::{AmplifierOrder, BLOCK, BLOCK_TIME, Event, Language, PageId, Player, Script, Voice, Wake};
use std::time::Duration;

const RATE: usize = 48_000;

/// An amplifier as it is: nothing of what is played in the first `needs` after it was woken comes out.
struct Model {
    needs: usize,
    /// Samples since it was woken.
    since: Option<usize>,
    heard: Vec<f32>,
    orders: Vec<(usize, AmplifierOrder)>,
}

impl Model {
    fn new(needs: Duration) -> Self {
        Self { needs: needs.as_millis() as usize * RATE / 1_000, since: None, heard: Vec::new(), orders: Vec::new() }
    }

    fn play(&mut self, order: Option<AmplifierOrder>, block: &[f32; BLOCK]) {
        if let Some(order) = order {
            self.orders.push((self.heard.len() / BLOCK, order));
            self.since = (order == AmplifierOrder::Wake).then_some(0);
        }
        for sample in block {
            let settled = self.since.is_some_and(|since| since >= self.needs);
            self.heard.push(if settled { *sample } else { 0.0 });
            self.since = self.since.map(|since| since + 1);
        }
    }
}

/// As the speaker's thread does it; `each` may tell the player something before each block.
fn run(
    settle: Duration,
    needs: Duration,
    blocks: usize,
    mut each: impl FnMut(usize, &mut Player),
) -> (Model, Vec<Event>) {
    let mut player = Player::new(Voice::built_in(), ChainSettings::default());
    let mut wake = Wake::new(settle, Duration::from_secs(5));
    let mut model = Model::new(needs);
    let mut events = Vec::new();
    for at in 0..blocks {
        each(at, &mut player);
        let mut block = [0.0; BLOCK];
        let order = wake.next(!player.is_idle());
        if wake.is_heard() {
            player.fill(&mut block);
        }
        model.play(order, &block);
        events.extend(std::iter::from_fn(|| player.poll_event()));
    }
    (model, events)
}

fn page() -> Script {
    Script::call_on_orbit(&[Language::English], [7, 1])
}

fn once(settle: u64, needs: u64) -> Vec<f32> {
    let (settle, needs) = (Duration::from_millis(settle), Duration::from_millis(needs));
    run(settle, needs, 600, |at, player| {
        if at == 10 {
            player.play(PageId(1), page(), 0)
        }
    })
    .0
    .heard
}

fn begins(heard: &[f32]) -> usize {
    heard.iter().position(|sample| *sample != 0.0).expect("something is heard")
}

#[test]
fn a_page_is_heard_whole_however_long_the_amplifier_takes() {
    let whole = once(0, 0);
    let from = begins(&whole);
    for settle in [7, 10, 120, 300, 555, 2_000] {
        let heard = once(settle, settle);
        let late = begins(&heard) - from;
        let expected = (settle as usize).div_ceil(10) * BLOCK;
        assert_eq!(late, expected, "{settle} ms");
        assert_eq!(heard[late..], whole[..whole.len() - late], "{settle} ms: all of it, from the first sample on");
    }
    // The same check finds what is wrong where the unit is told too little.
    let cut = once(120, 300);
    assert_ne!(cut[12 * BLOCK..], whole[..whole.len() - 12 * BLOCK]);
}

#[test]
fn it_stays_awake_between_pages_and_sleeps_five_seconds_after() {
    let settle = Duration::from_millis(120);
    let (model, events) = run(settle, settle, 2_500, |at, player| match at {
        0 => player.play(PageId(1), page(), 0),
        // 3 s after the end of the first.
        700 => player.play(PageId(2), page(), 0),
        _ => {}
    });
    assert_eq!(events, [1, 2].map(|page| Event::Ended { page: PageId(page) }));
    let orders: Vec<AmplifierOrder> = model.orders.iter().map(|(_, order)| *order).collect();
    assert_eq!(orders, [AmplifierOrder::Wake, AmplifierOrder::Sleep]);
    let second = 700 * BLOCK;
    assert_eq!(model.heard[second..].iter().position(|sample| *sample != 0.0).unwrap() / BLOCK, 0, "heard at once");
    let last = model.heard.iter().rposition(|sample| *sample != 0.0).unwrap() / BLOCK;
    let slept = model.orders[1].0 - last;
    assert!((500..530).contains(&slept), "{slept} blocks of {BLOCK_TIME:?} after the last sound");
}

#[test]
fn who_speaks_hears_the_chime_when_everybody_does() {
    for (settle, block) in [(0, 0), (300, 30)] {
        let settle = Duration::from_millis(settle);
        let (model, events) = run(settle, settle, 100, |at, player| {
            if at == 0 {
                player.talk()
            }
        });
        assert_eq!(events, [Event::ChimeBegun]);
        assert_eq!(begins(&model.heard) / BLOCK, block);
    }
}
