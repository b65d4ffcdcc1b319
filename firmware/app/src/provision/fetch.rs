//! Fetches files by HTTPS from servers that show who they are.

use super::Fault;
use anyhow::{Context, Result, bail};
use orbitbox_provision::in_short;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio_rustls::rustls::{self, CertificateError, crypto};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider, parse_pem};
use ureq::{Agent, Error};

/// All that one file takes, from the name of its server to its last byte.
const PATIENCE: Duration = Duration::from_secs(10);
/// No configuration is longer, in bytes.
const LONGEST: u64 = 256 * 1024;
/// Ways on that are followed.
const REDIRECTS: u32 = 3;
/// Whom the system trusts.
const SYSTEM: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Who may have certified a server.
#[derive(Debug)]
pub struct Authorities(Vec<Certificate<'static>>);

impl Authorities {
    /// Those of the first of these files that is there; else those of the system.
    ///
    /// # Errors
    /// There are none.
    pub fn read(own: &[PathBuf]) -> Result<Self> {
        let file = own.iter().map(PathBuf::as_path).find(|file| file.exists()).unwrap_or(Path::new(SYSTEM));
        let pem =
            fs::read(file).with_context(|| format!("who may certify servers: {} cannot be read", file.display()))?;
        let certificate = |item| if let Ok(PemItem::Certificate(one)) = item { Some(one) } else { None };
        let list: Vec<_> = parse_pem(&pem).filter_map(certificate).collect();
        if list.is_empty() {
            bail!("who may certify servers: there is no certificate in {}", file.display());
        }
        Ok(Self(list))
    }
}

/// The first of these that is there, and what is in it.
///
/// # Errors
/// None is there; the server is not reached, not believed, or has something that is no text.
pub fn first(urls: &[String], authorities: &Authorities) -> Result<(String, String), Fault> {
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&authorities.0))
        .build();
    let agent: Agent = Agent::config_builder()
        .https_only(true)
        .http_status_as_error(false)
        .max_redirects(REDIRECTS)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .user_agent(concat!("orbitbox/", env!("CARGO_PKG_VERSION")))
        .tls_config(tls)
        .build()
        .into();
    for url in urls {
        if let Some(text) = fetch(&agent, url).map_err(|fault| fault.about(&in_short(url)))? {
            return Ok((url.clone(), text));
        }
    }
    let tried: Vec<String> = urls.iter().map(|url| in_short(url)).collect();
    Err(Fault::stays(format!("there is no {}", tried.join(" and no "))))
}

/// `None` where there is no such file.
fn fetch(agent: &Agent, url: &str) -> Result<Option<String>, Fault> {
    let mut answer = agent.get(url).call().map_err(told)?;
    match answer.status().as_u16() {
        200 => {
            let bytes = answer.body_mut().with_config().limit(LONGEST).read_to_vec().map_err(told)?;
            String::from_utf8(bytes).map(Some).map_err(|_| Fault::stays("is no text in UTF-8"))
        }
        404 | 410 => Ok(None),
        status @ 500.. => Err(Fault::may_pass(format!("is not to be had: the server answers {status}"))),
        status => Err(Fault::stays(format!("is not to be had: the server answers {status}"))),
    }
}

/// To be read behind an address.
fn told(error: Error) -> Fault {
    match error {
        Error::Rustls(error) => tls(&error),
        Error::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
            Some(inner) => tls(inner),
            None => Fault::may_pass(format!("is not reached: {error}")),
        },
        Error::HostNotFound => Fault::may_pass("is not reached: nobody knows where that server is"),
        Error::Timeout(_) => Fault::may_pass(format!("is not to be had within {} s", PATIENCE.as_secs())),
        Error::ConnectionFailed => Fault::may_pass("is not reached"),
        Error::BodyExceedsLimit(most) => Fault::stays(format!("is longer than {most} bytes")),
        Error::RequireHttpsOnly(_) => Fault::stays("leads on to an address that does not begin with https://"),
        // It may repeat what the server has sent.
        other => Fault::stays(format!("is not to be had: {}", in_short(&other.to_string()))),
    }
}

fn tls(error: &rustls::Error) -> Fault {
    match error {
        // Without a battery a clock begins in the past, until the network has told the time.
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => Fault::may_pass(
            "is not believed yet: by the unit's clock, the certificate of the server begins to hold later",
        ),
        rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
            Fault::stays("is not believed: nobody whom the unit trusts has certified the server")
        }
        rustls::Error::InvalidCertificate(why) => Fault::stays(format!("is not believed: {why}")),
        other => Fault::stays(format!("is not to be had: {other}")),
    }
}
