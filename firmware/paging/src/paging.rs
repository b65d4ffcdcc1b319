//! Which page is spoken now, which is next, and which never again.

use crate::{Arbiter, Command, Event, Level, PageId, Ruling, Script, SourceId};
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
    /// How much louder each repeat is than the one before, dB.
    pub louder_db: u8,
}

/// A speaker that has not reported the end of a page after this time is taken to have ended it.
const LONGEST_PAGE: Duration = Duration::from_secs(60);
/// Announcements kept at one time; more than the orbits of any lot.
const MOST: usize = 2_000;
/// A repeat that has been due for longer is left out. The first announcement of a call never is: it is true as long as
/// its token waits.
const MAX_AGE: Duration = Duration::from_secs(30);
/// Repeats get no louder than this above the first.
const MAX_LOUDER_DB: u8 = 12;
/// The one source of the arbiter that all announcements are.
const ANNOUNCEMENTS: SourceId = SourceId(0);

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

    /// It was begun and not said to its end.
    fn unsay(&mut self, asked: bool) {
        if asked {
            self.asked = true;
        } else {
            self.left = self.left.saturating_add(1);
        }
    }

    fn said(&self) -> u8 {
        self.announcement.repeats.saturating_sub(self.left)
    }
}

#[derive(Debug)]
struct Speaking {
    page: PageId,
    token: u64,
    until: Duration,
    /// Whether it was asked for, or was one of the repeats.
    asked: bool,
    /// Its turn comes and goes without a sound.
    silent: bool,
}

