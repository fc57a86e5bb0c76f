//! The words that restriction lists and envelopes of the search are made of. Of two alike one comes twice as often.

/// What is so in every case.
pub const HEAD: &str = "\
main: smtpd_authorized_xclient_hosts = 0.0.0.0/0, [::]/0
main: smtpd_forbid_unauth_pipelining = no
main: smtpd_soft_error_limit = 1000
main: smtpd_hard_error_limit = 1000
main: smtpd_junk_command_limit = 1000
main: inet_protocols = all
main: notify_classes =
main: local_header_rewrite_clients = static:all
main: virtual_alias_domains = alias.test
main: defer_transports = smtp, local, relay, virtual, error, retry
main: virtual_mailbox_domains = box.test
main: virtual_mailbox_maps = inline:{ {in@box.test=in} }
main: virtual_mailbox_base = @DIR@/mail
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

/// Of each group a seed has one: what is asked of addresses by other programs than smtpd cannot be set for one service.
pub const WORLDS: &[&[&str]] = &[
    &[
        "recipient_delimiter = +",
        "recipient_delimiter = +",
        "recipient_delimiter = +-",
        "recipient_delimiter =",
    ],
    &[
        "mynetworks = 192.0.2.128/25, [2001:db8:1::]/48",
        "mynetworks = 192.0.2.128/25, [2001:db8:1::]/48",
        "mynetworks = !192.0.2.130, 192.0.2.128/25",
        "mynetworks = cidr:@DIR@/etc/networks",
    ],
    &[
        "relay_domains = relay.example, backup.example",
        "relay_domains = relay.example, backup.example",
        "relay_domains = inline:{ {relay.example=x}, {.backup.example=x}, {backup.example=x} }",
        "relay_domains = !sub.relay.example, relay.example",
        "relay_domains = $mydestination",
        "relay_domains = .relay.example, backup.example",
        "relay_domains =",
    ],
    &[
        "relay_recipient_maps = inline:{ {in@relay.example=x} }",
        "relay_recipient_maps = inline:{ {in@relay.example=x} }",
        "relay_recipient_maps = inline:{ {@relay.example=x} }",
        "relay_recipient_maps =",
    ],
    &[
        "virtual_alias_maps = inline:{ {v@alias.test=known} }",
        "virtual_alias_maps = inline:{ {v@alias.test=known} }",
        "virtual_alias_maps = inline:{ {@alias.test=known} }",
        "virtual_alias_maps = inline:{ {v@alias.test=x@elsewhere.example}, {@elsewhere.example=@other.example}, {nobody=known} }",
        "virtual_alias_maps = regexp:@DIR@/etc/aliases",
    ],
    &[
        "transport_maps = inline:{ {err@mx.test.example=error:5.1.6 moved away}, {wait@mx.test.example=retry:4.1.6 wait here} }",
        "transport_maps = inline:{ {err@mx.test.example=error:5.1.6 moved away}, {wait@mx.test.example=retry:4.1.6 wait here} }",
        "transport_maps = inline:{ {elsewhere.example=error:no such place}, {.relay.example=:}, {*=smtp:[127.0.0.1]:9} }",
        "transport_maps = inline:{ {relay.example=error:closed}, {known@=retry:}, {alias.test=local:} }",
        "transport_maps =",
    ],
    &[
        "permit_mx_backup_networks =",
        "permit_mx_backup_networks =",
        "permit_mx_backup_networks = 203.0.113.0/24",
        "permit_mx_backup_networks = 0.0.0.0/0",
    ],
    &[
        "local_recipient_maps = inline:{ known=x, root=x }",
        "local_recipient_maps = inline:{ known=x, root=x }",
        "local_recipient_maps = inline:{ known=x, root=x }",
        "local_recipient_maps =",
    ],
    &[
        "mydestination = $myhostname, localhost",
        "mydestination = $myhostname, localhost",
        "mydestination = $myhostname, localhost",
        "mydestination = !sub.mx.test.example, mx.test.example, inline:{ {localhost=x} }",
        "mydestination =",
    ],
    &[
        "myorigin = $myhostname",
        "myorigin = $myhostname",
        "myorigin = elsewhere.example",
        "myorigin = relay.example",
    ],
    &[
        "append_at_myorigin = yes",
        "append_at_myorigin = yes",
        "append_at_myorigin = no",
    ],
    &["append_dot_mydomain = no", "append_dot_mydomain = yes"],
    &[
        "allow_percent_hack = yes",
        "allow_percent_hack = yes",
        "allow_percent_hack = no",
    ],
    &["swap_bangpath = yes", "swap_bangpath = yes", "swap_bangpath = no"],
    &[
        "resolve_dequoted_address = yes",
        "resolve_dequoted_address = yes",
        "resolve_dequoted_address = no",
    ],
    &[
        "resolve_null_domain = no",
        "resolve_null_domain = no",
        "resolve_null_domain = yes",
    ],
    &[
        "resolve_numeric_domain = no",
        "resolve_numeric_domain = no",
        "resolve_numeric_domain = yes",
    ],
    &[
        "proxy_interfaces =",
        "proxy_interfaces =",
        "proxy_interfaces = 203.0.113.9",
    ],
    &[
        "canonical_maps =",
        "canonical_maps =",
        "canonical_maps = inline:{ {x@elsewhere.example=known@mx.test.example}, {nobody=known}, {known+ext=x@relay.example} }",
        "recipient_canonical_maps = inline:{ {@elsewhere.example=@relay.example}, {nobody@mx.test.example=known} }",
    ],
    &[
        "relocated_maps =",
        "relocated_maps =",
        "relocated_maps = inline:{ {gone@mx.test.example=new@b.example}, {@backup.example=elsewhere} }",
    ],
    &[
        "smtpd_sender_login_maps =",
        "smtpd_sender_login_maps = inline:{ {a@good.example=user}, {@bad.example=other} }",
    ],
    &[
        "parent_domain_matches_subdomains = relay_domains, smtpd_access_maps, mynetworks",
        "parent_domain_matches_subdomains = relay_domains, smtpd_access_maps, mynetworks",
        "parent_domain_matches_subdomains = relay_domains",
        "parent_domain_matches_subdomains = smtpd_access_maps",
    ],
];

