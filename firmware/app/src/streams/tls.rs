//! Certificates and keys (RFC 5922 where authorities are given; else any certificate will do).

use anyhow::{Context, Result, anyhow};
use orbitbox_config::TlsSettings;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig, SignatureScheme};
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What both ends of a TLS connection need.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: Option<TlsAcceptor>,
    connector: TlsConnector,
}

impl Tls {
    /// Reads the files that the settings name, or makes a certificate.
    ///
    /// # Errors
    /// Names the key of the configuration and the file.
    pub(super) fn new(settings: Option<&TlsSettings>, address: IpAddr) -> Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let acceptor = settings.map(|settings| acceptor(settings, address, &provider)).transpose()?;
        let authorities = settings.and_then(|settings| settings.authorities.as_deref());
        let builder = ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let client = match authorities {
            Some(path) => builder.with_root_certificates(roots(path)?).with_no_client_auth(),
            None => {
                let anybody = Arc::new(Anybody(provider));
                builder.dangerous().with_custom_certificate_verifier(anybody).with_no_client_auth()
            }
        };
        Ok(Self { acceptor, connector: TlsConnector::from(Arc::new(client)) })
    }

    pub(super) fn acceptor(&self) -> io::Result<&TlsAcceptor> {
        self.acceptor.as_ref().ok_or_else(|| io::Error::other("TLS is not offered"))
    }

    pub(super) fn connector(&self) -> &TlsConnector {
        &self.connector
    }
}

/// Whom the certificate of a peer must name: its host, else its address.
pub(super) fn server_name(host: Option<String>, address: IpAddr) -> ServerName<'static> {
    host.and_then(|host| ServerName::try_from(host).ok()).unwrap_or_else(|| address.into())
}

fn acceptor(settings: &TlsSettings, address: IpAddr, provider: &Arc<CryptoProvider>) -> Result<TlsAcceptor> {
    let (chain, key) = match &settings.files {
        Some((certificate, key)) => {
            if !certificate.exists() && !key.exists() {
                write_own(address, certificate, key)?;
            }
            (chain(certificate)?, private_key(key)?)
        }
        None => {
            let made = own(address)?;
            let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).map_err(|problem| anyhow!(problem))?;
            (vec![made.cert.der().clone()], key)
        }
    };
    let server = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .context("sip.tls-certificate and sip.tls-key do not belong together")?;
    Ok(TlsAcceptor::from(Arc::new(server)))
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let read = || -> Result<Vec<_>, _> { CertificateDer::pem_file_iter(path)?.collect() };
    let chain = read().with_context(|| format!("sip.tls-certificate: {} cannot be read", path.display()))?;
    if chain.is_empty() {
        return Err(anyhow!("sip.tls-certificate: {} has no certificate in it", path.display()));
    }
    Ok(chain)
}

fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_file(path).with_context(|| format!("sip.tls-key: {} cannot be read", path.display()))
}

fn roots(path: &Path) -> Result<RootCertStore> {
    let mut roots = RootCertStore::empty();
    let named = || format!("sip.tls-authorities: {} cannot be read", path.display());
    for certificate in CertificateDer::pem_file_iter(path).with_context(named)? {
        roots.add(certificate.with_context(named)?).with_context(named)?;
    }
    Ok(roots)
}

/// A certificate of the unit's own that stays the same, for phones that are told to trust it.
fn write_own(address: IpAddr, certificate: &Path, key: &Path) -> Result<()> {
    let made = own(address)?;
    let write = |path: &Path, mode: u32, text: String| -> Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
        file.write_all(text.as_bytes())?;
        Ok(file.sync_all()?)
    };
    write(key, 0o600, made.signing_key.serialize_pem())
        .with_context(|| format!("sip.tls-key: {} cannot be made", key.display()))?;
    write(certificate, 0o644, made.cert.pem())
        .with_context(|| format!("sip.tls-certificate: {} cannot be made", certificate.display()))?;
    tracing::info!(certificate = %certificate.display(), "made a TLS certificate of the unit's own");
    Ok(())
}

fn own(address: IpAddr) -> Result<rcgen::CertifiedKey<rcgen::KeyPair>> {
    let names = vec![address.to_string(), "localhost".to_owned(), "orbitbox.local".to_owned()];
    rcgen::generate_simple_self_signed(names).context("no certificate can be made")
}

/// Takes any certificate; the connection is private, and the peer is who answers at that address.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
