//! When what is said.

use orbitbox_audio::Language;
use orbitbox_paging::{Announcement, Command, Event, Level, PageId, Paging, Ruling, Script, SourceId};
use std::time::Duration;

const INTERVAL: Duration = Duration::from_secs(15);

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn about(token: u64, repeats: u8) -> Announcement {
    let digits = token.to_string().into_bytes().into_iter().map(|digit| digit - b'0');
    Announcement {
        token,
        script: Script::call_on_orbit(&[Language::English], digits),
        repeats,
        interval: INTERVAL,
        louder_db: 0,
    }
}

/// What the speaker was told, short.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Play(Script),
    Stop,
}

fn told(paging: &mut Paging) -> Vec<Told> {
    let short = |command| match command {
        Command::Play { script, .. } => Told::Play(script),
        Command::Stop { .. } => Told::Stop,
        Command::Talk | Command::Relay { .. } | Command::Ring | Command::Hush => panic!("not of an announcement"),
    };
    std::iter::from_fn(|| paging.poll_command()).map(short).collect()
}

fn played(paging: &mut Paging) -> Option<PageId> {
    let mut last = None;
    while let Some(command) = paging.poll_command() {
        if let Command::Play { page, .. } = command {
            last = Some(page);
        }
    }
    last
}

fn end(paging: &mut Paging, now: Duration) {
    let page = played(paging).expect("a page is said");
    paging.handle_event(now, Event::Ended { page });
}

#[test]
fn it_is_said_at_once_and_again_after_its_interval_as_often_as_wanted() {
    let mut paging = Paging::new();
    paging.announce(s(10), about(71, 2));
    assert_eq!(paging.speaking(), Some(71));
    end(&mut paging, s(14));
    assert_eq!((paging.speaking(), paging.poll_timeout()), (None, Some(s(29))));
    paging.handle_timeout(s(28));
    assert_eq!(told(&mut paging), []);
    paging.handle_timeout(s(29));
    end(&mut paging, s(33));
    assert_eq!(paging.poll_timeout(), None, "twice is twice");
}

#[test]
fn one_at_a_time_the_oldest_first() {
    let mut paging = Paging::new();
    for (at, token) in [(0, 79), (1, 75), (2, 77)] {
        paging.announce(s(at), about(token, 1));
    }
    let mut order = Vec::new();
    for at in [4, 8, 12] {
        order.extend(paging.speaking());
        end(&mut paging, s(at));
    }
    assert_eq!(order, [79, 75, 77]);
}

#[test]
fn a_release_stops_it_at_once_and_for_good() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 3));
    assert_eq!(told(&mut paging), [Told::Play(about(71, 3).script)]);
    paging.release(s(1), 71);
    assert_eq!(told(&mut paging), [Told::Stop]);
    paging.again(s(2), 71);
    paging.unclaim(s(3), 71);
    assert_eq!((told(&mut paging), paging.poll_timeout()), (vec![], None));
}

#[test]
fn the_next_one_follows_a_stop_in_the_same_moment() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    paging.announce(s(0), about(72, 1));
    told(&mut paging);
    paging.release(s(1), 71);
    assert_eq!(told(&mut paging), [Told::Stop, Told::Play(about(72, 1).script)]);
}

#[test]
fn what_is_over_before_the_order_is_taken_is_never_begun() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    paging.announce(s(0), about(72, 1));
    paging.release(s(0), 71);
    assert_eq!(told(&mut paging), [Told::Play(about(72, 1).script)]);
}

#[test]
fn a_retrieval_that_fails_lets_a_page_that_was_cut_short_be_said_whole() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    told(&mut paging);
    paging.claim(s(1), 71);
    assert_eq!(told(&mut paging), [Told::Stop]);
    assert_eq!(paging.poll_timeout(), None);
    paging.unclaim(s(9), 71);
    assert_eq!(told(&mut paging), [Told::Play(about(71, 1).script)]);
}

#[test]
fn a_retrieval_that_fails_between_two_pages_waits_for_the_interval() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 2));
    end(&mut paging, s(4));
    paging.claim(s(18), 71);
    paging.handle_timeout(s(19));
    assert_eq!(told(&mut paging), []);
    paging.unclaim(s(25), 71);
    assert_eq!((told(&mut paging), paging.poll_timeout()), (vec![], Some(s(40))));
}

#[test]
fn one_more_on_request_is_beside_the_repeats_and_no_request_piles_up() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    paging.again(s(1), 71);
    end(&mut paging, s(4));
    assert_eq!(paging.poll_timeout(), None, "it was being said when it was asked for");
    paging.announce(s(5), about(72, 1));
    for _ in 0..5 {
        paging.again(s(5), 71);
    }
    end(&mut paging, s(9));
    assert_eq!(paging.speaking(), Some(71));
    end(&mut paging, s(13));
    assert_eq!(paging.poll_timeout(), None);
}

