//! Random restriction lists and envelopes, as cases: the same dialogue against the original and ours must come to the
//! same, above all where something is refused.
//!
//! A seed gives one case. Some hundred dialogue steps go over services of one instance, each with lists of its own for
//! every stage, told by XCLIENT of clients of every kind. What is listed as a difference is not asked for.

use std::fmt::Write as _;

/// Numbers from a seed (xorshift64*).
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below `sides`.
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(number).expect("31 bits") % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.roll(100) < percent
    }
}

const HEAD: &str = "\
main: smtpd_authorized_xclient_hosts = 0.0.0.0/0, [::]/0
main: smtpd_forbid_unauth_pipelining = no
main: smtpd_soft_error_limit = 1000
main: smtpd_hard_error_limit = 1000
main: smtpd_junk_command_limit = 1000
main: inet_protocols = all
main: mynetworks = 192.0.2.128/25, [2001:db8:1::]/48
main: recipient_delimiter = +
main: relay_domains = relay.example, backup.example
main: relay_recipient_maps = inline:{ {in@relay.example=x} }
main: virtual_alias_domains = alias.test
main: virtual_alias_maps = inline:{ {v@alias.test=known} }
main: transport_maps = inline:{ {err@mx.test.example=error:5.1.6 moved away}, {wait@mx.test.example=retry:4.1.6 wait here} }
main: defer_transports = smtp, local, relay, error, retry
main: permit_mx_backup_networks =
main: smtpd_restriction_classes = one, two, three, four
main: rbl_reply_maps = inline:{ {told.test=$rbl_code 5.7.9 $rbl_class [$rbl_what] told by $rbl_domain; $rbl_reason} }
dns: good.example A 192.0.2.1
dns: good.example MX 10 mx.good.example
dns: good.example NS ns.good.example
dns: mx.good.example A 192.0.2.2
dns: ns.good.example A 192.0.2.3
dns: bad.example MX 10 mx.bad.example
dns: bad.example NS ns.bad.example
dns: mx.bad.example A 203.0.113.5
dns: ns.bad.example A 203.0.113.6
dns: null.example MX 0 .
dns: fail.example FAIL
dns: six.example AAAA 2001:db8::6
dns: alias.example CNAME good.example
dns: backup.example MX 10 other.example
dns: other.example A 203.0.113.9
dns: mxbackup.example MX 10 other.example
dns: mxbackup.example MX 20 mx.test.example
dns: mx.test.example A 127.0.0.1
dns: 66.2.0.192.list.test A 127.0.0.2
dns: 66.2.0.192.list.test TXT found in the list
dns: 67.2.0.192.list.test A 127.0.0.9
dns: 66.2.0.192.told.test A 127.0.0.2
dns: 66.2.0.192.told.test TXT told you
dns: 6.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.list.test A 127.0.0.3
dns: bad.example.names.test A 127.0.0.2
dns: good.example.white.test A 127.0.0.2
dns: 130.2.0.192.white.test A 127.0.0.2
dns: 66.2.0.192.white.test A 127.0.0.2
dns: 66.2.0.192.broken.test FAIL
";

const ACTIONS: &[&str] = &[
    "OK",
    "OK",
    "DUNNO",
    "DUNNO",
    "REJECT",
    "REJECT 5.1.1 no {name} here",
    "REJECT 4.7.0 of another class",
    "DEFER",
    "DEFER 4.1.8 later",
    "DEFER_IF_PERMIT 4.7.2 not yet",
    "DEFER_IF_PERMIT",
    "DEFER_IF_REJECT 4.7.3 not so soon",
    "DEFER_IF_REJECT",
    "450 4.1.2 come again",
    "550 stay away",
    "554 5.7.99 in words",
    "450",
    "12345",
    "WARN look",
    "INFO look",
    "HOLD",
    "HOLD for a while",
    "FILTER smtp:[127.0.0.1]:9",
    "FILTER nothing",
    "REDIRECT other@b.example",
    "REDIRECT nobody",
    "BCC other@b.example",
    "PREPEND X-Seen: yes",
    "PREPEND no header",
    "DISCARD",
    "reject_unauth_destination",
    "reject_non_fqdn_sender, permit",
    "warn_if_reject reject",
    "permit_mynetworks",
    "one",
    "two, reject",
    "defer_if_permit",
    "nonsense",
    "check_sender_access hash:nothing",
];

