//! Random tables and addresses, as cases: what an address becomes on its way through the system, and where it goes.
//!
//! A seed gives one case. Everything ends at the transport `discard`, which says in the log by which next hop it was reached,
//! or at `error`; so the log, and what the sender is told, show each step of canonical mapping, masquerading, aliases,
//! copies, relocation and routing. What is listed as a difference is not asked for.

use crate::dice::Dice;
use std::fmt::Write as _;

const HEAD: &str = "\
main: mydomain = test.example
main: notify_classes =
main: local_recipient_maps =
main: smtpd_recipient_restrictions = permit_mynetworks
main: smtpd_reject_unlisted_recipient = no
main: smtpd_soft_error_limit = 1000
main: smtpd_hard_error_limit = 1000
main: default_transport = discard
main: local_transport = discard:local
main: virtual_transport = discard:virtual
main: relay_transport = discard:relay
main: virtual_mailbox_maps =
main: relay_recipient_maps =
";

/// Of each group a seed has one.
const WORLDS: &[&[&str]] = &[
    &[
        "recipient_delimiter = +",
        "recipient_delimiter = +-",
        "recipient_delimiter =",
        "recipient_delimiter = -",
    ],
    &[
        "append_at_myorigin = yes",
        "append_at_myorigin = yes",
        "append_at_myorigin = no",
    ],
    &["append_dot_mydomain = no", "append_dot_mydomain = yes"],
    &["allow_percent_hack = yes", "allow_percent_hack = no"],
    &["swap_bangpath = yes", "swap_bangpath = no"],
    &[
        "resolve_dequoted_address = yes",
        "resolve_dequoted_address = yes",
        "resolve_dequoted_address = no",
    ],
    &["resolve_null_domain = no", "resolve_null_domain = yes"],
    &["resolve_numeric_domain = no", "resolve_numeric_domain = yes"],
    &[
        "myorigin = $myhostname",
        "myorigin = $mydomain",
        "myorigin = dom.example",
    ],
    &[
        "mydestination = $myhostname, localhost",
        "mydestination = mx.test.example, test.example, local.example",
        "mydestination =",
    ],
    &[
        "relay_domains = relay.example",
        "relay_domains = relay.example, .dom.example",
        "relay_domains =",
    ],
    &[
        "virtual_alias_domains = alias.example",
        "virtual_alias_domains = alias.example, inline:{ {dom.example=x} }",
        "virtual_alias_domains =",
    ],
    &[
        "virtual_mailbox_domains = box.example",
        "virtual_mailbox_domains =",
    ],
    &[
        "parent_domain_matches_subdomains = relay_domains",
        "parent_domain_matches_subdomains = transport_maps, relay_domains",
        "parent_domain_matches_subdomains =",
    ],
    &[
        "relayhost =",
        "relayhost =",
        "relayhost = hub.example",
        "relayhost = [hub.example]:2525",
        "relayhost = smtp:hub.example",
    ],
    &["allow_min_user = no", "allow_min_user = yes"],
    &[
        "empty_address_recipient = MAILER-DAEMON",
        "empty_address_recipient = nobody",
    ],
    &[
        "enable_original_recipient = yes",
        "enable_original_recipient = no",
    ],
    &["proxy_interfaces =", "proxy_interfaces = 192.0.2.9"],
    &[
        "propagate_unmatched_extensions = canonical, virtual",
        "propagate_unmatched_extensions = canonical",
        "propagate_unmatched_extensions = virtual",
        "propagate_unmatched_extensions =",
    ],
    &[
        "virtual_alias_expansion_limit = 1000",
        "virtual_alias_expansion_limit = 5",
    ],
    &[
        "virtual_alias_recursion_limit = 1000",
        "virtual_alias_recursion_limit = 3",
    ],
    &[
        "masquerade_domains =",
        "masquerade_domains =",
        "masquerade_domains = dom.example",
        "masquerade_domains = !sub.dom.example, dom.example, example",
    ],
    &[
        "masquerade_classes = envelope_sender",
        "masquerade_classes = envelope_sender, envelope_recipient",
    ],
    &["masquerade_exceptions =", "masquerade_exceptions = root, a"],
    &[
        "canonical_classes = envelope_sender, envelope_recipient",
        "canonical_classes = envelope_sender",
        "canonical_classes = envelope_recipient",
    ],
    &[
        "always_bcc =",
        "always_bcc =",
        "always_bcc = archive@c.example",
        "always_bcc = v@alias.example",
    ],
    &["owner_request_special = yes", "owner_request_special = no"],
    &[
        "default_transport = discard",
        "default_transport = discard:default",
        "default_transport = error:5.1.2 nowhere to go",
    ],
    &[
        "local_transport = discard:local",
        "local_transport = discard",
        "local_transport = error:no mail here",
    ],
];

