//! The configuration as meant.

use crate::access::{Network, Password, Who};
use crate::announcement::Wording;
use crate::backup::BackupSettings;
use crate::contact::Contact;
use crate::inlet::{Inlet, PolySettings};
use crate::music::MusicSettings;
use crate::page::{Hears, PageSettings, Ringer, Zone};
use crate::peers::{Registration, Trunk};
use crate::provisioning::ProvisioningSettings;
use crate::relay::Relay;
use crate::talk::TalkStation;
use orbitbox_audio::ChainSettings;
use orbitbox_audio::codec::Codec;
use orbitbox_park::{Lot, OrbitNumber};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

/// Stands for this unit in the address of one of its stations, whatever the unit's own address is.
pub const OWN_HOST: &str = "unit.invalid";

/// Everything one unit is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Unit {
    /// Shown to people.
    pub name: String,
    /// See [`SipSettings`].
    pub sip: SipSettings,
    /// See [`PhoneSettings`].
    pub phones: PhoneSettings,
    /// At least one; numbers unique over all.
    pub lots: Vec<LotSettings>,
    /// Phones that may register.
    pub stations: Vec<Station>,
    /// PBXs that send calls.
    pub trunks: Vec<Trunk>,
    /// Extensions of PBXs that the unit is.
    pub registrations: Vec<Registration>,
    /// See [`PanelSettings`].
    pub panel: PanelSettings,
    /// See [`PageSettings`].
    pub page: PageSettings,
    /// Extensions whose callers are heard overhead.
    pub zones: Vec<Zone>,
    /// Extensions that ring overhead.
    pub ringers: Vec<Ringer>,
    /// What relays of the board follow.
    pub relays: Vec<Relay>,
    /// What contacts of the board do.
    pub contacts: Vec<Contact>,
    /// Ways in for pages from the network.
    pub inlets: Vec<Inlet>,
    /// Poly phones, where the unit hears or pages them.
    pub poly: Option<PolySettings>,
    /// The overhead output.
    pub speaker: Speaker,
    /// What is done to everything that is heard there.
    pub chain: ChainSettings,
    /// Its amplifier sleeps when nothing has been heard for so long. Default 5 s.
    pub amplifier_sleeps_after: Duration,
    /// The unit's own handset or hands-free set, where it has one.
    pub talk: Option<TalkStation>,
    /// See [`MusicSettings`].
    pub music: MusicSettings,
    /// See [`BackupSettings`].
    pub backup: BackupSettings,
    /// See [`ProvisioningSettings`].
    pub provisioning: ProvisioningSettings,
    /// Where music, prompts and records are kept. Default `/var/lib/orbitbox`.
    pub data_directory: PathBuf,
    /// See [`WebSettings`].
    pub web: WebSettings,
}

/// Where the unit is on the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipSettings {
    /// UDP address to listen on; `[::]` is reached by IPv4 as well. Default `0.0.0.0:5060`.
    pub listen: SocketAddr,
    /// TCP on the same address and port. Default true.
    pub tcp: bool,
    /// TLS, where it is offered.
    pub tls: Option<TlsSettings>,
    /// Whom the unit listens to. Default: local addresses.
    pub sources: Sources,
    /// Networks it listens to beside.
    pub networks: Vec<Network>,
    /// The address put into Via, Contact and SDP for peers that are not on loopback; found from the routing table when absent.
    pub address: Option<IpAddr>,
    /// The same of the other family, for a unit that listens on `[::]`.
    pub other_address: Option<IpAddr>,
    /// Who is asked where hosts are, in order; the system's name servers when it is empty.
    pub name_servers: Vec<SocketAddr>,
    /// UDP ports for RTP, even ones used (RFC 3550 section 11). Default 30000-30999.
    pub rtp_ports: RangeInclusive<u16>,
    /// What is spoken with everybody, in the order of our offers. Default: all.
    pub codecs: Vec<Codec>,
    /// Where a station or trunk says nothing else. Default: optional.
    pub encryption: Encryption,
    /// How long a call may go without a sign of life, where the other side has session timers. Default 30 min.
    pub session_timer: Duration,
    /// How often others are asked; zero for never. Default 2 min.
    pub probe_every: Duration,
    /// How often a phone behind a router that translates addresses hears from the unit; zero for never. Default 30 s.
    pub keep_alive: Duration,
    /// How long a retriever that sends no media is waited for after its ACK. Default 2 s.
    pub media_wait: Duration,
}

