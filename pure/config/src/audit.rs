//! What a configuration says in vain: parameters that nothing reads, names that nothing defines, names of earlier
//! releases.
//!
//! It knows `main.cf` and the services of `master.cf` together, because each may use what the other sets. It opens no
//! file; the tables that are described by files are listed for those who can. Follows postconf(1).

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use crate::catalogue::{self, FormerRestriction, Meaning};
use crate::configuration::{Configuration, Origin};
use crate::expand;
use crate::family;
use crate::master_cf::Service;
use crate::nearest::nearest;
use crate::split;
use crate::table_attributes;

/// A configuration with the services beside it, looked through once.
pub struct Audit<'a> {
    configuration: &'a Configuration,
    services: &'a [Service],
    /// Names that services have, with their defaults.
    of_services: BTreeMap<String, String>,
    /// Names that values, defaults and lists of restriction classes refer to.
    used: HashSet<String>,
    /// Names that defaults refer to.
    named_by_defaults: HashSet<String>,
    /// The tables with attributes that values name: type and name.
    tables: BTreeSet<(String, String)>,
}

/// A setting that nothing reads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unused {
    /// The parameter's name.
    pub name: String,
    /// Its value as written.
    pub value: String,
    /// Its line; `None` for an option of the command line.
    pub line: Option<usize>,
}

/// An earlier name that is still used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outdated {
    /// What to do instead.
    pub advice: String,
    /// Its line; `None` for an option of the command line.
    pub line: Option<usize>,
}

impl<'a> Audit<'a> {
    /// Looks through a configuration and the services of `master.cf`.
    pub fn new(configuration: &'a Configuration, services: &'a [Service]) -> Self {
        let of_services = services
            .iter()
            .flat_map(|service| family::parameters_of(&service.name, service.program()))
            .collect();
        let mut audit = Self {
            configuration,
            services,
            of_services,
            used: HashSet::new(),
            named_by_defaults: HashSet::new(),
            tables: BTreeSet::new(),
        };
        audit.look_through();
        audit
    }

    fn look_through(&mut self) {
        let configuration = self.configuration;
        let unset = catalogue::entries().filter(|entry| !entry.raw && !configuration.is_set(entry.name));
        let defaults = unset.map(|entry| entry.default);
        let values = configuration
            .assigned()
            .filter(|(name, ..)| !is_raw(name))
            .map(|(_, value, _)| value);
        let options: Vec<(String, String)> = self.services.iter().flat_map(Service::overrides).collect();
        let options = options
            .iter()
            .filter(|(name, _)| !is_raw(name))
            .map(|(_, value)| value.as_str());
        for entry in catalogue::entries().filter(|entry| !entry.raw) {
            expand::for_each_name(entry.default, &mut |name| {
                self.named_by_defaults.insert(name.to_owned());
            });
        }
        let mut used = HashSet::new();
        let mut tables = BTreeSet::new();
        for text in defaults.chain(values).chain(options) {
            expand::for_each_name(text, &mut |name| {
                if !used.contains(name) {
                    used.insert(name.to_owned());
                }
            });
            if text.contains(':') {
                // What cannot be expanded is reported where it is read.
                let expanded = configuration.expand(text).unwrap_or(text.into());
                tables.extend(
                    table_attributes::tables_in(&expanded)
                        .map(|(table_type, name)| (table_type.to_owned(), name.to_owned())),
                );
            }
        }
        used.extend(self.classes());
        self.used = used;
        self.tables = tables;
    }

    /// The names in `smtpd_restriction_classes`.
    fn classes(&self) -> Vec<String> {
        let name = catalogue::SMTPD_RESTRICTION_CLASSES.name();
        let list = self
            .configuration
            .expanded(name)
            .ok()
            .flatten()
            .unwrap_or_default();
        split::list(&list).map(str::to_owned).collect()
    }

    /// The parameters that services have by their names, each with its default, in alphabetical order.
    pub const fn service_parameters(&self) -> &BTreeMap<String, String> {
        &self.of_services
    }

    /// The names of the administrator's own that have a value and a use.
    pub fn user_parameters(&self) -> BTreeSet<&str> {
        self.settings()
            .map(|(name, ..)| name)
            .filter(|name| !self.is_built_in(name) && self.has_use(name))
            .collect()
    }

    /// Whether there is such a parameter: built in, of a service, or the administrator's own with a value and a use.
    pub fn is_known(&self, name: &str) -> bool {
        self.has_default(name) || (self.configuration.is_set(name) && self.has_use(name))
    }

    /// Whether it has a value without anybody giving it one, be it an empty value that other defaults refer to.
    pub fn has_default(&self, name: &str) -> bool {
        self.is_built_in(name) || self.named_by_defaults.contains(name)
    }

