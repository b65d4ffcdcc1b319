//! The thread that carries out updates: it may wait for a disk.

use super::files::Files;
use crate::clock::Clock;
use crate::told::Told;
use anyhow::Result;
use orbitbox_admin::{Status, UPDATE_BACKLOG, UpdateOrder, UpdateRefusal, UpdateStatus, Updates};
use orbitbox_update::{Agent, Input, Job, Order, Output, Stage};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

/// How often it is looked what the helpers tell.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// The largest bundle: the slots have 2 GiB, and what is in a bundle is packed.
const LARGEST: u64 = 1 << 30;

/// A bundle that is coming in.
#[derive(Debug)]
struct Upload {
    number: u64,
    file: File,
    answer: oneshot::Sender<Result<(), UpdateRefusal>>,
}

/// What the thread reaches.
pub struct Surroundings {
    /// How the unit is now.
    pub status: watch::Receiver<Arc<Status>>,
    /// New calls are refused, or parked again.
    pub draining: mpsc::Sender<bool>,
    /// What people should see.
    pub told: mpsc::Sender<Told>,
}

/// Everything the thread owns.
pub struct UpdateThread {
    clock: Clock,
    /// Waits for orders, and no longer than it may.
    waiting: Runtime,
    files: Files,
    agent: Agent,
    around: Surroundings,
    orders: mpsc::Receiver<UpdateOrder>,
    upload: Option<Upload>,
    /// Of the last request, and how it stood.
    request: Option<(u64, Option<Job>)>,
    shown: watch::Sender<Option<UpdateStatus>>,
}

/// What the page is given, how it stands, and the thread.
pub type Parts = (Updates, watch::Receiver<Option<UpdateStatus>>, UpdateThread);

/// Makes the parts; `UpdateThread::run` is to be called on a thread of its own.
///
/// # Errors
/// The thread could not wait.
pub fn update_thread(clock: Clock, data: &Path, around: Surroundings) -> Result<Parts> {
    of(clock, Files::of(data), around)
}

fn of(clock: Clock, files: Files, around: Surroundings) -> Result<Parts> {
    let waiting = Builder::new_current_thread().enable_time().build()?;
    let (orders, ordered) = mpsc::channel(UPDATE_BACKLOG);
    let (shown, status) = watch::channel(None);
    let agent = Agent::new(env!("CARGO_PKG_VERSION"), files.attempt());
    let thread =
        UpdateThread { clock, waiting, files, agent, around, orders: ordered, upload: None, request: None, shown };
    Ok((Updates { orders, largest: LARGEST }, status, thread))
}

impl UpdateThread {
    /// Runs until nobody can order anything any more.
    pub fn run(mut self) {
        loop {
            // The time limit has to be made where time runs.
            match self.waiting.block_on(async { timeout(LOOKS_EVERY, self.orders.recv()).await }) {
                Ok(Some(order)) => self.ordered(order),
                Ok(None) => return,
                Err(_) => self.look(),
            }
            self.perform();
            self.show();
        }
    }

    fn look(&mut self) {
        if self.upload.as_ref().is_some_and(|upload| upload.answer.is_closed()) {
            self.upload = None;
            self.files.remove_part();
        }
        // The slots are told before the end of what has changed them, so they are read after it.
        let job = self.new_job();
        if let Some(slots) = self.files.new_slots() {
            let is_first = self.agent.view().is_none();
            let against = self.files.against();
            self.tell(Input::Slots(&slots, against.as_deref()));
            if is_first && self.files.has_bundle() {
                // The power or the program has gone while it was installed.
                self.tell(Input::Bundle);
            }
        }
        let Some(stage) = self.agent.view().map(|view| view.stage.clone()) else { return };
        if let Some(job) = job {
            self.tell(Input::Job(&job));
        }
        if stage == Stage::Proving && self.files.has_served() {
            self.tell(Input::Served);
        }
        let calls = self.around.status.borrow().calls;
        self.tell(Input::Calls(calls));
    }

    /// How the last request stands, where that is something else than before.
    fn new_job(&mut self) -> Option<Job> {
        let (number, stood) = self.request.as_mut()?;
        let job = self.files.job(*number).filter(|job| stood.as_ref() != Some(job))?;
        *stood = Some(job.clone());
        Some(job)
    }

    fn tell(&mut self, input: Input<'_>) {
        self.agent.handle_input(self.clock.now(), input);
    }

    fn ordered(&mut self, order: UpdateOrder) {
        match order {
            UpdateOrder::Begin { upload, answer } => self.begin(upload, answer),
            UpdateOrder::Piece { upload, bytes } => {
                if let Some(coming) = self.upload.as_mut().filter(|coming| coming.number == upload)
                    && let Err(error) = coming.file.write_all(&bytes)
                {
                    self.refuse(unkept(error));
                }
            }
            UpdateOrder::End { upload } => self.end(upload),
            UpdateOrder::Start { now: true } => self.tell(Input::Order(Order::Now)),
            UpdateOrder::Start { now: false } => self.tell(Input::Order(Order::Drain)),
            UpdateOrder::Keep => self.tell(Input::Order(Order::Keep)),
        }
    }

