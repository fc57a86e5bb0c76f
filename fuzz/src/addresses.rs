//! Addresses: header lists, quoting, xtext, ORCPT, queue ids. Whatever comes is taken apart without a panic; what is
//! quoted is read back as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mail::parse::AddressList;

fuzz_target!(|data: &[u8]| {
    for tokens in AddressList::parse(data, 1000).addresses() {
        std::hint::black_box(tokens);
    }
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = mail::xtext::decode(text, 1000);
    let _ = mail::xtext::decode_unitext(text, 1000);
    let _ = mail::orcpt::decode(text, 1000);
    let _ = mail::EnhancedStatus::from_prefix(text);
    let _ = mail::domain::parse_literal(text);
    let _ = mail::domain::parse_mail_address(text);
    if let Some(id) = mail::QueueId::parse(text) {
        assert_eq!(id.as_str(), text);
    }
    assert_eq!(
        mail::xtext::decode(&mail::xtext::encode(data), usize::MAX).as_deref(),
        Ok(data)
    );
    if !text.contains(['\0', '\r', '\n']) {
        let quoted = mail::quote_local822(text);
        assert_eq!(mail::unquote(&quoted), text);
    }
});