    /// Settings of `main.cf` that nothing reads, in alphabetical order.
    pub fn unused_in_main(&self) -> Vec<Unused> {
        let mut unused: Vec<_> = self
            .settings()
            .filter(|(name, ..)| !self.is_known(name) && !is_outdated(name))
            .map(|(name, value, origin)| Unused {
                name: name.to_owned(),
                value: value.to_owned(),
                line: line_of(origin),
            })
            .collect();
        unused.sort();
        unused
    }

    /// Options of services that nothing reads, in the order of the file.
    pub fn unused_in_master(&self) -> Vec<Unused> {
        self.each_option()
            .filter(|(options, name, ..)| {
                let is_sibling = options.iter().any(|(_, value)| refers_to(value, name));
                !self.has_default(name) && !self.has_use(name) && !is_sibling && !is_outdated(name)
            })
            .map(|(_, name, value, line)| Unused {
                name,
                value,
                line: Some(line),
            })
            .collect()
    }

    /// Names that values of `main.cf` refer to and that nothing defines.
    pub fn undefined_in_main(&self) -> BTreeSet<String> {
        let options: HashSet<String> = self.each_option().map(|(_, name, ..)| name).collect();
        let mut undefined = BTreeSet::new();
        for (name, value, _) in self.settings().filter(|(name, ..)| !is_raw(name)) {
            expand::for_each_name(value, &mut |found| {
                if found != name && !self.is_defined(found) && !options.contains(found) {
                    undefined.insert(found.to_owned());
                }
            });
        }
        undefined
    }

    /// Names that options of services refer to and that nothing defines.
    pub fn undefined_in_master(&self) -> BTreeSet<String> {
        let mut undefined = BTreeSet::new();
        for (options, name, value, _) in self.each_option().filter(|(_, name, ..)| !is_raw(name)) {
            expand::for_each_name(&value, &mut |found| {
                let is_sibling = options.iter().any(|(sibling, _)| sibling == found);
                if found != name && !self.is_defined(found) && !is_sibling {
                    undefined.insert(found.to_owned());
                }
            });
        }
        undefined
    }

    /// Names of earlier releases that `main.cf` sets, and restrictions of earlier releases that it names.
    pub fn outdated_in_main(&self) -> Vec<Outdated> {
        let mut outdated: Vec<_> = self
            .settings()
            .flat_map(|(name, value, origin)| {
                self.advice(name, value, &|heir| self.configuration.is_set(heir))
                    .into_iter()
                    .map(|advice| Outdated {
                        advice,
                        line: line_of(origin),
                    })
            })
            .collect();
        outdated.sort();
        outdated
    }

    /// The same for options of services.
    pub fn outdated_in_master(&self) -> Vec<Outdated> {
        self.each_option()
            .flat_map(|(options, name, value, line)| {
                let is_set = |heir: &str| options.iter().any(|(sibling, _)| sibling == heir);
                self.advice(&name, &value, &is_set)
                    .into_iter()
                    .map(move |advice| Outdated {
                        advice,
                        line: Some(line),
                    })
            })
            .collect()
    }

    /// Words of values in `main.cf` that begin like a comment and are none.
    pub fn remarks_in_main(&self) -> Vec<&'a str> {
        let mut found: Vec<&str> = self
            .settings()
            .filter(|(name, ..)| !is_raw(name))
            .flat_map(|(_, value, _)| split::remarks(value))
            .collect();
        found.sort_unstable();
        found
    }

    /// The tables that files describe: type and file.
    pub fn table_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.tables
            .iter()
            .filter(|(_, name)| name.starts_with(['/', '.']))
            .map(|(table_type, name)| (table_type.as_str(), name.as_str()))
    }

    fn advice(&self, name: &str, value: &str, is_set: &dyn Fn(&str) -> bool) -> Vec<String> {
        let mut advice = Vec::new();
        if let Some(former) = catalogue::FORMER.iter().find(|former| former.name == name) {
            let is_overruled = !former.heirs().is_empty() && former.heirs().iter().all(|heir| is_set(heir));
            let is_own = self.used.contains(name) && !is_read(former.meaning);
            if !(is_own && (is_overruled || former.heirs().is_empty())) {
                advice.push(former.advice());
            }
        }
        let is_list = catalogue::RESTRICTION_LISTS
            .iter()
            .any(|list| list.name() == name)
            || self.classes().iter().any(|class| class == name);
        if is_list {
            advice.extend(
                split::list(value)
                    .filter_map(FormerRestriction::find)
                    .map(FormerRestriction::advice),
            );
        }
        advice
    }

    /// What `main.cf` or the command line sets.
    fn settings(&self) -> impl Iterator<Item = (&'a str, &'a str, &'a Origin)> {
        self.configuration
            .assigned()
            .filter(|(.., origin)| matches!(origin, Origin::File(..) | Origin::Override))
    }

    /// Every option of every service: all of the service's, then its name, value and line.
    fn each_option(&self) -> impl Iterator<Item = (Vec<(String, String)>, String, String, usize)> {
        self.services.iter().flat_map(|service| {
            let options = service.overrides();
            options
                .clone()
                .into_iter()
                .map(move |(name, value)| (options.clone(), name, value, service.line))
        })
    }

    fn is_built_in(&self, name: &str) -> bool {
        catalogue::find(name).is_some() || self.of_services.contains_key(name)
    }

    fn has_use(&self, name: &str) -> bool {
        self.used.contains(name)
            || self.tables.iter().any(|(table_type, table)| {
                name.strip_prefix(table.as_str())
                    .and_then(|rest| rest.strip_prefix('_'))
                    .is_some_and(|attribute| {
                        table_attributes::of_type(table_type).is_some_and(|known| known.contains(&attribute))
                    })
            })
    }

    fn is_defined(&self, name: &str) -> bool {
        self.is_built_in(name)
            || self.configuration.is_set(name)
            || catalogue::FORMER
                .iter()
                .any(|former| former.name == name && is_read(former.meaning))
    }
}

