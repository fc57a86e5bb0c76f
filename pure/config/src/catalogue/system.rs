//! What concerns every program: identity, processes, time limits between programs.

catalogue! {
    /// The alias files that `newaliases` and `sendmail -bi` build. Apart from `alias_maps`, since that may name
    /// tables which are not files here.
    ALIAS_DATABASE = alias_database: List, "$default_database_type:/etc/aliases";

    /// Whether MX records and addresses are used when a service of `use_srv_lookup` has no SRV records. Otherwise the
    /// mail is put off or returned.
    /// Since 3.8.
    ALLOW_SRV_LOOKUP_FALLBACK = allow_srv_lookup_fallback: Bool, "no";

    /// How long postkick(1) waits until the service has taken its request, before it gives up.
    /// Since 2.1.
    APPLICATION_EVENT_DRAIN_TIME = application_event_drain_time: Time[1.., Seconds], "100s";

    /// Users who may flush the queue: names, `/file`, `type:table`, `!` to exclude; the first match counts. root and
    /// `mail_owner` always may; a user id without a name is `unknown`. Our postqueue opens no tables but `static:`.
    /// Since 2.2.
    AUTHORIZED_FLUSH_USERS = authorized_flush_users: List, "static:anyone";

    /// Users who may list the queue. Written as `authorized_flush_users`, with the same limits.
    /// Since 2.2.
    AUTHORIZED_MAILQ_USERS = authorized_mailq_users: List, "static:anyone";

    /// Users who may submit mail with sendmail(1) and postdrop(1); empty is nobody. Written as
    /// `authorized_flush_users`, though root has no privilege here. Example: `!www-data, static:all`.
    /// Since 2.2.
    AUTHORIZED_SUBMIT_USERS = authorized_submit_users: List, "static:anyone";

    /// The transport for mail whose best exchanger is this host although no setting names its domain; empty returns
    /// such mail, "mail loops back to myself". It is better to list the domains.
    BEST_MX_TRANSPORT = best_mx_transport: Text, "";

    /// For which release the configuration was written: defaults that changed since then keep their old value, and
    /// the log says when that made a difference. After an upgrade, fix in `main.cf` what you want to keep, then raise
    /// it. Levels are 0, 1, 2 and, since 3.6, releases such as `3.6`; in conditions compare them by `<level`.
    /// Since 3.0.
    COMPATIBILITY_LEVEL = compatibility_level: Text, "0";

    /// How long a daemon may be busy with one request before its watchdog ends it. 5 hours is far above anything in
    /// order; a process that hits it has lost its way.
    DAEMON_TIMEOUT = daemon_timeout: Time[1.., Seconds], "18000s";

    /// Tables from an outcome of a delivery, `X.Y.Z text`, to the one that is used in its place, in the log and in
    /// notices. A failure may become lasting or passing; success stays success. The result has the same form. It does
    /// not undo `soft_bounce`. Each agent has its own, such as `smtp_delivery_status_filter`. Example: `/^4\.2\.2 (.*over quota.*)/ 5.2.2 $1`.
    /// Since 3.0.
    DEFAULT_DELIVERY_STATUS_FILTER = default_delivery_status_filter: Text, "";

    /// The user under whose id local(8) writes files and starts commands of aliases that belong to root. Never an
    /// account with rights, and never `mail_owner`.
    DEFAULT_PRIVS = default_privs: Text[1..], "nobody";

    /// How many processes a service of `master.cf` has without a limit of its own. With our daemons it counts clients
    /// served at once, since one process serves many.
    DEFAULT_PROCESS_LIMIT = default_process_limit: Int[1..], "100";

    /// The two characters that VERP puts between the sender's local part and the recipient, and in place of the
    /// recipient's `@`. They must be in `verp_delimiter_filter`.
    /// Since 1.1.
    DEFAULT_VERP_DELIMITERS = default_verp_delimiters: Text[2..=2], "+=";

    /// How often a lock on a mailbox is tried, with `deliver_lock_delay` between; then the mail is put off.
    DELIVER_LOCK_ATTEMPTS = deliver_lock_attempts: Int[1..], "20";

    /// The pause between two attempts at a lock on a mailbox. Times `deliver_lock_attempts` it is how long a delivery
    /// waits for a mail reader.
    DELIVER_LOCK_DELAY = deliver_lock_delay: Time[1.., Seconds], "1s";

    /// Whether the SMTP client asks no DNS, neither for exchangers nor for addresses. Use `smtp_dns_support_level`
    /// instead.
    DISABLE_DNS_LOOKUPS = disable_dns_lookups: Bool, "no";

    /// Whether all after the headers is taken for body as mail comes in, without looking into MIME. MIME and nested
    /// headers are then not seen by checks.
    /// Since 2.0.
    DISABLE_MIME_INPUT_PROCESSING = disable_mime_input_processing: Bool, "no";

    /// Whether 8-bit mail is sent as it is to servers that do not announce 8BITMIME, instead of being encoded.
    /// Encoding breaks signatures; sending it breaks the standard.
    /// Since 2.0.
    DISABLE_MIME_OUTPUT_CONVERSION = disable_mime_output_conversion: Bool, "no";

    /// A workaround for system libraries whose answers about absent records are incomplete. We ask DNS ourselves;
    /// nothing needs it.
    /// Since 3.1.
    DNS_NCACHE_TTL_FIX_ENABLE = dns_ncache_ttl_fix_enable: Bool, "no";

    // Difference: Postfix asks the servers of `/etc/resolv.conf` and no others.
    /// Name servers to ask in place of those in `/etc/resolv.conf`, as `address` or `address:port`. Empty asks the
    /// system's. For a second system on a host, and for tests. Only Postrider has it.
    DNS_SERVERS = dns_servers: List, "";

    /// What is asked of DNS, `type:name`, to find out whether answers are validated at all, after an answer that
    /// should have been was not. The log warns if not: DANE does not work then. Empty does not probe.
    /// Since 3.6.
    DNSSEC_PROBE = dnssec_probe: Text, "ns:.";

    /// Whether finished queue files are kept in the queue `saved`: 1 does. For finding faults; postcat(1) shows the
    /// files, and nobody removes them.
    DONT_REMOVE = dont_remove: Int, "0";

    /// What stands for the null sender among the results of `local_login_sender_maps`.
    /// Since 3.6.
    EMPTY_ADDRESS_LOCAL_LOGIN_SENDER_MAPS_LOOKUP_KEY = empty_address_local_login_sender_maps_lookup_key: Text, "<>";

    /// Whether domain names with letters such as the German sharp s are converted as the older standard had it. Only
    /// for compatibility with releases before 3.2.
    /// Since 3.2.
    ENABLE_IDNA2003_COMPATIBILITY = enable_idna2003_compatibility: Bool, "no";

    /// Whether queue ids contain the full time, so that none ever comes twice: `3Pt2mN2VXxznjll` in place of
    /// `C3CD21F3E90`. It makes the log clearer and queues movable. Going back, postsuper(1) renames the files.
    /// Since 2.9.
    ENABLE_LONG_QUEUE_IDS = enable_long_queue_ids: Bool, "no";

    /// Whether the address before rewriting is kept, for `X-Original-To:` and as part of what makes two recipients
    /// the same. Without it, two aliases of one mailbox bring one copy instead of two.
    /// Since 2.1.
    ENABLE_ORIGINAL_RECIPIENT = enable_original_recipient: Bool, "yes";

    /// Environment variables that programs outside the mail system get: names, and `name=value` to set one, in braces
    /// if there are spaces. Everything else is taken away.
    EXPORT_ENVIRONMENT = export_environment: List, "TZ MAIL_CONFIG LANG";

    /// Makes a chosen internal step fail, for tests of Postfix itself. Leave it.
    FAULT_INJECTION_CODE = fault_injection_code: Int, "0";

    /// How often starting a process is tried, with `fork_delay` between, on a host that has run out of processes or
    /// memory.
    FORK_ATTEMPTS = fork_attempts: Int[1..], "5";

    /// The pause between two attempts to start a process, see `fork_attempts`.
    FORK_DELAY = fork_delay: Time[1.., Seconds], "1s";

    /// How many parts (words, signs) of addresses one header may have; the rest is dropped. It keeps a header with
    /// thousands of addresses from taking up the processor.
    HEADER_ADDRESS_TOKEN_LIMIT = header_address_token_limit: Int[1..], "10240";

    /// How many octets one header may have; the rest is dropped. Headers with very many recipients may need more.
    HEADER_SIZE_LIMIT = header_size_limit: Int[1..], "102400";

    /// Whether the domain's own address is used when DNS does not answer about exchangers. It may deliver to the
    /// wrong host; by default the mail is put off.
    IGNORE_MX_LOOKUP_ERROR = ignore_mx_lookup_error: Bool, "no";

    /// Whether MX records and addresses are used when DNS does not answer about SRV records. By default the mail is
    /// put off. See `use_srv_lookup`.
    /// Since 3.8.
    IGNORE_SRV_LOOKUP_ERROR = ignore_srv_lookup_error: Bool, "no";

    /// Environment variables that privileged programs take over from whoever starts them: names, and `name=value` to
    /// set one. Others are removed. Set-group-id commands apply the assignments alone.
    IMPORT_ENVIRONMENT = import_environment: List, "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C POSTLOG_SERVICE POSTLOG_HOSTNAME XDG_RUNTIME_DIR";

    /// The addresses of this host on which mail is received: `all`, `loopback-only`, or addresses; empty for none. It
    /// does three more things: `user@[address]` is local; exchangers of the same or worse preference than one with
    /// such an address are skipped; and one single address is also the source of outgoing connections, see
    /// `smtp_bind_address`. Stop and start after a change. On hosts with several networks rather name addresses in
    /// `master.cf`.
    INET_INTERFACES = inet_interfaces: List, "all";

    /// Which IP versions are used: `ipv4`, `ipv6`, both, or `all`. It rules listening, connecting, and which records
    /// DNS is asked for. Stop and start after a change.
    /// Since 2.2.
    INET_PROTOCOLS = inet_protocols: List, "all";

    /// Which mail made here passes `non_smtpd_milters`, `header_checks` and `body_checks`: `bounce` for notices to
    /// senders, `notify` for those to the postmaster. Empty is safest: a filter that refuses a notice loses it.
    /// Since 2.3.
    INTERNAL_MAIL_FILTER_CLASSES = internal_mail_filter_classes: List, "";

    /// After what idle time a connection to another of our daemons is closed, so that the daemon may end for lack of
    /// work.
    IPC_IDLE = ipc_idle: Time[1.., Seconds], "5s";

    /// How long we wait for another of our daemons. It must be longer than any time a daemon may take, such as
    /// `command_time_limit`.
    IPC_TIMEOUT = ipc_timeout: Time[1.., Seconds], "3600s";

    /// After what time a busy connection to another of our daemons is closed and opened anew, so that a process that
    /// has served enough may end.
    /// Since 2.1.
    IPC_TTL = ipc_ttl: Time[1.., Seconds], "1000s";

    /// Names of ports that are known without services(5): `name=port`, several names as `smtps=submissions=465`,
    /// entries divided by comma.
    /// Since 3.6.
    KNOWN_TCP_PORTS = known_tcp_ports: List, "lmtp=24, smtp=25, smtps=submissions=465, submission=587";

    /// Into pieces of what length longer lines are cut as they come in; they are put together again on the way out.
    /// Body checks see pieces.
    LINE_LENGTH_LIMIT = line_length_limit: Int[512..], "2048";

    /// Tables from a login name to the senders it may use, as patterns divided by space or comma: `*` is any, `<>`
    /// the null sender, `@domain` any in the domain. A user without name is asked for as `uid:1000`. Extensions are
    /// ignored. Only the envelope is checked, and only for postdrop(1). Our postdrop opens no tables but `static:`
    /// and otherwise refuses.
    /// Since 3.6.
    LOCAL_LOGIN_SENDER_MAPS = local_login_sender_maps: List, "static:*";

    /// The name of the mail system in greetings, `Received:` headers and notices. Programs that read logs and headers
    /// may look for the default.
    MAIL_NAME = mail_name: Text[1..], "Postfix";

    /// The account that owns the queue and under whose id most daemons run. It should have no other purpose, share
    /// neither user nor group with another, and own no other files. After a change run `postfix set-permissions`.
    MAIL_OWNER = mail_owner: Text[1..], "postfix";

    /// The date of the release we follow, as `YYYYMMDD`. Not meant to be changed.
    MAIL_RELEASE_DATE = mail_release_date: Text[1..], "20260821";

    /// The release we follow, as programs that ask for Postfix's version expect it. It may be used in `smtpd_banner`,
    /// which tells attackers more than friends. Not meant to be changed.
    MAIL_VERSION = mail_version: Text[1..], "3.12-20260821";

    /// Where mailq(1) is installed. For installers only.
    MAILQ_PATH = mailq_path: Text[1..], "/usr/bin/mailq";

    /// Services of `master.cf` whose sockets master does not open: types such as `inet`, or `name/type` such as
    /// `smtp/inet`; `!` keeps one. No files, tables or wild cards.
    /// Since 2.6.
    MASTER_SERVICE_DISABLE = master_service_disable: List, "";

    /// After what idle time a daemon process ends. Those that live long, such as the queue manager, do not.
    MAX_IDLE = max_idle: Time[1.., Seconds], "100s";

    /// After how many clients a daemon process makes room for a fresh one. Ours counts them for each place it has.
    MAX_USE = max_use: Int[1..], "100";

    /// Headers that are removed from all mail, after `header_checks` and before milters. Names without colon; case
    /// does not matter.
    /// Since 3.0.
    MESSAGE_DROP_HEADERS = message_drop_headers: List, "bcc, content-length, resent-bcc, return-path";

    /// How many octets a message may have, envelope included; 0 is no limit. Clients are told by SIZE.
    /// `mailbox_size_limit` and `virtual_mailbox_limit` must not be less.
    MESSAGE_SIZE_LIMIT = message_size_limit: Octets, "10240000";

    /// How many characters of a MIME boundary are looked at. Two that differ only after them are the same to us.
    /// Since 2.0.
    MIME_BOUNDARY_LENGTH_LIMIT = mime_boundary_length_limit: Int[1..], "2048";

    /// How deep MIME parts may be nested; a message that goes deeper is refused. It bounds the work that a message of
    /// many layers can cause.
    /// Since 2.0.
    MIME_NESTING_LIMIT = mime_nesting_limit: Int[1..], "100";

    /// Domains whose mail is delivered here, by `local_transport`, to accounts and aliases. Domains, `/file`,
    /// `type:table`, the first match counts. A domain's mail host adds `$mydomain`. Never list domains of
    /// `virtual_alias_domains`, `virtual_mailbox_domains` or `relay_domains`. Unknown recipients are refused, see
    /// `local_recipient_maps`.
    MYDESTINATION = mydestination: List, "$myhostname, localhost.$mydomain, localhost";

    /// The domain of this host: `myhostname` without its first part, or `localdomain` if nothing is left. Many
    /// defaults use it.
    MYDOMAIN = mydomain: Text[1..], "";

    /// The full name of this host: what the system says, with `mydomain` if that is a single word. It is in
    /// greetings, `Received:` headers and many defaults; others may look it up.
    MYHOSTNAME = myhostname: Text[1..], "";

    /// Clients that are trusted: above all, they may relay. Networks as `192.0.2.0/24`, IPv6 in brackets, `/file`,
    /// `type:table`, `!` to exclude; the first match counts. Networks do not work in `hash:` tables; take `cidr:`.
    /// Empty means what `mynetworks_style` works out. Never list a network whose machines are not yours.
    MYNETWORKS = mynetworks: List, "";

    /// How `mynetworks` is worked out when it is not set.
    ///
    /// - `host`: this host alone
    /// - `subnet`: all in the networks of its interfaces
    /// - `class`: all in their old class A, B or C; that may be all customers of your provider
    ///
    /// The default depends on `compatibility_level`.
    MYNETWORKS_STYLE = mynetworks_style: Text[1..], "${{$compatibility_level} <level {2} ? {subnet} : {host}}";

    /// The domain that is added to addresses without one, and so the sender's domain of mail from this host.
    /// `$mydomain` suits a domain of several hosts.
    MYORIGIN = myorigin: Text[1..], "$myhostname";

    /// Where newaliases(1) is installed. For installers only.
    NEWALIASES_PATH = newaliases_path: Text[1..], "/usr/bin/newaliases";

    /// Whether `owner-list` and `list-request` are treated as belonging to a list: the first becomes the sender of
    /// the list's mail, and neither is split at `recipient_delimiter`.
    OWNER_REQUEST_SPECIAL = owner_request_special: Bool, "yes";

    /// Lists in which `example.com` stands for its subdomains too, so that `.example.com` is not needed: names of
    /// parameters, and `smtpd_access_maps` for all access tables.
    PARENT_DOMAIN_MATCHES_SUBDOMAINS = parent_domain_matches_subdomains: Text, "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,qmqpd_authorized_clients,relay_domains,smtpd_access_maps";

    /// As `default_delivery_status_filter`, for pipe(8).
    /// Since 3.0.
    PIPE_DELIVERY_STATUS_FILTER = pipe_delivery_status_filter: Text, "$default_delivery_status_filter";

    /// The number of the process that asks. For use in other values; it cannot be set.
    PROCESS_ID = process_id: Int, "0";

    /// The name of the program that asks. For use in other values; it cannot be set.
    PROCESS_NAME = process_name: Text, "";

    /// Addresses at which this host is reached through a proxy or address translation. A backup host behind one must
    /// have it, or mail loops while the primary host is down. `user@[address]` is local for these too.
    /// Since 2.0.
    PROXY_INTERFACES = proxy_interfaces: List, "";

    /// Characters that divide a local part from an extension, as the plus sign in `user+lists@example.com`; the first
    /// one found counts. Tables and `.forward` files are tried with the extension first, then without. Empty knows no
    /// extensions. Addresses such as `postmaster` are not divided; see also `owner_request_special` and
    /// `propagate_unmatched_extensions`.
    RECIPIENT_DELIMITER = recipient_delimiter: Text, "";

    /// Domains of others for which this host takes mail, from anyone, and sends it on by `relay_transport`;
    /// subdomains count too, see `parent_domain_matches_subdomains`. Domains, `/file`, `type:table`, `!` to exclude.
    /// List valid recipients in `relay_recipient_maps`. Being an MX for a domain does not suffice.
    RELAY_DOMAINS = relay_domains: List, "${{$compatibility_level} <level {2} ? {$mydestination} : {}}";

    /// Where all mail for other places goes, instead of to each domain's own exchanger: `host`, `[host]` without MX
    /// look-up, `[host]:port`, or several in order. `sender_dependent_relayhost_maps`, `transport_maps` and next hops
    /// in `default_transport` and `relay_transport` come before it. A load balancer may be listed twice, so that it
    /// is tried again.
    RELAYHOST = relayhost: Text, "";

    /// Whether the login name is also sent as the name to act for, when we log in to a server. Releases before 2.4.4
    /// did, and some servers refuse that.
    /// Since 2.4.
    SEND_CYRUS_SASL_AUTHZID = send_cyrus_sasl_authzid: Bool, "no";

    /// When sendmail(1) turns `<CR><LF>` into line ends of this system.
    ///
    /// - `always`: wherever it finds it
    /// - `strict`: if the first line ends so
    /// - `never`
    /// Since 2.9.
    SENDMAIL_FIX_LINE_ENDINGS = sendmail_fix_line_endings: Text[1..], "always";

    /// Where sendmail(1) is installed. For installers only.
    SENDMAIL_PATH = sendmail_path: Text[1..], "/usr/sbin/sendmail";

    /// The name of the `master.cf` line that the process belongs to. For use in other values, as in `-o
    /// syslog_name=postfix/$service_name`; it cannot be set.
    /// Since 3.3.
    SERVICE_NAME = service_name: Text, "";

    /// How long master waits before it starts a service again whose process failed, so that a broken daemon is not
    /// started a thousand times a second. The log says why it failed.
    SERVICE_THROTTLE_TIME = service_throttle_time: Time[1.., Seconds], "60s";

    /// The group of set-group-id commands and of the queue's folders they write to. It should have no other purpose.
    /// After a change run `postfix set-permissions`.
    SETGID_GROUP = setgid_group: Text[1..], "postdrop";

    /// For which mail it is found out by looking whether it needs SMTPUTF8, instead of believing the sender: any of
    /// `sendmail`, `smtpd`, `qmqpd`, `forward`, `bounce`, `notify`, `verify`, `all`. Mail that needs it can go only
    /// to servers that have it.
    /// Since 3.0.
    SMTPUTF8_AUTODETECT_CLASSES = smtputf8_autodetect_classes: List[1..], "sendmail, verify";

    /// Whether addresses and headers may have other than ASCII letters, by RFC 6531 to 6533. The default depends on
    /// `compatibility_level`.
    /// Since 3.0.
    SMTPUTF8_ENABLE = smtputf8_enable: Bool, "${{$compatibility_level} <level {1} ? {no} : {yes}}";

    /// After what time a mailbox's lock file that was left behind is removed. Longer than any mail reader holds one.
    STALE_LOCK_TIME = stale_lock_time: Time[1.., Seconds], "500s";

    /// Whether mail with 8-bit text in headers is refused, which only SMTPUTF8 allows. It hits honest mail; not for a
    /// public server.
    /// Since 2.0.
    STRICT_7BIT_HEADERS = strict_7bit_headers: Bool, "no";

    /// Turns on both `strict_7bit_headers` and `strict_8bitmime_body`. It hits honest mail.
    /// Since 2.0.
    STRICT_8BITMIME = strict_8bitmime: Bool, "no";

    /// Whether 8-bit content that is not declared so is refused. It hits honest mail, such as the notices of some
    /// systems.
    /// Since 2.0.
    STRICT_8BITMIME_BODY = strict_8bitmime_body: Bool, "no";

    /// Whether mail with a wrong encoding on `message` or `multipart` parts is refused. It hits honest mail.
    /// Since 2.0.
    STRICT_MIME_ENCODING_DOMAIN = strict_mime_encoding_domain: Bool, "no";

    /// Whether other than ASCII letters in addresses are accepted only after SMTPUTF8 in MAIL FROM, as RFC 6531
    /// wants. Otherwise such addresses are taken from anyone while `smtputf8_enable` is on.
    /// Since 3.0.
    STRICT_SMTPUTF8 = strict_smtputf8: Bool, "no";

    /// The size of TCP's receive window, 1 to 65535, for routers that handle larger ones wrongly; 0 leaves it to the
    /// system. For servers it is master that sets it, at the start.
    /// Since 2.6.
    TCP_WINDOWSIZE = tcp_windowsize: Int, "0";

    /// How long waking a daemon up may take before it is given up. Nothing is lost: the daemon looks around at
    /// regular times anyway.
    TRIGGER_TIMEOUT = trigger_timeout: Time[1.., Seconds], "10s";

    /// Services whose servers are found by SRV records: with `submission`, the next hop `example.com:submission` asks
    /// for `_submission._tcp.example.com`. Brackets around the host ask for its address as before. See
    /// `ignore_srv_lookup_error` and `allow_srv_lookup_fallback`.
    /// Since 3.8.
    USE_SRV_LOOKUP = use_srv_lookup: List, "";

    /// Characters that may be chosen as delimiters for VERP, by `sendmail -XV` and XVERP.
    /// Since 1.1.
    VERP_DELIMITER_FILTER = verp_delimiter_filter: Text[1..], "-=+";
}
