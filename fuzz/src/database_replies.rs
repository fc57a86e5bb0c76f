//! Answers of memcached and Redis servers: any octets are an answer or an error, and a value is one that was sent.
#![no_main]

use std::io::Write;
use std::os::unix::net::UnixStream;

use database::fuzzing::{memcache_get, redis_values};
use libfuzzer_sys::fuzz_target;

/// The longest value allowed.
const LONGEST: usize = 300;

fuzz_target!(|octets: &[u8]| {
    if octets.len() > 4096 {
        return;
    }
    if let Some(values) = redis_values(octets) {
        assert!(values.len() <= octets.len());
        for text in values.iter().flatten().filter(|text| text.len() > 24) {
            // A longer one is no number, which could be written in another way.
            let is_sent = octets.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(is_sent, "{text:?}");
        }
    }
    for head in ["", "VALUE k 0 "] {
        let mut all = head.as_bytes().to_vec();
        all.extend_from_slice(octets);
        if let Ok(Some(value)) = asked(&all) {
            assert!(value.len() <= LONGEST);
            let end = format!("\r\n{value}\r\nEND");
            let line = all.iter().position(|octet| *octet == b'\n').expect("a line") - 1;
            let start = if all[line] == b'\r' { 0 } else { 1 };
            let sent = &all[line + start..];
            assert!(sent.starts_with(&end.as_bytes()[start..]), "{value:?}");
        }
    }
});

fn asked(octets: &[u8]) -> Result<Option<String>, String> {
    let (ours, mut theirs) = UnixStream::pair().expect("a pair");
    theirs.write_all(octets).expect("written");
    ours.set_nonblocking(true).expect("a socket");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a loop");
    runtime.block_on(async {
        let socket = tokio::net::UnixStream::from_std(ours).expect("a socket");
        theirs.shutdown(std::net::Shutdown::Write).expect("the end");
        memcache_get(socket, "k", LONGEST).await
    })
}