#[test]
fn a_cancelled_page_counts_as_said() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 2));
    told(&mut paging);
    paging.cancel_current(s(1));
    assert_eq!(told(&mut paging), [Told::Stop]);
    paging.cancel_current(s(2));
    assert_eq!((told(&mut paging), paging.poll_timeout()), (vec![], Some(s(16))));
}

#[test]
fn a_speaker_that_never_reports_does_not_hold_up_the_next_page() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    paging.announce(s(1), about(72, 1));
    let lost = played(&mut paging).expect("a page is said");
    assert_eq!(paging.poll_timeout(), Some(s(60)));
    paging.handle_timeout(s(60));
    assert_eq!(told(&mut paging), [Told::Stop, Told::Play(about(72, 1).script)]);
    paging.handle_event(s(61), Event::Ended { page: lost });
    assert_eq!(paging.speaking(), Some(72), "a late report says nothing of another page");
}

#[test]
fn each_repeat_is_louder_up_to_a_limit_and_after_a_failed_retrieval_it_is_as_loud_as_before() {
    let mut paging = Paging::new();
    paging.announce(s(0), Announcement { louder_db: 5, ..about(71, 5) });
    let mut loudness = Vec::new();
    for round in 0..5 {
        let mut page = PageId(0);
        while let Some(Command::Play { page: played, louder_db, .. }) = paging.poll_command() {
            page = played;
            loudness.push(louder_db);
        }
        if round == 1 {
            paging.claim(s(101), 71);
            assert_eq!(told(&mut paging), [Told::Stop]);
            paging.unclaim(s(110), 71);
            paging.handle_timeout(s(125));
            let Some(Command::Play { page: again, louder_db, .. }) = paging.poll_command() else {
                panic!("it is said again");
            };
            (page, _) = (again, loudness.push(louder_db));
        }
        let at = s(100 * (round + 1));
        paging.handle_event(at, Event::Ended { page });
        paging.handle_timeout(at + INTERVAL);
    }
    assert_eq!(loudness, [0, 5, 5, 10, 12, 12]);
}

#[test]
fn something_more_urgent_cuts_it_short_and_then_it_is_said_from_its_beginning() {
    let mut paging = Paging::new();
    let live = SourceId(1);
    paging.announce(s(0), about(71, 1));
    told(&mut paging);
    assert!(paging.ask(s(1), live, Level::LivePage, None));
    assert_eq!((told(&mut paging), paging.poll_ruling()), (vec![Told::Stop], Some(Ruling::Begin(live))));
    paging.announce(s(2), about(72, 1));
    assert_eq!((told(&mut paging), paging.poll_timeout()), (vec![], None), "they wait for their turn");
    paging.leave(s(60), live);
    assert_eq!(told(&mut paging), [Told::Play(about(71, 1).script)]);
    assert_eq!(paging.poll_ruling(), None);
}

#[test]
fn a_call_is_announced_however_late_but_a_late_repeat_is_left_out() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 2));
    end(&mut paging, s(4));
    assert!(paging.ask(s(5), SourceId(1), Level::LivePage, None));
    paging.announce(s(6), about(72, 1));
    // The repeat of 71 is due at 19 s.
    paging.leave(s(50), SourceId(1));
    assert_eq!(paging.speaking(), Some(72));
    end(&mut paging, s(54));
    assert_eq!((paging.speaking(), paging.poll_timeout()), (None, None));
}

#[test]
fn a_new_call_comes_before_the_repeats_of_others() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 2));
    end(&mut paging, s(4));
    paging.announce(s(16), about(72, 1));
    paging.announce(s(20), about(73, 1));
    end(&mut paging, s(21));
    assert_eq!(paging.speaking(), Some(73), "71 has been due since 19 s, and was said before");
    end(&mut paging, s(25));
    assert_eq!(paging.speaking(), Some(71));
}

#[test]
fn what_was_asked_for_long_after_the_last_repeat_is_said_at_once() {
    let mut paging = Paging::new();
    paging.announce(s(0), about(71, 1));
    end(&mut paging, s(4));
    paging.again(s(300), 71);
    assert_eq!(paging.speaking(), Some(71));
}

#[test]
fn in_quiet_hours_its_turn_comes_and_nothing_is_heard() {
    let mut paging = Paging::new();
    paging.set_quiet(true);
    paging.announce(s(0), about(71, 2));
    assert_eq!(paging.speaking(), Some(71), "the digits tell it");
    assert_eq!(told(&mut paging), [Told::Play(Script::in_silence())]);
    paging.set_quiet(false);
    paging.cancel_current(s(4));
    told(&mut paging);
    paging.handle_timeout(s(19));
    assert_eq!(told(&mut paging), [Told::Play(about(71, 2).script)]);
}
