//! `master.cf`, and the endpoints it names.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(file) = config::master_cf::MasterCf::parse("master.cf", text) {
        for service in &file.services {
            let _ = service.overrides();
            let _ = service.host_and_port();
        }
    }
    let _ = config::Endpoint::parse(text);
});
