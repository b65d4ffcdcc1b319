//! The unit from its start to its end, and to another start where the configuration wants one.

use crate::assemble::{self, Ended, Running};
use crate::configuration::{Chosen, Source};
use crate::life::{self, Life};
use crate::{journal, watchdog};
use anyhow::Result;
use std::os::unix::process::CommandExt;

/// Says to the next start why the configuration in the file is not to be tried again.
const GIVEN_UP: &str = "ORBITBOX_GIVEN_UP";

/// Runs the unit until it is told to stop; `ready` hears when calls are answered. Where the configuration has changed in what
/// sockets, threads and devices depend on, the program takes its own place, with the calls that are parked. Where the unit
/// cannot start with the file, it starts with the last good configuration.
///
/// # Errors
/// It cannot start, or a part of it has ended by itself.
pub fn serve(source: &Source, simulate: bool, ready: impl FnOnce(&Running)) -> Result<()> {
    let chosen = Chosen::at_start(source.clone(), std::env::var(GIVEN_UP).ok());
    let data = chosen.as_ref().map_or_else(|_| source.data(), |chosen| chosen.unit.data_directory.clone());
    let mut life = Life::begin(&data);
    let mut other = false;
    let ended = life.chosen(source, chosen).and_then(|chosen| {
        let ended = run(&chosen, simulate, &life, ready);
        other = ended.is_err() && !life.has_started() && chosen.has_another();
        ended
    });
    life.end(&ended);
    match ended {
        Ok(Ended::Stopped) => Ok(()),
        Ok(Ended::ToStartAnew) => Err(start_anew(None)),
        Err(why) if other => Err(start_anew(Some(&format!("{why:#}")))),
        Err(why) => Err(why),
    }
}

fn run(chosen: &Chosen, simulate: bool, life: &Life, ready: impl FnOnce(&Running)) -> Result<Ended> {
    block_on(async {
        let kept = journal::open(&chosen.unit.data_directory);
        let mut running = assemble::start(chosen, Some(kept), life).await?;
        match running.serve_web(chosen.unit.web.listen).await {
            // Phones are served all the same.
            Err(error) if life.safe.is_some() => tracing::error!("{error:#}"),
            served => served?,
        }
        if simulate {
            running.simulate().await?;
        }
        life::start(&mut running, life, chosen)?;
        watchdog::start(&mut running)?;
        ready(&running);
        running.until_told_to_stop().await
    })
}

/// Comes back with an error or not at all.
fn start_anew(given_up: Option<&str>) -> anyhow::Error {
    let program = match std::env::current_exe() {
        Ok(program) => program,
        Err(error) => return error.into(),
    };
    let mut command = std::process::Command::new(program);
    command.args(std::env::args_os().skip(1));
    match given_up {
        Some(why) => command.env(GIVEN_UP, why),
        None => command.env_remove(GIVEN_UP),
    };
    anyhow::Error::new(command.exec()).context("the program cannot be started anew")
}

/// Runs it on the control plane's runtime.
///
/// # Errors
/// Its own, or the system has no runtime.
pub fn block_on<T>(body: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(body)
}
