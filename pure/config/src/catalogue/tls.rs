//! TLS in every program that speaks it.

catalogue! {
    /// The program openssl(1), with which `postfix tls` makes keys and certificates. A path, or a name that is found
    /// by `PATH`.
    /// Since 3.1.
    OPENSSL_PATH = openssl_path: Text[1..], "openssl";

    /// Whether REQUIRETLS (RFC 8689) is offered and obeyed: a sender who asks for it in MAIL FROM wants the message
    /// sent only over TLS, to verified servers that obey it too, and otherwise returned. How strictly is up to
    /// `smtp_requiretls_policy` and `lmtp_requiretls_policy`. It ranks above a header `TLS-Required: no`.
    /// Since 3.11.
    REQUIRETLS_ENABLE = requiretls_enable: Bool, "yes";

    /// Whether such a message gets a header `Require-TLS-ESMTP: yes`, by which the request survives a content filter
    /// (`content_filter`, `smtpd_proxy_filter`) that knows nothing of it. Recipients see it. Not needed with milters
    /// alone.
    /// Since 3.11.
    REQUIRETLS_ESMTP_HEADER = requiretls_esmtp_header: Bool, "yes";

    /// Whether a notice about a message with REQUIRETLS has only its headers, and may itself go without TLS. With
    /// `no` notices can be lost, since the way back may not support it (RFC 8689 §5).
    /// Since 3.11.
    REQUIRETLS_REDACT_DSN = requiretls_redact_dsn: Bool, "yes";

    /// Whether the system's certificate authorities are trusted beside those of `smtp_tls_CAfile` and its like. With
    /// `permit_tls_all_clientcerts` it would let anyone relay who has a certificate from any of them.
    /// Since 2.4.
    TLS_APPEND_DEFAULT_CA = tls_append_default_CA: Bool, "no";

    /// The configuration file of the OpenSSL library: `default` is the system's, `none` is none, or an absolute path.
    /// The system's may have rules made for browsers that only lead to more plain-text mail; `none` avoids them.
    /// Since 3.9.
    TLS_CONFIG_FILE = tls_config_file: Text, "default";

    /// Which section of `tls_config_file` applies; empty takes `openssl_conf`.
    /// Since 3.9.
    TLS_CONFIG_NAME = tls_config_name: Text, "";

    /// How many random octets a daemon gets from tlsmgr(8) at its start.
    /// Since 2.2.
    TLS_DAEMON_RANDOM_BYTES = tls_daemon_random_bytes: Int[1..], "32";

    /// Digests of TLSA records that DANE accepts, best first; `name=number` gives the number of RFC 6698. `sha256`
    /// must stay in: many publish nothing else.
    /// Since 2.11.
    TLS_DANE_DIGESTS = tls_dane_digests: List[1..], "sha512 sha256";

    /// Workarounds for faults of other implementations that the OpenSSL library is told to leave out, by the names of
    /// its `SSL_OP_` options without the prefix, or one number in hexadecimal. For the day on which a workaround
    /// turns out to be a hole.
    /// Since 2.8.
    TLS_DISABLE_WORKAROUNDS = tls_disable_workarounds: List, "";

    /// Elliptic curves for key exchange, best first. Names that the TLS library does not know are passed over. Keep
    /// `X25519` and `prime256v1`. Empty, together with `tls_ffdhe_auto_groups`, leaves the choice to the library,
    /// which may then offer post-quantum groups.
    /// Since 3.2.
    TLS_EECDH_AUTO_CURVES = tls_eecdh_auto_curves: List, "X25519 X448 prime256v1 secp384r1 secp521r1";

    /// The curve of a grade that no longer exists; not used since 3.6.
    /// Since 2.6.
    TLS_EECDH_STRONG_CURVE = tls_eecdh_strong_curve: Text, "prime256v1";

    /// The curve of a grade that no longer exists; not used since 3.6.
    /// Since 2.6.
    TLS_EECDH_ULTRA_CURVE = tls_eecdh_ultra_curve: Text, "secp384r1";

    /// The ciphers of the grade `export`; not used since 3.8, where that grade means `medium`.
    /// Since 2.3.
    TLS_EXPORT_CIPHERLIST = tls_export_cipherlist: Text, "";

    /// Whether we end a TLS session without waiting for the other side to agree. Some never do.
    /// Since 3.5.
    TLS_FAST_SHUTDOWN_ENABLE = tls_fast_shutdown_enable: Bool, "yes";

    /// Groups of the older Diffie-Hellman kind for key exchange in TLS 1.3, best first. They are the second choice
    /// after curves. Names that the TLS library does not know are passed over; empty uses none.
    /// Since 3.8.
    TLS_FFDHE_AUTO_GROUPS = tls_ffdhe_auto_groups: List, "ffdhe2048 ffdhe3072";

    /// The ciphers of the grade `high`, as an OpenSSL list. Better left alone. The grade is chosen by
    /// `smtp_tls_mandatory_ciphers`, `smtpd_tls_mandatory_ciphers` and their like.
    /// Since 2.3.
    TLS_HIGH_CIPHERLIST = tls_high_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH";

    /// The ciphers of the grade `low`; not used since 3.8, where that grade means `medium`.
    /// Since 2.3.
    TLS_LOW_CIPHERLIST = tls_low_cipherlist: Text, "";

    /// The ciphers of the grade `medium` and better, as an OpenSSL list: the grade of nearly all settings. Better
    /// left alone.
    /// Since 2.3.
    TLS_MEDIUM_CIPHERLIST = tls_medium_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH";

    /// The ciphers of the grade `null`, which proves who the peer is but does not encrypt, as an OpenSSL list. Better
    /// left alone.
    /// Since 2.3.
    TLS_NULL_CIPHERLIST = tls_null_cipherlist: Text[1..], "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL";

    /// Whether the server's order of ciphers counts instead of the client's. The client's is usually no worse today.
    /// Since 2.8.
    TLS_PREEMPT_CIPHERLIST = tls_preempt_cipherlist: Bool, "no";

    /// How many octets tlsmgr(8) reads from `tls_random_source` at a time.
    /// Since 2.2.
    TLS_RANDOM_BYTES = tls_random_bytes: Int[1..], "32";

    /// The file in which tlsmgr(8) keeps the state of its random numbers over a restart, below `data_directory`.
    /// Since 2.2.
    TLS_RANDOM_EXCHANGE_NAME = tls_random_exchange_name: Text, "${data_directory}/prng_exch";

    /// How often tlsmgr(8) writes `tls_random_exchange_name`.
    /// Since 2.2.
    TLS_RANDOM_PRNG_UPDATE_PERIOD = tls_random_prng_update_period: Time[1.., Seconds], "3600s";

    /// How often at least tlsmgr(8) reads from `tls_random_source`; the moment itself is random.
    /// Since 2.2.
    TLS_RANDOM_RESEED_PERIOD = tls_random_reseed_period: Time[1.., Seconds], "3600s";

    /// Where randomness comes from: `dev:` and a device, `egd:` and a socket, or a file. It must not block.
    /// Since 2.2.
    TLS_RANDOM_SOURCE = tls_random_source: Text, "dev:/dev/urandom";

    /// Whether a header `TLS-Required: no` (RFC 8689) is obeyed: such a message goes out as with the level `may`
    /// whatever the policy, for example a report that TLS is broken. Notices about it get the header too.
    /// Since 3.10.
    TLS_REQUIRED_ENABLE = tls_required_enable: Bool, "yes";

    /// Tables from the server name that a client asks for (SNI) to files with key and certificates in the form of
    /// `smtpd_tls_chain_files`. `.example.com` stands for names below a domain; names in other scripts are in their
    /// `xn--` form. Indexed tables must be built with `postmap -F`, which puts the files' content into them, so
    /// protect them. Have entries for the default names too, or each such client is logged as not found.
    /// Since 3.4.
    TLS_SERVER_SNI_MAPS = tls_server_sni_maps: List, "";

    /// The cipher that protects session tickets, by which clients resume a session without a cache here; empty gives
    /// out none. Better left alone.
    /// Since 3.0.
    TLS_SESSION_TICKET_CIPHER = tls_session_ticket_cipher: Text, "aes-256-cbc";

    /// Options that the OpenSSL library is told to use, by the names of its `SSL_OP_` options without the prefix,
    /// such as `NO_RENEGOTIATION`, or one number in hexadecimal.
    /// Since 2.11.
    TLS_SSL_OPTIONS = tls_ssl_options: List, "";

    /// How many traces of TLS sessions all daemons together write within `anvil_rate_time_unit`; 0 or less is no
    /// limit. See `smtp_tls_loglevel`.
    /// Since 3.12.
    TLS_TRACE_RATE_LIMIT = tls_trace_rate_limit: Int, "1";

    /// Whether a client's certificate that is meant for servers only is accepted from clients. Public authorities no
    /// longer issue certificates for clients. Better rely on the key's fingerprint, by `check_ccert_access`.
    /// Since 3.12.
    TLS_TRUST_SERVER_CCERTS = tls_trust_server_ccerts: Bool, "no";

    /// Whether `*.example.net` in a certificate also matches `a.b.example.net`. Browsers do not do so; mail providers
    /// rely on it.
    /// Since 2.11.
    TLS_WILDCARD_MATCHES_MULTIPLE_LABELS = tls_wildcard_matches_multiple_labels: Bool, "yes";

    /// The name of the service tlsmgr(8), which keeps TLS sessions and random numbers. Change a service name only if
    /// `master.cf` has it under another name.
    /// Since 2.11.
    TLSMGR_SERVICE_NAME = tlsmgr_service_name: Text[1..], "tlsmgr";
}
