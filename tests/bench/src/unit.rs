//! The program under measurement.

use crate::process::Process;
use crate::sip::{Call, Response};
use crate::stamped::{StampedSocket, now};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is asked whether it is there yet.
const ASK_EVERY: Duration = Duration::from_millis(2);
/// RTP ports of the unit, below those that the kernel gives to the callers.
const FIRST_PORT: u16 = 20_000;

/// A running unit. Ends when it is dropped.
#[derive(Debug)]
pub struct Unit {
    child: Child,
    folder: PathBuf,
    /// Where it answers SIP.
    pub sip: SocketAddr,
    /// Its account.
    pub process: Process,
    /// From the start of the process to its first answer.
    pub started_in: Duration,
}

impl Unit {
    /// Starts one with room for `callers`, and waits for its first answer.
    ///
    /// # Errors
    /// It does not start or does not answer.
    pub fn start(program: &Path, callers: usize) -> io::Result<Self> {
        let sip = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let web = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let folder = std::env::temp_dir().join(format!("orbitbox-bench-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let file = folder.join("unit.toml");
        fs::write(&file, configuration(sip, web, callers))?;
        let log = fs::File::create(folder.join("unit.log"))?;
        let mut command = Command::new(program);
        command
            .arg("run")
            .arg("--config")
            .arg(&file)
            .arg("--data")
            .arg(folder.join("data"))
            .env("ORBITBOX_LOG", "warn");
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let socket = StampedSocket::open()?;
        let begun = now();
        let child = command.spawn().map_err(|error| io::Error::other(format!("{}: {error}", program.display())))?;
        let process = Process(child.id());
        let mut unit = Self { child, folder, sip, process, started_in: Duration::ZERO };
        unit.started_in = unit.first_answer(&socket, begun)?;
        Ok(unit)
    }

    fn first_answer(&mut self, socket: &StampedSocket, begun: Duration) -> io::Result<Duration> {
        for number in 0.. {
            let question = Call::new(number, socket.address, self.sip, "70").options();
            // Until the unit listens the kernel refuses, on this call or the next.
            socket.send(question.as_bytes(), self.sip).ok();
            if let Some(arrival) = socket.next(ASK_EVERY)?
                && Response::read(&arrival.bytes).is_some_and(|response| response.status == 200)
            {
                return Ok(arrival.at.saturating_sub(begun));
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || now().saturating_sub(begun) > PATIENCE {
                break;
            }
        }
        let log = fs::read_to_string(self.folder.join("unit.log")).unwrap_or_default();
        Err(io::Error::other(format!("the unit does not answer: {log}")))
    }

    /// Asks it to end, and waits.
    ///
    /// # Errors
    /// It had ended before, or ends with a failure.
    pub fn stop(mut self) -> io::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            return Err(io::Error::other(format!("the unit ended by itself: {status}")));
        }
        let own = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(own, rustix::process::Signal::TERM)?;
        let status = self.child.wait()?;
        if status.success() { Ok(()) } else { Err(io::Error::other(format!("the unit ended with {status}"))) }
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as well.
        self.child.kill().ok();
        self.child.wait().ok();
        fs::remove_dir_all(&self.folder).ok();
    }
}

/// One lot with an orbit for each caller, in which nothing happens by itself.
fn configuration(sip: SocketAddr, web: SocketAddr, callers: usize) -> String {
    let last_orbit = 1_000 + callers - 1;
    // A wall unit has a key for eight of them, however many there are.
    let last_key = last_orbit.min(1_007);
    let last_port = usize::from(FIRST_PORT) + (2 * callers).max(64) + 255;
    format!(
        "name = \"Bench\"\n[sip]\nlisten = \"{sip}\"\nrtp-ports = \"{FIRST_PORT}-{last_port}\"\n\
         [web]\nlisten = \"{web}\"\n[panel]\norbit-keys = \"1000-{last_key}\"\n[[station]]\nuser = \"101\"\n\
         [[lot]]\nname = \"Bench\"\npilot = \"70\"\norbits = \"1000-{last_orbit}\"\nringback-after = \"0 s\"\n\
         max-life = \"2 h\"\ncool-down = \"0 s\"\npage-repeats = 0\n"
    )
}