const KEYS: &[&str] = &[
    "good.example",
    "bad.example",
    ".bad.example",
    "sub.bad.example",
    "unknown",
    "192.0.2.66",
    "192.0.2",
    "203.0.113",
    "198.51.100.1",
    "127.0.0.1",
    "2001:db8",
    "short",
    "<>",
    "a@good.example",
    "a+ext@good.example",
    "x@bad.example",
    "known@mx.test.example",
    "nobody@mx.test.example",
    "mx.test.example",
    "elsewhere.example",
    "known@",
    "a@",
    "in@relay.example",
    "relay.example",
    "mx.bad.example",
    "ns.bad.example",
    "mx.good.example",
    "null.example",
];

const PLAIN: &[&str] = &[
    "permit",
    "reject",
    "defer",
    "defer_if_permit",
    "defer_if_reject",
    "warn_if_reject",
    "warn_if_reject",
    "reject_unauth_pipelining",
    "reject_plaintext_session",
    "reject_multi_recipient_bounce",
    "reject_unknown_client_hostname",
    "reject_unknown_reverse_client_hostname",
    "permit_mynetworks",
    "permit_mynetworks",
    "permit_sasl_authenticated",
    "permit_tls_clientcerts",
    "permit_tls_all_clientcerts",
    "reject_invalid_helo_hostname",
    "reject_non_fqdn_helo_hostname",
    "reject_unknown_helo_hostname",
    "reject_non_fqdn_sender",
    "reject_non_fqdn_recipient",
    "reject_unknown_sender_domain",
    "reject_unknown_recipient_domain",
    "reject_unlisted_sender",
    "reject_unlisted_recipient",
    "reject_sender_login_mismatch",
    "permit_auth_destination",
    "reject_unauth_destination",
    "defer_unauth_destination",
    "permit_mx_backup",
    "one",
    "two",
    "three",
    "four",
    "nonsense",
];

const TABLES: &[&str] = &[
    "check_client_access",
    "check_reverse_client_hostname_access",
    "check_helo_access",
    "check_sender_access",
    "check_recipient_access",
    "check_etrn_access",
    "check_sasl_access",
    "check_ccert_access",
    "check_client_mx_access",
    "check_client_ns_access",
    "check_client_a_access",
    "check_reverse_client_hostname_mx_access",
    "check_reverse_client_hostname_ns_access",
    "check_reverse_client_hostname_a_access",
    "check_helo_mx_access",
    "check_helo_ns_access",
    "check_helo_a_access",
    "check_sender_mx_access",
    "check_sender_ns_access",
    "check_sender_a_access",
    "check_recipient_mx_access",
    "check_recipient_ns_access",
    "check_recipient_a_access",
    "",
];

const LISTS: &[&str] = &[
    "reject_rbl_client list.test",
    "reject_rbl_client list.test=127.0.0.[2..5]",
    "reject_rbl_client list.test=127.0.0.9",
    "reject_rbl_client told.test",
    "reject_rbl_client broken.test",
    "reject_rhsbl_client names.test",
    "reject_rhsbl_reverse_client names.test",
    "reject_rhsbl_helo names.test",
    "reject_rhsbl_sender names.test",
    "reject_rhsbl_recipient names.test",
    "permit_dnswl_client white.test",
    "permit_dnswl_client broken.test",
    "permit_rhswl_client white.test",
];

const STAGES: &[&str] = &[
    "client",
    "helo",
    "sender",
    "relay",
    "recipient",
    "data",
    "end_of_data",
    "etrn",
];

