//! The SMTP server: its dialogue, its restrictions and its limits.

catalogue! {
    /// The reply code when an access table answers DEFER, DEFER_IF_REJECT or DEFER_IF_PERMIT. Leave it, unless you
    /// know what clients make of the code by RFC 5321.
    /// Since 2.6.
    ACCESS_MAP_DEFER_CODE = access_map_defer_code: Int, "450";

    /// The reply code when an access table answers REJECT. Leave it, unless you know what clients make of the code by
    /// RFC 5321.
    ACCESS_MAP_REJECT_CODE = access_map_reject_code: Int, "554";

    /// Whether mail from strangers with a route in the address (`user@elsewhere@domain`, `user%elsewhere@domain`) is
    /// relayed to `relay_domains`. `yes` makes a backup host a loophole into the primary one. The parameter also
    /// decides whether such addresses, when not local, are looked up in access tables; they are not by default.
    ALLOW_UNTRUSTED_ROUTING = allow_untrusted_routing: Bool, "no";

    /// Whether EHLO announces AUTH a second time in the form `AUTH=`, for programs older than RFC 4954 such as
    /// Outlook Express 4.
    BROKEN_SASL_AUTH_CLIENTS = broken_sasl_auth_clients: Bool, "no";

    /// A transport and next hop, `transport:destination`, through which all mail goes after it was queued, for
    /// inspection. The filter hands the mail back to another smtpd(8) whose `content_filter` is empty. Without a
    /// destination `default_filter_nexthop` is used, or else the recipient's domain. The action FILTER of access(5)
    /// or header_checks(5) comes before it.
    CONTENT_FILTER = content_filter: Text, "";

    /// Where the Cyrus library looks for the configuration named by `smtpd_sasl_path`: folders divided by `:`; empty
    /// leaves it to the library. Debian's packages look in `/etc/postfix/sasl` whatever this says.
    /// Since 2.5.
    CYRUS_SASL_CONFIG_PATH = cyrus_sasl_config_path: Text, "";

    /// The reply to a client that a DNS list names, unless `rbl_reply_maps` has one for the list. It must begin with
    /// `$rbl_code`. Names stand for facts of the session, not for parameters, and may be used in the forms
    /// `${name?text}` and `${name:text}`:
    ///
    /// - `$rbl_code`, `$rbl_class`, `$rbl_what`, `$rbl_domain`, `$rbl_reason`: code, kind of thing, the thing
    ///   itself, list, reason as given by the list's TXT record
    /// - `$client`, `$client_name`, `$client_address`, `$reverse_client_name`, `$helo_name`
    /// - `$sender`, `$sender_name`, `$sender_domain`, `$recipient`, `$recipient_name`, `$recipient_domain`
    ///
    /// An enhanced status may follow the code. It is adapted to what is refused: a sender, a recipient, or neither.
    /// Characters outside `smtpd_expansion_filter` become `_`.
    /// Since 2.0.
    DEFAULT_RBL_REPLY = default_rbl_reply: Raw[1..], "$rbl_code Service unavailable; $rbl_class [$rbl_what] blocked using $rbl_domain${rbl_reason?; $rbl_reason}";

    /// The reply code of the restriction `defer`. Leave it, unless you know what clients make of the code by RFC
    /// 5321.
    DEFER_CODE = defer_code: Int, "450";

    /// Whether VRFY is refused, so that nobody tries out names with it. RCPT TO tells as much about local names;
    /// there the limits on errors and recipients apply.
    DISABLE_VRFY_COMMAND = disable_vrfy_command: Bool, "no";

    /// The reply code of `reject_invalid_helo_hostname`. Leave it, unless you know what clients make of the code by
    /// RFC 5321.
    INVALID_HOSTNAME_REJECT_CODE = invalid_hostname_reject_code: Int, "501";

    /// Clients whose mail is treated as ours: incomplete addresses in its headers are completed with `myorigin` and
    /// `mydomain`, and missing headers are added. Mail of all others is left alone, or completed with
    /// `remote_header_rewrite_domain`. Mail from sendmail(1) is always ours.
    ///
    /// - `permit_inet_interfaces`: this host itself
    /// - `permit_mynetworks`: clients in `mynetworks`
    /// - `permit_sasl_authenticated`: clients that have logged in
    /// - `permit_tls_clientcerts`: clients with a certificate in `relay_clientcerts`
    /// - `permit_tls_all_clientcerts`: clients with any certificate that verifies
    /// - `check_address_map type:table`, or the table alone: addresses in a table, whatever it says
    ///
    /// `static:all` is everyone, as before release 2.2.
    LOCAL_HEADER_REWRITE_CLIENTS = local_header_rewrite_clients: List, "permit_inet_interfaces";

    /// Tables with all local names or addresses: what is in none of them is refused with
    /// `unknown_local_recipient_reject_code`. Local are domains in `mydestination`, and this host's addresses. Only
    /// whether a name is found matters. Empty accepts every name, and bounces later what proves wrong: needed where
    /// `local_transport`, `mailbox_transport` or `luser_relay` delivers to names that are in no table. `proxy:` lets
    /// smtpd(8) ask from within a changed root directory. Mail from sendmail(1) is not checked.
    LOCAL_RECIPIENT_MAPS = local_recipient_maps: List, "proxy:unix:passwd.byname $alias_maps";

    /// DNS lists for a restriction of old. Use `reject_rbl_client` instead.
    MAPS_RBL_DOMAINS = maps_rbl_domains: List, "";

    /// The reply code when a DNS list names the client, its name, the HELO name, the sender or the recipient: what
    /// `$rbl_code` in `default_rbl_reply` stands for.
    MAPS_RBL_REJECT_CODE = maps_rbl_reject_code: Int, "554";

    /// The reply code of `reject_non_fqdn_helo_hostname`, `reject_non_fqdn_sender` and `reject_non_fqdn_recipient`.
    NON_FQDN_REJECT_CODE = non_fqdn_reject_code: Int, "504";

    /// Networks in which the primary mail exchanger of a domain must be for `permit_mx_backup` to accept mail for it.
    /// Written as `mynetworks`. Empty sets no bound, so that anyone's DNS can make this host a backup. Subdomains:
    /// see `parent_domain_matches_subdomains`.
    PERMIT_MX_BACKUP_NETWORKS = permit_mx_backup_networks: List, "";

    /// The reply code of `reject_plaintext_session`. 450 lets the client come back after STARTTLS; 550 refuses for
    /// good.
    /// Since 2.3.
    PLAINTEXT_REJECT_CODE = plaintext_reject_code: Int, "450";

    /// Tables from a DNS list, as written in the restriction with its `=filter`, to a reply in the form of
    /// `default_rbl_reply`. A list with a filter that is not found is looked up once more without it (since 3.10).
    /// Needed where the list's name holds your secret key, which the default reply would give away.
    /// Since 2.0.
    RBL_REPLY_MAPS = rbl_reply_maps: List, "";

    /// Which steps of receiving mail are left out. Meant for `master.cf`, where a service before a content filter
    /// does one half and the service after it the other; the two must not both do, or both leave out, a thing.
    ///
    /// - `no_unknown_recipient_checks`: do not refuse unknown recipients; for after the filter
    /// - `no_address_mappings`: no canonical and virtual tables, no masquerading, no automatic copies; for before
    ///   the filter
    /// - `no_header_body_checks`: no header and body checks; for after the filter
    /// - `no_milters`: no milters; for after the filter
    /// Since 2.1.
    RECEIVE_OVERRIDE_OPTIONS = receive_override_options: List, "";

    /// The reply code of the restriction `reject`. Leave it, unless you know what clients make of the code by RFC
    /// 5321.
    REJECT_CODE = reject_code: Int, "554";

    /// What a restriction that would refuse does when it cannot tell, because DNS or a table does not answer.
    /// `defer_if_permit` looks on for another reason to refuse and otherwise puts the client off; `defer` puts it off
    /// at once. The default of `unknown_address_tempfail_action`, `unknown_helo_hostname_tempfail_action`,
    /// `unverified_sender_tempfail_action` and `unverified_recipient_tempfail_action`.
    /// Since 2.6.
    REJECT_TEMPFAIL_ACTION = reject_tempfail_action: Text[1..], "defer_if_permit";

    /// Tables with fingerprints of client certificates, or of their public keys, that `permit_tls_clientcerts` lets
    /// relay. The result may be any text, such as the owner's name. `smtpd_tls_fingerprint_digest` says how
    /// fingerprints are computed. For finer control see `check_ccert_access`.
    /// Since 2.2.
    RELAY_CLIENTCERTS = relay_clientcerts: List, "";

    /// The reply code of `reject_unauth_destination`, "Relay access denied". Leave it, unless you know what clients
    /// make of the code by RFC 5321.
    RELAY_DOMAINS_REJECT_CODE = relay_domains_reject_code: Int, "554";

    /// Tables with all valid recipients in `relay_domains`; others are refused with
    /// `unknown_relay_recipient_reject_code`. `@domain` stands for a domain whose recipients you cannot list; its
    /// spam will be bounced to innocent people. Only whether an address is found matters. Empty accepts everything.
    /// Since 2.0.
    RELAY_RECIPIENT_MAPS = relay_recipient_maps: List, "";

    /// Clients that may ask by XVERP for one delivery per recipient, each with a sender of its own. Addresses,
    /// networks, host names, `.domain`, `/file`, `type:table`, `!` to exclude; IPv6 in brackets.
    SMTPD_AUTHORIZED_VERP_CLIENTS = smtpd_authorized_verp_clients: List, "$authorized_verp_clients";

    /// Clients that may say by XCLIENT that they speak for another client, whose address and name restrictions then
    /// see: a proxy, a filter, fetchmail, or you testing your rules. Whoever is in here can be anyone. Written as
    /// `smtpd_authorized_verp_clients`; empty is nobody.
    /// Since 2.1.
    SMTPD_AUTHORIZED_XCLIENT_HOSTS = smtpd_authorized_xclient_hosts: List, "";

    /// Clients that may say by XFORWARD where a message came from, for the log alone: content filters that hand mail
    /// back. Written as `smtpd_authorized_verp_clients`; empty is nobody.
    /// Since 2.1.
    SMTPD_AUTHORIZED_XFORWARD_HOSTS = smtpd_authorized_xforward_hosts: List, "";

    /// What follows 220 in the greeting. SMTP demands that it begin with the host's name, and clients look for the
    /// word `ESMTP`. `$mail_version` in it helps attackers more than others.
    SMTPD_BANNER = smtpd_banner: Text[1..], "$myhostname ESMTP $mail_name";

    /// How many AUTH commands a client may send within `anvil_rate_time_unit`, successful or not; 0 is no limit.
    /// Against guessing of passwords. Clients in `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 3.1.
    SMTPD_CLIENT_AUTH_RATE_LIMIT = smtpd_client_auth_rate_limit: Int, "0";

    /// How many connections a client may have at once; 0 is no limit. Against abuse, not for managing honest traffic.
    /// Sensible is half of the service's process limit in `master.cf`. Clients in
    /// `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 2.2.
    SMTPD_CLIENT_CONNECTION_COUNT_LIMIT = smtpd_client_connection_count_limit: Int, "50";

    /// How many times a client may connect within `anvil_rate_time_unit`; 0 is no limit. Clients in
    /// `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 2.2.
    SMTPD_CLIENT_CONNECTION_RATE_LIMIT = smtpd_client_connection_rate_limit: Int, "0";

    /// Clients that the limits `smtpd_client_connection_count_limit`, `smtpd_client_connection_rate_limit` and their
    /// like do not concern. Written as `mynetworks`, names and `.domain` allowed, IPv6 in brackets. Subdomains: see
    /// `parent_domain_matches_subdomains`.
    /// Since 2.2.
    SMTPD_CLIENT_EVENT_LIMIT_EXCEPTIONS = smtpd_client_event_limit_exceptions: List, "${smtpd_client_connection_limit_exceptions:$mynetworks}";

    /// How many leading bits of an IPv4 address make one client for the limits by anvil(8). 32 counts each address
    /// alone, 24 all of a network of 256 together.
    /// Since 3.8.
    SMTPD_CLIENT_IPV4_PREFIX_LENGTH = smtpd_client_ipv4_prefix_length: Int[0..=32], "32";

    /// How many leading bits of an IPv6 address make one client for the limits by anvil(8). One customer usually has
    /// a whole network, so less than 128 is sensible.
    /// Since 3.8.
    SMTPD_CLIENT_IPV6_PREFIX_LENGTH = smtpd_client_ipv6_prefix_length: Int[0..=128], "84";

    /// How many MAIL FROM commands a client may send within `anvil_rate_time_unit`, accepted or not; 0 is no limit.
    /// Clients in `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 2.2.
    SMTPD_CLIENT_MESSAGE_RATE_LIMIT = smtpd_client_message_rate_limit: Int, "0";

    /// How many new TLS sessions, without one remembered from before, a client may open within
    /// `anvil_rate_time_unit`; 0 is no limit. Do not go below `smtpd_client_connection_count_limit`. Clients in
    /// `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 2.3.
    SMTPD_CLIENT_NEW_TLS_SESSION_RATE_LIMIT = smtpd_client_new_tls_session_rate_limit: Int, "0";

    /// Whether the log has the client's port after its address: `name[address]:port`. Needed to find users behind an
    /// address that many share.
    /// Since 2.5.
    SMTPD_CLIENT_PORT_LOGGING = smtpd_client_port_logging: Bool, "no";

    /// How many RCPT TO commands a client may send within `anvil_rate_time_unit`, accepted or not; 0 is no limit.
    /// Clients in `smtpd_client_event_limit_exceptions` are not counted.
    /// Since 2.2.
    SMTPD_CLIENT_RECIPIENT_RATE_LIMIT = smtpd_client_recipient_rate_limit: Int, "0";

    /// Restrictions on who may connect, applied in order until one decides; the default lets all in.
    /// smtpd-restrictions(5) explains each. With `smtpd_delay_reject` they are applied at RCPT TO, and may then also
    /// be of the kinds for HELO, sender and recipient; without it, at the connection.
    SMTPD_CLIENT_RESTRICTIONS = smtpd_client_restrictions: List, "";

    /// A table from a client's command line to the one to be executed in its place: a last resort against broken
    /// clients, or a tool for tests. Usually `pcre:`. Keep what follows the address in RCPT TO. Example: `/^HELO\s*$/
    /// HELO domain.invalid`.
    /// Since 2.7.
    SMTPD_COMMAND_FILTER = smtpd_command_filter: Text, "";

    /// Restrictions applied at DATA. Single recipients are not known here when there are several, since one verdict
    /// is for all. Typical: `reject_unauth_pipelining`, `reject_multi_recipient_bounce`. See smtpd-restrictions(5).
    /// Since 2.0.
    SMTPD_DATA_RESTRICTIONS = smtpd_data_restrictions: List, "";

    /// Whether a queue file is begun only at the first recipient that is accepted. It saves work on hosts that refuse
    /// much; refused recipients are logged with `NOQUEUE` in place of a queue id. `no` begins it at MAIL FROM.
    /// Since 2.3.
    SMTPD_DELAY_OPEN_UNTIL_VALID_RCPT = smtpd_delay_open_until_valid_rcpt: Bool, "yes";

    /// Whether `smtpd_client_restrictions`, `smtpd_helo_restrictions` and `smtpd_sender_restrictions` wait until RCPT
    /// TO (or ETRN). Some clients behave badly when refused earlier, and the log then has sender and recipient of
    /// what was refused.
    SMTPD_DELAY_REJECT = smtpd_delay_reject: Bool, "yes";

    /// Tables from a client's address to a list in the form of `smtpd_discard_ehlo_keywords`, which it replaces for
    /// that client. Names of clients are not looked up.
    /// Since 2.2.
    SMTPD_DISCARD_EHLO_KEYWORD_ADDRESS_MAPS = smtpd_discard_ehlo_keyword_address_maps: List, "";

    /// Extensions that EHLO does not announce, such as `chunking`, `dsn`, `starttls`; case does not matter. The
    /// pseudo word `silent-discard` keeps the log quiet about it. For single clients see
    /// `smtpd_discard_ehlo_keyword_address_maps`.
    /// Since 2.2.
    SMTPD_DISCARD_EHLO_KEYWORDS = smtpd_discard_ehlo_keywords: List, "";

    /// A table that DNS records are held against, as in `smtp_dns_reply_filter`, for the look-ups of smtpd(8).
    /// Since 3.0.
    SMTPD_DNS_REPLY_FILTER = smtpd_dns_reply_filter: Text, "";

    /// Restrictions applied when the whole message has arrived. For policy servers that want to know its size. Limits
    /// as in `smtpd_data_restrictions`. See smtpd-restrictions(5).
    /// Since 2.2.
    SMTPD_END_OF_DATA_RESTRICTIONS = smtpd_end_of_data_restrictions: List, "";

    /// The pause before each reply to a client with more than `smtpd_soft_error_limit` errors and no mail delivered
    /// since; 0 does not wait.
    SMTPD_ERROR_SLEEP_TIME = smtpd_error_sleep_time: Time[Seconds], "1s";

    /// Restrictions applied at ETRN. Besides, only domains in `fast_flush_domains` can be asked for. See
    /// smtpd-restrictions(5).
    SMTPD_ETRN_RESTRICTIONS = smtpd_etrn_restrictions: List, "";

    /// Characters that may stand in what `$name` becomes in replies such as `default_rbl_reply` and
    /// `smtpd_reject_footer`; others become `_`. Escapes as in C. It is not itself expanded.
    /// Since 2.0.
    SMTPD_EXPANSION_FILTER = smtpd_expansion_filter: Raw[1..], "\\t\\40!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

    /// What happens when a client ends lines with a line feed alone. A server that lets such lines end a message can
    /// be made to see two messages where an honest server before it saw one: SMTP smuggling.
    ///
    /// - `normalize`, `yes`: only `<CR><LF>.<CR><LF>` ends a message; other lines may end in a line feed alone,
    ///   which is mended
    /// - `note`: the same, and the log says `notes=bare_lf` at the end of the session
    /// - `reject`: such lines are refused with `smtpd_forbid_bare_newline_reject_code`; some scripts, devices and
    ///   senders by BDAT will be hit
    /// - `no`: line ends of both kinds are the same; not for the Internet
    ///
    /// Clients in `smtpd_forbid_bare_newline_exclusions` are treated as with `no`.
    /// Since 3.9.
    SMTPD_FORBID_BARE_NEWLINE = smtpd_forbid_bare_newline: Text[1..], "normalize";

    /// Clients that `smtpd_forbid_bare_newline` does not concern: devices and scripts of yours that end lines
    /// wrongly. Written as `mynetworks`.
    /// Since 3.9.
    SMTPD_FORBID_BARE_NEWLINE_EXCLUSIONS = smtpd_forbid_bare_newline_exclusions: List, "$mynetworks";

    /// The reply code when `smtpd_forbid_bare_newline` is `reject`, 500 to 599; 521 also ends the session.
    /// Since 3.9.
    SMTPD_FORBID_BARE_NEWLINE_REJECT_CODE = smtpd_forbid_bare_newline_reject_code: Int[500..=599], "550";

    /// Whether a client that sends commands before it may (RFC 2920) is cut off with 554. The log has what it sent.
    /// Since 3.9.
    SMTPD_FORBID_UNAUTH_PIPELINING = smtpd_forbid_unauth_pipelining: Bool, "yes";

    /// Commands that end the session at once with 221: those of other protocols, by which attackers use a browser or
    /// a web server to speak to us. Also ends it on a line that looks like a header, `Label:`. Commands, `/file`,
    /// `type:table`.
    /// Since 2.2.
    SMTPD_FORBIDDEN_COMMANDS = smtpd_forbidden_commands: List, "CONNECT GET POST regexp:{{/^[^A-Z]/ Bogus}}";

    /// After how many errors without a delivered message the session is ended. 1 under stress by default. See also
    /// `smtpd_soft_error_limit`.
    SMTPD_HARD_ERROR_LIMIT = smtpd_hard_error_limit: Int[1..], "${stress?{1}:{20}}";

    /// Whether clients must say HELO or EHLO before MAIL. Without it a client escapes `smtpd_helo_restrictions` by
    /// saying neither.
    SMTPD_HELO_REQUIRED = smtpd_helo_required: Bool, "no";

    /// Restrictions on what name a client gives in HELO or EHLO, applied in order until one decides. A client that
    /// gives none escapes them unless `smtpd_helo_required` is set. When they are applied is up to
    /// `smtpd_delay_reject`. See smtpd-restrictions(5).
    SMTPD_HELO_RESTRICTIONS = smtpd_helo_restrictions: List, "";

    /// Whether the `Received:` header leaves out where the message came from: client, TLS, login and protocol. For
    /// submission services only, so that the world does not learn users' addresses; a server on port 25 must tell
    /// (RFC 5321 §4.4).
    /// Since 3.10.
    SMTPD_HIDE_CLIENT_SESSION = smtpd_hide_client_session: Bool, "no";

    /// How many lines of the dialogue are kept for a transcript to the postmaster before they are dropped at EHLO,
    /// RSET or the end of a message. See `notify_classes`.
    SMTPD_HISTORY_FLUSH_THRESHOLD = smtpd_history_flush_threshold: Int[1..], "100";

    /// After how many commands that bring no mail (NOOP, VRFY, ETRN, RSET) each further one counts as an error.
    /// Counted anew after each message. 1 under stress by default.
    SMTPD_JUNK_COMMAND_LIMIT = smtpd_junk_command_limit: Int[1..], "${stress?{1}:{100}}";

    /// Which actions and restrictions that permit are logged; by default only refusals are. Names such as
    /// `permit_dnswl_client`, `/file`, `type:table`; `static:all` logs all; `!` excludes. The first match counts.
    /// Since 2.10.
    SMTPD_LOG_ACCESS_PERMIT_ACTIONS = smtpd_log_access_permit_actions: List, "";

    /// Tables from a client's address to a list in the form of `smtpd_milters`, which it replaces for that client.
    /// The word `DISABLE` stands for no milters.
    /// Since 3.2.
    SMTPD_MILTER_MAPS = smtpd_milter_maps: List, "";

    /// Milters that see each session of smtpd(8) and may refuse or change its mail, in this order. Each is
    /// `inet:host:port`, `unix:path`, or `{ inet:host:port, name=value }` with its own `connect_timeout`,
    /// `command_timeout`, `content_timeout`, `default_action`, `protocol`. Paths are below `queue_directory` when the
    /// service runs with a changed root. See `milter_default_action` for trouble.
    /// Since 2.3.
    SMTPD_MILTERS = smtpd_milters: List, "";

    /// How many octets a second content must arrive at, while `smtpd_per_request_deadline` is on. Every so many
    /// octets give the client another second, though never more than `smtpd_timeout`.
    /// Since 3.7.
    SMTPD_MIN_DATA_RATE = smtpd_min_data_rate: Int[1..], "500";

    /// Commands that are answered `250` and otherwise passed over, even if we know them. For clients that insist on
    /// some private command. A list of names.
    SMTPD_NOOP_COMMANDS = smtpd_noop_commands: List, "";

    /// What access tables are asked for in place of the null sender, since not every table can have an empty key.
    SMTPD_NULL_ACCESS_LOOKUP_KEY = smtpd_null_access_lookup_key: Text, "<>";

    /// Whether the client's name is looked up and checked against its address. Without it every client is `unknown`,
    /// which saves DNS questions and defeats all restrictions by name.
    /// Since 2.3.
    SMTPD_PEERNAME_LOOKUP = smtpd_peername_lookup: Bool, "yes";

    /// Whether `smtpd_timeout` and `smtpd_starttls_timeout` bound a whole command and a whole reply, not each read
    /// and write. It stops clients that trickle single octets. The clock runs only while we wait for the network;
    /// content is given time by `smtpd_min_data_rate`. On under stress by default.
    /// Since 3.7.
    SMTPD_PER_REQUEST_DEADLINE = smtpd_per_request_deadline: Bool, "${smtpd_per_record_deadline?{$smtpd_per_record_deadline}:{${stress?{yes}:{no}}}}";

    /// The action when a policy server cannot be asked, as in access(5). `DUNNO` goes on as if it had not been in the
    /// list. One server may have its own: `check_policy_service { inet:host:port, default_action=DUNNO }`.
    /// Since 3.0.
    SMTPD_POLICY_SERVICE_DEFAULT_ACTION = smtpd_policy_service_default_action: Text[1..], "451 4.3.5 Server configuration problem";

    /// After what time without a question the connection to a policy server is closed. Below the server's own limit,
    /// or the first question after a pause fails and is sent again.
    /// Since 2.1.
    SMTPD_POLICY_SERVICE_MAX_IDLE = smtpd_policy_service_max_idle: Time[1.., Seconds], "300s";

    /// After what time a connection to a policy server is closed although it is in use, so that servers of several
    /// processes can end theirs.
    /// Since 2.1.
    SMTPD_POLICY_SERVICE_MAX_TTL = smtpd_policy_service_max_ttl: Time[1.., Seconds], "1000s";

    /// A text that policy servers get as `policy_context`, so that one server can serve different services
    /// differently.
    /// Since 3.1.
    SMTPD_POLICY_SERVICE_POLICY_CONTEXT = smtpd_policy_service_policy_context: Text, "";

    /// How many questions a connection to a policy server carries before it is closed; 0 is no limit. 1 is for
    /// servers that do not keep connections.
    /// Since 3.0.
    SMTPD_POLICY_SERVICE_REQUEST_LIMIT = smtpd_policy_service_request_limit: Int, "0";

    /// The pause before a failed question is sent to a policy server again, see `smtpd_policy_service_try_limit`.
    /// Since 3.0.
    SMTPD_POLICY_SERVICE_RETRY_DELAY = smtpd_policy_service_retry_delay: Time[1.., Seconds], "1s";

    /// How long connecting to a policy server, asking it and waiting for its answer may each take. When it is over,
    /// the question is sent again, see `smtpd_policy_service_try_limit`.
    /// Since 2.1.
    SMTPD_POLICY_SERVICE_TIMEOUT = smtpd_policy_service_timeout: Time[1.., Seconds], "100s";

    /// How often a question to a policy server is tried before `smtpd_policy_service_default_action` applies.
    /// Since 3.0.
    SMTPD_POLICY_SERVICE_TRY_LIMIT = smtpd_policy_service_try_limit: Int[1..], "2";

    /// The name we give in EHLO to the filter of `smtpd_proxy_filter`. It must differ from this host's name if the
    /// filter takes that for a loop.
    /// Since 2.1.
    SMTPD_PROXY_EHLO = smtpd_proxy_ehlo: Text, "$myhostname";

    /// A filter that every message passes before it is queued, while the client waits: `host:port`, `inet:host:port`
    /// or `unix:path`. It speaks SMTP both ways and hands the mail to a second smtpd(8) whose value is empty. It can
    /// refuse mail that then need not be bounced, but must keep up with the clients. No MX records are looked up;
    /// without a host it is this one.
    /// Since 2.1.
    SMTPD_PROXY_FILTER = smtpd_proxy_filter: Text, "";

    /// How the filter of `smtpd_proxy_filter` is spoken to. `speed_adjust` receives the whole message before the
    /// filter is connected, which saves filter processes with slow clients; the filter must then judge all recipients
    /// alike, and more free space is asked for.
    /// Since 2.7.
    SMTPD_PROXY_OPTIONS = smtpd_proxy_options: List, "";

    /// How long connecting to the filter of `smtpd_proxy_filter`, and each read and write, may take. When it is over,
    /// the client is told to come back, and the log has the details.
    /// Since 2.1.
    SMTPD_PROXY_TIMEOUT = smtpd_proxy_timeout: Time[1.., Seconds], "100s";

    /// How many recipients one message may have. More are put off with 452; RFC 5321 asks for at least 100. See
    /// `smtpd_recipient_overshoot_limit`.
    SMTPD_RECIPIENT_LIMIT = smtpd_recipient_limit: Int[1..], "1000";

    /// By how many recipients a client may exceed `smtpd_recipient_limit` before each further one counts as an error.
    SMTPD_RECIPIENT_OVERSHOOT_LIMIT = smtpd_recipient_overshoot_limit: Int[1..], "1000";

    /// Restrictions applied at each RCPT TO, beside `smtpd_relay_restrictions`; here is the place for rules against
    /// spam. One of both lists must have `reject`, `defer`, `defer_if_permit`, `reject_unauth_destination` or
    /// `defer_unauth_destination`, or no mail is received at all: a safeguard against open relays. See
    /// smtpd-restrictions(5).
    SMTPD_RECIPIENT_RESTRICTIONS = smtpd_recipient_restrictions: List, "";

    /// Tables, usually `pcre:` or `regexp:`, from a whole reply 4xx or 5xx to one that is sent in its place. A
    /// refusal stays a refusal. Both replies are logged, and lines that were logged before keep the old one. The
    /// footer of `smtpd_reject_footer` comes afterwards.
    /// Since 3.11.
    SMTPD_REJECT_FILTER_MAPS = smtpd_reject_filter_maps: List, "";

    /// A text after each reply 4xx and 5xx, such as a telephone number. `\n` begins a new line; `\c` in front puts
    /// the text on the line of the reply itself, for clients that read only one. `$client_address`, `$client_port`,
    /// `$localtime` and `$server_name` stand for facts of the session; nothing else is expanded. Keep it short: the
    /// other end may cut it.
    /// Since 2.8.
    SMTPD_REJECT_FOOTER = smtpd_reject_footer: Raw, "";

    /// Tables from a whole reply 4xx or 5xx to a text in the form of `smtpd_reject_footer`, which it replaces. In
    /// patterns write `$$name`.
    /// Since 3.4.
    SMTPD_REJECT_FOOTER_MAPS = smtpd_reject_footer_maps: List, "";

    /// Whether unknown recipients are refused although no list has `reject_unlisted_recipient`. It keeps mail that
    /// could only be bounced out of the queue. Unknown is what no alias or canonical table has, and no table of the
    /// domain's class either: `local_recipient_maps`, `relay_recipient_maps`, `virtual_mailbox_maps`,
    /// `virtual_alias_maps`.
    /// Since 2.1.
    SMTPD_REJECT_UNLISTED_RECIPIENT = smtpd_reject_unlisted_recipient: Bool, "yes";

    /// Whether unknown senders in domains of ours are refused although no list has `reject_unlisted_sender`. Against
    /// forged mail from ourselves. Unknown is meant as in `smtpd_reject_unlisted_recipient`.
    /// Since 2.1.
    SMTPD_REJECT_UNLISTED_SENDER = smtpd_reject_unlisted_sender: Bool, "no";

    /// Whether `smtpd_relay_restrictions` are applied before `smtpd_recipient_restrictions`. The default depends on
    /// `compatibility_level`: releases before 3.6 did it the other way round.
    /// Since 3.6.
    SMTPD_RELAY_BEFORE_RECIPIENT_RESTRICTIONS = smtpd_relay_before_recipient_restrictions: Bool, "${{$compatibility_level} <level {3.6} ? {no} : {yes}}";

    /// Restrictions at each RCPT TO that say who may send through this host to other places. Kept apart from
    /// `smtpd_recipient_restrictions`, so that a generous rule about spam does not open a relay. The usual list
    /// admits `mynetworks` and logged-in users, and for others only domains that are ours or in `relay_domains`.
    /// Empty moves that duty to the other list; what one of them must have stands there.
    /// Since 2.10.
    SMTPD_RELAY_RESTRICTIONS = smtpd_relay_restrictions: List, "${{$compatibility_level} <level {1} ? {} : {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}";

    /// Names of your own restriction lists. Each is itself a parameter that holds a list, and can stand in other
    /// lists and as the result of an access table: different rules for different recipients, for example.
    SMTPD_RESTRICTION_CLASSES = smtpd_restriction_classes: List, "";

    /// Whether clients may log in. `permit_sasl_authenticated` then says what for. Set it in `master.cf` for the
    /// submission services rather than for port 25. See `smtpd_sasl_type`, `smtpd_sasl_path`, and
    /// `smtpd_tls_auth_only`.
    SMTPD_SASL_AUTH_ENABLE = smtpd_sasl_auth_enable: Bool, "no";

    /// Whether the `Received:` header has the login name, for all the world to read. It helps to find the account
    /// that sends spam; the log does so too.
    /// Since 2.3.
    SMTPD_SASL_AUTHENTICATED_HEADER = smtpd_sasl_authenticated_header: Bool, "no";

    /// Clients that are not offered AUTH, because they would insist on a password when they see it. Addresses,
    /// networks, `/file`, `type:table`, `!` to exclude; IPv6 in brackets.
    /// Since 2.1.
    SMTPD_SASL_EXCEPTIONS_NETWORKS = smtpd_sasl_exceptions_networks: List, "";

    /// The realm of local logins. With a value, a name without domain gets it appended in look-ups such as those of
    /// `smtpd_sender_login_maps`.
    SMTPD_SASL_LOCAL_DOMAIN = smtpd_sasl_local_domain: Text, "";

    /// Which of the mechanisms that the SASL service knows are offered: names, `/file`, `type:table`; `!` excludes.
    /// EXTERNAL is not supported and left out. Empty offers all.
    /// Since 3.6.
    SMTPD_SASL_MECHANISM_FILTER = smtpd_sasl_mechanism_filter: List, "!external, static:rest";

    /// Where the SASL service is: for `dovecot` a socket such as `private/auth` or `inet:host:port`, for `cyrus` the
    /// name of its configuration without `.conf`.
    /// Since 2.3.
    SMTPD_SASL_PATH = smtpd_sasl_path: Text[1..], "smtpd";

    /// How many characters, in base64, one response of a client in a login may have. RFC 4954 §4 asks for 12288,
    /// which is also the least value. Kerberos tickets may want more.
    /// Since 3.4.
    SMTPD_SASL_RESPONSE_LIMIT = smtpd_sasl_response_limit: Int[12288..], "12288";

    /// Which kinds of mechanisms are not offered.
    ///
    /// - `noplaintext`: those that show the password
    /// - `noactive`: those open to active attacks
    /// - `nodictionary`: those open to guessing from what was overheard
    /// - `noanonymous`: anonymous logins; keep this
    /// - `forward_secrecy`: all without forward secrecy (dovecot only)
    /// - `mutual_auth`: all that do not prove the server too
    ///
    /// Encrypted sessions have `smtpd_sasl_tls_security_options`.
    SMTPD_SASL_SECURITY_OPTIONS = smtpd_sasl_security_options: List, "noanonymous";

    /// The service name that is given to the SASL service: it may allow some users one service and not another.
    /// Since 2.11.
    SMTPD_SASL_SERVICE = smtpd_sasl_service: Text[1..], "smtp";

    /// As `smtpd_sasl_security_options`, for encrypted sessions: `noanonymous` alone allows passwords there that
    /// `noplaintext` forbids elsewhere.
    /// Since 2.2.
    SMTPD_SASL_TLS_SECURITY_OPTIONS = smtpd_sasl_tls_security_options: List, "$smtpd_sasl_security_options";

    /// The kind of SASL service that checks logins, such as `dovecot`; `postconf -a` lists the kinds. What it needs
    /// to know is in `smtpd_sasl_path`.
    /// Since 2.3.
    SMTPD_SASL_TYPE = smtpd_sasl_type: Text[1..], "cyrus";

    /// Tables from a sender address to the logins that may use it, for `reject_sender_login_mismatch` and its like.
    /// Asked for `user@domain`, then `user` if the domain is ours, then `@domain`; the result is one login or
    /// several. Only MAIL FROM is checked, not the `From:` header.
    SMTPD_SENDER_LOGIN_MAPS = smtpd_sender_login_maps: List, "";

    /// Restrictions on the address in MAIL FROM, applied in order until one decides. When they are applied is up to
    /// `smtpd_delay_reject`; with it, restrictions for recipients may stand here too. See smtpd-restrictions(5).
    SMTPD_SENDER_RESTRICTIONS = smtpd_sender_restrictions: List, "";

    /// The service that postscreen(8) hands clients to that have passed: a line of type `pass` in `master.cf`.
    /// Since 2.8.
    SMTPD_SERVICE_NAME = smtpd_service_name: Text[1..], "smtpd";

    /// After how many errors without a delivered message the client gets each reply only after
    /// `smtpd_error_sleep_time`. See also `smtpd_hard_error_limit`.
    SMTPD_SOFT_ERROR_LIMIT = smtpd_soft_error_limit: Int[1..], "10";

    /// How long we wait for a client's next octets, or for room to send ours; 10 seconds under stress by default.
    /// With `smtpd_per_request_deadline` it bounds whole commands and replies. RFC 5321 §4.5.3.2 asks for 5 minutes.
    SMTPD_TIMEOUT = smtpd_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// The protocol by which a load balancer in front tells the client's address: `haproxy` (versions 1 and 2), or
    /// empty for none. Every client of the service must then speak it. For nginx use
    /// `smtpd_authorized_xclient_hosts`.
    /// Since 2.10.
    SMTPD_UPSTREAM_PROXY_PROTOCOL = smtpd_upstream_proxy_protocol: Text, "";

    /// How long the first line of the protocol of `smtpd_upstream_proxy_protocol` may take.
    /// Since 2.10.
    SMTPD_UPSTREAM_PROXY_TIMEOUT = smtpd_upstream_proxy_timeout: Time[1.., Seconds], "5s";

    /// `yes` for a client who comes when all those are there whom the process limit in `master.cf` allows the service,
    /// and empty for any other, as for all clients of a service of the loopback interface; not to be set by hand. It
    /// ends when a tenth of a process's places is free. Any setting of the SMTP server may depend on it, as the default
    /// of `smtpd_timeout` does: `${stress?{10}:{300}}s`.
    /// Since 2.5.
    STRESS = stress: Text, "";

    /// Whether addresses in MAIL FROM and RCPT TO must stand in `<>`, without comments or names beside them. It
    /// refuses badly written programs, honest ones too.
    STRICT_RFC821_ENVELOPES = strict_rfc821_envelopes: Bool, "no";

    /// The reply code of `reject_unknown_sender_domain` and `reject_unknown_recipient_domain` when the domain does
    /// not exist. 550 refuses for good.
    UNKNOWN_ADDRESS_REJECT_CODE = unknown_address_reject_code: Int, "450";

    /// What `reject_unknown_sender_domain` and `reject_unknown_recipient_domain` do when DNS does not answer: `defer`
    /// puts the client off at once, `defer_if_permit` does so only if nothing else refuses the mail.
    /// Since 2.6.
    UNKNOWN_ADDRESS_TEMPFAIL_ACTION = unknown_address_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code of `reject_unknown_client_hostname` and `reject_unknown_reverse_client_hostname`. It is 450
    /// whatever this says when DNS did not answer.
    UNKNOWN_CLIENT_REJECT_CODE = unknown_client_reject_code: Int, "450";

    /// What `reject_unknown_helo_hostname` does when DNS does not answer: `defer` puts the client off at once,
    /// `defer_if_permit` does so only if nothing else refuses the mail.
    /// Since 2.6.
    UNKNOWN_HELO_HOSTNAME_TEMPFAIL_ACTION = unknown_helo_hostname_tempfail_action: Text[1..], "$reject_tempfail_action";

    /// The reply code of `reject_unknown_helo_hostname` when the name does not exist. 550 refuses for good; honest
    /// hosts with a wrong name are many.
    UNKNOWN_HOSTNAME_REJECT_CODE = unknown_hostname_reject_code: Int, "450";

    /// The reply code when a local recipient is not in `local_recipient_maps`. 450 is safer until you are sure of
    /// your tables.
    /// Since 2.0.
    UNKNOWN_LOCAL_RECIPIENT_REJECT_CODE = unknown_local_recipient_reject_code: Int, "550";

    /// The reply code when a recipient in `relay_domains` is not in `relay_recipient_maps`. 450 is safer until you
    /// are sure of your tables.
    /// Since 2.0.
    UNKNOWN_RELAY_RECIPIENT_REJECT_CODE = unknown_relay_recipient_reject_code: Int, "550";

    /// The reply code when a recipient in `virtual_alias_domains` is not in `virtual_alias_maps`. 450 is safer until
    /// you are sure of your tables.
    /// Since 2.0.
    UNKNOWN_VIRTUAL_ALIAS_REJECT_CODE = unknown_virtual_alias_reject_code: Int, "550";

    /// The reply code when a recipient in `virtual_mailbox_domains` is not in `virtual_mailbox_maps`. 450 is safer
    /// until you are sure of your tables.
    /// Since 2.0.
    UNKNOWN_VIRTUAL_MAILBOX_REJECT_CODE = unknown_virtual_mailbox_reject_code: Int, "550";
}
