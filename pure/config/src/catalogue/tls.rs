//! TLS in every program that speaks it.

catalogue! {
    /// Where the `openssl` command is.
    OPENSSL_PATH = openssl_path: Text[1..], "openssl";

    /// Whether the REQUIRETLS extension is supported.
    REQUIRETLS_ENABLE = requiretls_enable: Bool, "yes";

    /// Whether the Received header says that REQUIRETLS was asked for.
    REQUIRETLS_ESMTP_HEADER = requiretls_esmtp_header: Bool, "yes";

    /// Whether notices of REQUIRETLS mail leave out the content.
    REQUIRETLS_REDACT_DSN = requiretls_redact_dsn: Bool, "yes";

    /// Whether authorities that the system trusts are trusted too.
    TLS_APPEND_DEFAULT_CA = tls_append_default_CA: Bool, "no";

    /// The configuration file of the TLS library.
    TLS_CONFIG_FILE = tls_config_file: Text, "default";

    /// The section of that file.
    TLS_CONFIG_NAME = tls_config_name: Text, "";

    /// How many random octets a program asks `tlsmgr` for.
    TLS_DAEMON_RANDOM_BYTES = tls_daemon_random_bytes: Int[1..], "32";

    /// Digests of TLSA records, the most preferred first.
    TLS_DANE_DIGESTS = tls_dane_digests: List[1..], "sha512 sha256";

    /// Workarounds of the TLS library that are turned off.
    TLS_DISABLE_WORKAROUNDS = tls_disable_workarounds: List, "";

    /// Curves of key exchange, the most preferred first.
    TLS_EECDH_AUTO_CURVES = tls_eecdh_auto_curves: List, "X25519 X448 prime256v1 secp384r1 secp521r1";

    /// The curve of grade `strong`; out of use.
    TLS_EECDH_STRONG_CURVE = tls_eecdh_strong_curve: Text, "prime256v1";

    /// The curve of grade `ultra`; out of use.
    TLS_EECDH_ULTRA_CURVE = tls_eecdh_ultra_curve: Text, "secp384r1";

    /// The ciphers of grade `export`.
    TLS_EXPORT_CIPHERLIST = tls_export_cipherlist: Text, "";

    /// Whether a TLS session ends without waiting for the peer's farewell.
    TLS_FAST_SHUTDOWN_ENABLE = tls_fast_shutdown_enable: Bool, "yes";

    /// Groups of finite-field key exchange, the most preferred first.
    TLS_FFDHE_AUTO_GROUPS = tls_ffdhe_auto_groups: List, "ffdhe2048 ffdhe3072";

    /// The ciphers of grade `high`.
    TLS_HIGH_CIPHERLIST = tls_high_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH";

    /// The ciphers of grade `low`.
    TLS_LOW_CIPHERLIST = tls_low_cipherlist: Text, "";

    /// The ciphers of grade `medium`.
    TLS_MEDIUM_CIPHERLIST = tls_medium_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH";

    /// The ciphers of grade `null`.
    TLS_NULL_CIPHERLIST = tls_null_cipherlist: Text[1..], "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL";

    /// Whether the server's order of ciphers counts, not the client's.
    TLS_PREEMPT_CIPHERLIST = tls_preempt_cipherlist: Bool, "no";

    /// How many octets are read from the random source.
    TLS_RANDOM_BYTES = tls_random_bytes: Int[1..], "32";

    /// The file in which random state outlives a restart.
    TLS_RANDOM_EXCHANGE_NAME = tls_random_exchange_name: Text, "${data_directory}/prng_exch";

    /// How often that file is written.
    TLS_RANDOM_PRNG_UPDATE_PERIOD = tls_random_prng_update_period: Time[1.., Seconds], "3600s";

    /// How often fresh randomness is mixed in, at most.
    TLS_RANDOM_RESEED_PERIOD = tls_random_reseed_period: Time[1.., Seconds], "3600s";

    /// The random source: `dev:/path` or `egd:/path`.
    TLS_RANDOM_SOURCE = tls_random_source: Text, "dev:/dev/urandom";

    /// Whether a `TLS-Required: no` header is heeded.
    TLS_REQUIRED_ENABLE = tls_required_enable: Bool, "yes";

    /// Tables that give keys and certificates by the name the client asks for.
    TLS_SERVER_SNI_MAPS = tls_server_sni_maps: List, "";

    /// The cipher of session tickets; empty turns tickets off.
    TLS_SESSION_TICKET_CIPHER = tls_session_ticket_cipher: Text, "aes-256-cbc";

    /// Options of the TLS library that are turned on.
    TLS_SSL_OPTIONS = tls_ssl_options: List, "";

    /// How many traces of handshakes are made per time.
    TLS_TRACE_RATE_LIMIT = tls_trace_rate_limit: Int, "1";

    /// Whether a client certificate may be one that is meant for servers.
    TLS_TRUST_SERVER_CCERTS = tls_trust_server_ccerts: Bool, "no";

    /// Whether `*.example.com` in a certificate matches names two or more labels below.
    TLS_WILDCARD_MATCHES_MULTIPLE_LABELS = tls_wildcard_matches_multiple_labels: Bool, "yes";

    /// The service that keeps TLS sessions and randomness.
    TLSMGR_SERVICE_NAME = tlsmgr_service_name: Text[1..], "tlsmgr";
}
