//! Puts the unit together: sockets, threads, the control loop, the web page.

use crate::audio_thread::{Waker, audio_thread};
use crate::backup::BackupPlane;
use crate::clock::Clock;
use crate::configuration::{Chosen, ConfigurationPlane, configuration_thread};
use crate::control_loop::{ControlLoop, Ends, Stop};
use crate::front::{self, FrontPlane};
use crate::inlet_thread::inlet_thread;
use crate::journal::{Opened, journal_thread};
use crate::keys::{self, KeysPlane, Lost};
use crate::life::Life;
use crate::limits::{NearLimits, limits};
use crate::line_in_thread::LineInThread;
use crate::multicast::Multicast;
use crate::music::MusicDesk;
use crate::music_thread::{MusicPlane, Speaking};
use crate::overhead::{overhead, overhead_of};
use crate::phone::Telephone;
use crate::relays::relay_thread;
use crate::resolver::ResolverPlane;
use crate::sockets::{Datagrams, RtpPorts, loopback_like, own_addresses};
use crate::speaker_thread::{Sources, speaker_thread};
use crate::status::status;
use crate::streams::StreamPlane;
use crate::stuck_keys::StuckKeys;
use crate::supervisor::{Supervisor, Urgency};
use crate::system_random::SystemRandom;
use crate::update::{Surroundings, update_thread};
use crate::watchdog::{Pulses, ending};
use crate::{backup, contacts, music, music_thread, overhead_music, prompts, simulation, sound, sounds, talk, trace};
use anyhow::{Context, Result, bail};
use orbitbox_admin::{HEARD_BACKLOG, Music, Prompts, Reload, Seats, Status, Updates, Web};
use orbitbox_board::contact::contact_edge;
use orbitbox_board::{Heard, Tee};
use orbitbox_config::Unit;
use orbitbox_paging::Player;
use orbitbox_panel::{ContactEdge, Face, KeyEdge};
use orbitbox_sip::Random;
use orbitbox_switchboard::trace::Recorder;
use orbitbox_switchboard::{Input, Switchboard, unrecorded};
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{broadcast, mpsc, oneshot, watch};

/// Events of the inlets that may wait.
const MAX_INLET_EVENTS: usize = 64;
/// Key edges that may wait.
const MAX_EDGES: usize = 256;
/// Orders of what is played to callers that may wait.
const MAX_MUSIC_ORDERS: usize = 8;
/// Voices that may wait.
const MAX_VOICES: usize = 2;
/// Movements of the handset that may wait.
const MAX_LIFTS: usize = 16;
/// Wishes for a built-in caller that may wait.
const MAX_WISHES: usize = 8;
/// Words for people that may wait.
const MAX_TOLD: usize = 16;

/// Why a unit runs no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was told to stop.
    Stopped,
    /// The configuration can be had only by starting anew.
    ToStartAnew,
}

/// A unit that runs.
pub struct Running {
    /// Every thread and task of it.
    pub supervisor: Supervisor,
    /// Lamps and digits.
    pub face: watch::Receiver<Face>,
    /// What the page shows beside them.
    pub status: watch::Receiver<Arc<Status>>,
    /// What the speaker plays.
    pub heard: broadcast::Sender<Heard>,
    /// Where every source of keys hands in its edges.
    pub keys: mpsc::Sender<KeyEdge>,
    /// The same for contacts.
    pub contacts: mpsc::Sender<ContactEdge>,
    /// Where the SIP socket can be reached from this machine.
    pub sip: SocketAddr,
    /// Where the page is served.
    pub web: Option<SocketAddr>,
    /// Signs of life of its planes.
    pub pulses: Pulses,
    /// Lets the audio plane give one.
    pub audio_waker: Waker,
    /// Further threads run until these are dropped.
    pub until_stopped: Vec<SyncSender<()>>,
    clock: Clock,
    unit: Unit,
    wishes: mpsc::Sender<()>,
    wished: Option<mpsc::Receiver<()>>,
    stop: oneshot::Sender<Stop>,
    stops: Vec<oneshot::Sender<()>>,
    draining: mpsc::Sender<bool>,
    reload: SyncSender<Reload>,
    restart: mpsc::Receiver<Vec<&'static str>>,
    recorder: Recorder,
    /// Threads that run until these are dropped.
    background: (MusicPlane, BackupPlane, MusicDesk, Option<(FrontPlane, KeysPlane, KeysPlane)>),
    /// The music library and the recordings, for the page.
    music: Option<Music>,
    prompts: Option<Prompts>,
    updates: Option<Updates>,
    seats: Seats,
}