/// Tables whose lines are no `key action`: `NAME PATTERN`, with an action to follow.
pub const PATTERNS: &[&str] = &[
    "c0: 192.0.2.0/25",
    "c0: 198.51.100.0/30",
    "c0: 2001:db8::/48",
    "c1: 203.0.113.5",
    "c1: !192.0.2.128/25",
    "r0: /^x@/",
    "r0: /bad/",
    "r0: /^unknown$/",
    "r1: !/example$/",
    "r1: /(good)\\.example/",
    "r1: /^(.*)@mx\\.test\\.example$/",
    "p0: /^a(?=@)/",
    "p0: /%|!|:/",
    "p0: /\\.bad\\.example$/i",
];

/// Tables that lists name, beside those in files of keys and actions.
pub const OTHER_TABLES: &[&str] = &[
    "cidr:@DIR@/etc/c0",
    "cidr:@DIR@/etc/c1",
    "regexp:@DIR@/etc/r0",
    "regexp:@DIR@/etc/r1",
    "pcre:@DIR@/etc/p0",
    "static:DUNNO",
    "static:OK",
    "static:REJECT",
    "inline:{ {good.example=DEFER}, {x@elsewhere.example=OK}, {192.0.2=REJECT} }",
    "unionmap:{cidr:@DIR@/etc/c0, regexp:@DIR@/etc/r0}",
    "pipemap:{texthash:@DIR@/etc/t0, inline:{ {OK=DUNNO}, {REJECT=OK}, {DEFER=550 no} }}",
];