/// Whom the unit listens to, beside trunks, registrars and the networks that are named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sources {
    /// Everybody.
    Anybody,
    /// Private, link-local and loopback addresses.
    Local,
    /// Nobody else.
    Known,
}

/// SRTP with keys in the session description (RFC 4568).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Plain RTP alone.
    Off,
    /// Where the other side offers it; the unit offers it where the description itself travels under TLS.
    Optional,
    /// No call without it.
    Required,
}

/// SIP under TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsSettings {
    /// Where to listen; the port of `sips` is 5061.
    pub listen: SocketAddr,
    /// PEM files of the certificate chain and its key. Made when neither is there. Without them the unit makes its own at every start.
    pub files: Option<(PathBuf, PathBuf)>,
    /// PEM file with the authorities that peers the unit calls must be certified by; `None` takes any certificate.
    pub authorities: Option<PathBuf>,
}

/// How phones are dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhoneSettings {
    /// Before an orbit: the orbit itself, as some phones write it when they park. Default `park+`, `*68`.
    pub park_prefixes: Vec<String>,
    /// Before an orbit: take the call there, whatever else. Default `*88`, `**`, `pickup-`, `pickup+`, `retrieve+`.
    pub retrieve_prefixes: Vec<String>,
    /// Parts of the User-Agent of phones that can pick up only what rings: to them a parked call is shown so.
    pub early_lamps: Vec<String>,
    /// Parts of the User-Agent of phones that can be asked for a password by MD5 alone. Default `baresip`.
    pub md5_only: Vec<String>,
    /// Keys that a station presses in mid-call to park the other side on the first lot; empty for none. Default `*70`.
    pub park_code: String,
    /// How long a station rings for somebody who calls it. Default 60 s.
    pub ring_for: Duration,
    /// Parkers are told the orbit and the outcome by MESSAGE, where their phone takes it. Default true.
    pub messages: bool,
}

/// A lot and what surrounds it.
#[derive(Debug, Clone, PartialEq)]
pub struct LotSettings {
    /// The park policy.
    pub lot: Lot,
    /// The number that means "park on any free orbit". Digits with an optional `*` or `#`.
    pub pilot: String,
    /// How often an orbit is announced; 0 = never.
    pub page_repeats: u8,
    /// From the end of one announcement to the next.
    pub page_interval: Duration,
    /// How much louder each repeat is than the one before, dB (0 to 6). Default 0.
    pub page_louder_db: u8,
    /// What is said instead of "call on orbit", for those languages that have a wording of their own.
    pub wordings: Vec<Wording>,
    /// A parked call's lamp shows "waiting long" after this time.
    pub waiting_long_after: Duration,
    /// A station that dials an empty orbit parks itself there.
    pub self_park: bool,
    /// Who may park here. Default: anyone.
    pub park_by: Vec<Who>,
    /// Who has the call of an orbit that they dial. Default: stations. A call that a phone has transferred here without saying
    /// so must not be joined to the stranger who waits there.
    pub retrieve_by: Vec<Who>,
    /// Digits that have to follow the orbit and a `*` to retrieve.
    pub pin: Option<Password>,
    /// What callers hear: a number of [`MusicSettings::plans`].
    pub music: u16,
    /// The same for single orbits.
    pub orbit_music: Vec<(OrbitNumber, u16)>,
}

/// A phone known to the unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Station {
    /// User part of its address of record: `101`.
    pub user: String,
    /// Shown to people.
    pub name: String,
    /// What it has to know to register and to call; none where nobody asks.
    pub password: Option<Password>,
    /// Where it differs from the unit's.
    pub encryption: Option<Encryption>,
}

/// Keys and the phone beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelSettings {
    /// When the station beside the unit is heard that talks by the Page key. Default: recorded for the unit's own
    /// hands-free set, else live.
    pub talk_key: Option<Hears>,
    /// One key and lamp each, in order. Default: every orbit.
    pub orbit_keys: Vec<OrbitNumber>,
    /// The file that says how keys, lamps and digits are wired; none where they are simulated.
    pub revision: Option<PathBuf>,
    /// The station that orbit keys bring a call to; must be in `stations`.
    pub station: Option<String>,
}

/// Where sound goes: the overhead output, or that of the talk station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// An ALSA device by name (`plughw:CARD=DigiAMP`).
    Alsa(String),
    /// A WAV file written at the pace of a sound card (simulation).
    Wav(PathBuf),
    /// No file and no device; the browser still hears it (simulation).
    Silent,
}

/// The web page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebSettings {
    /// TCP address. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
}
