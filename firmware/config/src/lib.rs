//! The unit's configuration: a TOML file as written, a [`Unit`] as meant, and every problem between the two at once.

mod unit;

pub use unit::{LotSettings, PanelSettings, SipSettings, Speaker, Station, Unit, WebSettings};
