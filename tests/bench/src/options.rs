//! The command line.

use std::path::PathBuf;

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Callers parked at one time.
    pub callers: usize,
    /// How long their packets are listened to.
    pub seconds: u64,
    /// Calls placed one at a time before, for the delays of an idle unit.
    pub probes: usize,
    /// Calls a second that are parked and hang up.
    pub load: usize,
    /// For how long; 0 leaves that part out.
    pub load_seconds: u64,
    /// Numbers of callers for whom music alone is measured, beside a naive sender; none for everything else.
    pub media: Vec<usize>,
    /// The program.
    pub program: PathBuf,
}

const USAGE: &str = "usage: orbitbox-bench [--media 50,200,500,1000] [--callers 200] [--seconds 20] [--probes 30] [--load 500] [--load-seconds 20] \
     [--program PATH]";
/// The most callers the bench gives orbits to.
const MOST_CALLERS: usize = 1_000;

impl Options {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// The usage, for people.
    pub fn read(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            callers: 200,
            seconds: 20,
            probes: 30,
            load: 500,
            load_seconds: 20,
            media: Vec::new(),
            program: beside_us("orbitbox"),
        };
        while let Some(word) = words.next() {
            let value = words.next().ok_or(USAGE)?;
            let number = || value.parse::<usize>().map_err(|_| format!("{word} {value}: not a number; {USAGE}"));
            match word.as_str() {
                "--media" => {
                    let sizes = value.split(',').map(|size| size.trim().parse().ok());
                    let fits = sizes.map(|size| size.filter(|size| (1..=MOST_CALLERS).contains(size)));
                    let sizes: Option<Vec<usize>> = fits.collect();
                    options.media =
                        sizes.ok_or_else(|| format!("--media {value}: numbers up to {MOST_CALLERS}; {USAGE}"))?;
                }
                "--callers" => options.callers = number()?,
                "--seconds" => options.seconds = number()? as u64,
                "--probes" => options.probes = number()?,
                "--load" => options.load = number()?.max(1),
                "--load-seconds" => options.load_seconds = number()? as u64,
                "--program" => options.program = value.into(),
                _ => return Err(USAGE.to_owned()),
            }
        }
        if options.callers == 0 || options.callers > MOST_CALLERS || options.seconds == 0 {
            return Err(format!("from 1 to {MOST_CALLERS} callers, and at least one second"));
        }
        Ok(options)
    }
}

/// Both programs are built into one folder.
fn beside_us(name: &str) -> PathBuf {
    std::env::current_exe().unwrap_or_default().with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        Options::read(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn words_change_the_defaults() {
        let options = read("--callers 20 --seconds 3 --program /bin/true").unwrap();
        assert_eq!((options.callers, options.seconds, options.probes), (20, 3, 30));
        assert_eq!(options.program, PathBuf::from("/bin/true"));
    }

    #[test]
    fn nonsense_is_refused() {
        for line in [
            "--callers",
            "--callers many",
            "--callers 0",
            "--callers 5000",
            "--media 50,x",
            "--media 0",
            "--seconds 0",
            "--help me",
        ] {
            assert!(read(line).is_err(), "{line}");
        }
    }
}