/// What the policy server is asked about, and answers with an action.
pub const QUESTIONS: &[&str] = &[
    "sender=a@good.example",
    "sender=",
    "helo_name=bad.example",
    "recipient=x@elsewhere.example",
    "recipient=known@mx.test.example",
    "protocol_state=DATA",
    "protocol_state=END-OF-MESSAGE",
    "client_address=192.0.2.66",
    "recipient_count=2",
];

/// What tables and policy servers answer.
pub const ACTIONS: &[&str] = &[
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
    "BCC nobody",
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
    "RELAY",
    "ok with words",
    "permit_auth_destination, reject",
    "reject_unauth_destination, permit",
    "421 4.3.2 go away",
    "521 5.3.2 go away",
    "reject_unlisted_recipient, three",
];

/// What tables know.
pub const KEYS: &[&str] = &[
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
    "x@elsewhere.example",
    "a@elsewhere.example",
    "\"quo ted\"@mx.test.example",
    "x@",
    "sub.relay.example",
    "[203.0.113.9]",
    "x@[127.0.0.1]",
    "alias.test",
    "box.test",
    ".example",
    "2001:db8:0:0",
];

/// Restrictions without a table.
pub const PLAIN: &[&str] = &[
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
    "reject_known_sender_login_mismatch",
    "reject_authenticated_sender_login_mismatch",
    "reject_unauthenticated_sender_login_mismatch",
    "sleep 0",
    "reject_unknown_client",
    "reject_unknown_hostname",
    "reject_invalid_hostname",
    "reject_non_fqdn_hostname",
    "reject_unknown_address",
    "check_recipient_maps",
    "Permit_MyNetworks",
    "REJECT_UNAUTH_DESTINATION",
    "check_policy_service @POLICY@",
    "check_policy_service @POLICY@",
    "check_policy_service { @POLICY@, timeout=5s, default_action=DUNNO, policy_context=here }",
];