const SWITCHES: &[&str] = &[
    "smtpd_delay_reject=no",
    "smtpd_delay_reject=no",
    "smtpd_helo_required=yes",
    "smtpd_relay_before_recipient_restrictions=no",
    "smtpd_reject_unlisted_sender=yes",
    "smtpd_reject_unlisted_recipient=no",
    "soft_bounce=yes",
    "strict_rfc821_envelopes=yes",
    "smtpd_null_access_lookup_key=a@good.example",
    "parent_domain_matches_subdomains=",
    "allow_untrusted_routing=yes",
    "access_map_reject_code=550",
    "access_map_defer_code=451",
    "reject_code=521",
    "defer_code=451",
    "relay_domains_reject_code=550",
    "maps_rbl_reject_code=450",
    "unknown_client_reject_code=550",
    "unknown_hostname_reject_code=550",
    "unknown_address_reject_code=550",
    "non_fqdn_reject_code=450",
    "unknown_address_tempfail_action=defer",
    "unknown_helo_hostname_tempfail_action=defer",
    "unknown_local_recipient_reject_code=450",
    "multi_recipient_bounce_reject_code=450",
    "show_user_unknown_table_name=no",
    "receive_override_options=no_unknown_recipient_checks",
    "smtpd_delay_open_until_valid_rcpt=no",
];

const CLIENTS: &[&str] = &[
    "NAME=good.example ADDR=198.51.100.1",
    "NAME=bad.example ADDR=198.51.100.2",
    "NAME=sub.bad.example ADDR=192.0.2.66",
    "NAME=[UNAVAILABLE] ADDR=192.0.2.67",
    "NAME=[TEMPUNAVAIL] ADDR=198.51.100.3",
    "NAME=[UNAVAILABLE] ADDR=198.51.100.4 REVERSE_NAME=bad.example",
    "NAME=[UNAVAILABLE] ADDR=198.51.100.4 REVERSE_NAME=[TEMPUNAVAIL]",
    "NAME=good.example ADDR=192.0.2.130",
    "NAME=six.example ADDR=IPV6:2001:db8::6",
    "NAME=six.example ADDR=IPV6:2001:db8:1::6",
    "NAME=good.example ADDR=192.0.2.66",
    "NAME=fail.example ADDR=203.0.113.77",
];

const HELOS: &[&str] = &[
    "good.example",
    "good.example",
    "bad.example",
    "sub.bad.example",
    "short",
    "no!name",
    "[192.0.2.66]",
    "[192.0.2.666]",
    "192.0.2.66",
    "nowhere.example",
    "fail.example",
    "null.example",
    "good.example.",
];

const SENDERS: &[&str] = &[
    "a@good.example",
    "a@good.example",
    "a+ext@good.example",
    "",
    "",
    "x@bad.example",
    "x@sub.bad.example",
    "nodomain",
    "x@nowhere.example",
    "x@fail.example",
    "x@null.example",
    "x@alias.example",
    "known@mx.test.example",
    "nobody@mx.test.example",
    "x@[192.0.2.66]",
    "err@mx.test.example",
];

const RECIPIENTS: &[&str] = &[
    "known@mx.test.example",
    "known@mx.test.example",
    "known@mx.test.example",
    "known+ext@mx.test.example",
    "KNOWN@MX.test.example",
    "nobody@mx.test.example",
    "known",
    "postmaster",
    "x@elsewhere.example",
    "x@fail.example",
    "x@null.example",
    "x@bad.example",
    "in@relay.example",
    "out@relay.example",
    "x@backup.example",
    "x@mxbackup.example",
    "v@alias.test",
    "w@alias.test",
    "a%b.example@mx.test.example",
    "@x.example:a@elsewhere.example",
    "b.example!a@mx.test.example",
    "err@mx.test.example",
    "wait@mx.test.example",
    "x@[127.0.0.1]",
    "x@short",
];

/// How much a case asks.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Services with lists of their own.
    pub services: usize,
    /// Connections to each.
    pub sessions: usize,
}

/// The tables that lists name.
const TABLE_COUNT: usize = 12;

/// The text of the case of a seed, without what is seen.
pub fn case(seed: u64, extent: Extent) -> String {
    let mut dice = Dice::new(seed);
    let mut text =
        format!("# A search, of seed {seed}: written by a program, and not to be changed by hand.\n{HEAD}");
    for table in 0..TABLE_COUNT {
        let mut keys: Vec<&str> = KEYS.to_vec();
        for _ in 0..8 {
            let key = keys.remove(dice.roll(keys.len()));
            let action = dice.pick(ACTIONS);
            let _ = writeln!(text, "file etc/t{table}: {key} {action}");
        }
    }
    for class in ["one", "two", "three", "four"] {
        // A class may name those after it, and so no circle comes about.
        let list = list(&mut dice, class);
        let _ = writeln!(text, "main: {class} = {list}");
    }
    for service in 0..extent.services {
        let _ = writeln!(text, "{}", service_line(&mut dice, service));
    }
    for service in 0..extent.services {
        for _ in 0..extent.sessions {
            session(&mut dice, service, &mut text);
        }
    }
    text
}