/// Starts the unit: it answers calls when this returns. `journal` is what calls are kept in over a restart, where they are.
///
/// # Errors
/// A socket cannot be bound, the speaker cannot be opened, a thread cannot be started.
pub async fn start(chosen: &Chosen, journal: Option<Opened>, life: &Life) -> Result<Running> {
    let (unit, configuration) = (chosen.unit.clone(), chosen.file());
    let pulses = Pulses::default();
    let clock = journal.as_ref().map_or_else(Clock::start, Opened::clock);
    // A restore that was cut short is finished or undone before anything is read.
    orbitbox_backup::recover(&backup::sources(&unit, configuration))?;
    let mut supervisor = Supervisor::default();
    let sip = Datagrams::bind_sip(unit.sip.listen)?;
    let bound = sip.local_addr()?;
    let (heard, _) = broadcast::channel(HEARD_BACKLOG);
    let revision = front::wiring(&unit)?;
    let (speaker, missing) = sound::awaited_speaker(&unit).context("speaker")?;
    let (amplifier, speaker) = sound::amplified(speaker, revision.as_ref().map(|wiring| &wiring.amplifier));
    let own = SystemRandom::default().next() as u32;
    let sends = unit.page.multicast.is_some() || unit.poly.as_ref().is_some_and(|poly| poly.send.is_some());
    let network = if sends { Some(Multicast::new(&unit, own)?) } else { None };
    let speaker = Tee::new(speaker, heard.clone());

    let spoken_state = prompts::state(&unit.data_directory);
    let sounds = sounds::load(&unit);
    let (vocabulary, silent) = (sounds.voice.vocabulary(), sounds.lost.clone());
    for problem in unrecorded(&unit, &vocabulary) {
        tracing::warn!("{}: {}; it is left out", problem.key, problem.text);
    }
    let (voices, new_voices) = mpsc::channel(MAX_VOICES);
    let (speaking, spoken) = overhead();
    let (audio, audio_events, audio_plane) =
        audio_thread(clock, sound::at_once(&unit, &sounds, &music_thread::AT_ONCE), speaking)?;
    let (pulse, audio_waker) = (pulses.audio.clone(), audio.waker());
    supervisor.start("audio", Urgency::RealTime(40), move || audio_plane.run(&pulse))?;
    let (music, music_desk, desk, importer) =
        music::desk(std::env::current_exe()?, &unit.data_directory, unit.music.longest);
    let library = music::folder(&unit.data_directory);
    let (music_orders, ordered_music) = mpsc::channel(MAX_MUSIC_ORDERS);
    let (live, live_heard) = overhead();
    if let Some(capture) = &unit.music.line_in {
        let source = sound::awaited_microphone(capture, "live music").context("music.line-in")?;
        let overhead = unit.page.music.is_some().then_some(live);
        let line_in = LineInThread::new(source, music_orders.clone(), overhead);
        supervisor.start("line-in", Urgency::RealTime(35), move || line_in.run())?;
    }
    let (mut player, mut music_heard, mut music_overhead) = (Player::new(sounds.voice.clone(), unit.chain), None, None);
    if let Some(music) = unit.page.music {
        let (plays, heard) = overhead_of(overhead_music::MOST_WAITING);
        let (orders, thread) = overhead_music::overhead_music(live_heard, plays);
        supervisor.start("overhead music", Urgency::Background, move || thread.run())?;
        player = player.with_music(music.level_db);
        (music_heard, music_overhead) = (Some(heard), Some(orders));
    }
    let speaking =
        Speaking { sounds, state: spoken_state, data: unit.data_directory.clone(), page: unit.page.clone(), voices };
    let (music_plane, music_thread) =
        music_thread::music_thread(unit.music.clone(), library, speaking, desk.jobs(), music_orders, music_overhead);
    let (prompts, prompt_desk) = prompts::desk(std::env::current_exe()?, &unit.data_directory);
    supervisor.start("prompt desk", Urgency::Background, move || prompt_desk.run())?;
    supervisor.start("music desk", Urgency::Background, move || desk.run())?;
    supervisor.start("music import", Urgency::Background, move || importer.run())?;
    supervisor.start("music", Urgency::Background, move || music_thread.run())?;
    let (words, told) = mpsc::channel(MAX_TOLD);
    let (backup_plane, backup_thread) = backup::backup_thread(
        unit.name.clone(),
        unit.backup.clone(),
        backup::sources(&unit, configuration),
        words.clone(),
    );
    supervisor.start("backup", Urgency::Background, move || backup_thread.run())?;
    let (relaying, relayed) = overhead();
    let (inlet_reports, inlet_events) = mpsc::channel(MAX_INLET_EVENTS);
    let mut inlets = None;
    if !unit.inlets.is_empty() {
        let (orders, inlet_plane) = inlet_thread(clock, &unit, own, relaying, inlet_reports)?;
        supervisor.start("inlets", Urgency::RealTime(38), move || inlet_plane.run())?;
        inlets = Some(orders);
    }
    let (speaker, speaker_events, speaker_plane) = speaker_thread(
        player,
        (Box::new(speaker), network),
        (amplifier, unit.amplifier_sleeps_after),
        Sources { spoken, relayed, music: music_heard },
    );
    let pulse = pulses.speaker.clone();
    supervisor.start("speaker", Urgency::RealTime(45), move || speaker_plane.run(&pulse))?;

    let (keys, edges) = mpsc::channel(MAX_EDGES);
    let (contacts, contact_edges) = mpsc::channel(MAX_EDGES);
    let (face_sender, face) = watch::channel(Face::default());
    let (status_sender, status_receiver) = watch::channel(Arc::new(Status::default()));
    let mut front_plane = None;
    let mut lost: Vec<(&str, watch::Receiver<Lost>)> = Vec::new();
    let mut relays = None;
    if let Some(revision) = revision {
        let wired = front::wired(&revision, &unit.panel);
        let (plane, front) = front::front_thread(clock, wired, face.clone(), keys.clone());
        supervisor.start("front", Urgency::RealTime(20), move || front.run())?;
        let wired = revision.wired_keys(|number| front::orbit_key(&unit.panel, number));
        let (keys_plane, lost_keys, thread) = keys::keys_thread(clock, wired, keys.clone(), Some)?;
        supervisor.start("keys", Urgency::RealTime(20), move || thread.run())?;
        let wired = contacts::wired(&revision, &unit);
        let (contacts_plane, lost_contacts, thread) = keys::keys_thread(clock, wired, contacts.clone(), contact_edge)?;
        supervisor.start("contacts", Urgency::RealTime(20), move || thread.run())?;
        let (orders, lost_relays, thread) = relay_thread(clock, &revision, &unit);
        supervisor.start("relays", Urgency::RealTime(20), move || thread.run())?;
        relays = Some(orders);
        lost = vec![
            ("Keys cannot be read", lost_keys),
            ("A contact cannot be read", lost_contacts),
            ("A relay cannot be switched", lost_relays),
        ];
        front_plane = Some((plane, keys_plane, contacts_plane));
    }
    let (stop, stopped) = oneshot::channel();
    let (stop_streams, streams_stopped) = oneshot::channel();
    let (stop_resolver, resolver_stopped) = oneshot::channel();
    let (mut address, mut other) = own_addresses(unit.sip.listen);
    if let Some(given) = unit.sip.address {
        let found = [address].into_iter().chain(other).find(|found| found.is_ipv4() != given.is_ipv4());
        (address, other) = (given, unit.sip.other_address.or(found));
    }
    let mut settled = unit.clone();
    settled.sip.other_address = other;
    settled.sip.listen = bound;
    let (streams, stream_plane) = StreamPlane::bind(&unit.sip, bound, address).await?;
    if let (Some(tls), Some(listen)) = (settled.sip.tls.as_mut(), stream_plane.tls_address()) {
        tls.listen = listen;
    }
    let (resolver, resolver_plane) = ResolverPlane::new(&unit.sip.name_servers, address, other)?;
    let recorder = trace::recorder(chosen, &settled, address, life);
    let random = recorder.over(Box::new(SystemRandom::default()));
    let mut switchboard = match Switchboard::new(settled.clone(), address, random) {
        Ok(switchboard) => switchboard,
        Err(faults) => bail!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    };
    switchboard.record(recorder.clone());
    switchboard.set_vocabulary(vocabulary);
    let (mut orders, mut journaled, mut records) = (None, mpsc::channel(1).1, Vec::new());
    if let Some(Opened { folder, journal, found }) = journal {
        if let Some(mended) = &found.mended {
            tracing::warn!("{mended}");
            switchboard.handle_input(clock.now(), Input::Told { digits: "Err ", text: &mended.to_string() });
        }
        let (ordered, reports, thread) = journal_thread(clock, folder, journal, &found.records);
        let pulse = pulses.journal.clone();
        supervisor.start("journal", Urgency::Ordinary, move || thread.run(&pulse))?;
        (orders, journaled) = (Some(ordered), reports);
        records = found.records;
    }
    let (draining, drained) = mpsc::channel(MAX_WISHES);
    let (ConfigurationPlane { reload, configured, restart, fault }, current) =
        configuration_thread(chosen, status_receiver.clone());
    supervisor.start("configuration", Urgency::Background, move || current.run())?;
    let around = Surroundings { status: status_receiver.clone(), draining: draining.clone(), told: words };
    let (updates, updating, update_thread) = update_thread(clock, &unit.data_directory, around)?;
    supervisor.start("update", Urgency::Background, move || update_thread.run())?;
    let seats = Seats::default();
    let (limits, disk) = limits(&unit.data_directory, Arc::clone(&streams.count), seats.clone());
    supervisor.start("disk space", Urgency::Background, move || disk.run())?;
    let (handset, lifted) = mpsc::channel(MAX_LIFTS);
    let ends = Ends {
        sip,
        streams,
        resolver,
        ports: RtpPorts::new(bound.ip(), unit.sip.rtp_ports.clone()),
        audio,
        heard: audio_events,
        music: ordered_music,
        voices: new_voices,
        told,
        inlets,
        inlet_events,
        speaker,
        spoken: speaker_events,
        keys: edges,
        contacts: contact_edges,
        relays,
        face: face_sender,
        handset,
        journal: orders,
        records,
        journaled,
        draining: drained,
        pulse: pulses.control.clone(),
        black_box: Arc::clone(&life.black_box),
        configured,
        limits,
        stop: stopped,
    };
    life.tell(&mut switchboard, clock.now());
    if let Some(fault) = missing {
        let text = format!("The speaker is not heard yet: {fault}");
        switchboard.handle_input(clock.now(), Input::Told { digits: "Err ", text: &text });
    }
    status_sender.send_replace(Arc::new(status(&switchboard, bound, clock.now())));
    let (mut stuck, mut near) = (StuckKeys::default(), NearLimits::default());
    let life = life.clone();
    let publish = move |switchboard: &Switchboard, now, unkept: Option<&str>| {
        stuck.tell(switchboard.stuck_keys());
        near.tell(switchboard);
        let mut status = status(switchboard, bound, now);
        life.show(&mut status);
        status.update.clone_from(&updating.borrow());
        for (told, lost) in &lost {
            status.alerts.extend(lost.borrow().iter().map(|(what, fault)| format!("{told}: {what}: {fault}")));
        }
        status.alerts.extend(silent.iter().chain(fault.borrow().iter()).cloned());
        status.unkept = unkept.map(str::to_owned);
        status.alerts.extend(
            unkept.map(|why| format!("Parked calls cannot be kept on disk: {why}; a power cut now would lose them")),
        );
        status_sender.send_replace(Arc::new(status));
    };
    let control = ControlLoop::new(clock, switchboard, ends, publish)?;
    supervisor.start_task("control loop", control.run());
    supervisor.start_task("SIP streams", stream_plane.run(streams_stopped));
    supervisor.start_task("resolver", resolver_plane.run(resolver_stopped));

    let (wishes, wished) = mpsc::channel(MAX_WISHES);
    let reachable = if bound.ip().is_unspecified() { loopback_like(bound.ip()) } else { bound.ip() };
    let reachable = SocketAddr::new(reachable, bound.port());
    let stop_talk = talk::start(&settled, clock, reachable, lifted, &mut supervisor).await?;
    Ok(Running {
        supervisor,
        face,
        status: status_receiver,
        heard,
        keys,
        contacts,
        sip: reachable,
        web: None,
        pulses,
        audio_waker,
        until_stopped: Vec::new(),
        clock,
        unit: settled,
        wishes,
        wished: Some(wished),
        background: (music_plane, backup_plane, music_desk, front_plane),
        music: Some(music),
        prompts: Some(prompts),
        updates: Some(updates),
        seats,
        stop,
        stops: [stop_streams, stop_resolver].into_iter().chain(stop_talk).collect(),
        draining,
        reload,
        restart,
        recorder,
    })
}

