//! Who is believed to be who they say.

use std::{
    path::Path,
    sync::{Arc, OnceLock},
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::OutletError;

/// Trusts the system's authorities, or those of a file and no others.
pub(crate) fn config(ca_file: Option<&Path>) -> Result<ClientConfig, OutletError> {
    let roots = match ca_file {
        Some(path) => Arc::new(of_file(path)?),
        None => systems(),
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| OutletError::Tls(error.to_string()))?;
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn of_file(path: &Path) -> Result<RootCertStore, OutletError> {
    let wrong = |why: String| OutletError::CaFile {
        path: path.to_owned(),
        why,
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| wrong(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
        roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(wrong("it has no certificate in PEM".into()));
    }
    Ok(roots)
}

/// Read once: there are hundreds, and each connector has a configuration of its own.
fn systems() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    let read = || {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (_, ignored) = roots.add_parsable_certificates(found.certs);
        if ignored > 0 || !found.errors.is_empty() {
            tracing::debug!(ignored, errors = ?found.errors, "some of the system's certificates cannot be read");
        }
        if roots.is_empty() {
            tracing::warn!("the system has no certificates, so that nothing encrypted can be called without ca-file");
        }
        Arc::new(roots)
    };
    Arc::clone(ROOTS.get_or_init(read))
}