    fn begin(&mut self, number: u64, answer: oneshot::Sender<Result<(), UpdateRefusal>>) {
        let busy = self.upload.as_ref().is_some_and(|upload| !upload.answer.is_closed());
        let refusal = self.agent.refusal().or(busy.then_some("Another bundle is coming in."));
        let refusal = match refusal {
            Some(why) => UpdateRefusal::Busy(why.to_owned()),
            None => match self.files.begin() {
                Ok(file) => {
                    self.upload = Some(Upload { number, file, answer });
                    return;
                }
                Err(error) => unkept(error),
            },
        };
        // Whoever asked may have gone.
        answer.send(Err(refusal)).ok();
    }

    fn end(&mut self, number: u64) {
        let Some(Upload { file, answer, .. }) = self.upload.take_if(|coming| coming.number == number) else { return };
        // Something may have begun while it came.
        let outcome = match self.agent.refusal() {
            Some(why) => Err(UpdateRefusal::Busy(why.to_owned())),
            None => self.files.end(file).map_err(unkept),
        };
        match &outcome {
            Ok(()) => self.tell(Input::Bundle),
            Err(_) => self.files.remove_part(),
        }
        answer.send(outcome).ok();
    }

    fn refuse(&mut self, refusal: UpdateRefusal) {
        if let Some(Upload { answer, .. }) = self.upload.take() {
            self.files.remove_part();
            answer.send(Err(refusal)).ok();
        }
    }

    fn perform(&mut self) {
        while let Some(output) = self.agent.poll_output() {
            let done = match output {
                Output::Request(request) => {
                    self.files.request(request).map(|number| self.request = Some((number, None)))
                }
                Output::Remember(attempt) => self.files.remember(attempt.as_ref()),
                Output::RemoveBundle => self.files.remove_bundle(),
                Output::Drain(draining) => {
                    self.around.draining.try_send(draining).ok();
                    Ok(())
                }
                Output::Tell(is_wrong, text) => {
                    tracing::info!("{text}");
                    let digits = if is_wrong { "Err " } else { "UPd " };
                    self.around.told.try_send(Told { digits, text }).ok();
                    Ok(())
                }
            };
            if let Err(error) = done {
                let text = format!("The update cannot go on, since the disk does not do it: {error}");
                tracing::error!("{text}");
                self.around.told.try_send(Told { digits: "Err ", text }).ok();
            }
        }
    }

    fn show(&self) {
        let status = self.agent.view().map(|view| UpdateStatus {
            stage: word(view.stage),
            version: view.version,
            next: view.next.map(str::to_owned),
            percent: match view.stage {
                Stage::Installing { percent } => Some(*percent),
                _ => None,
            },
            text: view.text.map(str::to_owned),
        });
        self.shown.send_if_modified(|shown| {
            let is_new = *shown != status;
            *shown = status;
            is_new
        });
    }
}

fn unkept(error: io::Error) -> UpdateRefusal {
    UpdateRefusal::Disk(format!("The bundle cannot be kept: {error}"))
}