/// Tables of addresses, and how many rows each has at most.
const TABLES: &[(&str, usize)] = &[
    ("canonical_maps", 5),
    ("sender_canonical_maps", 3),
    ("recipient_canonical_maps", 3),
    ("virtual_alias_maps", 8),
    ("sender_bcc_maps", 2),
    ("recipient_bcc_maps", 2),
];

const KEYS: &[&str] = &[
    "a@dom.example",
    "a+x@dom.example",
    "a-x@dom.example",
    "b@dom.example",
    "a@sub.dom.example",
    "@dom.example",
    "@sub.dom.example",
    "@alias.example",
    "v@alias.example",
    "v+x@alias.example",
    "a",
    "b",
    "a+x",
    "root",
    "a@mx.test.example",
    "a@localhost",
    "a@test.example",
    "@mx.test.example",
    "x@relay.example",
    "x@box.example",
    "\"q s\"@dom.example",
    "@192.0.2.9",
    "a@[192.0.2.9]",
    "owner-list",
    "@local.example",
    "@c.example",
    "MAILER-DAEMON",
];

const VALUES: &[&str] = &[
    "a@dom.example",
    "b@dom.example",
    "b",
    "c@c.example",
    "c+y@c.example",
    "@c.example",
    "@dom.example",
    "@alias.example",
    "v@alias.example",
    "a@mx.test.example",
    "a@sub.dom.example",
    "x@relay.example",
    "x@box.example",
    "c@c.example, d@c.example",
    "a@dom.example b@dom.example c@c.example",
    "\"q s\"@c.example",
    "Name <c@c.example>",
    "c@c.example (comment)",
    "c@host",
    "c%c.example",
    "host!c",
    "a@dom.example, a@dom.example",
    "\"|command\"",
    "/dev/null",
    ":include:/x",
    "DUNNO",
    "c@c.example,",
];

const ROUTE_KEYS: &[&str] = &[
    "a@dom.example",
    "a+x@dom.example",
    "a@",
    "dom.example",
    ".dom.example",
    "sub.dom.example",
    "example",
    ".example",
    "*",
    "alias.example",
    "box.example",
    "relay.example",
    "mx.test.example",
    "a@mx.test.example",
    "localhost",
    "c.example",
    "c@c.example",
    "[192.0.2.9]",
    "192.0.2.9",
    "<>",
    "v@alias.example",
    "a",
];

const ROUTES: &[&str] = &[
    "discard:table",
    "discard:",
    "discard",
    ":",
    ":hop.example",
    ":[hop.example]:25",
    "error:5.1.6 moved away",
    "error:moved away",
    "error:",
    "error:4.2.0 not now",
    "retry:4.3.1 later",
    "retry:later",
    "relay",
    "nosuch:x",
    "discard:two words",
    "Discard:UPPER.example",
];

const RELAYS: &[&str] = &[
    "hop.example",
    "[hop.example]",
    "[hop.example]:26",
    "DUNNO",
    "hop.example other.example",
];

const TRANSPORTS: &[&str] = &[
    "discard:of sender",
    "discard",
    "error:5.7.1 not for you",
    "DUNNO",
    "discard:",
];

const SENDERS: &[&str] = &[
    "a@dom.example",
    "a+x@dom.example",
    "b@sub.dom.example",
    "",
    "a",
    "a@mx.test.example",
    "root@sub.dom.example",
    "v@alias.example",
    "\"q s\"@dom.example",
    "a@host",
    "owner-list@dom.example",
    "c%dom.example",
];

