//! The unit's configuration: a TOML file as written, a [`Unit`] as meant, and every problem between the two at once.

mod access;
mod announcement;
mod backup;
mod change;
mod check;
mod contact;
mod hours;
mod inlet;
mod meaning;
mod music;
mod near;
mod number_range;
mod page;
mod peers;
mod problem;
mod provisioning;
mod read;
mod relay;
mod speaker;
mod syntax;
mod table;
mod talk;
mod time;
mod unit;

pub use access::{Network, Password, Who};
pub use announcement::{Piece, Wording};
pub use backup::BackupSettings;
pub use change::{Change, change};
pub use contact::{Contact, Does};
pub use hours::Hours;
pub use inlet::{Inlet, InletWay, PageLevel, PolySettings};
pub use music::{MusicPlan, MusicSettings, Played, Playlist};
pub use near::nearest;
pub use orbitbox_audio::codec::Codec;
pub use orbitbox_audio::{ChainSettings, Equalizer};
pub use page::{Hears, LONGEST_RECORDED, MulticastSettings, OverheadMusic, PageSettings, Ringer, Zone};
pub use peers::{Registration, Trunk};
pub use problem::{Problem, Problems};
pub use provisioning::ProvisioningSettings;
pub use read::read;
pub use relay::{Follows, Relay};
pub use talk::{Duplex, Microphone, TalkSet, TalkStation};
pub use unit::{
    Encryption, LotSettings, OWN_HOST, PanelSettings, PhoneSettings, SipSettings, Sources, Speaker, Station,
    TlsSettings, Unit, WebSettings,
};