const fn word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Idle => "idle",
        Stage::Installing { .. } => "installing",
        Stage::WaitingForTime => "waiting-for-time",
        Stage::WaitingForCalls => "waiting-for-calls",
        Stage::Restarting => "restarting",
        Stage::Proving => "proving",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The bare unit around it: a folder for each side, and the ends of the channels.
    struct Unit {
        folder: tempfile::TempDir,
        status: watch::Sender<Arc<Status>>,
        drained: mpsc::Receiver<bool>,
        words: mpsc::Receiver<Told>,
        shown: watch::Receiver<Option<UpdateStatus>>,
        thread: UpdateThread,
    }

    const SLOTS: &str = r#"{"compatible":"orbitbox-qemu","booted":"A","boot_primary":"rootfs.0","slots":[
        {"rootfs.1":{"bootname":"B","boot_status":"good","slot_status":{"bundle":{"version":"2.0"}}}},
        {"rootfs.0":{"bootname":"A","boot_status":"good","slot_status":{}}}]}"#;

    fn unit() -> Unit {
        let folder = tempfile::tempdir().unwrap();
        in_folder(folder)
    }

    fn in_folder(folder: tempfile::TempDir) -> Unit {
        let (status, seen) = watch::channel(Arc::new(Status::default()));
        let (draining, drained) = mpsc::channel(4);
        let (told, words) = mpsc::channel(4);
        let files = Files::within(folder.path().join("data/update"), folder.path().join("run"));
        fs::create_dir_all(folder.path().join("run")).unwrap();
        let around = Surroundings { status: seen, draining, told };
        let (_, shown, thread) = of(Clock::start(), files, around).unwrap();
        Unit { folder, status, drained, words, shown, thread }
    }

    impl Unit {
        fn told(&mut self, file: &str, text: &str) {
            fs::write(self.folder.path().join("run").join(file), text).unwrap();
            self.thread.look();
            self.thread.perform();
            self.thread.show();
        }

        fn ordered(&mut self, order: UpdateOrder) {
            self.thread.ordered(order);
            self.thread.perform();
            self.thread.show();
        }

        fn kept(&self, file: &str) -> Option<String> {
            fs::read_to_string(self.folder.path().join("data/update").join(file)).ok()
        }

        fn stage(&self) -> &'static str {
            self.shown.borrow().as_ref().map_or("none", |shown| shown.stage)
        }

        /// The answer to a bundle of one piece.
        fn bundle(&mut self) -> Option<Result<(), UpdateRefusal>> {
            let (answer, mut answered) = oneshot::channel();
            self.ordered(UpdateOrder::Begin { upload: 1, answer });
            self.ordered(UpdateOrder::Piece { upload: 1, bytes: "bundle".into() });
            self.ordered(UpdateOrder::End { upload: 1 });
            answered.try_recv().ok()
        }
    }

    #[test]
    fn a_bundle_goes_to_the_helper_and_its_end_is_waited_for() {
        let mut unit = unit();
        assert!(matches!(unit.bundle(), Some(Err(UpdateRefusal::Busy(why))) if why.contains("no slot")));
        unit.told("slots.json", SLOTS);
        assert_eq!(unit.stage(), "idle");
        assert_eq!(unit.bundle(), Some(Ok(())));
        assert_eq!((unit.kept("bundle.raucb").as_deref(), unit.kept("bundle.part")), (Some("bundle"), None));
        assert_eq!(unit.kept("request").as_deref(), Some("1 install\n"));
        unit.told("job", "0 failed of another request");
        assert_eq!(unit.stage(), "installing");
        unit.status.send_replace(Arc::new(Status { calls: 2, ..Status::default() }));
        unit.told("job", "1 done");
        assert_eq!((unit.stage(), unit.kept("bundle.raucb")), ("waiting-for-calls", None));
        assert!(unit.kept("attempt.json").is_some_and(|attempt| attempt.contains("\"slot\":\"B\"")));
        unit.ordered(UpdateOrder::Start { now: false });
        assert_eq!(unit.drained.try_recv(), Ok(true));
        unit.ordered(UpdateOrder::Start { now: true });
        assert_eq!(unit.kept("request").as_deref(), Some("2 restart\n"));
        assert_eq!(unit.words.try_recv().unwrap().text, "Version 2.0 is installed");
    }

    #[test]
    fn what_came_of_it_is_told_after_the_start() {
        let mut unit = unit();
        unit.told("slots.json", SLOTS);
        unit.bundle();
        unit.told("job", "1 done");
        let folder = unit.folder;
        fs::write(folder.path().join("run/slots.json"), SLOTS.replace("\"booted\":\"A\"", "\"booted\":\"B\"")).unwrap();
        let mut unit = in_folder(folder);
        unit.thread.look();
        unit.thread.show();
        assert_eq!(unit.stage(), "proving");
        unit.told("good", "");
        assert_eq!((unit.stage(), unit.kept("attempt.json")), ("idle", None));
        assert_eq!(unit.words.try_recv().unwrap().text, "Version 2.0 is in use; it was 0.1.0 before");
    }

    #[test]
    fn an_installation_that_was_cut_off_begins_again() {
        let mut unit = unit();
        unit.told("slots.json", SLOTS);
        assert_eq!(unit.bundle(), Some(Ok(())));
        let folder = unit.folder;
        fs::remove_file(folder.path().join("run/slots.json")).unwrap();
        let mut unit = in_folder(folder);
        unit.told("job", "1 working 40");
        assert_eq!(unit.stage(), "none");
        unit.told("slots.json", SLOTS);
        assert_eq!((unit.stage(), unit.kept("request").as_deref()), ("installing", Some("2 install\n")));
    }

    #[test]
    fn what_began_while_a_bundle_came_is_not_disturbed() {
        let mut unit = unit();
        unit.told("slots.json", SLOTS);
        unit.bundle();
        unit.told("job", "1 done");
        let (answer, mut answered) = oneshot::channel();
        unit.ordered(UpdateOrder::Begin { upload: 2, answer });
        unit.ordered(UpdateOrder::Start { now: true });
        unit.ordered(UpdateOrder::End { upload: 2 });
        assert!(matches!(answered.try_recv(), Ok(Err(UpdateRefusal::Busy(why))) if why.contains("starting anew")));
        assert_eq!((unit.kept("bundle.part"), unit.kept("bundle.raucb")), (None, None));
    }

    #[test]
    fn a_bundle_that_nobody_sends_on_is_forgotten() {
        let mut unit = unit();
        unit.told("slots.json", SLOTS);
        let (answer, answered) = oneshot::channel();
        unit.ordered(UpdateOrder::Begin { upload: 7, answer });
        let (second, mut refused) = oneshot::channel();
        unit.ordered(UpdateOrder::Begin { upload: 8, answer: second });
        assert!(matches!(refused.try_recv(), Ok(Err(UpdateRefusal::Busy(_)))));
        drop(answered);
        unit.thread.look();
        assert_eq!((unit.kept("bundle.part"), unit.bundle()), (None, Some(Ok(()))));
    }
}
