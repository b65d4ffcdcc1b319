//! Which page is spoken now, which is next, and which never again.

use crate::{Command, Event, PageId, Script};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What is to be said of one parked call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// The episode it speaks for.
    pub token: u64,
    /// What is said.
    pub script: Script,
    /// How often, 1 or more.
    pub repeats: u8,
    /// From the end of one announcement to the next.
    pub interval: Duration,
}

/// A speaker that has not reported the end of a page after this time is taken to have ended it.
const LONGEST_PAGE: Duration = Duration::from_secs(60);
/// Announcements kept at one time; more than the orbits of any lot.
const MOST: usize = 2_000;

#[derive(Debug)]
struct Waiting {
    announcement: Announcement,
    left: u8,
    due: Duration,
    claimed: bool,
}

#[derive(Debug)]
struct Speaking {
    page: PageId,
    token: u64,
    until: Duration,
}

/// The engine of overhead pages. One is spoken at a time; those that are due wait in the order they became due.
#[derive(Debug, Default)]
pub struct Paging {
    waiting: BTreeMap<u64, Waiting>,
    speaking: Option<Speaking>,
    commands: VecDeque<Command>,
    last_page: u64,
}

impl Paging {
    /// Nothing is said.
    pub fn new() -> Self {
        Self::default()
    }

    /// A call is parked: say so, now if nothing else is being said.
    pub fn announce(&mut self, now: Duration, announcement: Announcement) {
        if self.waiting.len() < MOST {
            let left = announcement.repeats;
            self.waiting.insert(announcement.token, Waiting { announcement, left, due: now, claimed: false });
        }
        self.go_on(now);
    }

    /// Somebody is being connected to the call: it is not said while that lasts.
    pub fn claim(&mut self, now: Duration, token: u64) {
        if let Some(waiting) = self.waiting.get_mut(&token) {
            waiting.claimed = true;
        }
        self.silence(now, token);
    }

    /// That came to nothing: the call may be said again, after its interval.
    pub fn unclaim(&mut self, now: Duration, token: u64) {
        if let Some(waiting) = self.waiting.get_mut(&token) {
            waiting.claimed = false;
            waiting.due = waiting.due.max(now + waiting.announcement.interval);
        }
        self.go_on(now);
    }

    /// The call is no longer parked: it is never said again.
    pub fn release(&mut self, now: Duration, token: u64) {
        self.waiting.remove(&token);
        self.silence(now, token);
    }

    /// Somebody wants it said once more, now.
    pub fn again(&mut self, now: Duration, token: u64) {
        let speaking = self.speaking();
        if let Some(waiting) = self.waiting.get_mut(&token).filter(|_| speaking != Some(token)) {
            waiting.left = waiting.left.max(1);
            waiting.due = now;
        }
        self.go_on(now);
    }

    /// Somebody has heard enough of the page that is being said.
    pub fn cancel_current(&mut self, now: Duration) {
        if let Some(token) = self.speaking() {
            self.silence(now, token);
        }
    }

    /// The speaker reports.
    pub fn handle_event(&mut self, now: Duration, event: Event) {
        let Event::Ended { page } = event;
        if self.speaking.as_ref().is_some_and(|speaking| speaking.page == page) {
            self.ended(now);
        }
        self.go_on(now);
    }

    /// The deadline of `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Duration) {
        if self.speaking.as_ref().is_some_and(|speaking| speaking.until <= now) {
            self.ended(now);
        }
        self.go_on(now);
    }

    /// The next order to the speaker.
    pub fn poll_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// When `handle_timeout` is to be called.
    pub fn poll_timeout(&self) -> Option<Duration> {
        match &self.speaking {
            Some(speaking) => Some(speaking.until),
            None => self.sayable().map(|waiting| waiting.due).min(),
        }
    }

    /// The episode that is being said.
    pub fn speaking(&self) -> Option<u64> {
        self.speaking.as_ref().map(|speaking| speaking.token)
    }

    fn sayable(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.values().filter(|waiting| !waiting.claimed && waiting.left > 0)
    }

    fn ended(&mut self, now: Duration) {
        let Some(speaking) = self.speaking.take() else { return };
        if let Some(waiting) = self.waiting.get_mut(&speaking.token) {
            waiting.due = now + waiting.announcement.interval;
        }
    }

    /// Stops the page if it speaks for the token. It counts as said.
    fn silence(&mut self, now: Duration, token: u64) {
        if let Some(speaking) = self.speaking.as_ref().filter(|speaking| speaking.token == token) {
            self.commands.push_back(Command::Stop { page: speaking.page });
            self.ended(now);
        }
        self.go_on(now);
    }

    fn go_on(&mut self, now: Duration) {
        if self.speaking.is_some() {
            return;
        }
        let due = self.sayable().filter(|waiting| waiting.due <= now);
        let Some(token) =
            due.min_by_key(|waiting| (waiting.due, waiting.announcement.token)).map(|next| next.announcement.token)
        else {
            return;
        };
        let Some(waiting) = self.waiting.get_mut(&token) else { return };
        waiting.left -= 1;
        self.last_page += 1;
        let page = PageId(self.last_page);
        self.speaking = Some(Speaking { page, token, until: now + LONGEST_PAGE });
        self.commands.push_back(Command::Play { page, script: waiting.announcement.script.clone() });
    }
}
