//! What the running unit is asked by its page's address.

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
    Ok(ask(web, &format!("GET /api/explain/{}", orbit.replace('#', "%23")), "")?.trim_end().to_owned())
}

/// Tells it to refuse new calls, or to park them again; how many calls are still parked.
///
/// # Errors
/// No unit answers there, or it does not understand.
pub fn set_draining(web: SocketAddr, draining: bool) -> Result<usize> {
    let answer = ask(web, "POST /api/draining", &format!("{{\"draining\":{draining}}}"))?;
    let parked = answer.chars().filter(char::is_ascii_digit).collect::<String>();
    parked.parse().with_context(|| format!("the unit answers `{}`", answer.trim()))
}

/// Tells it to read its configuration again; what came of it.
///
/// # Errors
/// No unit answers there, or every problem in the configuration.
pub fn reload(web: SocketAddr) -> Result<String> {
    Ok(ask(web, "POST /api/reload", "{}")?.trim_end().to_owned())
}

/// What the unit was told since it started, or as much of it as is kept: to be played again.
///
/// # Errors
/// No unit answers there.
pub fn trace(web: SocketAddr) -> Result<String> {
    ask(web, "GET /api/trace", "")
}

fn ask(web: SocketAddr, order: &str, body: &str) -> Result<String> {
    let mut stream =
        TcpStream::connect_timeout(&web, PATIENCE).with_context(|| format!("no unit answers at http://{web}/"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let kind = if body.is_empty() { String::new() } else { "Content-Type: application/json\r\n".to_owned() };
    let length = body.len();
    write!(
        stream,
        "{order} HTTP/1.1\r\nHost: {web}\r\n{kind}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").context("the unit breaks off")?;
    if head.split_whitespace().nth(1).is_none_or(|status| status != "200") {
        bail!("{}", body.trim());
    }
    Ok(body.to_owned())
}
