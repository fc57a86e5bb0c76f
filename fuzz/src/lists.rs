//! Lists such as `mynetworks` and `mydestination`: any text is read, and any member is judged the same each time.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lookup::{MatchList, Settings, Tables};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// Items that would open a file or a table are another target's.
fn is_plain(item: &str) -> bool {
    let item = item.trim_start_matches('!');
    let kind = item.split_once(':').map_or("", |(kind, _)| kind);
    !item.starts_with('/')
        && (kind.is_empty() || kind.starts_with('[') || kind.bytes().any(|b| b.is_ascii_digit()))
}

/// No table is asked, so the answer is there at once.
fn ready<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a list of plain items waits for nobody"),
    }
}

fuzz_target!(|text: &str| {
    let _warnings = maillog::capture();
    let (text, key) = text.split_once('\0').unwrap_or((text, "mail.example.com"));
    let items: Vec<&str> = text
        .split([' ', ',', '\t', '\r', '\n'])
        .filter(|item| is_plain(item) && !item.contains(['{', '}']))
        .collect();
    let tables = Tables::new(Settings::default());
    for parents in [false, true] {
        let Ok(list) = MatchList::open(&tables, "list", &items.join(" "), parents) else {
            return;
        };
        for key in [key, "10.1.2.3", "::1"] {
            let _ = ready(list.contains_text(key));
            let _ = ready(list.contains_domain(key));
            assert_eq!(
                ready(list.contains_address(key)),
                ready(list.contains_address(key))
            );
        }
    }
});