const RECIPIENTS: &[&str] = &[
    "a@dom.example",
    "A@dom.example",
    "a+x@dom.example",
    "a+x-y@dom.example",
    "a-x@dom.example",
    "b@dom.example",
    "other@dom.example",
    "a@sub.dom.example",
    "other@sub.dom.example",
    "a@x.sub.dom.example",
    "v@alias.example",
    "v+x@alias.example",
    "v+z@alias.example",
    "other@alias.example",
    "a",
    "a+x",
    "b",
    "root",
    "postmaster",
    "a@mx.test.example",
    "a+x@mx.test.example",
    "a@localhost",
    "a@test.example",
    "a@local.example",
    "x@relay.example",
    "x+y@relay.example",
    "x@sub.relay.example",
    "x@box.example",
    "x@sub.box.example",
    "c@c.example",
    "\"q s\"@dom.example",
    "\"q s+x\"@dom.example",
    "\"a\"@dom.example",
    "\"\"@dom.example",
    "a@host",
    "a@[192.0.2.9]",
    "a@192.0.2.9",
    "a@[IPv6:2001:db8::9]",
    "a%dom.example@mx.test.example",
    "a%dom.example",
    "dom.example!a",
    "host!dom.example!a@mx.test.example",
    "@mx.test.example:a@dom.example",
    "\"a@dom.example\"@mx.test.example",
    "\"a%dom.example\"@mx.test.example",
    "a@dom.example.",
    "a@@dom.example",
    "@dom.example",
    "a@",
    "+x@dom.example",
    "a+@dom.example",
    "-a@dom.example",
    "owner-list@dom.example",
    "list-request@dom.example",
    "mailer-daemon",
    "double-bounce",
];

/// How many transactions a case has.
const TRANSACTIONS: usize = 40;

/// The text of the case of a seed, without what is seen.
pub fn case(seed: u64) -> String {
    let mut dice = Dice::new(seed);
    let mut text = format!(
        "# Random tables and addresses, of seed {seed}: written by a program, and not to be changed by hand.\n{HEAD}"
    );
    for world in WORLDS {
        let _ = writeln!(text, "main: {}", dice.pick(world));
    }
    for (name, most) in TABLES {
        // Quotes in a copy's address are a listed difference.
        let quoted = VALUES.iter().position(|value| value.starts_with('"'));
        let values = match quoted {
            Some(quoted) if name.contains("bcc") => &VALUES[..quoted],
            _ => VALUES,
        };
        table(&mut dice, &mut text, name, (KEYS, values), *most);
    }
    table(
        &mut dice,
        &mut text,
        "relocated_maps",
        (KEYS, &["elsewhere.example", "a@new.example"]),
        2,
    );
    table(&mut dice, &mut text, "transport_maps", (ROUTE_KEYS, ROUTES), 8);
    table(
        &mut dice,
        &mut text,
        "sender_dependent_relayhost_maps",
        (KEYS, RELAYS),
        2,
    );
    table(
        &mut dice,
        &mut text,
        "sender_dependent_default_transport_maps",
        (KEYS, TRANSPORTS),
        2,
    );
    text.push_str("C: EHLO client.example\n");
    for _ in 0..TRANSACTIONS {
        let _ = writeln!(text, "C: MAIL FROM:<{}>", dice.pick(SENDERS));
        for _ in 0..=dice.roll(4) {
            let _ = writeln!(text, "C: RCPT TO:<{}>", dice.pick(RECIPIENTS));
        }
        text.push_str("C: DATA\nC: .\nC: RSET\n");
    }
    text.push_str(
        "C: QUIT\nlook: log discard\nlook: sorted lines error status=\nlook: sorted lines retry status=\n",
    );
    text.push_str("look: distinct lines cleanup _maps\nlook: sorted lines qmgr from=<\n");
    text
}

fn table(dice: &mut Dice, text: &mut String, name: &str, (keys, values): (&[&str], &[&str]), most: usize) {
    let count = dice.roll(most + 1);
    if count == 0 {
        let _ = writeln!(text, "main: {name} =");
        return;
    }
    let rows: Vec<String> = dice
        .draw(keys, count)
        .into_iter()
        .map(|key| format!("{{{key} = {}}}", dice.pick(values)))
        .collect();
    let _ = writeln!(text, "main: {name} = inline:{{ {} }}", rows.join(", "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_case_and_another_seed_another() {
        assert_eq!(case(1), case(1));
        assert_ne!(case(1), case(2));
    }
}
