//! From a bundle to the version in use, or back to the one before.

use crate::{Attempt, Job, Slots};
use std::collections::VecDeque;
use std::time::Duration;

/// Nobody has been on the telephone for so long before the machine starts anew.
const FREE_FOR: Duration = Duration::from_secs(10);
/// A bundle from the future is tried again after that: a unit without a clock battery learns the time from the network.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(60);
/// A machine that was to start anew has gone by then.
const GONE_WITHIN: Duration = Duration::from_secs(120);
/// What a certificate from the future is said to be.
const FROM_THE_FUTURE: &str = "not yet valid";

/// What has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input<'a> {
    /// The slots are so, and this is what whoever judges new versions has against the one in the other slot.
    Slots(&'a Slots, Option<&'a str>),
    /// The last request stands so; told when that has changed.
    Job(&'a Job),
    /// The version in use has served for long enough: whoever judges that has confirmed its slot.
    Served,
    /// So many calls are there, parked or not.
    Calls(usize),
    /// A bundle has come as a whole.
    Bundle,
    /// Somebody wants something.
    Order(Order),
    /// The deadline of [`Agent::poll_timeout`] has come.
    Timeout,
}

/// What people can want of an update that is installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Begin it when the last call has ended, and park no further ones until then.
    Drain,
    /// Begin it now: parked callers wait through it.
    Now,
    /// Do not begin it.
    Keep,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// By whoever has the right to. One at a time: a new one comes after the end of the one before.
    Request(Request),
    /// No new calls are to be parked, or again.
    Drain(bool),
    /// This has to be known at the next start, or nothing any more. Before what comes after it.
    Remember(Option<Attempt>),
    /// Nobody needs the bundle any more.
    RemoveBundle,
    /// People at the unit should see this. `true`: something is wrong.
    Tell(bool, String),
}

/// What takes more rights than the unit has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// The bundle is to be written into the slot that is not in use.
    Install,
    /// The machine is to start anew.
    Restart,
    /// The slot in use is to be the first again.
    Keep,
}

impl Request {
    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Restart => "restart",
            Self::Keep => "keep",
        }
    }
}

/// How far an update is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// There is none.
    Idle,
    /// It is being written.
    Installing {
        /// How much is done, 0 to 100.
        percent: u8,
    },
    /// Its certificate begins in the future, so the clock is not set.
    WaitingForTime,
    /// It is installed; the machine starts anew when nobody is on the telephone.
    WaitingForCalls,
    /// The machine starts anew.
    Restarting,
    /// It runs, and has to serve for a while.
    Proving,
}

/// What people see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View<'a> {
    /// How far it is.
    pub stage: &'a Stage,
    /// The version in use.
    pub version: String,
    /// The version that is to take its place, where one is installed.
    pub next: Option<&'a str>,
    /// What came of the last one, or why it waits; in words.
    pub text: Option<&'a str>,
}

/// Takes one update after the other through its stages.
#[derive(Debug)]
pub struct Agent {
    built: String,
    stage: Stage,
    attempt: Option<Attempt>,
    slots: Option<Slots>,
    drains: bool,
    free_since: Option<Duration>,
    deadline: Option<Duration>,
    text: Option<String>,
    outputs: VecDeque<Output>,
}

impl Agent {
    /// One for a program of the version `built`. `attempt` was to be remembered before this start.
    pub fn new(built: &str, attempt: Option<Attempt>) -> Self {
        Self {
            built: built.to_owned(),
            stage: Stage::Idle,
            attempt,
            slots: None,
            drains: false,
            free_since: None,
            deadline: None,
            text: None,
            outputs: VecDeque::new(),
        }
    }

    /// One thing that has happened.
    pub fn handle_input(&mut self, now: Duration, input: Input<'_>) {
        match input {
            Input::Slots(slots, against) => self.told_slots(now, slots, against),
            Input::Job(job) => self.told_job(now, job),
            Input::Served => self.has_served(),
            Input::Calls(0) => drop(self.free_since.get_or_insert(now)),
            Input::Calls(_) => self.free_since = None,
            Input::Bundle => {
                if self.refusal().is_none() {
                    self.install();
                } else {
                    self.outputs.push_back(Output::RemoveBundle);
                }
            }
            Input::Order(order) => self.order(now, order),
            Input::Timeout => {}
        }
        self.expire(now);
    }

