//! Lives a range of seeds one after the other and stops at the first failure: `orbitbox-simulation 0 1000`.

use orbitbox_simulation::{Tally, run};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    // The failure carries a panic's text; the usual report would only repeat it.
    std::panic::set_hook(Box::new(|_| {}));
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let (Some(Ok(first)), Some(Ok(count))) = (arguments.next(), arguments.next()) else {
        writeln!(io::stderr(), "usage: orbitbox-simulation FIRST_SEED COUNT")?;
        return Ok(ExitCode::from(2));
    };
    let mut tally = Tally::default();
    for seed in first..first.saturating_add(count) {
        match run(seed) {
            Ok(outcome) => tally.add(outcome),
            Err(failure) => {
                write!(io::stdout(), "{failure}")?;
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    writeln!(io::stdout(), "{tally}")?;
    Ok(ExitCode::SUCCESS)
}
