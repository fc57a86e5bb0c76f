//! The lines an operator sees of the SMTP server; their wording is an interface.

use std::fmt::Write as _;

use mail::AddressForm;

use crate::state::{Forwarded, Place, State};

pub(crate) fn connect(client: &str) {
    maillog::info!("connect from {client}");
}

pub(crate) fn disconnect(client: &str, counts: &str) {
    maillog::info!("disconnect from {client}{counts}");
}

/// Something happened to a request: `reject`, `reject_warning`, `warn`, `hold`, `permit` and the like.
pub(crate) fn request(state: &State, verb: &str, text: &str, form: AddressForm) {
    maillog::info!("{}", request_line(state, verb, text, form));
}

fn request_line(state: &State, verb: &str, text: &str, form: AddressForm) -> String {
    let mut line = format!(
        "{}: {verb}: {} from {}: {text};",
        state.queue_id(),
        state.place,
        state.client.shown
    );
    request_facts(&mut line, state, form);
    line
}

/// What is known of a request, at the end of its line.
fn request_facts(line: &mut String, state: &State, form: AddressForm) {
    if let Some(sender) = &state.sender {
        let _ = write!(line, " from=<{}>", form.show(sender));
    }
    if let Some(recipient) = &state.recipient {
        let _ = write!(line, " to=<{}>", form.show(recipient));
    }
    let _ = write!(line, " proto={}", state.protocol());
    if let Some(helo) = &state.helo {
        let _ = write!(line, " helo=<{helo}>");
    }
    if let Some(login) = &state.login {
        let _ = write!(line, " sasl_method={} sasl_username={}", login.method, login.user);
    }
    if let Some(sender) = &state.auth_sender {
        let _ = write!(line, " sasl_sender={sender}");
    }
}

/// The session ended without QUIT. `content` are the octets of content that came.
pub(crate) fn broke_off(state: &State, reason: &str, content: u64) {
    let (id, client) = (state.queue_id(), &state.client.shown);
    match state.place {
        Place::Content => maillog::info!("{id}: {reason} after DATA ({content} bytes) from {client}"),
        Place::ChunkContent => maillog::info!("{id}: {reason} after BDAT ({content} bytes) from {client}"),
        // The message is ours; that its client did not say goodbye is nobody's concern.
        Place::EndOfMessage if reason == LOST => {}
        place => maillog::info!("{id}: {reason} after {place} from {client}"),
    }
}

/// A session that cannot go on because a table does not answer.
pub(crate) fn local_data_error(state: &State, text: &str) {
    maillog::info!(
        "{}: reject: {} from {}: {text}",
        state.queue_id(),
        state.place,
        state.client.shown
    );
}

pub(crate) const LOST: &str = "lost connection";
pub(crate) const TIMEOUT: &str = "timeout";
pub(crate) const TOO_MANY_ERRORS: &str = "too many errors";

/// A queue file was opened for a message of this client.
pub(crate) fn message_client(state: &State, with_port: bool) {
    let mut line = format!("{}: client={}", state.queue_id(), state.client.shown);
    if let Some(login) = &state.login {
        let _ = write!(
            line,
            ", sasl_method={}, sasl_username={}",
            login.method, login.user
        );
    }
    if let Some(sender) = &state.auth_sender {
        let _ = write!(line, ", sasl_sender={sender}");
    }
    if let Some(forwarded) = &state.forwarded {
        forwarded_client(&mut line, forwarded, with_port);
    }
    maillog::info!("{line}");
}

fn forwarded_client(line: &mut String, forwarded: &Forwarded, with_port: bool) {
    if let Some(ident) = &forwarded.ident {
        let _ = write!(line, ", orig_queue_id={ident}");
    }
    if forwarded.told_client {
        let _ = write!(line, ", orig_client={}", forwarded.shown(with_port));
    }
}

pub(crate) fn improper_pipelining(state: &State, octets: &[u8]) {
    maillog::info!(
        "improper command pipelining after {} from {}: {}",
        state.place,
        state.client.shown,
        escaped(octets.get(..100).unwrap_or(octets))
    );
}