impl Running {
    /// The configuration it runs with.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// Serves the wall unit's page.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn serve_web(&mut self, listen: SocketAddr) -> Result<()> {
        let listener = tokio::net::TcpListener::bind(listen).await;
        let listener = listener.with_context(|| format!("web.listen: TCP {listen} cannot be bound"))?;
        self.web = Some(listener.local_addr()?);
        let web = Web {
            face: self.face.clone(),
            status: self.status.clone(),
            keys: self.keys.clone(),
            contacts: self.contacts.clone(),
            heard: self.heard.clone(),
            call_in: self.wishes.clone(),
            draining: self.draining.clone(),
            reload: self.reload.clone(),
            music: self.music.take().context("the page is served already")?,
            prompts: self.prompts.take().context("the page is served already")?,
            updates: self.updates.take().context("the page is served already")?,
            trace: trace::export(self.recorder.clone()),
            seats: self.seats.clone(),
        };
        let (stop, stopped) = oneshot::channel::<()>();
        self.stops.push(stop);
        self.supervisor.start_task("web page", async move {
            let stop = async move {
                stopped.await.ok();
            };
            Ok(orbitbox_admin::serve(listener, web, stop).await?)
        });
        Ok(())
    }

    /// Adds built-in callers, and a station beside the unit that answers by itself unless a real phone takes its place.
    ///
    /// # Errors
    /// No socket can be bound.
    pub async fn simulate(&mut self) -> Result<()> {
        let Some(wished) = self.wished.take() else { return Ok(()) };
        let pilot = self.unit.lots.first().map(|lot| lot.pilot.clone()).unwrap_or_default();
        let parker = self.unit.stations.first().map(|station| station.user.clone());
        let (clock, sip) = (self.clock, self.sip);
        let (stop, stopped) = oneshot::channel::<()>();
        self.stops.push(stop);
        let talks_itself = self.unit.talk.is_some();
        let beside = match self.unit.panel.station.clone().filter(|_| !talks_itself) {
            Some(station) => {
                Some(Telephone::new(clock, "Station", Some(&station), sip, simulation::voice(660.0)).await?)
            }
            None => None,
        };
        self.supervisor.start_task("simulation", async move {
            tokio::select! {
                _ = stopped => Ok(()),
                ended = simulation::callers(clock, sip, pilot, parker, wished) => ended,
                () = simulation::station(beside) => Ok(()),
            }
        });
        Ok(())
    }

    /// Runs until SIGINT or SIGTERM, until the configuration wants a new start, or until a part of the unit ends. Who stops it by
    /// hand ends its calls; who terminates it, as a service is for an update or when the machine goes down, leaves those that
    /// are kept on disk to the next start. SIGHUP has the configuration read again, unless the unit was started from a terminal.
    ///
    /// # Errors
    /// A part has ended by itself.
    pub async fn until_told_to_stop(mut self) -> Result<Ended> {
        // Without a simulation nobody hears a wish for a caller, and the page says so.
        self.wished = None;
        let mut terminate = signal(SignalKind::terminate())?;
        let mut hangup = signal(SignalKind::hangup())?;
        let by_hand = std::io::stderr().is_terminal();
        let (outcome, how) = loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => break (Ok(Ended::Stopped), Stop::EndCalls),
                _ = terminate.recv() => break (Ok(Ended::Stopped), Stop::KeepCalls),
                Some(_) = self.restart.recv() => break (Ok(Ended::ToStartAnew), Stop::KeepCalls),
                _ = hangup.recv() => {
                    if by_hand {
                        // Whoever has started it has closed the terminal.
                        break (Ok(Ended::Stopped), Stop::EndCalls);
                    }
                    // The outcome is in the log and on the page; where others have asked already, one reading serves all.
                    self.reload.try_send(oneshot::channel().0).ok();
                }
                ended = self.supervisor.any_ended() => {
                    let ended = ended.and_then(|name| Err(anyhow::anyhow!("the {name} has ended by itself")));
                    break (ended, Stop::KeepCalls);
                }
            }
        };
        ending(outcome.as_ref().is_ok_and(|ended| *ended == Ended::ToStartAnew));
        self.stop(how).await?;
        outcome
    }

    /// Ends every task and thread, and the calls as is said.
    ///
    /// # Errors
    /// A part has failed.
    pub async fn stop(self, how: Stop) -> Result<()> {
        self.stop.send(how).ok();
        for stop in self.stops {
            stop.send(()).ok();
        }
        drop((
            self.keys,
            self.contacts,
            self.wishes,
            self.wished,
            self.draining,
            (self.reload, self.restart),
            self.background,
            self.until_stopped,
            self.music,
            self.prompts,
            self.updates,
        ));
        self.supervisor.join().await
    }
}
