//! What the unit is told, kept to be played again.

use crate::configuration::Chosen;
use crate::life::Life;
use orbitbox_admin::Export;
use orbitbox_config::Unit;
use orbitbox_switchboard::trace::{Facts, Recorder};
use std::net::IpAddr;
use std::sync::Arc;

/// The recorder of a unit that starts now. It is that of a report of a crash, too.
pub fn recorder(chosen: &Chosen, settled: &Unit, address: IpAddr, life: &Life) -> Recorder {
    let (configuration, unknown) = match chosen.written() {
        Ok(configuration) => (configuration, None),
        Err(why) => (None, Some(why)),
    };
    let safe = life.safe.as_ref().map(|_| "the unit ran in safe mode, not as configured");
    let otherwise = safe.or(unknown).map(str::to_owned);
    let recorder = Recorder::new(Facts { otherwise, ..Facts::of(settled, address, configuration) });
    life.black_box.trace(recorder.clone());
    recorder
}

/// For the page.
pub fn export(recorder: Recorder) -> Export {
    Export(Arc::new(move || recorder.export()))
}