    /// What is to be done next.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Input::Timeout` is due.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let free = self.free_since.filter(|_| self.stage == Stage::WaitingForCalls).map(|since| since + FREE_FOR);
        self.deadline.into_iter().chain(free).min()
    }

    /// What people see; nothing on a machine without slots.
    pub fn view(&self) -> Option<View<'_>> {
        let slots = self.slots.as_ref()?;
        let next = self.attempt.as_ref().filter(|attempt| attempt.slot != slots.booted);
        Some(View {
            stage: &self.stage,
            version: self.version(),
            next: next.map(|attempt| attempt.version.as_str()),
            text: self.text.as_deref(),
        })
    }

    /// Why no bundle can be taken now.
    pub fn refusal(&self) -> Option<&'static str> {
        match self.stage {
            _ if self.slots.as_ref().and_then(Slots::other).is_none() => {
                Some("This machine cannot be updated by itself: it has no slot for another version.")
            }
            Stage::Idle | Stage::WaitingForTime | Stage::WaitingForCalls => None,
            Stage::Installing { .. } => Some("Another update is being installed."),
            Stage::Restarting => Some("The machine is starting anew."),
            Stage::Proving => {
                Some("The version in use is new, and has not served for long enough. Try again in a few minutes.")
            }
        }
    }

    fn version(&self) -> String {
        let installed = self.slots.as_ref().and_then(|slots| slots.slots.get(&slots.booted)?.version.clone());
        installed.unwrap_or_else(|| self.built.clone())
    }

    fn told_slots(&mut self, now: Duration, slots: &Slots, against: Option<&str>) {
        // What was to be remembered is about the start of the machine alone.
        let Some(attempt) = self.attempt.clone().filter(|_| self.slots.is_none()) else {
            self.slots = Some(slots.clone());
            return;
        };
        self.slots = Some(slots.clone());
        let waits = slots.slots.get(&attempt.slot).is_some_and(|slot| slot.has_attempts);
        if attempt.slot == slots.booted {
            self.stage = Stage::Proving;
            self.text = Some(format!("Version {} is new: it is kept when it has served for a minute", attempt.version));
        } else if waits && slots.first.as_ref() == Some(&attempt.slot) {
            // The program has started anew, not the machine.
            self.wait_for_calls(now, None);
        } else {
            self.was_rolled_back(&attempt, against);
        }
    }

    fn has_served(&mut self) {
        if let Some(Attempt { version, previous, .. }) = self.attempt.clone().filter(|_| self.stage == Stage::Proving) {
            self.end(false, format!("Version {version} is in use; it was {previous} before"));
        }
    }

    fn was_rolled_back(&mut self, attempt: &Attempt, against: Option<&str>) {
        let why = against.unwrap_or("it did not start");
        let Attempt { version, previous, .. } = attempt;
        self.end(true, format!("The previous version, {previous}, was kept, because version {version} failed: {why}"));
    }

    fn told_job(&mut self, now: Duration, job: &Job) {
        match (&mut self.stage, job) {
            (Stage::Installing { percent }, Job::Working { percent: done }) => *percent = *done,
            (Stage::Installing { .. }, Job::Done) => self.is_installed(now),
            (Stage::Installing { .. }, Job::Failed(why)) if why.contains(FROM_THE_FUTURE) => {
                self.stage = Stage::WaitingForTime;
                self.deadline = Some(now + TRIED_AGAIN_AFTER);
                self.text = Some(
                    "The update waits until the unit knows the time: by its clock the certificate is not valid yet"
                        .to_owned(),
                );
            }
            (Stage::Installing { .. }, Job::Failed(why)) => {
                self.outputs.push_back(Output::RemoveBundle);
                self.end(true, format!("The update was refused, and the version in use is kept: {why}"));
            }
            (Stage::Idle, Job::Failed(why)) => {
                // Only of this nobody waits for the end.
                let text = format!("The update will be begun at the next start of the machine all the same: {why}");
                self.outputs.push_back(Output::Tell(true, text.clone()));
                self.text = Some(text);
            }
            (Stage::Restarting, Job::Failed(why)) => {
                self.wait_for_calls(now, Some(format!("The machine cannot be started anew: {why}")));
            }
            _ => {}
        }
    }

    fn is_installed(&mut self, now: Duration) {
        let other = self.slots.as_ref().and_then(Slots::other);
        let Some((slot, inside)) = other.map(|(name, slot)| (name.to_owned(), slot.clone())) else { return };
        let version = inside.version.unwrap_or_else(|| "without a number".to_owned());
        let attempt = Attempt { slot, version, previous: self.version() };
        self.outputs.push_back(Output::Remember(Some(attempt.clone())));
        self.outputs.push_back(Output::RemoveBundle);
        self.outputs.push_back(Output::Tell(false, format!("Version {} is installed", attempt.version)));
        self.attempt = Some(attempt);
        self.wait_for_calls(now, None);
    }

    fn wait_for_calls(&mut self, now: Duration, fault: Option<String>) {
        self.stage = Stage::WaitingForCalls;
        self.deadline = None;
        // Calls may have been there before a slow installation, and not since.
        self.free_since = self.free_since.map(|_| now);
        if let Some(fault) = &fault {
            self.outputs.push_back(Output::Tell(true, fault.clone()));
        }
        self.text = Some(fault.unwrap_or_else(|| "The machine starts anew when nobody is on the telephone".to_owned()));
    }

    fn order(&mut self, now: Duration, order: Order) {
        match (order, &self.stage) {
            (Order::Drain, Stage::WaitingForCalls) => {
                self.drains = true;
                self.outputs.push_back(Output::Drain(true));
                self.text =
                    Some("No new calls are parked; the machine starts anew when the last one has ended".to_owned());
            }
            (Order::Now, Stage::WaitingForCalls) => self.restart(now),
            (Order::Keep, Stage::WaitingForCalls) => {
                self.outputs.push_back(Output::Request(Request::Keep));
                let version = self.version();
                self.end(false, format!("The update is not begun; version {version} stays in use"));
            }
            (Order::Keep, Stage::WaitingForTime) => {
                self.outputs.push_back(Output::RemoveBundle);
                let version = self.version();
                self.end(false, format!("The update is not installed; version {version} stays in use"));
            }
            _ => {}
        }
    }

    fn expire(&mut self, now: Duration) {
        if self.poll_timeout().is_none_or(|deadline| deadline > now) {
            return;
        }
        match self.stage {
            Stage::WaitingForTime => self.install(),
            Stage::WaitingForCalls => self.restart(now),
            Stage::Restarting => self.wait_for_calls(now, Some("The machine has not started anew".to_owned())),
            Stage::Idle | Stage::Installing { .. } | Stage::Proving => self.deadline = None,
        }
    }

    fn install(&mut self) {
        if self.attempt.take().is_some() {
            // What is there now is written over.
            self.outputs.push_back(Output::Remember(None));
        }
        self.stage = Stage::Installing { percent: 0 };
        self.deadline = None;
        self.text = None;
        self.outputs.push_back(Output::Request(Request::Install));
    }

    fn restart(&mut self, now: Duration) {
        self.stage = Stage::Restarting;
        self.deadline = Some(now + GONE_WITHIN);
        self.text = Some("The machine starts anew".to_owned());
        self.outputs.push_back(Output::Request(Request::Restart));
    }

    /// The update has come to its end, for better or worse.
    fn end(&mut self, is_wrong: bool, text: String) {
        self.stage = Stage::Idle;
        self.deadline = None;
        if std::mem::take(&mut self.drains) {
            self.outputs.push_back(Output::Drain(false));
        }
        if self.attempt.take().is_some() {
            self.outputs.push_back(Output::Remember(None));
        }
        self.outputs.push_back(Output::Tell(is_wrong, text.clone()));
        self.text = Some(text);
    }
}
