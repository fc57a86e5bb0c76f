//! The SMTP client.

catalogue! {
    /// Which addresses are tried first when a host has both kinds: `ipv4`, `ipv6` or `any`. `any` mixes them, so that
    /// an outage of one kind slows down only half of the mail. To avoid IPv6 altogether set `inet_protocols = ipv4`
    /// for the service in `master.cf`.
    /// Since 2.8.
    SMTP_ADDRESS_PREFERENCE = smtp_address_preference: Text[1..], "any";

    /// After which command a probe of an address is decided: `rcpt`, or `data` for servers that refuse recipients
    /// only then. Use `data` by a transport of its own, since it looks like a broken connection to servers.
    /// Since 3.0.
    SMTP_ADDRESS_VERIFY_TARGET = smtp_address_verify_target: Text[1..], "rcpt";

    /// Whether EHLO is said to every server; with `no` only to those with `ESMTP` in the greeting. HELO follows if
    /// EHLO is refused. See `smtp_never_send_ehlo`.
    SMTP_ALWAYS_SEND_EHLO = smtp_always_send_ehlo: Bool, "yes";

    /// Whether addresses of both kinds are among those kept by `smtp_mx_address_limit`. Otherwise a destination with
    /// many IPv6 addresses is lost while IPv6 is down.
    /// Since 3.3.
    SMTP_BALANCE_INET_PROTOCOLS = smtp_balance_inet_protocols: Bool, "yes";

    /// The IPv4 address from which we connect; empty leaves it to the system, or to `inet_interfaces` if that is one
    /// single address. `0.0.0.0` undoes that. If it cannot be used: `smtp_bind_address_enforce`.
    SMTP_BIND_ADDRESS = smtp_bind_address: Text, "";

    /// The IPv6 address from which we connect; empty leaves it to the system, or to `inet_interfaces` if that has one
    /// single IPv6 address. `::` undoes that. If it cannot be used: `smtp_bind_address_enforce`.
    /// Since 2.2.
    SMTP_BIND_ADDRESS6 = smtp_bind_address6: Text, "";

    /// Whether mail is put off when `smtp_bind_address` or `smtp_bind_address6` cannot be used. Otherwise there is a
    /// warning, and the system's choice of address.
    /// Since 3.7.
    SMTP_BIND_ADDRESS_ENFORCE = smtp_bind_address_enforce: Bool, "no";

    /// As `body_checks`, on the copy that goes out. Only actions that log or edit are allowed; see header_checks(5).
    /// Since 2.5.
    SMTP_BODY_CHECKS = smtp_body_checks: List, "";

    /// Whether a server's name that is a CNAME is replaced by what it points to, in the log, in password and TLS
    /// look-ups and in certificates. `no` does not let DNS decide which name is verified. Going away in Postfix.
    /// Since 2.2.
    SMTP_CNAME_OVERRIDES_SERVERNAME = smtp_cname_overrides_servername: Bool, "no";

    /// How long a TCP connection may take; then the next address is tried. 0 leaves it to the system, which may take
    /// minutes. Shorter gets mail on sooner when servers of a destination are down.
    SMTP_CONNECT_TIMEOUT = smtp_connect_timeout: Time[Seconds], "30s";

    /// Destinations whose connections are always kept open after a delivery, for the next. Domains, next hops as in
    /// `relayhost` (without brackets and port), socket paths without `unix:`, `/file`, `type:table`.
    /// Since 2.2.
    SMTP_CONNECTION_CACHE_DESTINATIONS = smtp_connection_cache_destinations: List, "";

    /// Whether connections are kept open after a delivery while there is more mail for the destination.
    /// Since 2.2.
    SMTP_CONNECTION_CACHE_ON_DEMAND = smtp_connection_cache_on_demand: Bool, "yes";

    /// How long an open connection waits for the next delivery. Longer takes up the other side's places; ask first.
    /// Since 2.2.
    SMTP_CONNECTION_CACHE_TIME_LIMIT = smtp_connection_cache_time_limit: Time[1.., Seconds], "2s";

    /// How often a connection is used again; 0 is no limit. Prefer `smtp_connection_reuse_time_limit`: a limit by
    /// number favours the slowest of several servers.
    /// Since 2.11.
    SMTP_CONNECTION_REUSE_COUNT_LIMIT = smtp_connection_reuse_count_limit: Int, "0";

    /// How long after it was opened a connection may be used again. By time rather than number, so that slow servers
    /// do not draw most connections to them.
    /// Since 2.3.
    SMTP_CONNECTION_REUSE_TIME_LIMIT = smtp_connection_reuse_time_limit: Time[1.., Seconds], "300s";

    /// How long the end of a message and the server's reply may take. RFC 5321 §4.5.3.2 asks for 10 minutes: if the
    /// reply is missed, the mail is sent twice, and the log warns of it.
    SMTP_DATA_DONE_TIMEOUT = smtp_data_done_timeout: Time[1.., Seconds], "600s";

    /// How long DATA and the server's reply may take, before the session is given up and the next server is tried.
    /// RFC 5321 §4.5.3.2 asks for 2 minutes.
    SMTP_DATA_INIT_TIMEOUT = smtp_data_init_timeout: Time[1.., Seconds], "120s";

    /// How long the content may get no further, before the session is given up. RFC 5321 §4.5.3.2 asks for 3 minutes.
    /// With `smtp_per_request_deadline` see `smtp_min_data_rate`.
    SMTP_DATA_XFER_TIMEOUT = smtp_data_xfer_timeout: Time[1.., Seconds], "180s";

    /// Whether mail is put off when no host of a domain's MX records has an address. `no` returns it, so that the
    /// sender learns of it at once.
    /// Since 2.1.
    SMTP_DEFER_IF_NO_MX_ADDRESS_FOUND = smtp_defer_if_no_mx_address_found: Bool, "no";

    /// As `default_delivery_status_filter`, for smtp(8). It sees the outcome; single replies of servers are changed
    /// by `smtp_reply_filter`.
    /// Since 3.0.
    SMTP_DELIVERY_STATUS_FILTER = smtp_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// Tables from a server's address to a list in the form of `smtp_discard_ehlo_keywords`, which it replaces for
    /// that server.
    /// Since 2.2.
    SMTP_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtp_discard_ehlo_keyword_address_maps: List, "";

    /// Extensions that we do not use even if a server announces them, such as `pipelining` or `starttls`; case does
    /// not matter. The pseudo word `silent-discard` keeps the log quiet about it.
    /// Since 2.2.
    SMTP_DISCARD_EHLO_KEYWORDS = smtp_discard_ehlo_keywords: List, "";

    /// Tables that DNS records are held against before they are used, as lines `name ttl IN type [preference] value`,
    /// names ending in a dot. The only action is `IGNORE`. Example, no IPv6 to one provider:
    /// `/^\S+\.example\.com\.\s+\S+\s+IN\s+AAAA\s/ IGNORE`. If nothing is left, mail is put off.
    /// Since 3.0.
    SMTP_DNS_REPLY_FILTER = smtp_dns_reply_filter: Text, "";

    /// How names are completed before DNS is asked: `res_defnames` adds the own domain to names without dot,
    /// `res_dnsrch` searches the parent domains too. Both can send mail to the wrong host. Empty asks for names as
    /// they are.
    /// Since 2.8.
    SMTP_DNS_RESOLVER_OPTIONS = smtp_dns_resolver_options: List, "";

    /// How DNS is used.
    ///
    /// - empty: by `disable_dns_lookups`
    /// - `disabled`: not at all; hosts are found by the system's means, and there are no MX records. Not for mail
    ///   to the Internet
    /// - `enabled`: for MX records and addresses
    /// - `dnssec`: the same, and only answers that the resolver has validated count as safe; for the levels `dane`
    ///   and `dane-only` of `smtp_tls_security_level`. The resolver must be trusted: best one on this host
    /// Since 2.11.
    SMTP_DNS_SUPPORT_LEVEL = smtp_dns_support_level: Text, "";

    /// Relays for mail that could not be sent to its destination, because that is not there or failed for now:
    /// `host`, `[host]` without MX, `host:port`, several in order. Destinations of which this host is an exchanger
    /// are left out, to avoid loops. A relay that keeps trying takes the patience off this host.
    SMTP_FALLBACK_RELAY = smtp_fallback_relay: List, "$fallback_relay";

    /// Tables that turn local addresses into ones that are good on the Internet, in envelope and headers of the copy
    /// that goes out. For hosts without domain of their own. See generic(5).
    /// Since 2.2.
    SMTP_GENERIC_MAPS = smtp_generic_maps: List, "";

    /// As `header_checks`, on the copy that goes out. Only actions that log or edit are allowed; see
    /// header_checks(5).
    /// Since 2.5.
    SMTP_HEADER_CHECKS = smtp_header_checks: List, "";

    /// The name we give in HELO and EHLO: a host name, or an address in brackets. Many servers look it up, so it
    /// should exist, and belong to the address we connect from.
    /// Since 2.0.
    SMTP_HELO_NAME = smtp_helo_name: Text[1..], "$myhostname";

    /// How long the greeting, and EHLO with its reply, may take, before the next server is tried. RFC 5321 §4.5.3.2
    /// asks for 5 minutes.
    SMTP_HELO_TIMEOUT = smtp_helo_timeout: Time[1.., Seconds], "300s";

    /// How addresses of hosts are found: `dns`, `native` (the hosts file first), or both, DNS first. Not asked while
    /// DNS is disabled by `smtp_dns_support_level`.
    /// Since 2.1.
    SMTP_HOST_LOOKUP = smtp_host_lookup: List[1..], "dns";

    /// How long a line may be that we send, without its end; longer ones are broken by a line end and a space. 998 is
    /// the limit of RFC 5321; 0 breaks none. Breaking spoils DKIM signatures: content should not have such lines.
    SMTP_LINE_LENGTH_LIMIT = smtp_line_length_limit: Int, "998";

    /// How long MAIL FROM and the server's reply may take, before the session is given up and the next server is
    /// tried. RFC 5321 §4.5.3.2 asks for 5 minutes.
    SMTP_MAIL_TIMEOUT = smtp_mail_timeout: Time[1.., Seconds], "300s";

    /// As `mime_header_checks`, on the copy that goes out. Only actions that log or edit are allowed; see
    /// header_checks(5).
    /// Since 2.5.
    SMTP_MIME_HEADER_CHECKS = smtp_mime_header_checks: List, "";

    /// How many octets a second content must get through, while `smtp_per_request_deadline` is on. Every so many
    /// octets add a second, though never more than `smtp_data_xfer_timeout`.
    /// Since 3.7.
    SMTP_MIN_DATA_RATE = smtp_min_data_rate: Int[1..], "500";

    /// How many addresses of a destination's exchangers are tried at most; 0 is no limit. See
    /// `smtp_mx_session_limit`.
    /// Since 2.1.
    SMTP_MX_ADDRESS_LIMIT = smtp_mx_address_limit: Int, "5";

    /// How many servers of a destination may fail a delivery, after greeting and TLS went well, before it is put off
    /// or handed to `smtp_fallback_relay`; 0 is no limit.
    /// Since 2.1.
    SMTP_MX_SESSION_LIMIT = smtp_mx_session_limit: Int, "2";

    /// As `nested_header_checks`, on the copy that goes out. Only actions that log or edit are allowed; see
    /// header_checks(5).
    /// Since 2.5.
    SMTP_NESTED_HEADER_CHECKS = smtp_nested_header_checks: List, "";

    /// Whether HELO is always said instead of EHLO. No extension is used then: no TLS, no login, no 8-bit mail. For a
    /// single broken server, by a transport of its own.
    SMTP_NEVER_SEND_EHLO = smtp_never_send_ehlo: Bool, "no";

    /// Whether the time limits bound a whole command and a whole reply, not each read and write. It stops servers
    /// that trickle single octets. Content is given time by `smtp_min_data_rate`.
    /// Since 3.7.
    SMTP_PER_REQUEST_DEADLINE = smtp_per_request_deadline: Bool, "${smtp_per_record_deadline?{$smtp_per_record_deadline}:{no}}";

    /// How long Postfix waits before the end of a message for a faulty Cisco PIX firewall. Our client has no such
    /// workarounds, and keeps the parameter for configurations that mention it.
    SMTP_PIX_WORKAROUND_DELAY_TIME = smtp_pix_workaround_delay_time: Time[1.., Seconds], "10s";

    /// Tables from a server's address to workarounds for Cisco PIX firewalls. Our client has no such workarounds, and
    /// keeps the parameter for configurations that mention it.
    /// Since 2.4.
    SMTP_PIX_WORKAROUND_MAPS = smtp_pix_workaround_maps: List, "";

    /// After how long in the queue Postfix tries its workaround for Cisco PIX firewalls. Our client has no such
    /// workarounds, and keeps the parameter for configurations that mention it.
    SMTP_PIX_WORKAROUND_THRESHOLD_TIME = smtp_pix_workaround_threshold_time: Time[Seconds], "500s";

    /// Which workarounds for Cisco PIX firewalls Postfix uses: `disable_esmtp`, `delay_dotcrlf`. Our client has no
    /// such workarounds, and keeps the parameter for configurations that mention it.
    /// Since 2.4.
    SMTP_PIX_WORKAROUNDS = smtp_pix_workarounds: List, "disable_esmtp,delay_dotcrlf";

    /// How long QUIT and the server's reply may take; of no consequence for the mail. Not waited for at all with
    /// `smtp_skip_quit_response`.
    SMTP_QUIT_TIMEOUT = smtp_quit_timeout: Time[1.., Seconds], "300s";

    /// Whether addresses in MAIL FROM and RCPT TO are quoted as RFC 5321 wants, such as one with a dot at the end of
    /// the local part. `no` is for single broken servers, by a transport of its own.
    /// Since 2.1.
    SMTP_QUOTE_RFC821_ENVELOPE = smtp_quote_rfc821_envelope: Bool, "yes";

    /// Whether exchangers of equal preference are tried in random order, which spreads the load as RFC 5321 §5.1
    /// asks.
    SMTP_RANDOMIZE_ADDRESSES = smtp_randomize_addresses: Bool, "yes";

    /// How long RCPT TO and the server's reply may take, before the session is given up and the next server is tried.
    /// RFC 5321 §4.5.3.2 asks for 5 minutes.
    SMTP_RCPT_TIMEOUT = smtp_rcpt_timeout: Time[1.., Seconds], "300s";

    /// A table from one line of a server's reply to the line that is used in its place: a last resort against broken
    /// servers. The code of the last line of a reply counts; an enhanced status that contradicts it is replaced by
    /// `X.0.0`.
    /// Since 2.7.
    SMTP_REPLY_FILTER = smtp_reply_filter: Text, "";

    /// How long RSET and the server's reply may take: at the end of a probe, or before a kept connection is used
    /// again. When it is over, the connection is closed.
    /// Since 2.1.
    SMTP_RSET_TIMEOUT = smtp_rset_timeout: Time[1.., Seconds], "20s";

    /// A table in which failed logins (reply 535) are remembered, so that a wrong password is not tried at each
    /// delivery: `proxy:` in front is required, the file belongs below `data_directory`. Passwords are kept as
    /// hashes. Useful with one delivery at a time only. What becomes of the mail: `smtp_sasl_auth_soft_bounce`.
    /// Since 2.5.
    SMTP_SASL_AUTH_CACHE_NAME = smtp_sasl_auth_cache_name: Text, "";

    /// How long a failed login is remembered in `smtp_sasl_auth_cache_name`. A number without unit means days. A new
    /// password is tried at once.
    /// Since 2.5.
    SMTP_SASL_AUTH_CACHE_TIME = smtp_sasl_auth_cache_time: Time[Days], "90d";

    /// Whether we log in to servers that offer AUTH and have an entry in `smtp_sasl_password_maps`. Usually together
    /// with `relayhost`, `smtp_sasl_security_options` and a `smtp_tls_security_level` of `encrypt` or stricter.
    SMTP_SASL_AUTH_ENABLE = smtp_sasl_auth_enable: Bool, "no";

    /// Whether mail is put off when a login fails with 535, instead of returned. `yes` wins over `soft_bounce`.
    /// Since 2.5.
    SMTP_SASL_AUTH_SOFT_BOUNCE = smtp_sasl_auth_soft_bounce: Bool, "yes";

    /// Which of the mechanisms that a server offers we may use: names, `/file`, `type:table`; `!` excludes. Empty is
    /// all we know.
    /// Since 2.2.
    SMTP_SASL_MECHANISM_FILTER = smtp_sasl_mechanism_filter: List, "";

    /// Tables with `user:password` for servers. Asked for the server's name, then for the next hop as written, with
    /// brackets and port; with `smtp_sender_dependent_authentication` for the sender first. No entry, no login. Keep
    /// the file from other users' eyes: it is opened before rights are given up.
    SMTP_SASL_PASSWORD_MAPS = smtp_sasl_password_maps: List, "";

    /// The character between user and password in `smtp_sasl_password_maps`, for user names that contain a colon. One
    /// character, no space.
    /// Since 3.9.
    SMTP_SASL_PASSWORD_RESULT_DELIMITER = smtp_sasl_password_result_delimiter: Text[1..=1], ":";

    /// What the SASL library of `smtp_sasl_type` needs to know, such as the name of a configuration; usually empty.
    /// Since 2.3.
    SMTP_SASL_PATH = smtp_sasl_path: Text, "";

    /// Which kinds of mechanisms are not used: `noplaintext`, `noactive`, `nodictionary`, `noanonymous`,
    /// `mutual_auth`; their meaning is told at `smtpd_sasl_security_options`. Most providers have only PLAIN and
    /// LOGIN: leave `noplaintext` out then, at least of `smtp_sasl_tls_security_options`.
    SMTP_SASL_SECURITY_OPTIONS = smtp_sasl_security_options: List, "noplaintext, noanonymous";

    /// As `smtp_sasl_security_options`, for encrypted sessions. `noanonymous` alone lets passwords go out under TLS.
    /// Since 2.2.
    SMTP_SASL_TLS_SECURITY_OPTIONS = smtp_sasl_tls_security_options: List, "$smtp_sasl_security_options";

    /// As `smtp_sasl_security_options`, for encrypted sessions with a server whose certificate was verified. With it
    /// passwords go only to servers that have proved who they are.
    /// Since 2.6.
    SMTP_SASL_TLS_VERIFIED_SECURITY_OPTIONS = smtp_sasl_tls_verified_security_options: List, "$smtp_sasl_tls_security_options";

    /// The kind of SASL library for our logins; `postconf -A` lists the kinds.
    /// Since 2.3.
    SMTP_SASL_TYPE = smtp_sasl_type: Text[1..], "cyrus";

    /// Whether `AUTH=<>` is added to MAIL FROM after a login, as RFC 4954 §5 suggests. Some servers choke on it.
    /// Since 2.9.
    SMTP_SEND_DUMMY_MAIL_AUTH = smtp_send_dummy_mail_auth: Bool, "no";

    /// Whether XFORWARD tells a server that announces it where the message came from. For content filters, so that
    /// their log and that of the next server have the true client.
    /// Since 2.1.
    SMTP_SEND_XFORWARD_COMMAND = smtp_send_xforward_command: Bool, "no";

    /// Whether the sender decides which login of `smtp_sasl_password_maps` is used. Connections are not kept then.
    /// Usually together with `sender_dependent_relayhost_maps`.
    /// Since 2.3.
    SMTP_SENDER_DEPENDENT_AUTHENTICATION = smtp_sender_dependent_authentication: Bool, "no";

    /// Whether a server that greets with 5xx is passed over for the next. With `no` the mail is returned at once.
    SMTP_SKIP_5XX_GREETING = smtp_skip_5xx_greeting: Bool, "yes";

    /// Whether the reply to QUIT is not waited for. It frees the connection sooner, and nothing depends on the reply.
    SMTP_SKIP_QUIT_RESPONSE = smtp_skip_quit_response: Bool, "yes";

    /// The port we connect to when the next hop names none: a number, or a service by `known_tcp_ports` or
    /// services(5).
    SMTP_TCP_PORT = smtp_tcp_port: Text, "smtp";

    /// How long XFORWARD and the server's reply may take, before the session is given up. Only with
    /// `smtp_send_xforward_command`.
    /// Since 2.1.
    SMTP_XFORWARD_TIMEOUT = smtp_xforward_timeout: Time[1.., Seconds], "300s";
}
