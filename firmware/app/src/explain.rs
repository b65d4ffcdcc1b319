//! Asks the running unit why a call is parked where it is.

use anyhow::{Context, Result, bail};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(3);

/// What the unit whose page is at `web` says of the orbit, one sentence a line.
///
/// # Errors
/// No unit answers there, or it has no such orbit.
pub fn explain(web: SocketAddr, orbit: &str) -> Result<String> {
    if !orbit.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*' || byte == b'#') {
        bail!("`{orbit}` is no orbit");
    }
    let mut stream =
        TcpStream::connect_timeout(&web, PATIENCE).with_context(|| format!("no unit answers at http://{web}/"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let path = orbit.replace('#', "%23");
    write!(stream, "GET /api/explain/{path} HTTP/1.1\r\nHost: {web}\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the unit breaks off")?;
    if head.split_whitespace().nth(1).is_none_or(|status| status != "200") {
        bail!("{}", body.trim());
    }
    Ok(body.trim_end().to_owned())
}
