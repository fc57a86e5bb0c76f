//! TLS with database servers, for the drivers that take a configuration of the TLS library.
//!
//! A server is checked as strictly as the table's settings say: not at all, by who issued its certificate, or by its
//! name too. A connection without any check still keeps passwords from those who only listen.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// How strictly a server's certificate is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Not at all.
    Anyone,
    /// Who issued it.
    Issuer,
    /// Who issued it, and the name in it.
    Name,
}

/// What a table's settings say of TLS.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) trust: Trust,
    /// A file with certificates of issuers; goes before the folder.
    pub(crate) ca_file: Option<PathBuf>,
    /// A folder of such files.
    pub(crate) ca_folder: Option<PathBuf>,
    /// Files with our own certificate and its key.
    pub(crate) identity: Option<(PathBuf, PathBuf)>,
}

/// The configuration for the TLS library.
///
/// # Errors
/// A file can not be read or used, as one line.
pub(crate) fn configuration(wanted: &Wanted) -> Result<Arc<ClientConfig>, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let inner = match wanted.trust {
        Trust::Anyone => None,
        Trust::Issuer | Trust::Name => {
            let roots = Arc::new(roots(wanted)?);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
            Some(verifier.map_err(|error| error.to_string())?)
        }
    };
    let check = Check {
        inner,
        ignores_name: wanted.trust == Trust::Issuer,
        provider: Arc::clone(&provider),
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(check));
    let configuration = match &wanted.identity {
        None => builder.with_no_client_auth(),
        Some((certificate, key)) => {
            let chain = certificates(certificate)?;
            let key =
                PrivateKeyDer::from_pem_file(key).map_err(|error| format!("{}: {error}", key.display()))?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| error.to_string())?
        }
    };
    Ok(Arc::new(configuration))
}

fn certificates(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>, String> {
    let failed = |error: rustls::pki_types::pem::Error| format!("{}: {error}", file.display());
    let found = CertificateDer::pem_file_iter(file).map_err(failed)?;
    found.collect::<Result<Vec<_>, _>>().map_err(failed)
}

fn roots(wanted: &Wanted) -> Result<RootCertStore, String> {
    let mut store = RootCertStore::empty();
    let found = match (&wanted.ca_file, &wanted.ca_folder) {
        (Some(file), _) => certificates(file)?,
        (None, Some(folder)) => {
            let entries =
                std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let files = entries.flatten().map(|entry| entry.path());
            // Other files may lie there too.
            files
                .filter_map(|file| certificates(&file).ok())
                .flatten()
                .collect()
        }
        (None, None) => rustls_native_certs::load_native_certs().certs,
    };
    store.add_parsable_certificates(found);
    Ok(store)
}

#[derive(Debug)]
struct Check {
    inner: Option<Arc<WebPkiServerVerifier>>,
    ignores_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Check {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let Some(inner) = &self.inner else {
            return Ok(ServerCertVerified::assertion());
        };
        let checked = inner.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match checked {
            // The name is looked at last, so the rest was right.
            Err(rustls::Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if self.ignores_name => Ok(ServerCertVerified::assertion()),
            checked => checked,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
