//! What `master.cf` and `main.cf` together ask for: one plan for each service that is not disabled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};

use config::Configuration;
use config::host::{Protocols, own_networks};
use config::level::Level;
use config::master_cf::{MasterCf, Service, ServiceKind, Wakeup};

use crate::MasterError;
use crate::log;
use crate::settings::Settings;

/// One service as it should run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// The first column.
    pub(crate) name: String,
    /// The second column.
    pub(crate) kind: ServiceKind,
    /// Where it listens.
    pub(crate) place: Place,
    /// The program's path.
    pub(crate) program: PathBuf,
    /// The program's name, which becomes its process name.
    pub(crate) command: String,
    /// The arguments written in `master.cf`.
    pub(crate) arguments: Vec<String>,
    /// The process limit; 0 is none.
    pub(crate) limit: u32,
    /// When it is woken up.
    pub(crate) wakeup: Wakeup,
    /// Whether it gives up root.
    pub(crate) unprivileged: bool,
    /// Whether it changes its root directory.
    pub(crate) chroot: bool,
}

/// Where a service listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// TCP addresses.
    Inet(Vec<SocketAddr>),
    /// A path below the queue directory.
    Path(String),
}

impl Plan {
    /// The endpoint as the log names it: a port or `host:port` for TCP, a path otherwise.
    pub(crate) fn endpoint(&self) -> String {
        match &self.place {
            Place::Path(path) => path.clone(),
            Place::Inet(addresses) => {
                let port = addresses.first().map_or(0, SocketAddr::port);
                match self.name.rsplit_once(':') {
                    Some((host, _)) => format!("{host}:{port}"),
                    None => port.to_string(),
                }
            }
        }
    }

    /// Whether it listens beyond the loopback interface.
    pub(crate) fn is_for_strangers(&self) -> bool {
        match &self.place {
            Place::Path(_) => false,
            Place::Inet(addresses) => addresses.iter().any(|address| !address.ip().is_loopback()),
        }
    }

    /// Whether this is the same service as another, before and after a reload.
    pub(crate) fn is_same_service(&self, other: &Self) -> bool {
        self.kind == other.kind && self.name == other.name
    }
}

/// Makes the plans of all services.
///
/// # Errors
/// The first service whose host or port is unknown.
pub(crate) fn plans(
    master: &MasterCf,
    configuration: &Configuration,
    settings: &Settings,
) -> Result<Vec<Plan>, MasterError> {
    let protocols = Protocols::parse(&settings.inet_protocols);
    let no_inet = !protocols.ipv4 && !protocols.ipv6;
    let is_inet = |service: &Service| service.kind == ServiceKind::Inet;
    if no_inet && master.services.iter().any(is_inet) {
        log::no_protocols(&settings.inet_protocols);
    }
    let maker = Maker {
        master,
        configuration,
        settings,
        protocols,
    };
    master
        .services
        .iter()
        .filter(|service| !(no_inet && is_inet(service)))
        .filter(|service| !is_disabled(&settings.master_service_disable, &service.name, service.kind))
        .map(|service| maker.plan(service))
        .collect()
}

struct Maker<'a> {
    master: &'a MasterCf,
    configuration: &'a Configuration,
    settings: &'a Settings,
    protocols: Protocols,
}

impl Maker<'_> {
    fn plan(&self, service: &Service) -> Result<Plan, MasterError> {
        let place = match service.socket_path() {
            Some(path) => Place::Path(path),
            None => Place::Inet(self.addresses(service)?),
        };
        Ok(Plan {
            name: service.name.clone(),
            kind: service.kind,
            place,
            program: Path::new(&self.settings.daemon_directory).join(&service.command),
            command: service.command.clone(),
            arguments: service.arguments.clone(),
            limit: service
                .process_limit
                .unwrap_or(self.settings.default_process_limit),
            wakeup: service.wakeup,
            unprivileged: service.unprivileged,
            chroot: service.chroot.unwrap_or_else(|| self.default_chroot(service)),
        })
    }

    fn default_chroot(&self, service: &Service) -> bool {
        let old =
            Level::compare(&self.settings.compatibility_level, "1").is_some_and(std::cmp::Ordering::is_lt);
        if old {
            log::old_chroot_default(&self.master.file, service.line);
        }
        old
    }

    fn addresses(&self, service: &Service) -> Result<Vec<SocketAddr>, MasterError> {
        let wrong = |what: String| MasterError::Service {
            context: format!("{}: line {}", self.master.file, service.line),
            what,
        };
        let (host, port_name) = service.host_and_port();
        let port = configuration::tcp_port(self.configuration, port_name)?
            .ok_or_else(|| wrong(format!("unknown port {port_name} in service {}", service.name)))?;
        let hosts: Vec<IpAddr> = match host {
            None if self.settings.inet_interfaces.trim().eq_ignore_ascii_case("all") => {
                vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
            }
            None => own_networks(self.configuration)
                .into_iter()
                .map(|network| network.address)
                .collect(),
            Some(host) => match host.parse() {
                Ok(address) => vec![address],
                Err(_) => self.configuration.host().addresses_of(host),
            },
        };
        let addresses: Vec<_> = hosts
            .into_iter()
            .filter(|address| self.protocols.allow(*address))
            .map(|address| SocketAddr::new(address, port))
            .collect();
        match addresses.is_empty() {
            true => Err(wrong(format!(
                "no address to listen on for service {}",
                service.name
            ))),
            false => Ok(addresses),
        }
    }
}

