//! TLS in the SMTP client.

catalogue! {
    /// Whether servers must use TLS with a certificate of their name. Use `smtp_tls_security_level` instead.
    /// Since 2.2.
    SMTP_ENFORCE_TLS = smtp_enforce_tls: Bool, "no";

    /// Whether the `status=` line of the log says how the delivery was protected: `tls=level`, followed by
    /// `/requiretls` if the sender asked for that. After a colon stands what came of it instead, as in `may:none` for
    /// a server without TLS or `dane:encrypt` for unusable records. `!` in front of a feature marks a breach, for
    /// which the connection was not used; `?` after it that it could not be decided.
    /// Since 3.11.
    SMTP_LOG_TLS_FEATURE_STATUS = smtp_log_tls_feature_status: Bool, "yes";

    /// What a sender's REQUIRETLS means for each destination: words, and tables that give one. Tables are asked for
    /// the next hop without brackets and port, in its `xn--` form; indexed tables also for `.parent` domains. The
    /// first answer counts; none is `enforce`.
    ///
    /// - `enforce`: only servers with TLS, a certificate that matches, and REQUIRETLS; otherwise the mail is
    ///   returned
    /// - `opportunistic+starttls`: only servers with TLS; the request is handed on to those that know it
    /// - `opportunistic`: the request is handed on to servers that know it; others get the mail all the same
    /// - `disable`: the request is forgotten
    ///
    /// The default relaxes it for our own domain and for addresses, as of content filters. A certificate can only
    /// match at the levels `dane`, `dane-only`, `fingerprint`, `verify` and `secure`.
    /// Since 3.11.
    SMTP_REQUIRETLS_POLICY = smtp_requiretls_policy: List, "inline:{{${domain_to_ascii{$mydomain}}=opportunistic}, {.${domain_to_ascii{$mydomain}}=opportunistic}, {localhost=opportunistic}}, cidr:{{0.0.0.0/0 opportunistic}, {::/0 opportunistic}}, enforce";

    /// How long one read or write may take while TLS is begun or ended. A server that takes longer has failed: what
    /// follows is up to `smtp_tls_security_level`.
    /// Since 2.2.
    SMTP_STARTTLS_TIMEOUT = smtp_starttls_timeout: Time[1.., Seconds], "300s";

    /// A file with the certificate authorities that server certificates may come from. It is read before rights are
    /// given up. The system's own file is a good value: `/etc/ssl/certs/ca-certificates.crt` on Debian. Only `verify`
    /// and `secure` need it. See `tls_append_default_CA`.
    /// Since 2.2.
    SMTP_TLS_CAFILE = smtp_tls_CAfile: Text, "";

    /// A folder with the certificate authorities that server certificates may come from, under hash names as `openssl
    /// rehash` makes them. It must be inside the root directory of the daemon.
    /// Since 2.2.
    SMTP_TLS_CAPATH = smtp_tls_CApath: Text, "";

    /// Whether a server's reply that comes too early, by which an old attack on TLS shows (CVE-2009-3555), ends the
    /// session.
    /// Since 2.7.
    SMTP_TLS_BLOCK_EARLY_MAIL_REPLY = smtp_tls_block_early_mail_reply: Bool, "no";

    /// Our RSA certificate for servers that ask for one, in PEM form, followed by those that issued it. Leave it
    /// empty unless a server demands it. Prefer `smtp_tls_chain_files`.
    /// Since 2.2.
    SMTP_TLS_CERT_FILE = smtp_tls_cert_file: Text, "";

    /// Files with keys and certificates for servers that ask for one, in the form of `smtpd_tls_chain_files`. It
    /// takes the place of `smtp_tls_cert_file` and its like. Leave it empty unless a server demands it.
    /// Since 3.4.
    SMTP_TLS_CHAIN_FILES = smtp_tls_chain_files: List, "";

    /// The least grade of ciphers while TLS is optional: `high`, `medium`, `null`, or the old names `low` and
    /// `export`, which mean `medium`. When TLS is demanded: `smtp_tls_mandatory_ciphers`. One destination: `ciphers=`
    /// in `smtp_tls_policy_maps`.
    /// Since 2.6.
    SMTP_TLS_CIPHERS = smtp_tls_ciphers: Text[1..], "medium";

    /// Whether encrypted connections are used for several deliveries. Postfix does it with tlsproxy(8) and scache(8).
    /// Since 3.4.
    SMTP_TLS_CONNECTION_REUSE = smtp_tls_connection_reuse: Bool, "no";

    /// What TLSA records of a host mean that was found by MX records without DNSSEC: `dane` uses them, `encrypt`
    /// takes them as a demand for TLS, `may` passes them over. An attacker may forge the MX records then, but not
    /// without a trace in the log.
    /// Since 3.1.
    SMTP_TLS_DANE_INSECURE_MX_POLICY = smtp_tls_dane_insecure_mx_policy: Text, "dane";

    /// Our DSA certificate. Nobody should have one any more.
    /// Since 2.2.
    SMTP_TLS_DCERT_FILE = smtp_tls_dcert_file: Text, "";

    /// The key of `smtp_tls_dcert_file`. Nobody should have one any more.
    /// Since 2.2.
    SMTP_TLS_DKEY_FILE = smtp_tls_dkey_file: Text, "$smtp_tls_dcert_file";

    /// Our ECDSA certificate for servers that ask for one; as `smtp_tls_cert_file` otherwise. Leave it empty unless a
    /// server demands it. Prefer `smtp_tls_chain_files`.
    /// Since 2.6.
    SMTP_TLS_ECCERT_FILE = smtp_tls_eccert_file: Text, "";

    /// The key of `smtp_tls_eccert_file`, without pass phrase, readable by root alone.
    /// Since 2.6.
    SMTP_TLS_ECKEY_FILE = smtp_tls_eckey_file: Text, "$smtp_tls_eccert_file";

    /// Whether servers may prove themselves by a bare public key (RFC 7250), at the levels `may`, `encrypt` and
    /// `fingerprint`. Fingerprints must then be of keys, not of certificates. With DANE it is decided by the TLSA
    /// records, and `verify` and `secure` never do it.
    /// Since 3.9.
    SMTP_TLS_ENABLE_RPK = smtp_tls_enable_rpk: Bool, "no";

    /// Whether a server's name must be in its certificate, with `smtp_enforce_tls`. Use `smtp_tls_security_level`
    /// instead.
    /// Since 2.2.
    SMTP_TLS_ENFORCE_PEERNAME = smtp_tls_enforce_peername: Bool, "yes";

    /// How an MTA-STS policy is applied, if the plug-in behind `smtp_tls_policy_maps` hands it on whole: only hosts
    /// that match one of its patterns are connected to, and each must prove its own name. `no` connects to any host
    /// whose certificate matches a pattern.
    /// Since 3.10.
    SMTP_TLS_ENFORCE_STS_MX_PATTERNS = smtp_tls_enforce_sts_mx_patterns: Bool, "yes";

    /// Ciphers that are never used: names, or kinds such as `aNULL`, `RC4`; several joined by `+` must all apply.
    /// Every exclusion costs some peers.
    /// Since 2.3.
    SMTP_TLS_EXCLUDE_CIPHERS = smtp_tls_exclude_ciphers: List, "";

    /// Fingerprints of certificates, or of their keys, that servers may have at the level `fingerprint`; colons may
    /// be left out. One destination: `match=` in `smtp_tls_policy_maps`, several divided by `|`. Neither authority
    /// nor expiry matters.
    /// Since 2.5.
    SMTP_TLS_FINGERPRINT_CERT_MATCH = smtp_tls_fingerprint_cert_match: List, "";

    /// The digest by which fingerprints of server certificates and keys are made. The default depends on
    /// `compatibility_level`: `sha256`, formerly `md5`.
    /// Since 2.5.
    SMTP_TLS_FINGERPRINT_DIGEST = smtp_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// Whether TLSA records are looked up even of hosts in zones without DNSSEC. They would not count, and some name
    /// servers fail on the question.
    /// Since 2.11.
    SMTP_TLS_FORCE_INSECURE_HOST_TLSA_LOOKUP = smtp_tls_force_insecure_host_tlsa_lookup: Bool, "no";

    /// The key of `smtp_tls_cert_file`, without pass phrase, readable by root alone.
    /// Since 2.2.
    SMTP_TLS_KEY_FILE = smtp_tls_key_file: Text, "$smtp_tls_cert_file";

    /// How much of TLS is logged: `0` nothing, `1` one line for each handshake, `2` also its steps and the session
    /// cache, `3` also its octets, `4` also those of the whole session. 2 and more are for finding faults. Since 3.12
    /// `,trace` after it writes each session's handshake to a file below `tlstrace` in the queue directory, see
    /// `smtp_tls_trace_size_limit`; nobody removes those files. Single servers: `smtp_tls_loglevel_maps`.
    /// Since 2.2.
    SMTP_TLS_LOGLEVEL = smtp_tls_loglevel: Text, "0";

    /// Tables from a server's name, then its address, to a level that takes the place of `smtp_tls_loglevel`. Indexed
    /// tables are also asked for `.parent` domains (or without the dot, if `parent_domain_matches_subdomains` names
    /// this parameter) and for shortened addresses. `DUNNO` ends the search.
    /// Since 3.12.
    SMTP_TLS_LOGLEVEL_MAPS = smtp_tls_loglevel_maps: List, "";

    /// The least grade of ciphers where TLS is demanded: `high`, `medium`, `null` (no encryption), or the old names
    /// `low` and `export`, which mean `medium`. One destination: `ciphers=` in `smtp_tls_policy_maps`.
    /// Since 2.3.
    SMTP_TLS_MANDATORY_CIPHERS = smtp_tls_mandatory_ciphers: Text[1..], "medium";

    /// Ciphers that are not used where TLS is demanded, beside those of `smtp_tls_exclude_ciphers`. One destination:
    /// `exclude=` in `smtp_tls_policy_maps`.
    /// Since 2.3.
    SMTP_TLS_MANDATORY_EXCLUDE_CIPHERS = smtp_tls_mandatory_exclude_ciphers: List, "";

    /// Which TLS versions are used where TLS is demanded: `>=TLSv1.2` for the least, `<=TLSv1.3` for the most, or the
    /// older form `!SSLv3, !TLSv1`, which must leave no gap. Names are `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`;
    /// versions without name yet in hexadecimal, `0305`. Empty allows all. One destination: `protocols=` in
    /// `smtp_tls_policy_maps`, divided by colons.
    /// Since 2.3.
    SMTP_TLS_MANDATORY_PROTOCOLS = smtp_tls_mandatory_protocols: List, ">=TLSv1";

    /// Whether servers are logged that offer STARTTLS while we do not use it. For finding out where it would be
    /// possible.
    /// Since 2.2.
    SMTP_TLS_NOTE_STARTTLS_OFFER = smtp_tls_note_starttls_offer: Bool, "no";

    /// Tables from a next hop or server to `NONE`, `MAY`, `MUST_NOPEERMATCH` or `MUST`. Use `smtp_tls_policy_maps`
    /// instead: with this form a forged MX record can choose the policy.
    /// Since 2.2.
    SMTP_TLS_PER_SITE = smtp_tls_per_site: Text, "";

    /// Tables from a destination to the level that takes the place of `smtp_tls_security_level`, followed by
    /// attributes. They are asked for the next hop as it is written where mail is routed, with brackets and port, or
    /// else the recipient's domain; a bare domain is also found under `.parent`. `smtp_tls_per_site` is not asked any
    /// more then.
    ///
    /// - `ciphers=`, `exclude=`, `protocols=`: as the parameters of that name, several divided by colons
    /// - `match=`: names (`verify`, `secure`) divided by colons, or fingerprints divided by `|`
    /// - `tafile=`: trust anchors as in `smtp_tls_trust_anchor_file`, at `verify` and `secure`
    /// - `servername=`, `connection_reuse=`, `enable_rpk=`: as `smtp_tls_servername`, `smtp_tls_connection_reuse`,
    ///   `smtp_tls_enable_rpk`
    ///
    /// Example: `bank.example secure match=mx.bank.example`.
    /// Since 2.3.
    SMTP_TLS_POLICY_MAPS = smtp_tls_policy_maps: List, "";

    /// Which TLS versions are used while TLS is optional, written as `smtp_tls_mandatory_protocols`. What is refused
    /// here goes in plain text.
    /// Since 2.6.
    SMTP_TLS_PROTOCOLS = smtp_tls_protocols: List, ">=TLSv1";

    /// How many authorities may stand between a server's certificate and one that is trusted. 1 suffices for a
    /// private authority; public ones need two or three.
    /// Since 2.2.
    SMTP_TLS_SCERT_VERIFYDEPTH = smtp_tls_scert_verifydepth: Int, "9";

    /// Which name must be in a server's certificate at the level `secure`, written as `smtp_tls_verify_cert_match`.
    /// Do not use `hostname` here: it comes from DNS, which this level does not trust.
    /// Since 2.3.
    SMTP_TLS_SECURE_CERT_MATCH = smtp_tls_secure_cert_match: List[1..], "nexthop, dot-nexthop";

    /// How deliveries are protected, unless `smtp_tls_policy_maps` has something else for the destination.
    ///
    /// - empty: by the older `smtp_use_tls`, `smtp_enforce_tls` and `smtp_tls_enforce_peername`; if those say
    ///   nothing either, as `none`
    /// - `none`: plain text
    /// - `may`: TLS if the server offers it, without verifying who it is; plain text otherwise, and after a failed
    ///   handshake. For the Internet
    /// - `encrypt`: TLS or no delivery, without verifying who it is
    /// - `dane`: with TLSA records in DNSSEC, the server must match them; with unusable ones as `encrypt`, without
    ///   any as `may`. Needs `smtp_dns_support_level = dnssec`. For the Internet, with a resolver that validates
    /// - `dane-only`: as `dane`, and no delivery without usable records
    /// - `fingerprint`: the certificate must be in `smtp_tls_fingerprint_cert_match`
    /// - `verify`: the certificate must be trusted and have the server's name, see `smtp_tls_verify_cert_match`
    /// - `secure`: the same, with a name that does not come from DNS, see `smtp_tls_secure_cert_match`
    ///
    /// The default depends on `compatibility_level`: `may` from 3.11 on. The strict levels are for single
    /// destinations, such as `relayhost`.
    /// Since 2.3.
    SMTP_TLS_SECURITY_LEVEL = smtp_tls_security_level: Text, "${{$compatibility_level} <level {3.11} ? {} : {may}}";

    /// The server name that we send in the handshake (SNI): `hostname` is the server's, `nexthop` the destination's,
    /// or a name as it stands. Empty sends none, except with DANE, which decides by itself. One destination:
    /// `servername=` in `smtp_tls_policy_maps`.
    /// Since 3.4.
    SMTP_TLS_SERVERNAME = smtp_tls_servername: Text, "";

    /// A table in which tlsmgr(8) keeps sessions for the next connection to the same server; its type must be able to
    /// list. Every cache needs a table of its own. Not to be set in `master.cf`. Below `data_directory`.
    /// Since 2.2.
    SMTP_TLS_SESSION_CACHE_DATABASE = smtp_tls_session_cache_database: Text, "";

    /// How long a session in `smtp_tls_session_cache_database` may be resumed; 0 never; at least 2 minutes otherwise,
    /// 100 days at most. Not to be set in `master.cf`.
    /// Since 2.2.
    SMTP_TLS_SESSION_CACHE_TIMEOUT = smtp_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// How many octets the trace of one session may have; 0 writes none. See `smtp_tls_loglevel`; the file's name
    /// begins with `smtp-`.
    /// Since 3.12.
    SMTP_TLS_TRACE_SIZE_LIMIT = smtp_tls_trace_size_limit: Int, "102400";

    /// Files with certificates or public keys that are trusted in place of all authorities: a server's chain must
    /// contain one of them, expired or not, root or not. Usually for one destination, `tafile=` in
    /// `smtp_tls_policy_maps`. `mail_owner` must be able to read them.
    /// Since 2.11.
    SMTP_TLS_TRUST_ANCHOR_FILE = smtp_tls_trust_anchor_file: Text, "";

    /// Which name must be in a server's certificate at the level `verify`. One destination: `match=` in
    /// `smtp_tls_policy_maps`, divided by colons.
    ///
    /// - `hostname`: that of the server, as DNS has it
    /// - `nexthop`: that of the destination, before MX look-up
    /// - `dot-nexthop`: any name below that
    /// - `example.com`, `.example.com`: this name; any name below it
    ///
    /// For LMTP over a Unix socket, `myhostname` stands for both.
    /// Since 2.3.
    SMTP_TLS_VERIFY_CERT_MATCH = smtp_tls_verify_cert_match: List[1..], "hostname";

    /// Whether TLS begins with the first octet, without STARTTLS, as on port 465. Needs the level `encrypt` or a
    /// stricter one. Usually together with a `relayhost` that names the port.
    /// Since 3.0.
    SMTP_TLS_WRAPPERMODE = smtp_tls_wrappermode: Bool, "no";

    /// Whether results of TLS are handed to a local service that reports them to the domains that ask for it (RFC
    /// 8460). See `smtp_tlsrpt_socket_name`.
    /// Since 3.10.
    SMTP_TLSRPT_ENABLE = smtp_tlsrpt_enable: Bool, "no";

    /// Whether only new TLS sessions are reported, not resumed ones, with `smtp_tlsrpt_enable`.
    /// Since 3.10.
    SMTP_TLSRPT_SKIP_REUSED_HANDSHAKES = smtp_tlsrpt_skip_reused_handshakes: Bool, "no";

    /// The socket of the reporting service, absolute or below `queue_directory`. Must be set when
    /// `smtp_tlsrpt_enable` is.
    /// Since 3.10.
    SMTP_TLSRPT_SOCKET_NAME = smtp_tlsrpt_socket_name: Text, "";

    /// Whether TLS is used with servers that offer it, which the level `may` has replaced. Use
    /// `smtp_tls_security_level` instead.
    /// Since 2.2.
    SMTP_USE_TLS = smtp_use_tls: Bool, "no";
}
