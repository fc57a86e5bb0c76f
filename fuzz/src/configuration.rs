//! `main.cf`: any text is read or refused with a line, and every value expands or says why not, in bounded time.
#![no_main]

use config::Configuration;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(configuration) = Configuration::parse(text) else {
        return;
    };
    let names: Vec<String> = configuration
        .assigned()
        .map(|(name, ..)| name.to_owned())
        .collect();
    for name in names.iter().take(20) {
        let _ = configuration.expanded(name);
    }
});