/// Says whether `master_service_disable` turns a service off: items are a type or `name/type` (older: `name.type`),
/// `!` reverses, and the first that matches counts.
fn is_disabled(list: &[String], name: &str, kind: ServiceKind) -> bool {
    for item in list {
        let (item, disables) = item
            .strip_prefix('!')
            .map_or((item.as_str(), true), |rest| (rest, false));
        let pair = item.rsplit_once('/').or_else(|| item.rsplit_once('.'));
        let matches = match pair {
            Some((service, word)) => service == name && word == kind.word(),
            None => item == kind.word(),
        };
        if matches {
            return disables;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(main: &str, master: &str) -> Result<Vec<Plan>, MasterError> {
        let configuration = Configuration::parse(main).unwrap();
        let settings = Settings::read(&configuration).unwrap();
        plans(
            &MasterCf::parse("master.cf", master).unwrap(),
            &configuration,
            &settings,
        )
    }

    #[test]
    fn a_port_is_listened_on_at_all_or_the_named_addresses() {
        let all = planned("", "smtp inet n - n - - smtpd").unwrap().remove(0);
        let some = planned("inet_interfaces=127.0.0.1", "10025 inet n - n - - smtpd")
            .unwrap()
            .remove(0);
        let host = planned("inet_protocols=ipv4", "[127.0.0.2]:25 inet n - n - - smtpd")
            .unwrap()
            .remove(0);

        let wanted = ["0.0.0.0:25", "[::]:25"].map(|text| text.parse().unwrap());
        assert_eq!(all.place, Place::Inet(wanted.to_vec()));
        assert_eq!(all.endpoint(), "25");
        assert_eq!(some.place, Place::Inet(vec!["127.0.0.1:10025".parse().unwrap()]));
        assert_eq!(host.place, Place::Inet(vec!["127.0.0.2:25".parse().unwrap()]));
        assert_eq!(host.endpoint(), "[127.0.0.2]:25");
    }

    #[test]
    fn defaults_come_from_main_cf() {
        let main = "default_process_limit=7\ndaemon_directory=/d\ncompatibility_level=3.6";
        let plan = planned(main, "rewrite unix - - - - - trivial-rewrite")
            .unwrap()
            .remove(0);

        assert_eq!(plan.limit, 7);
        assert_eq!(plan.program, Path::new("/d/trivial-rewrite"));
        assert!(!plan.chroot && plan.unprivileged);
        assert_eq!(plan.place, Place::Path("private/rewrite".to_owned()));
        assert!(planned("", "rewrite unix - - - - - trivial-rewrite").unwrap()[0].chroot);
    }

    #[test]
    fn an_unknown_port_is_an_error_with_its_line() {
        let error = planned("", "\nno-such-port inet n - n - - smtpd").unwrap_err();
        assert_eq!(
            error.to_string(),
            "master.cf: line 2: unknown port no-such-port in service no-such-port"
        );
    }

    #[test]
    fn services_are_disabled_by_type_or_by_name_and_type() {
        let list = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert!(is_disabled(&list("inet"), "smtp", ServiceKind::Inet));
        assert!(is_disabled(&list("smtp.inet"), "smtp", ServiceKind::Inet));
        assert!(!is_disabled(&list("smtp/inet"), "smtp", ServiceKind::Unix));
        assert!(!is_disabled(&list("!smtp/inet inet"), "smtp", ServiceKind::Inet));
        assert!(is_disabled(&list("!smtp/inet inet"), "587", ServiceKind::Inet));
    }
}
