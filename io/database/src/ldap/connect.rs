//! Connections to directories: which servers, with TLS or without, and as whom.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ldap3::{LdapConnAsync, LdapConnSettings, LdapError, LdapResult};
use lookup::OpenError;
use rustls::ClientConfig;

use crate::error::Fault;
use crate::log;
use crate::pool::Host;
use crate::source::Source;
use crate::tls::{self, Trust, Wanted};

/// A connection.
pub(crate) struct Line {
    pub(crate) handle: ldap3::Ldap,
}

/// As whom we speak.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Bind {
    /// As nobody, without saying so.
    None,
    /// By name and password; as nobody when both are empty.
    Simple(String, String),
    /// As whom the socket or the certificate says.
    External,
}

/// How a server is reached.
#[derive(Clone)]
struct Reach {
    url: String,
    start_tls: bool,
    tls: Arc<ClientConfig>,
    wait: Duration,
    bind: Bind,
}

/// Settings of old versions, which had no effect in Postfix for long.
const FORGOTTEN: [&str; 3] = ["cache", "cache_expiry", "cache_size"];

/// The servers of a table.
pub(crate) fn hosts(source: &Source, wait: Duration) -> Result<Vec<Host<Line>>, OpenError> {
    for name in FORGOTTEN {
        if source.given(name)?.is_some() {
            log::not_followed(
                source.table(),
                name,
                "parameter ignored; cache support has been dropped",
            );
        }
    }
    let wanted = wanted(source)?;
    let configuration = tls::configuration(&wanted).map_err(|reason| source.wrong(reason))?;
    let start_tls = source.is("start_tls", false)?;
    let bind = bind(source)?;
    let port = source.number("server_port", 389, 1)?;
    let mut hosts = Vec::new();
    for word in source.words("server_host", "localhost")? {
        let url = url(&word, port);
        let is_local = url.starts_with("ldapi:");
        let reach = Reach {
            url: url.clone(),
            start_tls: start_tls && url.starts_with("ldap:"),
            tls: Arc::clone(&configuration),
            wait,
            bind: bind.clone(),
        };
        hosts.push(Host {
            address: url,
            is_local,
            login: format!("{bind:?} {start_tls} {wanted:?}"),
            connect: Box::new(move || Box::pin(connect(reach.clone()))),
        });
    }
    if hosts.is_empty() {
        return Err(source.wrong("server_host: no server"));
    }
    Ok(hosts)
}

/// The URL of a server that may be named as one, or as host or `host:port`.
fn url(word: &str, port: u32) -> String {
    if let Some((scheme, rest)) = word.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        let place = rest.trim_end_matches('/');
        let place = if place.is_empty() && scheme == "ldapi" {
            "%2Fvar%2Frun%2Fslapd%2Fldapi"
        } else {
            place
        };
        return format!("{scheme}://{place}");
    }
    let has_port = word.rsplit_once(':').is_some_and(|(host, port)| {
        let is_number = !port.is_empty() && port.bytes().all(|octet| octet.is_ascii_digit());
        is_number && (!host.contains(':') || host.ends_with(']'))
    });
    if has_port {
        return format!("ldap://{word}");
    }
    let host = if word.contains(':') && !word.starts_with('[') {
        format!("[{word}]")
    } else {
        word.to_owned()
    };
    format!("ldap://{host}:{port}")
}

fn bind(source: &Source) -> Result<Bind, OpenError> {
    match source.text("bind", "yes")?.to_ascii_lowercase().as_str() {
        "no" | "none" => Ok(Bind::None),
        "yes" | "simple" => Ok(Bind::Simple(
            source.text("bind_dn", "")?,
            source.text("bind_pw", "")?,
        )),
        "sasl" => {
            let mechanisms = source.words("sasl_mechs", "")?;
            if mechanisms
                .iter()
                .any(|name| name.eq_ignore_ascii_case("EXTERNAL"))
            {
                return Ok(Bind::External);
            }
            Err(source.wrong("bind = sasl: of the mechanisms only EXTERNAL is in this build"))
        }
        other => Err(source.wrong(format!("unsupported bind method: {other}"))),
    }
}

fn wanted(source: &Source) -> Result<Wanted, OpenError> {
    let path = |name: &str| -> Result<Option<PathBuf>, OpenError> {
        Ok(source
            .given(name)?
            .filter(|text| !text.is_empty())
            .map(PathBuf::from))
    };
    let (cert, key) = (path("tls_cert")?, path("tls_key")?);
    if cert.is_some() != key.is_some() {
        return Err(source.wrong("tls_cert and tls_key belong together"));
    }
    for name in ["tls_cipher_suite", "tls_random_file"] {
        if path(name)?.is_some() {
            log::not_followed(source.table(), name, "this is up to the TLS library");
        }
    }
    let trust = if source.is("tls_require_cert", false)? {
        Trust::Name
    } else {
        Trust::Anyone
    };
    Ok(Wanted {
        trust,
        ca_file: path("tls_ca_cert_file")?,
        ca_folder: path("tls_ca_cert_dir")?,
        identity: cert.zip(key),
    })
}

async fn connect(reach: Reach) -> Result<Line, Fault> {
    let settings = LdapConnSettings::new()
        .set_conn_timeout(reach.wait)
        .set_starttls(reach.start_tls)
        .set_config(reach.tls);
    let connected = LdapConnAsync::with_settings(settings, &reach.url).await;
    let (connection, mut handle) = connected.map_err(|error| Fault::Broken(error.to_string()))?;
    // The task that carries the connection ends with the last handle, or when the connection breaks.
    tokio::spawn(async move {
        let _ = connection.drive().await;
    });
    let bound = match &reach.bind {
        Bind::None => return Ok(Line { handle }),
        Bind::Simple(name, password) => handle.simple_bind(name, password).await,
        Bind::External => handle.sasl_external_bind().await,
    };
    let bound = bound.map_err(|error| Fault::Broken(error.to_string()))?;
    if bound.rc != 0 {
        return Err(Fault::Broken(format!("bind: {}", shown(&bound))));
    }
    Ok(Line { handle })
}

/// A result as one line.
pub(crate) fn shown(result: &LdapResult) -> String {
    if result.text.is_empty() {
        return format!("result code {}", result.rc);
    }
    format!("result code {}: {}", result.rc, result.text)
}

/// What an error of the library comes to.
pub(crate) fn fault(error: LdapError) -> Fault {
    match error {
        LdapError::FilterParsing => Fault::Refused("the search filter can not be read".to_owned()),
        LdapError::LdapResult { result } => Fault::Refused(format!("Search error {}", shown(&result))),
        other => Fault::Broken(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_become_urls() {
        for (word, expected) in [
            ("h", "ldap://h:390"),
            ("h:1444", "ldap://h:1444"),
            ("ldap://h:1", "ldap://h:1"),
            ("LDAPS://h/", "ldaps://h"),
            ("ldapi://%2Fa%2Fb/", "ldapi://%2Fa%2Fb"),
            ("::1", "ldap://[::1]:390"),
            ("[::1]:7", "ldap://[::1]:7"),
        ] {
            assert_eq!(url(word, 390), expected);
        }
    }
}