impl fmt::Debug for Audit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Audit")
            .field("of_services", &self.of_services)
            .field("tables", &self.tables)
            .finish_non_exhaustive()
    }
}

impl Unused {
    /// The name that may have been meant.
    pub fn nearest(&self) -> Option<&'static str> {
        nearest(&self.name)
    }
}

fn is_raw(name: &str) -> bool {
    catalogue::find(name).is_some_and(|entry| entry.raw)
}

fn is_outdated(name: &str) -> bool {
    catalogue::FORMER.iter().any(|former| former.name == name)
}

const fn is_read(meaning: Meaning) -> bool {
    matches!(meaning, Meaning::Read(_) | Meaning::ReadInVain(_))
}

fn refers_to(value: &str, name: &str) -> bool {
    let mut does = false;
    expand::for_each_name(value, &mut |found| does |= found == name);
    does
}

fn line_of(origin: &Origin) -> Option<usize> {
    match origin {
        Origin::File(_, line) => Some(*line),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::master_cf::MasterCf;

    fn with<R>(main: &str, master: &str, look: impl FnOnce(&Audit<'_>) -> R) -> R {
        let configuration = Configuration::parse(main).unwrap();
        let master = MasterCf::parse("master.cf", master).unwrap();
        look(&Audit::new(&configuration, &master.services))
    }

    fn unused(main: &str, master: &str) -> Vec<String> {
        with(main, master, |audit| {
            let mut all = audit.unused_in_main();
            all.extend(audit.unused_in_master());
            all.into_iter().map(|unused| unused.name).collect()
        })
    }

    #[test]
    fn what_nothing_reads_is_unused() {
        let main = "nosuch = 1\nmine = 2\nrelayhost = $mine\nsmtpd_restriction_classes = strict\nstrict = permit\n\
            slow_destination_rate_delay = 1s\nfast_destination_rate_delay = 1s\nvirtual_maps = hash:/x\n\
            alias_maps = ldap:people, mysql:/x.cf\npeople_bind = no\npeople_bond = no\nothers_bind = no\n\
            forward_path = $home/$raw\nraw = 1\n";
        let master = "slow unix - - n - - smtp -o a=$b -o b=1 -o c=2\n";

        assert_eq!(
            unused(main, master),
            [
                "fast_destination_rate_delay",
                "nosuch",
                "others_bind",
                "people_bond",
                "raw",
                "a",
                "c"
            ]
        );
    }

    #[test]
    fn a_name_that_nothing_defines_is_undefined() {
        let main = "relayhost = $nosuch ${maybe?x} $virtual_maps $option $$no\nforward_path = $home\n";
        let master =
            "s unix - - n - - smtp -o option=1 -o x=$y -o z=$x -o w=$option\nt unix - - n - - smtp -o v=$x\n";
        with(main, master, |audit| {
            assert_eq!(Vec::from_iter(audit.undefined_in_main()), ["maybe", "nosuch"]);
            assert_eq!(Vec::from_iter(audit.undefined_in_master()), ["x", "y"]);
        });
    }

    #[test]
    fn earlier_names_come_with_advice_instead() {
        let main = "virtual_maps = hash:/v\nprogram_directory = /x\ndaemon_directory = $program_directory\n\
            recipient_feature_delimiter = -\nenable_errors_to = yes\n\
            smtpd_recipient_restrictions = permit_mynetworks, check_relay_domains\n";
        with(main, "s unix - - n - - smtp -o smtp_use_tls=yes\n", |audit| {
            assert_eq!(audit.unused_in_main(), []);
            let lines: Vec<_> = audit.outdated_in_main().iter().map(|found| found.line).collect();
            assert_eq!(lines.len(), 5, "{:?}", audit.outdated_in_main());
            assert_eq!(
                audit.outdated_in_master(),
                [Outdated {
                    advice: "support for parameter \"smtp_use_tls\" will be removed; \
                        instead, specify \"smtp_tls_security_level\""
                        .into(),
                    line: Some(1)
                }]
            );
        });
    }
}