/// The engine of overhead pages. One is spoken at a time; those that are due wait in the order they became due, and all
/// of them while something more urgent is heard.
#[derive(Debug, Default)]
pub struct Paging {
    waiting: BTreeMap<u64, Waiting>,
    speaking: Option<Speaking>,
    arbiter: Arbiter,
    /// Who of the others is heard.
    heard: Option<SourceId>,
    quiet: bool,
    /// At most two for each change of the speaker, and one for each source that gave up.
    rulings: VecDeque<Ruling>,
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
            if let Some(asked) = cut {
                waiting.unsay(asked);
            }
        }
        self.silence(now, token);
    }

    /// That came to nothing: the call may be said again, at once if it has not been said yet, else after its interval.
    pub fn unclaim(&mut self, now: Duration, token: u64) {
        if let Some(waiting) = self.waiting.get_mut(&token).filter(|waiting| waiting.claimed) {
            waiting.claimed = false;
            waiting.due = if waiting.said() > 0 { waiting.due.max(now + waiting.announcement.interval) } else { now };
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
            waiting.due = if waiting.sayable() { waiting.due.min(now) } else { now };
            waiting.asked = true;
        }
        self.go_on(now);
    }

    /// Somebody has heard enough of the page that is being said. It counts as said.
    pub fn cancel_current(&mut self, now: Duration) {
        if let Some(token) = self.speaking() {
            self.silence(now, token);
        }
    }

    /// Something else wants the speaker, until it leaves: see [`Arbiter::ask`], also for what is returned. It begins and
    /// ends by [`poll_ruling`](Self::poll_ruling).
    pub fn ask(&mut self, now: Duration, source: SourceId, level: Level, patience: Option<Duration>) -> bool {
        let taken = source != ANNOUNCEMENTS && self.arbiter.ask(now, source, level, patience);
        self.go_on(now);
        taken
    }

    /// It wants the speaker no longer.
    pub fn leave(&mut self, now: Duration, source: SourceId) {
        self.arbiter.leave(now, source);
        if self.heard == Some(source) {
            self.heard = None;
        }
        self.rulings.retain(|ruling| *ruling != Ruling::Begin(source));
        self.go_on(now);
    }

    /// Whether announcements are made in silence from now on: their turn comes and goes as always, so that the digits
    /// tell them, and nothing is heard. What is being said is said to its end.
    pub fn set_quiet(&mut self, quiet: bool) {
        self.quiet = quiet;
    }

    /// Announcements are made in silence.
    pub fn is_quiet(&self) -> bool {
        self.quiet
    }

    /// Nobody is heard, and nobody waits for the speaker.
    pub fn is_idle(&self) -> bool {
        self.arbiter.holder().is_none()
    }

    /// How urgent what is heard is; `None` where nothing is, and while an announcement is made in silence.
    pub fn heard(&self) -> Option<Level> {
        let is_silent = self.speaking.as_ref().is_some_and(|speaking| speaking.silent);
        self.arbiter.level().filter(|_| self.arbiter.holder() != Some(ANNOUNCEMENTS) || !is_silent)
    }

    /// What another source is to do.
    pub fn poll_ruling(&mut self) -> Option<Ruling> {
        self.rulings.pop_front()
    }

    /// The speaker reports.
    pub fn handle_event(&mut self, now: Duration, event: Event) {
        let page = match event {
            Event::Ended { page } => page,
            Event::ChimeBegun => return,
        };
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
        let next = match &self.speaking {
            Some(speaking) => Some(speaking.until),
            // What is due already waits for its turn, not for a time.
            None if self.arbiter.wants(ANNOUNCEMENTS) => None,
            None => self.sayable().map(|waiting| waiting.due).min(),
        };
        next.into_iter().chain(self.arbiter.poll_timeout()).min()
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
        if self.speaking() == Some(token) {
            self.stop();
            self.ended(now);
        }
        self.go_on(now);
    }

    /// Something more urgent is heard: the announcement did not take place, and will from its beginning.
    fn cut_short(&mut self, now: Duration) {
        self.stop();
        let Some(speaking) = self.speaking.take() else { return };
        if let Some(waiting) = self.waiting.get_mut(&speaking.token) {
            waiting.unsay(speaking.asked);
            waiting.due = now;
        }
    }

    fn stop(&mut self) {
        let Some(page) = self.speaking.as_ref().map(|said| said.page) else { return };
        // An order that nobody has taken yet is taken back: what is over must not even begin.
        let untaken = self.commands.iter().position(|command| plays(command, page));
        match untaken {
            Some(place) => drop(self.commands.remove(place)),
            None => self.commands.push_back(Command::Stop { page }),
        }
    }

    fn go_on(&mut self, now: Duration) {
        self.leave_out_the_old(now);
        if self.speaking.is_none() {
            match self.next(now) {
                Some(_) => drop(self.arbiter.ask(now, ANNOUNCEMENTS, Level::OrbitPage, None)),
                None => self.arbiter.leave(now, ANNOUNCEMENTS),
            }
        }
        let holder = self.arbiter.holder();
        if holder != Some(ANNOUNCEMENTS) {
            self.cut_short(now);
        }
        self.hand_over(holder.filter(|holder| *holder != ANNOUNCEMENTS));
        while let Some(source) = self.arbiter.expire(now) {
            self.rulings.push_back(Ruling::Expired(source));
        }
        if holder == Some(ANNOUNCEMENTS) && self.speaking.is_none() {
            self.speak(now);
        }
    }

    /// Tells the others who of them is heard now.
    fn hand_over(&mut self, holder: Option<SourceId>) {
        if self.heard == holder {
            return;
        }
        self.rulings.extend(self.heard.map(Ruling::Cut));
        self.rulings.extend(holder.map(Ruling::Begin));
        self.heard = holder;
    }

    /// Repeats whose time is long past: what was due meanwhile would only keep the next ones waiting.
    fn leave_out_the_old(&mut self, now: Duration) {
        let speaking = self.speaking();
        let old = |waiting: &&mut Waiting| {
            let now_said = speaking == Some(waiting.announcement.token);
            waiting.sayable() && waiting.said() > 0 && waiting.due + MAX_AGE < now && !now_said
        };
        for waiting in self.waiting.values_mut().filter(old) {
            waiting.left = if waiting.asked { waiting.left } else { waiting.left - 1 };
            waiting.asked = false;
            waiting.due = now + waiting.announcement.interval;
        }
    }

    /// Whose turn it is: calls that have not been announced first, then by the time they became due.
    fn next(&self, now: Duration) -> Option<u64> {
        let due = self.sayable().filter(|waiting| waiting.due <= now);
        due.min_by_key(|waiting| (waiting.said() > 0, waiting.due, waiting.announcement.token))
            .map(|next| next.announcement.token)
    }

    fn speak(&mut self, now: Duration) {
        let Some(token) = self.next(now) else { return };
        let Some(waiting) = self.waiting.get_mut(&token) else { return };
        let asked = std::mem::take(&mut waiting.asked);
        let louder_db = waiting.said().saturating_mul(waiting.announcement.louder_db).min(MAX_LOUDER_DB);
        if !asked {
            waiting.left -= 1;
        }
        let script = if self.quiet { Script::in_silence() } else { waiting.announcement.script.clone() };
        self.last_page += 1;
        let page = PageId(self.last_page);
        self.speaking = Some(Speaking { page, token, until: now + LONGEST_PAGE, asked, silent: self.quiet });
        self.commands.push_back(Command::Play { page, script, louder_db });
    }
}

fn plays(command: &Command, page: PageId) -> bool {
    match command {
        Command::Play { page: played, .. } => *played == page,
        Command::Stop { .. } | Command::Talk | Command::Relay { .. } | Command::Ring | Command::Hush => false,
    }
}
