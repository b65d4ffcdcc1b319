//! Lives a range of seeds one after the other and stops at the first failure: `orbitbox-simulation 0 1000`. With
//! `witness` as a third word the model stays at home.

use orbitbox_simulation::{Judges, Tally, run_before};
use std::io::{self, Write};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    // The failure carries a panic's text; the usual report would only repeat it.
    std::panic::set_hook(Box::new(|_| {}));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((first, count, judges)) = read(&arguments) else {
        writeln!(io::stderr(), "usage: orbitbox-simulation FIRST_SEED COUNT [witness]")?;
        return Ok(ExitCode::from(2));
    };
    let mut tally = Tally::default();
    for seed in first..first.saturating_add(count) {
        match run_before(judges, seed) {
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

fn read(arguments: &[String]) -> Option<(u64, u64, Judges)> {
    let (first, count, judges) = match arguments {
        [first, count] => (first, count, Judges::Both),
        [first, count, word] if word == "witness" => (first, count, Judges::Witness),
        _ => return None,
    };
    Some((first.parse().ok()?, count.parse().ok()?, judges))
}