/// Octets with control characters in C's notation.
fn escaped(octets: &[u8]) -> String {
    let mut text = String::new();
    for &octet in octets {
        match octet {
            b'\\' => text.push_str("\\\\"),
            0x07 => text.push_str("\\a"),
            0x08 => text.push_str("\\b"),
            0x0c => text.push_str("\\f"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            0x0b => text.push_str("\\v"),
            b' '..=b'~' => text.push(char::from(octet)),
            _ => {
                let _ = write!(text, "\\{octet:03o}");
            }
        }
    }
    text
}

pub(crate) fn name_mismatch(name: &str, address: &str, why: &str) {
    let separator = if why.is_empty() { "" } else { ": " };
    maillog::warning!("hostname {name} does not resolve to address {address}{separator}{why}");
}

pub(crate) fn too_long(client: &str, limit: usize, start: &str) {
    let start: String = start.chars().take(30).collect();
    maillog::warning!("{client}: request longer than {limit}: {start}...");
}

pub(crate) fn etrn_alone() {
    maillog::warning!("do not use ETRN in \"sendmail -bs\" mode");
}

pub(crate) fn input_disabled(client: &str) {
    maillog::warning!("disabling input from {client}");
}

pub(crate) fn not_smtp(client: &str, line: &[u8]) {
    let text: String = escaped(line).chars().take(100).collect();
    maillog::warning!("non-SMTP command from {client}: {text}");
}

pub(crate) fn illegal_address(client: &str, verb: &str, text: &str) {
    maillog::warning!("Illegal address syntax from {client} in {verb} command: {text}");
}

pub(crate) fn command_replaced(client: &str, old: &str, new: &str) {
    let short = |text: &str| text.chars().take(100).collect::<String>();
    maillog::info!(
        "{client}: replacing command \"{}\" with \"{}\"",
        short(old),
        short(new)
    );
}

pub(crate) fn filter_failed(table: &str, command: &str) {
    let command: String = command.chars().take(100).collect();
    maillog::warning!("{table} lookup error for \"{command}\"");
}

pub(crate) fn discarding_keywords(keywords: impl std::fmt::Display) {
    maillog::info!("discarding EHLO keywords: {keywords}");
}

pub(crate) fn keywords_unknown(client: &str) {
    maillog::warning!("don't know what EHLO features to announce to {client}");
}

pub(crate) fn right_unknown(command: &str, client: &str) {
    maillog::warning!("don't know if command {command} should be allowed from {client}");
}

/// A limit that anvil keeps was passed: `what` begins the line.
pub(crate) fn limit_exceeded(what: &str, count: u32, client: &str, service: &str) {
    maillog::warning!("{what} limit exceeded: {count} from {client} for service {service}");
}

pub(crate) fn service_unreachable(error: &ipc::AskError) {
    maillog::warning!("{error}");
}

pub(crate) fn cleanup_unreachable(error: &submit::SubmitError) {
    maillog::warning!("{error}");
}

pub(crate) fn size_exceeded(id: &str) {
    maillog::warning!("{id}: queue file size limit exceeded");
}

pub(crate) fn malformed_chunk(id: &str, client: &str, line: &str) {
    let line: String = line.chars().take(100).collect();
    maillog::warning!("{id}: malformed BDAT command syntax from {client}: {line}");
}

pub(crate) fn null_chunk(id: &str, client: &str) {
    maillog::warning!("{id}: null BDAT request from {client}");
}

pub(crate) fn chunk_too_large(id: &str, client: &str) {
    maillog::warning!("{id}: BDAT request from {client} exceeds message size limit");
}

pub(crate) fn too_much_chunk_content(id: &str, client: &str) {
    maillog::warning!("{id}: too much BDAT content -- disabling further input from {client}");
}

pub(crate) fn little_space(octets: u64) {
    maillog::warning!("not enough free space in mail queue: {octets} bytes < 1.5*message size limit");
}

pub(crate) fn space_unknown(error: &std::io::Error) {
    maillog::warning!("cannot tell the free space in the mail queue: {error}");
}

pub(crate) fn etrn_denied(domain: &str, client: &str) {
    let domain: String = domain.chars().take(100).collect();
    maillog::warning!("reject: ETRN {domain}... from {client}");
}

pub(crate) fn etrn_bad(domain: &str, client: &str) {
    let domain: String = domain.chars().take(100).collect();
    maillog::warning!("bad ETRN {domain}... from {client}");
}

pub(crate) fn flush_unreachable() {
    maillog::warning!("unable to talk to fast flush service");
}

pub(crate) fn verify_failed(service: &str) {
    maillog::warning!("{service} service failure");
}

pub(crate) fn reply_filtered(id: &str, old: &str, new: &str) {
    maillog::info!("{id}: reply filter in: {old}");
    maillog::info!("{id}: reply filter out: {new}");
}

pub(crate) fn bad_filter_result(id: &str, result: &str) {
    maillog::warning!("{id}: ignoring invalid reject filter result: {result}");
}

pub(crate) fn bad_reply_code(text: &str) {
    maillog::warning!("SMTP reply code configuration error: {text}");
}

pub(crate) fn bad_reply_status(text: &str) {
    maillog::warning!("DSN detail code configuration error: {text}");
}

pub(crate) fn status_mapped(from: &str, class: &str, to: &str) {
    maillog::info!("mapping DSN status {from} into {class} status {to}");
}

pub(crate) fn ignored_restriction(name: &str, after: &str) {
    maillog::warning!("restriction `{name}' after `{after}' is ignored");
}

/// A restriction cannot work as it is written; the text names it.
pub(crate) fn restriction_trouble(text: &str) {
    maillog::warning!("{text}");
}

pub(crate) fn notice_failed(error: &dyn std::fmt::Display) {
    maillog::warning!("postmaster notify: {error}");
}

pub(crate) fn policy_unreachable(server: &str, why: &str) {
    maillog::warning!("connect to {server}: {why}");
}

pub(crate) fn policy_timeout(server: &str) {
    maillog::warning!("timeout on {server} while reading input attribute name");
}

pub(crate) fn policy_cut_short(server: &str) {
    maillog::warning!("premature end-of-input on {server} while reading input attribute name");
}

pub(crate) fn policy_no_action(server: &str) {
    maillog::warning!("missing attribute action in input from {server}");
}

pub(crate) fn policy_too_much(server: &str, limit: usize) {
    maillog::warning!("more than {limit} octets in input from {server}");
}

pub(crate) fn policy_trouble(server: &str, error: &str) {
    maillog::warning!("problem talking to server {server}: {error}");
}

pub(crate) fn bad_local_rewrite(name: &str) {
    maillog::warning!("parameter local_header_rewrite_clients: invalid request: {name}");
}

/// A DNS list answers that it does not serve this resolver.
pub(crate) fn list_refuses(domain: &str, query: &str, address: std::net::Ipv4Addr) {
    maillog::warning!(
        "{domain}: DNS list answers {address} for {query}: it does not serve this resolver; ignored"
    );
}

/// A mail exchanger is given as an address where a name should be.
pub(crate) fn numeric_exchanger(domain: &str, host: &str) {
    maillog::warning!("numeric domain name in resource data of MX record for {domain}: {host}");
}

pub(crate) fn dns_trouble(why: &str) {
    maillog::warning!("dns_lookup: {why}");
}

pub(crate) fn filter_unreachable(filter: &str, why: &str) {
    maillog::warning!("connect to proxy filter {filter}: {why}");
}

pub(crate) fn filter_timeout(filter: &str) {
    maillog::warning!("timeout talking to proxy {filter}");
}

pub(crate) fn filter_lost(filter: &str) {
    maillog::warning!("lost connection with proxy {filter}");
}

pub(crate) fn filter_refused(filter: &str, command: &str, reply: &str) {
    maillog::warning!("proxy {filter} rejected \"{command}\": \"{reply}\"");
}

pub(crate) fn filter_spool(error: &std::io::Error) {
    maillog::warning!(
        "before-queue filter speed-adjust log: {}",
        sys::fault::text(error)
    );
}

/// What became of a message that a filter before the queue was given.
pub(crate) fn filtered(state: &State, taken: bool, reply: &str, form: AddressForm) {
    let verb = if taken { "proxy-accept" } else { "proxy-reject" };
    maillog::info!("{}", filtered_line(state, verb, reply, form));
}

fn filtered_line(state: &State, verb: &str, reply: &str, form: AddressForm) -> String {
    let mut line = format!("{}: {verb}: {}: {reply};", state.queue_id(), state.place);
    request_facts(&mut line, state, form);
    line
}

/// The header of a proxy before us is none.
pub(crate) fn bad_proxy_header(why: &dyn std::fmt::Display, octets: &[u8]) {
    maillog::warning!("haproxy read: {why}: {}", escaped(octets));
}

pub(crate) fn no_proxy_header(why: &str) {
    maillog::warning!("haproxy read: {why}");
}

pub(crate) fn list_lookup_error(query: &str, why: &str) {
    maillog::warning!("{query}: RBL lookup error: {why}");
}

/// What was done because of a default of an earlier release.
fn former_default(text: std::fmt::Arguments<'_>) {
    maillog::info!("using backwards-compatible default setting {text}");
}

pub(crate) fn former_relay_restrictions(recipient: &str, client: &str) {
    former_default(format_args!(
        "\"smtpd_relay_restrictions = (empty)\" to avoid \"Relay access denied\" error for recipient \"{recipient}\" from client \"{client}\""
    ));
}

pub(crate) fn former_relay_order(recipient: &str, client: &str) {
    former_default(format_args!(
        "smtpd_relay_before_recipient_restrictions=no to reject recipient \"{recipient}\" from client \"{client}\""
    ));
}

pub(crate) fn former_relay_domain(domain: &str) {
    former_default(format_args!(
        "relay_domains=$mydestination to accept mail for domain \"{domain}\""
    ));
}

pub(crate) fn former_relay_address(address: &str) {
    former_default(format_args!(
        "relay_domains=$mydestination to accept mail for address \"{address}\""
    ));
}

pub(crate) fn former_flush_domain(domain: &str) {
    former_default(format_args!(
        "relay_domains=$mydestination to flush mail for domain \"{domain}\""
    ));
}

pub(crate) fn former_networks(style: &str, client: &str) {
    former_default(format_args!(
        "mynetworks_style={style} to permit request from client \"{client}\""
    ));
}

/// `party`: sender or recipient.
pub(crate) fn former_smtputf8(party: &str, address: &str, client: &str) {
    former_default(format_args!(
        "smtputf8_enable=no to accept non-ASCII {party} address \"{address}\" from {client}"
    ));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Client;
    use esmtp::command::Verb;

    fn state() -> State {
        let mut client = Client::unknown();
        client.set_address("192.0.2.1".parse().ok());
        client.show(false);
        let mut state = State::new(client);
        state.place = Place::Command(Verb::Rcpt);
        state.helo = Some("h".into());
        state
    }

    #[test]
    fn a_refusal_is_logged_with_all_that_is_known() {
        let mut state = state();
        state.sender = Some(String::new());
        state.recipient = Some("a b@c".into());
        state.extended = true;

        assert_eq!(
            request_line(
                &state,
                "reject",
                "554 5.7.1 <x>: Relay access denied",
                AddressForm::External
            ),
            "NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 554 5.7.1 <x>: Relay access denied; \
             from=<> to=<\"a b\"@c> proto=ESMTP helo=<h>"
        );
        state.sender = None;
        state.recipient = None;
        state.helo = None;
        state.queue_id = Some("4abc".into());
        assert_eq!(
            request_line(&state, "warn", "x", AddressForm::External),
            "4abc: warn: RCPT from unknown[192.0.2.1]: x; proto=ESMTP"
        );
    }

    #[test]
    fn a_break_is_logged_with_its_place() {
        let capture = maillog::capture();
        let mut state = state();
        broke_off(&state, LOST, 0);
        state.place = Place::Content;
        state.queue_id = Some("4x".into());
        broke_off(&state, TIMEOUT, 17);
        state.place = Place::EndOfMessage;
        broke_off(&state, LOST, 17);

        assert_eq!(
            capture.lines(),
            [
                "NOQUEUE: lost connection after RCPT from unknown[192.0.2.1]",
                "4x: timeout after DATA (17 bytes) from unknown[192.0.2.1]"
            ]
        );
    }

    #[test]
    fn pipelined_octets_are_escaped() {
        assert_eq!(escaped(b"QUIT\r\n\x01\\\xff"), "QUIT\\r\\n\\001\\\\\\377");
    }
}
