//! Starts, names and joins every thread and task. When one ends, all end.

use anyhow::{Context, Result, anyhow};
use std::future::Future;
use std::thread::JoinHandle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How much a thread's work minds being late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// First in, first out real-time scheduling at this priority (1 to 99), where the system grants it.
    RealTime(u8),
    /// As the control plane: somebody waits for it, and the sound must not.
    Ordinary,
    /// After everything else.
    Background,
}

/// Owner of the unit's threads and tasks.
#[derive(Debug)]
pub struct Supervisor {
    threads: Vec<(&'static str, JoinHandle<()>)>,
    tasks: JoinSet<(&'static str, Result<()>)>,
    ended: (mpsc::Sender<&'static str>, mpsc::Receiver<&'static str>),
}

impl Default for Supervisor {
    fn default() -> Self {
        Self { threads: Vec::new(), tasks: JoinSet::new(), ended: mpsc::channel(Self::MAX_THREADS) }
    }
}

impl Supervisor {
    const MAX_THREADS: usize = 24;

    /// Starts a thread. It is expected to run until it is told to stop.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(&mut self, name: &'static str, urgency: Urgency, body: impl FnOnce() + Send + 'static) -> Result<()> {
        let ended = self.ended.0.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            // Sends on every way out, a panic included.
            let _report = EndReport { name, ended };
            raise(name, urgency);
            body();
        })?;
        self.threads.push((name, thread));
        Ok(())
    }

    /// Starts a task on the control runtime.
    pub fn start_task(&mut self, name: &'static str, body: impl Future<Output = Result<()>> + Send + 'static) {
        self.tasks.spawn(async move { (name, body.await) });
    }

    /// Completes when any thread or task has ended.
    ///
    /// # Errors
    /// Names what ended, and why when it says so.
    pub async fn any_ended(&mut self) -> Result<&'static str> {
        tokio::select! {
            Some(name) = self.ended.1.recv() => Ok(name),
            Some(ended) = self.tasks.join_next() => {
                let (name, result) = ended.context("a task has panicked")?;
                result.with_context(|| format!("{name} has failed"))?;
                Ok(name)
            }
        }
    }

    /// Waits for every task and thread. The caller has told them to stop.
    ///
    /// # Errors
    /// Names the first one that failed or panicked.
    pub async fn join(mut self) -> Result<()> {
        let mut failed = Ok(());
        while let Some(ended) = self.tasks.join_next().await {
            let outcome = match ended {
                Ok((name, result)) => result.with_context(|| format!("{name} has failed")),
                Err(error) => Err(anyhow!("a task has panicked: {error}")),
            };
            failed = failed.and(outcome);
        }
        for (name, thread) in self.threads {
            if thread.join().is_err() {
                failed = failed.and(Err(anyhow!("the {name} thread has panicked")));
            }
        }
        failed
    }
}

struct EndReport {
    name: &'static str,
    ended: mpsc::Sender<&'static str>,
}

impl Drop for EndReport {
    fn drop(&mut self) {
        self.ended.try_send(self.name).ok();
    }
}

fn raise(name: &str, urgency: Urgency) {
    use thread_priority::{
        RealtimeThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
        thread_native_id,
    };
    let priority = match urgency {
        Urgency::RealTime(priority) => priority,
        Urgency::Ordinary => return,
        Urgency::Background => {
            // Of this thread alone, as Linux has it. Where it is refused the work is done all the same.
            rustix::process::nice(10).ok();
            return;
        }
    };
    let policy = ThreadSchedulePolicy::Realtime(RealtimeThreadSchedulePolicy::Fifo);
    let granted = thread_priority::ThreadPriorityValue::try_from(priority).is_ok_and(|value| {
        set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Crossplatform(value), policy).is_ok()
    });
    if granted {
        tracing::debug!(thread = name, priority, "real-time scheduling granted");
    } else {
        tracing::info!(thread = name, "no real-time scheduling: packets may be late on a busy machine");
    }
}
