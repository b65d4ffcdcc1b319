//! Who tells whom: one translator a pair of engines.

pub(crate) mod alarm;
mod contacts;
mod dial;
pub(crate) mod inlets;
mod invited;
pub(crate) mod keys_of_phones;
mod media_to_park;
pub(crate) mod overhead;
mod panel_to_park;
mod park_to_page;
mod park_to_sip;
mod parker;
pub(crate) mod recorded;
pub(crate) mod referred;
pub(crate) mod sip_to_media;
mod sip_to_park;
mod station_call;
mod swap;
mod transfer;
mod watch;
mod wish;
