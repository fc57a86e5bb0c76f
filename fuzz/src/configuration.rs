//! `main.cf` and `master.cf`, and a file of templates: any text is read or refused with a line, every value expands or
//! says why not, and what is said in vain is found, in bounded time.
#![no_main]

use config::Configuration;
use config::audit::Audit;
use config::bounce_cf::{File, Templates};
use config::master_cf::MasterCf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (main, master) = text.split_once("\n---\n").unwrap_or((text, ""));
    let Ok(configuration) = Configuration::parse(main) else {
        return;
    };
    let names: Vec<String> = configuration
        .assigned()
        .map(|(name, ..)| name.to_owned())
        .collect();
    for name in names.iter().take(20) {
        let _ = configuration.expanded(name);
    }
    let master = MasterCf::parse_every("master.cf", master).unwrap_or_default();
    let audit = Audit::new(&configuration, &master.services);
    for unused in audit.unused_in_main().into_iter().chain(audit.unused_in_master()) {
        let _ = unused.nearest();
    }
    let _ = (audit.undefined_in_main(), audit.undefined_in_master());
    let _ = (audit.outdated_in_main(), audit.outdated_in_master(), audit.remarks_in_main());
    let file = File {
        name: "templates",
        octets: text.as_bytes(),
        flawed: &|_| (),
    };
    let _ = Templates::read(Some(&file), false).and_then(|templates| templates.expanded(&configuration));
});
