//! Attribute messages: the border is where parsing says it is, and what is read is written back alike.
#![no_main]

use contract::attribute::{Boundary, Message, encode, encode_request};
use contract::{Attributes, bounce, deliver, explain_smtp, master, showq};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = master::Report::decode(data);
    let Ok(Some(end)) = Boundary::default().find(data) else {
        return;
    };
    let attributes = Attributes::parse(&data[..end]).expect("a message within its border");
    let _ = showq::decode(&attributes);
    let _ = bounce::Append::take(&attributes);
    if let Ok(trace) = explain_smtp::Trace::take(&attributes) {
        let mut octets = Vec::new();
        encode(&trace, &mut octets);
        let again = explain_smtp::Trace::take(&Attributes::parse(&octets).expect("our own message"));
        assert_eq!(again, Ok(trace));
    }
    if let Ok(deliver) = deliver::Deliver::take(&attributes) {
        let mut octets = Vec::new();
        encode_request(&deliver, &mut octets);
        let again = deliver::Deliver::take(&Attributes::parse(&octets).expect("our own message"));
        assert_eq!(again, Ok(deliver));
    }
});
