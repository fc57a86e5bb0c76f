//! The lines that the SMTP and LMTP client writes, besides the `status=` line of `frame/outcome`.

use std::fmt::Display;

pub(crate) fn bad_destination(destination: &str, what: &str) {
    maillog::warning!("{what} in server description: {destination}");
}

pub(crate) fn bad_requiretls_policy(parameter: &str, word: &str) {
    maillog::warning!("{parameter}: unknown action: {word}");
}

pub(crate) fn record_ignored(record: &str) {
    maillog::info!("ignoring DNS RR: {record}");
}

pub(crate) fn bad_dns_filter(filter: &str, action: &str) {
    maillog::warning!("{filter}: unknown DNS filter action: \"{action}\"");
}

pub(crate) fn empty_next_hop(queue_id: &str) {
    maillog::warning!("{queue_id}: empty next-hop destination");
}

/// Why one server is passed over, before a session.
pub(crate) fn connect_failed(reason: &str) {
    maillog::info!("{reason}");
}

/// Why one server is passed over, within a session.
pub(crate) fn server_skipped(queue_id: &str, reason: &str) {
    maillog::info!("{queue_id}: {reason}");
}

pub(crate) fn no_mx_address(domain: &str) {
    maillog::warning!("no MX host for {domain} has a valid address record");
}

pub(crate) fn no_srv_address(name: &str) {
    maillog::warning!("no SRV host for {name} has a valid address record");
}

pub(crate) fn srv_skipped(name: &str, reason: &str) {
    maillog::info!("skipping SRV lookup for {name}: {reason}");
}

pub(crate) fn configuration_problem(parameter: &str) {
    maillog::warning!("{parameter} configuration problem");
}

pub(crate) fn fallback_ignored(parameter: &str, value: &str) {
    maillog::warning!("ignoring \"{parameter} = {value}\" setting for non-TCP connections");
}

pub(crate) fn bind_failed(address: &str, error: &str) {
    maillog::warning!("smtp_connect_addr: bind {address}: {error}");
}

pub(crate) fn own_greeting(peer: &str, name: &str) {
    maillog::warning!("host {peer} greeted me with my own hostname {name}");
}

pub(crate) fn own_hello(peer: &str, name: &str) {
    maillog::warning!("host {peer} replied to HELO/EHLO with my own hostname {name}");
}

pub(crate) fn discarding(keywords: &impl Display) {
    maillog::info!("discarding EHLO keywords: {keywords}");
}

pub(crate) fn utf8_without_8bit(host: &str) {
    maillog::info!("host {host} offers SMTPUTF8 support, but not 8BITMIME");
}

pub(crate) fn table_trouble(queue_id: &str, parameter: &str, key: &str) {
    maillog::warning!("{queue_id}: {parameter} map lookup error for {key}");
}

pub(crate) fn long_line(peer: &str, limit: usize, line: &str) {
    maillog::warning!("{peer}: response longer than {limit}: {line:.30}...");
}

pub(crate) fn reply_replaced(peer: &str, old: &str, new: &str) {
    maillog::info!("{peer}: replacing server reply \"{old}\" with \"{new}\"");
}

pub(crate) fn garbled_reply(queue_id: &str, protocol: &str, peer: &str, line: &str) {
    maillog::warning!("{queue_id}: non-{protocol} response from {peer}: {line:.100}");
}

pub(crate) fn pipelining_advice(address: &str, parameter: &str) {
    maillog::warning!(
        "to prevent loss of mail, turn off command pipelining for {address} with the {parameter} parameter"
    );
}

pub(crate) fn xforward_refused(peer: &str, reply: &str, command: &str) {
    maillog::warning!("host {peer} said: {reply} (in reply to {command})");
}

pub(crate) fn line_broken(queue_id: &str, limit: usize) {
    maillog::info!("{queue_id}: breaking line > {limit} bytes with <CR><LF>SPACE");
}

pub(crate) fn unreadable(queue_id: &str, error: &impl Display) {
    maillog::warning!("{queue_id}: cannot read message content: {error}");
}

/// A header or body check that matched.
pub(crate) fn check(queue_id: &str, action: &str, place: &str, content: &str, text: &str) {
    if text.is_empty() {
        maillog::info!("{queue_id}: {action}: {place} {content:.60}");
    } else {
        maillog::info!("{queue_id}: {action}: {place} {content:.60}: {text}");
    }
}

pub(crate) fn unknown_check(parameter: &str, action: &str) {
    maillog::warning!("unsupported command in {parameter} map: {action}");
}

pub(crate) fn check_without_text(parameter: &str, action: &str) {
    maillog::warning!("{action} action without text in {parameter} map");
}

pub(crate) fn check_with_no_header(parameter: &str, action: &str, text: &str) {
    maillog::warning!(
        "bad {action} header text \"{text}\" in {parameter} map -- need \"headername: headervalue\""
    );
}

pub(crate) fn checks_trouble(queue_id: &str, place: &str) {
    maillog::warning!("{queue_id}: smtp {place} checks lookup error");
}

pub(crate) fn no_notice(error: &impl Display) {
    maillog::warning!("postmaster notify: {error}");
}

pub(crate) fn single_recipient_needed(service: &str) {
    maillog::warning!("flag `D' requires {service}_destination_recipient_limit = 1");
}

pub(crate) fn obsolete_assume_final() {
    maillog::warning!("lmtp_assume_final is obsolete; instead, specify \"flags=X\" in master.cf");
}

pub(crate) fn transport_failed(transport: &str, error: &impl Display) {
    maillog::warning!("cannot pass mail to transport {transport}: {error}");
}

pub(crate) fn said(peer: &str, direction: char, line: &str) {
    maillog::verbose!("{direction} {peer}: {line}");
}
