//! What a sender looks like that is written without a thought: a task, a timer and a socket for each call. It runs in a
//! process of its own, so that its cost is measured as the unit's is.

use crate::process::Process;
use std::io::{self, BufRead, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;
use tokio::time::MissedTickBehavior;

const PERIOD: Duration = Duration::from_millis(20);
/// Bytes of 20 ms of G.711.
const PAYLOAD: usize = 160;

/// The word by which this program is told to be such a sender.
pub const WORD: &str = "naive-sender";

/// The process. Ends when it is dropped.
#[derive(Debug)]
pub struct Naive {
    child: Child,
    _until_dropped: ChildStdin,
    /// Its account.
    pub process: Process,
}

impl Naive {
    /// Sends to these addresses from now on.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(to: &[SocketAddr]) -> io::Result<Self> {
        let mut child = Command::new(std::env::current_exe()?).arg(WORD).stdin(Stdio::piped()).spawn()?;
        let mut input = child.stdin.take().ok_or_else(|| io::Error::other("no way to tell it"))?;
        let lines: String = to.iter().map(|address| format!("{address}\n")).collect();
        input.write_all(format!("{lines}\n").as_bytes())?;
        Ok(Self { process: Process(child.id()), child, _until_dropped: input })
    }
}

impl Drop for Naive {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The work of that process: until its input ends.
///
/// # Errors
/// It has no socket.
pub fn send() -> io::Result<()> {
    let addresses: Vec<SocketAddr> = io::stdin()
        .lock()
        .lines()
        .map_while(|line| line.ok().filter(|line| !line.is_empty()))
        .filter_map(|line| line.parse().ok())
        .collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for (number, to) in (0u32..).zip(addresses) {
        runtime.spawn(one(number, to));
    }
    // Until whoever started this has gone.
    io::stdin().read_to_end(&mut Vec::new()).map(|_| ())
}

async fn one(number: u32, to: SocketAddr) -> io::Result<()> {
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for packet in 0u32.. {
        ticks.tick().await;
        let mut bytes = vec![0x80, 0];
        bytes.extend((packet as u16).to_be_bytes());
        bytes.extend(packet.wrapping_mul(PAYLOAD as u32).to_be_bytes());
        bytes.extend(number.to_be_bytes());
        bytes.extend([0xff; PAYLOAD]);
        socket.send_to(&bytes, to).await.ok();
    }
    Ok(())
}
