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
    /// Announcements still to be made by themselves.
    left: u8,
    /// One more has been asked for.
    asked: bool,
    due: Duration,
    claimed: bool,
}

impl Waiting {
    fn sayable(&self) -> bool {
        !self.claimed && (self.asked || self.left > 0)
    }
}

#[derive(Debug)]
struct Speaking {
    page: PageId,
    token: u64,
    until: Duration,
    /// Whether it was asked for, or was one of the repeats.
    asked: bool,
}

/// The engine of overhead pages. One is spoken at a time; those that are due wait in the order they became due.
#[derive(Debug, Default)]
pub struct Paging {
    waiting: BTreeMap<u64, Waiting>,
    speaking: Option<Speaking>,
    /// At most the end of one page and the beginning of the next.
    commands: VecDeque<Command>,
    last_page: u64,
}

impl Paging {
    /// Nothing is said.
    pub fn new() -> Self {
        Self::default()
    }

    /// A call is parked: say so, now if nothing else is being said. A token is announced once; a second announcement of
    /// it changes nothing. With no repeats it is said only on request.
    pub fn announce(&mut self, now: Duration, announcement: Announcement) {
        if self.waiting.len() < MOST {
            self.waiting.entry(announcement.token).or_insert_with(|| Waiting {
                left: announcement.repeats,
                announcement,
                asked: false,
                due: now,
                claimed: false,
            });
        }
        self.go_on(now);
    }

    /// Somebody is being connected to the call: it is not said while that lasts. A page that is cut short by it does
    /// not count as said.
    pub fn claim(&mut self, now: Duration, token: u64) {
        let cut = self.speaking.as_ref().filter(|speaking| speaking.token == token).map(|speaking| speaking.asked);
        if let Some(waiting) = self.waiting.get_mut(&token) {
            waiting.claimed = true;
            match cut {
                Some(true) => waiting.asked = true,
                Some(false) => waiting.left = waiting.left.saturating_add(1),
                None => {}
            }
        }
        self.silence(now, token);
    }

    /// That came to nothing: the call may be said again, at once if it has not been said yet, else after its interval.
    pub fn unclaim(&mut self, now: Duration, token: u64) {
        if let Some(waiting) = self.waiting.get_mut(&token).filter(|waiting| waiting.claimed) {
            waiting.claimed = false;
            let said = waiting.left < waiting.announcement.repeats;
            waiting.due = if said { waiting.due.max(now + waiting.announcement.interval) } else { now };
        }
        self.go_on(now);
    }

    /// The call is no longer parked: it is never said again.
    pub fn release(&mut self, now: Duration, token: u64) {
        self.waiting.remove(&token);
        self.silence(now, token);
    }

    /// Somebody wants it said once more, now, beside its repeats. No effect while it is being said.
    pub fn again(&mut self, now: Duration, token: u64) {
        let speaking = self.speaking();
        if let Some(waiting) = self.waiting.get_mut(&token).filter(|_| speaking != Some(token)) {
            waiting.asked = true;
            waiting.due = waiting.due.min(now);
        }
        self.go_on(now);
    }

    /// Somebody has heard enough of the page that is being said. It counts as said.
    pub fn cancel_current(&mut self, now: Duration) {
        if let Some(token) = self.speaking() {
            self.silence(now, token);
        }
    }

    /// The speaker reports.
    pub fn handle_event(&mut self, now: Duration, event: Event) {
        let Event::Ended { page } = event;
        // It has ended by itself while the order to stop it was still here.
        self.commands.retain(|command| *command != Command::Stop { page });
        if self.speaking.as_ref().is_some_and(|speaking| speaking.page == page) {
            self.ended(now);
        }
        self.go_on(now);
    }

    /// The deadline of `poll_timeout` has come.
    pub fn handle_timeout(&mut self, now: Duration) {
        if let Some(token) =
            self.speaking.as_ref().filter(|speaking| speaking.until <= now).map(|speaking| speaking.token)
        {
            self.silence(now, token);
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
        self.waiting.values().filter(|waiting| waiting.sayable())
    }

    fn ended(&mut self, now: Duration) {
        let Some(speaking) = self.speaking.take() else { return };
        if let Some(waiting) = self.waiting.get_mut(&speaking.token) {
            waiting.due = now + waiting.announcement.interval;
        }
    }

    /// Stops the page if it speaks for the token.
    fn silence(&mut self, now: Duration, token: u64) {
        if let Some(page) = self.speaking.as_ref().filter(|speaking| speaking.token == token).map(|said| said.page) {
            // An order that nobody has taken yet is taken back: what is over must not even begin.
            let untaken = self.commands.iter().position(|command| plays(command, page));
            match untaken {
                Some(place) => drop(self.commands.remove(place)),
                None => self.commands.push_back(Command::Stop { page }),
            }
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
        let asked = std::mem::take(&mut waiting.asked);
        if !asked {
            waiting.left -= 1;
        }
        self.last_page += 1;
        let page = PageId(self.last_page);
        self.speaking = Some(Speaking { page, token, until: now + LONGEST_PAGE, asked });
        self.commands.push_back(Command::Play { page, script: waiting.announcement.script.clone() });
    }
}

fn plays(command: &Command, page: PageId) -> bool {
    match command {
        Command::Play { page: played, .. } => *played == page,
        Command::Stop { .. } => false,
    }
}
