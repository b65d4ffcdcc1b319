//! The command line. The only place that prints.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

use crate::assemble::Running;
use crate::configuration::{Keep, Source, factory_reset};
use crate::serve::{block_on, serve};
use crate::{ask, backup, installer, log, music, prompts, provision, selftest, sound};
use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use orbitbox_config::Unit;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// The call-park server in a box.
#[derive(Debug, Parser)]
#[command(name = "orbitbox", version, about)]
struct Arguments {
    #[command(subcommand)]
    order: Order,
}

#[derive(Debug, Subcommand)]
enum Order {
    /// Run the unit until it is told to stop.
    Run {
        /// The configuration; without it the built-in one.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Add callers to be called in from the wall unit's page, and a station beside the unit that answers.
        #[arg(long)]
        simulate: bool,
        /// Where music, prompts and records are kept, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },
    /// Music on hold: files that callers hear.
    Music {
        #[command(subcommand)]
        order: MusicOrder,
        /// The configuration; without it the built-in one.
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
        /// Where the unit keeps its data, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER", global = true)]
        data: Option<PathBuf>,
    },
    /// Own recordings, and voice packs: what announcements and telephone prompts are said with.
    Prompt {
        #[command(subcommand)]
        order: PromptOrder,
        /// The configuration; without it the built-in one.
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
        /// Where the unit keeps its data, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER", global = true)]
        data: Option<PathBuf>,
    },
    /// Backups on a stick: music, prompts, configuration, records.
    Backup {
        #[command(subcommand)]
        order: BackupOrder,
        #[command(flatten)]
        place: BackupPlace,
    },
    /// Bring a backup back onto this unit, or onto a new one. Stop the unit before.
    Restore {
        /// Its name, as `backup list` shows it; without it the newest.
        #[arg(value_name = "BACKUP")]
        name: Option<String>,
        /// Only this: music, prompts, configuration or records. May be said more than once.
        #[arg(long, value_name = "PART")]
        only: Vec<String>,
        /// Do everything but replace what is there.
        #[arg(long)]
        rehearse: bool,
        /// The file whose first line is the passphrase for secrets.
        #[arg(long, value_name = "FILE")]
        passphrase_file: Option<PathBuf>,
        #[command(flatten)]
        place: BackupPlace,
    },
    /// Takes one file in, or prepares a track anew; `music import` and the unit start one for each.
    #[command(hide = true)]
    MusicWorker {
        #[arg(long)]
        data: PathBuf,
        #[arg(long)]
        longest: u64,
        #[arg(long)]
        mend: Option<u32>,
        #[arg(long, default_value = "")]
        title: String,
        /// The files are recordings; what becomes of them is told.
        #[arg(long)]
        prompts: bool,
        #[arg(required_unless_present = "mend")]
        files: Vec<PathBuf>,
    },
    /// Read a configuration and name every problem in it.
    Check {
        /// The configuration.
        #[arg(value_name = "FILE")]
        config: PathBuf,
        /// Where the unit keeps its data, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },
    /// Say which part plays each role of the board, and whether it answers.
    Board {
        #[command(subcommand)]
        order: Option<BoardOrder>,
        /// The configuration; without it the built-in one.
        #[arg(long, value_name = "FILE", global = true)]
        config: Option<PathBuf>,
    },
    /// Ask the running unit why a call is parked on an orbit, by whom, and what happens next.
    Explain {
        /// The orbit.
        #[arg(value_name = "ORBIT")]
        orbit: String,
        /// Where the unit's page is.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        web: std::net::SocketAddr,
    },
    /// Let the running unit refuse new calls, and wait until no call is parked: then it can be stopped. Ends with an error where
    /// calls are left; a unit that is terminated (SIGTERM) keeps them for its next start all the same.
    Drain {
        /// Seconds to wait.
        #[arg(long, value_name = "SECONDS", default_value_t = 60)]
        within: u64,
        /// Park new calls again.
        #[arg(long)]
        off: bool,
        /// Where the unit's page is.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        web: std::net::SocketAddr,
    },
    /// Let the running unit read its configuration again. Ends with an error that names every problem in it.
    Reload {
        /// Where the unit's page is.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        web: std::net::SocketAddr,
    },
    /// Fetch the configuration that the network names for this unit (DHCP option 160 or 66), and put it in the place of one that nobody
    /// has written. Ends with 75 where it is worth another try soon.
    Provision {
        /// The configuration.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Where the unit keeps its data, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
        /// The configuration that units come with.
        #[arg(long, value_name = "FILE", default_value = "/usr/share/orbitbox/unit.toml")]
        shipped: PathBuf,
    },
    /// Print what the running unit was told, for `make replay TRACE=file`. Telephone numbers and names are in it; passwords, PINs,
    /// keys and sound are not.
    Trace {
        /// Where the unit's page is.
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        web: std::net::SocketAddr,
    },
    /// Remove music, recordings, parked calls and the configuration: the unit is as it came from the factory. Stop it before.
    FactoryReset {
        /// Keep where the unit is on the network.
        #[arg(long)]
        keep_network: bool,
        /// It is meant.
        #[arg(long)]
        yes: bool,
        /// The configuration; without it the built-in one.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// Where the unit keeps its data, instead of where the configuration says.
        #[arg(long, value_name = "FOLDER")]
        data: Option<PathBuf>,
    },
    /// Let the unit call itself: park, music, lamp, page, retrieve, sound both ways. Fails if a step fails.
    Selftest,
}

#[derive(Debug, clap::Args)]
struct BackupPlace {
    /// The configuration; without it the built-in one.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Where the unit keeps its data, instead of where the configuration says.
    #[arg(long, value_name = "FOLDER", global = true)]
    data: Option<PathBuf>,
    /// Where the stick is mounted, or a folder that plays one.
    #[arg(long, value_name = "FOLDER", global = true)]
    stick: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum BoardOrder {
    /// Open everything that the revision names, light every lamp in turn, and ask for every key. Stop the unit before.
    Check {
        /// Ask for no key.
        #[arg(long)]
        no_keys: bool,
        /// Wait so long for each key.
        #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = clap::value_parser!(u64).range(1..=600))]
        wait: u64,
    },
    /// Ask for every key, and write into the revision file what it hangs on. Stop the unit before.
    Learn {
        /// The revision file; without it the one that the configuration names. A new one is begun.
        #[arg(long, value_name = "FILE")]
        revision: Option<PathBuf>,
        /// Wait so long for each key; one that is not pressed stays as it is.
        #[arg(long, value_name = "SECONDS", default_value = "20", value_parser = clap::value_parser!(u64).range(1..=600))]
        wait: u64,
        /// A line that is not on the header, but on an expander. May be said more than once.
        #[arg(long, value_name = "LINE")]
        line: Vec<String>,
        /// Ask for these only: park, retrieve, page, function, hook, orbit-1 ...; without any for all of them.
        #[arg(value_name = "KEY")]
        keys: Vec<String>,
    },
}

impl BoardOrder {
    fn carry_out(self, unit: &Unit) -> Result<()> {
        match self {
            Self::Check { no_keys, wait } => {
                installer::check(unit, (!no_keys).then_some(Duration::from_secs(wait)), std::io::stdout())
            }
            Self::Learn { revision, wait, line, keys } => {
                let named = revision.as_ref().or(unit.panel.revision.as_ref());
                let file = named.context("no revision is named, here or in the configuration's panel.revision")?;
                let orbits = (1..=unit.panel.orbit_keys.len()).map(|number| format!("orbit-{number}"));
                let all =
                    || ["park", "retrieve", "page", "function", "hook"].map(str::to_owned).into_iter().chain(orbits);
                let keys = if keys.is_empty() { all().collect() } else { keys };
                let lesson = installer::Lesson { file, keys, limit: Duration::from_secs(wait), lines: line };
                installer::learn(&lesson, std::io::stdout())
            }
        }
    }
}

#[derive(Debug, Subcommand)]
enum BackupOrder {
    /// Mark a stick as meant for backups.
    Mark,
    /// Take a backup now.
    Now,
    /// List the backups on the stick.
    List,
    /// Read backups back and compare every file.
    Verify {
        /// Its name, as `backup list` shows it; without it all of them.
        #[arg(value_name = "BACKUP")]
        name: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
enum MusicOrder {
    /// Import files, or all files in folders: WAV, MP3, FLAC, Ogg Vorbis, Opus, AAC and ALAC (M4A). Fails if one is refused.
    Import {
        /// Files and folders.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
    },
    /// List the tracks.
    List,
    /// Play a track on the unit's speaker.
    Play {
        /// Its number or title.
        track: String,
        /// Write it into a WAV file instead.
        #[arg(long, value_name = "WAV")]
        to: Option<PathBuf>,
    },
    /// Remove tracks.
    Remove {
        /// Their numbers or titles.
        #[arg(value_name = "TRACK", required = true)]
        tracks: Vec<String>,
    },
}

#[derive(Debug, Subcommand)]
enum PromptOrder {
    /// Import recordings, or folders laid out as the sound packs of PBXs are (digits/1.wav): formats as of music. Fails if one
    /// is refused.
    Import {
        /// Files and folders.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// What they are said in: en, es, fr or de.
        #[arg(long, value_name = "LANGUAGE")]
        language: String,
        /// What one file is a recording of: digits/7, call-on-orbit, words/annex, lots/annex. Default: by its path.
        #[arg(long = "as", value_name = "NAME")]
        name: Option<String>,
    },
    /// List the own recordings.
    List,
    /// Remove own recordings: the built-in words are heard again.
    Remove {
        /// What they are recordings of, as `list` shows them.
        #[arg(value_name = "NAME", required = true)]
        names: Vec<String>,
        /// What they are said in.
        #[arg(long, value_name = "LANGUAGE")]
        language: String,
    },
}

/// Carries out what the command line says.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    log::start();
    let outcome = match arguments.order {
        Order::Run { config, simulate, data } => {
            serve(&Source { file: config, data }, simulate, |running| tell_ready(running, simulate))
        }
        Order::Music { order, config, data } => Source { file: config, data }.read().and_then(|unit| {
            let data = unit.data_directory.clone();
            match order {
                MusicOrder::Import { files } => music::import(&data, &files, unit.music.longest, std::io::stdout()),
                MusicOrder::List => music::list(&data, std::io::stdout()),
                MusicOrder::Play { track, to } => music::play(&unit, &data, &track, to.as_deref()),
                MusicOrder::Remove { tracks } => music::remove(&data, &tracks, std::io::stdout()),
            }
        }),
        Order::Prompt { order, config, data } => Source { file: config, data }.read().and_then(|unit| {
            let data = unit.data_directory.clone();
            match order {
                PromptOrder::Import { files, language, name } => {
                    let language = prompts::language(&language)?;
                    let wanted = prompts::Wanted { files: &files, language, name: name.as_deref() };
                    prompts::import(&data, &wanted, std::io::stdout())
                }
                PromptOrder::List => prompts::list(&data, std::io::stdout()),
                PromptOrder::Remove { names, language } => {
                    prompts::remove(&data, prompts::language(&language)?, &names, std::io::stdout())
                }
            }
        }),
        Order::Backup { order, place } => place.of(|place| match order {
            BackupOrder::Mark => backup::mark(place, std::io::stdout()),
            BackupOrder::Now => backup::now(place, std::io::stdout()),
            BackupOrder::List => backup::list(place, std::io::stdout()),
            BackupOrder::Verify { name } => backup::verify(place, name.as_deref(), std::io::stdout()),
        }),
        Order::Restore { name, only, rehearse, passphrase_file, place } => place.of_any(|place| {
            backup::restore(place, name.as_deref(), &only, passphrase_file.as_deref(), rehearse, std::io::stdout())
        }),
        Order::MusicWorker { longest, prompts: true, files, .. } => {
            music::confine(Duration::from_secs(longest));
            prompts::work(&files, std::io::stdout())
        }
        Order::MusicWorker { data, longest, mend, title, prompts: false, files } => {
            let file = files.into_iter().next().unwrap_or_default();
            let work = mend.map_or(music::Work::Import { file, title }, music::Work::Mend);
            music::work(&music::folder(&data), &work, Duration::from_secs(longest), std::io::stdout())
        }
        Order::Check { config, data } => Source { file: Some(config.clone()), data }.read().and_then(|unit| {
            prompts::check(&unit, &config)?;
            let orbits: usize = unit.lots.iter().map(|lot| lot.lot.orbits.len()).sum();
            println!(
                "{}: {} orbits in {} lots, {} stations",
                config.display(),
                orbits,
                unit.lots.len(),
                unit.stations.len()
            );
            Ok(())
        }),
        Order::Board { order, config } => Source { file: config, data: None }.read().and_then(|unit| match order {
            Some(order) => order.carry_out(&unit),
            None => {
                println!("{}", sound::describe(&unit));
                Ok(())
            }
        }),
        Order::Explain { orbit, web } => ask::explain(web, &orbit).map(|text| println!("{text}")),
        Order::Drain { within, off, web } => block_on(drain(web, Duration::from_secs(within), off)),
        Order::Reload { web } => ask::reload(web).map(|done| println!("{done}")),
        Order::Provision { config, data, shipped } => {
            let source = Source { file: Some(config), data };
            provision::provision(&source, &shipped).map(|done| tracing::info!("{done}")).map_err(anyhow::Error::from)
        }
        Order::Trace { web } => ask::trace(web).map(|trace| print!("{trace}")),
        Order::FactoryReset { keep_network, yes, config, data } => {
            let keep = if keep_network { Keep::Network } else { Keep::Nothing };
            if yes {
                factory_reset(&Source { file: config, data }, keep, std::io::stdout())
            } else {
                Err(anyhow::anyhow!(
                    "music, recordings and the configuration would be gone; say --yes if that is meant"
                ))
            }
        }
        Order::Selftest => block_on(selftest::run(|line| println!("{line}"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("orbitbox: {error:#}");
            let status = error.downcast_ref::<provision::Fault>().map(provision::Fault::exit_status);
            status.map_or(ExitCode::FAILURE, ExitCode::from)
        }
    }
}

async fn drain(web: std::net::SocketAddr, within: Duration, off: bool) -> Result<()> {
    if off {
        ask::set_draining(web, false)?;
        println!("New calls are parked again.");
        return Ok(());
    }
    let none_left = async {
        let mut told = None;
        loop {
            let parked = ask::set_draining(web, true)?;
            if told.replace(parked) != Some(parked) {
                println!("New calls are refused; {parked} are parked.");
            }
            if parked == 0 {
                return Ok(());
            }
            tokio::time::sleep(ASKS_EVERY).await;
        }
    };
    tokio::time::timeout(within, none_left).await.context("calls are still parked; new ones stay refused")?
}

/// How often a unit that is being drained is asked.
const ASKS_EVERY: Duration = Duration::from_millis(500);

impl BackupPlace {
    fn of(self, order: impl FnOnce(backup::Place<'_>) -> Result<()>) -> Result<()> {
        let unit = self.source(self.config.clone()).read()?;
        self.with(&unit, order)
    }

    /// The same where the configuration cannot be used: it may be what is to be replaced.
    fn of_any(self, order: impl FnOnce(backup::Place<'_>) -> Result<()>) -> Result<()> {
        let unit = match self.source(self.config.clone()).read() {
            Err(_) if self.data.is_some() && self.stick.is_some() => self.source(None).read()?,
            read => read.context("to restore over this configuration, say --data and --stick too")?,
        };
        self.with(&unit, order)
    }

    /// On a new unit the configuration is yet to come.
    fn source(&self, file: Option<PathBuf>) -> Source {
        Source { file: file.filter(|path| path.exists()), data: self.data.clone() }
    }

    fn with(self, unit: &Unit, order: impl FnOnce(backup::Place<'_>) -> Result<()>) -> Result<()> {
        order(backup::Place { unit, configuration: self.config.as_deref(), stick: self.stick })
    }
}

fn tell_ready(running: &Running, simulate: bool) {
    let unit = running.unit();
    let lot = unit.lots.first().map(|lot| lot.pilot.clone()).unwrap_or_default();
    let known = unit.stations.iter().any(|station| station.password.is_some());
    let password = if known { "with its password" } else { "no password" };
    let address = running.status.borrow().sip_address.clone();
    println!("Orbitbox is ready.");
    println!("  The wall unit:    http://{}/", running.web.unwrap_or(unit.web.listen));
    if simulate {
        println!("  Without phones:   press \"Call in\" there, then the key of the orbit that lights up");
    }
    println!(
        "  With phones:      register them at {} as one of the stations, {password}",
        address.trim_start_matches(&format!("sip:{lot}@"))
    );
    println!("  Park a call:      transfer it to {address}");
    println!("  Stop:             Ctrl-C");
}
