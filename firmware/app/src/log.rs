//! What the program tells of itself while it runs, on its standard error.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Says how much is told: `debug`, or `info,orbitbox_sip=debug`.
const VARIABLE: &str = "ORBITBOX_LOG";

/// From here on what happens is told.
pub fn start() {
    let wanted = std::env::var_os(VARIABLE).map(|wanted| wanted.to_string_lossy().into_owned());
    let told = targets(wanted.as_deref().unwrap_or_default());
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false);
    let usual = || Targets::new().with_default(LevelFilter::INFO);
    tracing_subscriber::registry().with(lines).with(told.clone().unwrap_or_else(|_| usual())).init();
    if let Err(why) = told {
        tracing::warn!("{VARIABLE}: {why}; it is as if it were not set. Right is debug, or info,orbitbox_sip=debug");
    }
}

fn targets(wanted: &str) -> Result<Targets, String> {
    let wanted: String = wanted.split_whitespace().collect();
    if wanted.is_empty() {
        return Ok(Targets::new().with_default(LevelFilter::INFO));
    }
    let is_level = |part: &str| !part.is_empty() && part.parse::<LevelFilter>().is_ok();
    // A level that is misspelt would be the name of a part that there is not, and nothing would be told.
    let misspelt = wanted.split(',').find(|part| !part.contains('=') && !is_level(part));
    match misspelt {
        Some(part) => Err(format!("`{part}` is no level")),
        None => wanted.parse().map_err(|fault| format!("`{wanted}`: {fault}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracing::Level;

    #[test]
    fn levels_are_for_everything_or_for_a_part() {
        let sip = |wanted, level| targets(wanted).expect(wanted).would_enable("orbitbox_sip::endpoint", &level);
        let park = |wanted, level| targets(wanted).expect(wanted).would_enable("orbitbox_park", &level);
        assert!(sip("", Level::INFO) && !sip("", Level::DEBUG));
        assert!(sip("debug", Level::DEBUG) && park("debug", Level::DEBUG));
        let one = "info,orbitbox_sip=debug";
        assert!(sip(one, Level::DEBUG) && park(one, Level::INFO) && !park(one, Level::DEBUG));
        assert!(park(" info, orbitbox_park=trace ", Level::TRACE));
        assert!(!sip("off", Level::ERROR));
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (wanted, part) in [("inof", "inof"), ("info,orbitbox_sip=loud", "loud"), ("info,,debug", "``")] {
            let told = targets(wanted).expect_err(wanted);
            assert!(told.contains(part), "{told}");
        }
    }
}
