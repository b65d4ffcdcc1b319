//! What the kernel says of a process and of the machine.

use std::fs;
use std::io;
use std::time::Duration;

use crate::stamped::now;

/// A running process.
#[derive(Debug, Clone, Copy)]
pub struct Process(pub u32);

/// Its account at one moment.
#[derive(Debug, Clone, Copy, Default)]
pub struct Account {
    at: Duration,
    /// Processor time, user and system, in clock ticks.
    ticks: u64,
    /// Resident memory in bytes.
    pub memory: u64,
    /// Threads.
    pub threads: u64,
}

impl Process {
    /// Reads its account.
    ///
    /// # Errors
    /// It has ended.
    pub fn account(&self) -> io::Result<Account> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0))?;
        let field = |name: &str| -> io::Result<u64> {
            let line = status.lines().find(|line| line.starts_with(name)).ok_or_else(|| missing(name))?;
            line.split_whitespace().nth(1).and_then(|value| value.parse().ok()).ok_or_else(|| missing(name))
        };
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0))?;
        let ticks = ticks(&stat).ok_or_else(|| missing("utime"))?;
        Ok(Account { at: now(), ticks, memory: field("VmRSS:")? * 1_024, threads: field("Threads:")? })
    }
}

impl Account {
    /// Processor time from this account to a later one, as a share of one core.
    pub fn share_of_a_core(&self, later: &Self) -> f64 {
        let seconds = later.at.saturating_sub(self.at).as_secs_f64();
        (later.ticks - self.ticks) as f64 / rustix::param::clock_ticks_per_second() as f64 / seconds
    }
}

/// User and system time, fields 14 and 15 of `/proc/PID/stat`. The second field is a name in brackets and may hold
/// anything.
fn ticks(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system) = (fields.next()?.parse::<u64>().ok()?, fields.next()?.parse::<u64>().ok()?);
    Some(user + system)
}

/// The processors of the machine, all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Machine {
    idle: u64,
    all: u64,
}

impl Machine {
    /// Reads the counters.
    ///
    /// # Errors
    /// There are none.
    pub fn read() -> io::Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        Self::parse(&stat).ok_or_else(|| missing("/proc/stat"))
    }

    fn parse(stat: &str) -> Option<Self> {
        let line = stat.lines().find(|line| line.starts_with("cpu "))?;
        let counts: Vec<u64> = line.split_whitespace().skip(1).take(8).filter_map(|count| count.parse().ok()).collect();
        Some(Self { idle: counts.get(3)? + counts.get(4)?, all: counts.iter().sum() })
    }

    /// How much of all cores was idle between this reading and a later one.
    pub fn idle_share(&self, later: &Self) -> f64 {
        (later.idle - self.idle) as f64 / (later.all - self.all).max(1) as f64
    }
}

fn missing(what: &str) -> io::Error {
    io::Error::other(format!("{what} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_confuse() {
        let stat = "12 (a) b) S 1 1 1 0 -1 0 0 0 0 0 30 12 0 0 20 0 4 0 9";
        assert_eq!(ticks(stat), Some(42));
    }

    #[test]
    fn idle_is_a_share_of_all() {
        let first = Machine::parse("cpu  10 0 10 80 0 0 0 0 0 0\ncpu0 1").unwrap();
        let later = Machine::parse("cpu  30 0 30 120 20 0 0 0 0 0\ncpu0 1").unwrap();
        assert!((first.idle_share(&later) - 0.6).abs() < 1e-9);
    }

    #[test]
    fn our_own_account_can_be_read() {
        let account = Process(std::process::id()).account().unwrap();
        assert!(account.memory > 0 && account.threads > 0);
    }
}
