//! Whose turn it is.

use orbitbox_paging::{Arbiter, Level, SourceId};
use std::time::Duration;

const A: SourceId = SourceId(1);
const B: SourceId = SourceId(2);
const C: SourceId = SourceId(3);

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[test]
fn the_more_urgent_cuts_in_and_who_was_cut_comes_again() {
    let mut arbiter = Arbiter::default();
    assert!(arbiter.ask(s(0), A, Level::NightRinger, None));
    assert!(arbiter.ask(s(1), B, Level::OrbitPage, None));
    assert!(arbiter.ask(s(2), C, Level::Emergency, None));
    assert_eq!(arbiter.holder(), Some(C));
    arbiter.leave(s(3), C);
    assert_eq!(arbiter.holder(), Some(B));
    arbiter.leave(s(4), B);
    assert_eq!(arbiter.holder(), Some(A));
    arbiter.leave(s(5), A);
    assert_eq!(arbiter.holder(), None);
}

#[test]
fn within_a_level_nobody_is_cut_and_the_first_to_ask_comes_first() {
    let mut arbiter = Arbiter::default();
    for source in [C, A, B] {
        arbiter.ask(s(0), source, Level::LivePage, None);
    }
    let mut order = Vec::new();
    while let Some(holder) = arbiter.holder() {
        order.push(holder);
        arbiter.leave(s(1), holder);
    }
    assert_eq!(order, [C, A, B]);
}

#[test]
fn who_waits_too_long_is_forgotten_but_not_while_it_is_heard() {
    let mut arbiter = Arbiter::default();
    arbiter.ask(s(0), A, Level::LivePage, Some(s(30)));
    arbiter.ask(s(1), B, Level::LivePage, Some(s(30)));
    assert_eq!(arbiter.poll_timeout(), Some(s(31)), "A speaks");
    assert_eq!(arbiter.expire(s(30)), None);
    assert_eq!((arbiter.expire(s(31)), arbiter.expire(s(31))), (Some(B), None));
    arbiter.ask(s(40), C, Level::Emergency, None);
    assert_eq!(arbiter.poll_timeout(), Some(s(70)), "A waits since it was cut short");
    assert_eq!(arbiter.expire(s(70)), Some(A));
}

#[test]
fn there_is_a_most() {
    let mut arbiter = Arbiter::default();
    let most = Arbiter::MAX_SOURCES as u64;
    assert!((0..most).all(|source| arbiter.ask(s(0), SourceId(source), Level::LivePage, None)));
    assert!(!arbiter.ask(s(0), SourceId(most), Level::Emergency, None));
    assert!(arbiter.ask(s(0), SourceId(0), Level::LivePage, None), "it wants it already");
}