fn list(dice: &mut Dice, within: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let classes = ["one", "two", "three", "four"];
    let place = |name: &str| classes.iter().position(|class| *class == name);
    for _ in 0..=dice.roll(4) {
        let word = match dice.roll(10) {
            0..4 => dice.pick(PLAIN).to_owned(),
            4..8 => {
                let table = dice.roll(TABLE_COUNT);
                format!("{} texthash:@DIR@/etc/t{table}", dice.pick(TABLES))
                    .trim_start()
                    .to_owned()
            }
            _ => dice.pick(LISTS).to_owned(),
        };
        let circle = place(&word).is_some_and(|named| place(within).is_some_and(|own| named <= own));
        if !circle {
            words.push(word);
        }
    }
    // Before the sender's own stage the original does not know yet whether it has looked for him.
    if ["client", "helo", "etrn"].contains(&within) || place(within).is_some() {
        words.retain(|word| word != "reject_unlisted_sender");
    }
    if words.is_empty() {
        words.push("permit_mynetworks".to_owned());
    }
    words.join(", ")
}

fn service_line(dice: &mut Dice, service: usize) -> String {
    let mut line = format!("master: @PORT:s{service}@ inet n - n - - smtpd");
    for stage in STAGES {
        let list = match *stage {
            // Some list must stop strangers, or neither would start.
            "relay" if dice.chance(50) => "permit_mynetworks, reject_unauth_destination".to_owned(),
            // A bare permit, or a warning only, would not stop them.
            "relay" => {
                let list = list(dice, stage).replace("warn_if_reject", "permit_mynetworks");
                let list: Vec<&str> = list.split(", ").filter(|word| *word != "permit").collect();
                [list.as_slice(), &["defer_unauth_destination"]]
                    .concat()
                    .join(", ")
            }
            "recipient" if dice.chance(80) => list(dice, stage),
            _ if dice.chance(40) => list(dice, stage),
            _ => continue,
        };
        let _ = write!(line, " -o {{ smtpd_{stage}_restrictions = {list} }}");
    }
    let mut switches: Vec<&str> = SWITCHES.to_vec();
    for _ in 0..dice.roll(5) {
        let switch = switches.remove(dice.roll(switches.len()));
        let name = switch.split('=').next().unwrap_or_default();
        if !line.contains(&format!("-o {name}=")) {
            let _ = write!(line, " -o {switch}");
        }
    }
    line
}

fn session(dice: &mut Dice, service: usize, text: &mut String) {
    let _ = writeln!(text, "connect: s{service}\nC: XCLIENT {}", dice.pick(CLIENTS));
    if dice.chance(95) {
        let _ = writeln!(text, "C: HELO {}", dice.pick(HELOS));
    }
    for _ in 0..2 {
        let mut commands = vec![format!("MAIL FROM:<{}>", dice.pick(SENDERS))];
        for _ in 0..=dice.roll(3) {
            commands.push(format!("RCPT TO:<{}>", dice.pick(RECIPIENTS)));
        }
        if dice.chance(30) {
            let _ = writeln!(text, "C: {}", commands.join("\\r\\n"));
            // Either the end of an empty message or a command that there is not.
            let _ = writeln!(text, "C: DATA\nC: .\nC: RSET");
        } else {
            commands.push("RSET".to_owned());
            let _ = writeln!(text, "C: {}", commands.join("\\r\\n"));
        }
    }
    match dice.roll(6) {
        0 => text.push_str("C: ETRN good.example\n"),
        1 => text.push_str("C: VRFY known@mx.test.example\n"),
        2 => text.push_str("C: VRFY x@elsewhere.example\n"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_case_and_another_seed_another() {
        let extent = Extent {
            services: 2,
            sessions: 2,
        };
        assert_eq!(case(1, extent), case(1, extent));
        assert_ne!(case(1, extent), case(2, extent));
    }
}