/// Restrictions with one.
pub const TABLES: &[&str] = &[
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

/// Restrictions with a DNS list.
pub const LISTS: &[&str] = &[
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

/// Where lists stand.
pub const STAGES: &[&str] = &[
    "client",
    "helo",
    "sender",
    "relay",
    "recipient",
    "data",
    "end_of_data",
    "etrn",
];

/// Settings of which a service has some.
pub const SWITCHES: &[&str] = &[
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
    "unknown_relay_recipient_reject_code=450",
    "unknown_virtual_alias_reject_code=551",
    "unknown_virtual_mailbox_reject_code=450",
    "invalid_hostname_reject_code=550",
    "reject_tempfail_action=defer",
    "smtpd_reject_footer=call us",
    "smtpd_reject_footer=\\c. Call $$server_name",
    "smtpd_log_access_permit_actions=static:all",
    "smtpd_client_restrictions=",
    "smtpd_policy_service_default_action=DUNNO",
];

/// Who comes.
pub const CLIENTS: &[&str] = &[
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
    "NAME=[UNAVAILABLE] ADDR=192.0.2.200 PROTO=SMTP HELO=good.example",
    "NAME=mx.test.example ADDR=203.0.113.9",
    "NAME=box.test ADDR=IPV6:2001:db8:1:0:0:0:0:7",
];

/// What clients call themselves.
pub const HELOS: &[&str] = &[
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
    "[IPv6:2001:db8::6]",
    "[2001:db8::6]",
    "mx.test.example",
    "localhost",
    "-bad-.example",
    "un_der.example",
    "1.2.3",
    "good.example.very.long.name.that.is.a.bit.too.much",
];

/// Whose mail it is.
pub const SENDERS: &[&str] = &[
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
    "@good.example:x@bad.example",
    "x%bad.example@good.example",
    "bad.example!x@good.example",
    "\"a\"@good.example",
    "\"quo ted\"@mx.test.example",
    "a@good.example.",
    "A@GOOD.example",
    "x@sub.relay.example",
    "x@[IPv6:2001:db8::6]",
    "x@[1.2.3",
    "@",
    "x@@bad.example",
    "v@alias.test",
    "w@box.test",
    "gone@mx.test.example",
    "out@relay.example",
];

/// Whom it is for.
pub const RECIPIENTS: &[&str] = &[
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
    // Ways to say one address and to mean another: one that is taken and not known for what it is opens the relay.
    "x%elsewhere.example@mx.test.example",
    "x%elsewhere.example@relay.example",
    "x%elsewhere.example",
    "x%elsewhere.example%relay.example@mx.test.example",
    "\"x%elsewhere.example\"@mx.test.example",
    "\"x%elsewhere.example\"@relay.example",
    "\"x@elsewhere.example\"@mx.test.example",
    "\"x@elsewhere.example\"",
    "\"x@elsewhere.example\"@relay.example",
    "x@elsewhere.example@mx.test.example",
    "x@elsewhere.example@relay.example",
    "elsewhere.example!x",
    "elsewhere.example!x@relay.example",
    "\"elsewhere.example!x\"@relay.example",
    "relay.example!elsewhere.example!x",
    "elsewhere.example!known%mx.test.example",
    "@mx.test.example:known@mx.test.example",
    "@mx.test.example:x@elsewhere.example",
    "@relay.example,@mx.test.example:x@elsewhere.example",
    "@elsewhere.example:known@mx.test.example",
    "@:x@elsewhere.example",
    "@mx.test.example:x%elsewhere.example@mx.test.example",
    "\"@mx.test.example:x@elsewhere.example\"@relay.example",
    "x@[203.0.113.9]",
    "x@[192.0.2.1]",
    "known@[127.0.0.1]",
    "x@[IPv6:::1]",
    "x@[IPv6:2001:db8::6]",
    "x@[::1]",
    "x@[mx.test.example]",
    "x@127.0.0.1",
    "x@203.0.113.9",
    "x@[elsewhere.example",
    "x@elsewhere.example.",
    "x@elsewhere.example..",
    "x@.elsewhere.example",
    "x@else where.example",
    "known@mx.test.example.",
    "known@MX.TEST.EXAMPLE.",
    "known@localhost",
    "known@sub.mx.test.example",
    "x@sub.relay.example",
    "x@sub.backup.example",
    "in+ext@relay.example",
    "in@relay.example.",
    "known-ext@mx.test.example",
    "known+ext-more@mx.test.example",
    "\"known\"@mx.test.example",
    "\"kno\\wn\"@mx.test.example",
    "\"known \"@mx.test.example",
    "\"\"@mx.test.example",
    "@mx.test.example",
    "x@",
    "@",
    "x@@elsewhere.example",
    "",
    "\"postmaster\"",
    "PostMaster",
    "postmaster@",
    "postmaster@elsewhere.example",
    "postmaster@relay.example",
    "v+ext@alias.test",
    "w@sub.alias.test",
    "in@box.test",
    "w@box.test",
    "gone@mx.test.example",
    "x%@mx.test.example",
    "%elsewhere.example@mx.test.example",
    "!x@mx.test.example",
    "elsewhere.example!@mx.test.example",
    "x/../y@mx.test.example",
    "-x@mx.test.example",
    "x;y@relay.example",
    "x,y@elsewhere.example",
    "(comment)x@elsewhere.example",
    "x@(comment)elsewhere.example",
    "x:y@elsewhere.example",
];

/// How addresses are written in commands; `%` stands for one.
pub const FORMS: &[&str] = &[
    "<%>",
    "<%>",
    "<%>",
    "<%>",
    "<%>",
    "<%>",
    "<%>",
    "<%>",
    " <%>",
    "%",
    " %",
    "< % >",
    "<<%>>",
    "<%",
    "%>",
    "Name <%>",
    "<y@mx.test.example> <%>",
    "(comment) <%>",
];
