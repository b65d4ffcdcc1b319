//! The unit's configuration: a TOML file as written, a [`Unit`] as meant, and every problem between the two at once.

mod check;
mod meaning;
mod near;
mod number_range;
mod problem;
mod read;
mod syntax;
mod table;
mod time;
mod unit;

pub use problem::{Problem, Problems};
pub use read::read;
pub use unit::{
    LotSettings, OWN_HOST, PanelSettings, PhoneSettings, SipSettings, Speaker, Station, TlsSettings, Unit, WebSettings,
};
