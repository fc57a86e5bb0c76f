//! TLS in every program that speaks it.

use crate::param::*;

catalogue! {
    /// A text, "openssl path", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    OPENSSL_PATH = openssl_path: Text[1..], "openssl";

    /// A switch, "requiretls enable", read by every program.
    REQUIRETLS_ENABLE = requiretls_enable: Bool, "yes";

    /// A switch, "requiretls esmtp header", read by cleanup and smtpd.
    REQUIRETLS_ESMTP_HEADER = requiretls_esmtp_header: Bool, "yes";

    /// A switch, "requiretls redact dsn", read by bounce.
    REQUIRETLS_REDACT_DSN = requiretls_redact_dsn: Bool, "yes";

    /// A switch, "tls append default CA", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_APPEND_DEFAULT_CA = tls_append_default_CA: Bool, "no";

    /// A text, "tls config file", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_CONFIG_FILE = tls_config_file: Text, "default";

    /// A text, "tls config name", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_CONFIG_NAME = tls_config_name: Text, "";

    /// A number, "tls daemon random bytes", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_DAEMON_RANDOM_BYTES = tls_daemon_random_bytes: Int[1..], "32";

    /// A list, "tls dane digests", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_DANE_DIGESTS = tls_dane_digests: List[1..], "sha512 sha256";

    /// A list, "tls disable workarounds", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_DISABLE_WORKAROUNDS = tls_disable_workarounds: List, "";

    /// A list, "tls eecdh auto curves", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_EECDH_AUTO_CURVES = tls_eecdh_auto_curves: List, "X25519 X448 prime256v1 secp384r1 secp521r1";

    /// A text, "tls eecdh strong curve", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_EECDH_STRONG_CURVE = tls_eecdh_strong_curve: Text, "prime256v1";

    /// A text, "tls eecdh ultra curve", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_EECDH_ULTRA_CURVE = tls_eecdh_ultra_curve: Text, "secp384r1";

    /// A text, "tls export cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_EXPORT_CIPHERLIST = tls_export_cipherlist: Text, "";

    /// A switch, "tls fast shutdown enable", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_FAST_SHUTDOWN_ENABLE = tls_fast_shutdown_enable: Bool, "yes";

    /// A list, "tls ffdhe auto groups", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_FFDHE_AUTO_GROUPS = tls_ffdhe_auto_groups: List, "ffdhe2048 ffdhe3072";

    /// A text, "tls high cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_HIGH_CIPHERLIST = tls_high_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH";

    /// A text, "tls low cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_LOW_CIPHERLIST = tls_low_cipherlist: Text, "";

    /// A text, "tls medium cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_MEDIUM_CIPHERLIST = tls_medium_cipherlist: Text[1..], "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH";

    /// A text, "tls null cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_NULL_CIPHERLIST = tls_null_cipherlist: Text[1..], "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL";

    /// A switch, "tls preempt cipherlist", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_PREEMPT_CIPHERLIST = tls_preempt_cipherlist: Bool, "no";

    /// A number, "tls random bytes", read by tlsmgr.
    TLS_RANDOM_BYTES = tls_random_bytes: Int[1..], "32";

    /// A text, "tls random exchange name", read by tlsmgr.
    TLS_RANDOM_EXCHANGE_NAME = tls_random_exchange_name: Text, "${data_directory}/prng_exch";

    /// A time span, "tls random prng update period", read by tlsmgr.
    TLS_RANDOM_PRNG_UPDATE_PERIOD = tls_random_prng_update_period: Time[1.., Seconds], "3600s";

    /// A time span, "tls random reseed period", read by tlsmgr.
    TLS_RANDOM_RESEED_PERIOD = tls_random_reseed_period: Time[1.., Seconds], "3600s";

    /// A text, "tls random source", read by tlsmgr.
    TLS_RANDOM_SOURCE = tls_random_source: Text, "dev:/dev/urandom";

    /// A switch, "tls required enable", read by every program.
    TLS_REQUIRED_ENABLE = tls_required_enable: Bool, "yes";

    /// A list, "tls server sni maps", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_SERVER_SNI_MAPS = tls_server_sni_maps: List, "";

    /// A text, "tls session ticket cipher", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_SESSION_TICKET_CIPHER = tls_session_ticket_cipher: Text, "aes-256-cbc";

    /// A list, "tls ssl options", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_SSL_OPTIONS = tls_ssl_options: List, "";

    /// A number, "tls trace rate limit", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_TRACE_RATE_LIMIT = tls_trace_rate_limit: Int, "1";

    /// A switch, "tls trust server ccerts", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLS_TRUST_SERVER_CCERTS = tls_trust_server_ccerts: Bool, "no";

    /// A switch, "tls wildcard matches multiple labels", read by smtp, lmtp, smtpd, postscreen, tlsproxy,
    /// posttls-finger.
    TLS_WILDCARD_MATCHES_MULTIPLE_LABELS = tls_wildcard_matches_multiple_labels: Bool, "yes";

    /// A text, "tlsmgr service name", read by smtp, lmtp, smtpd, postscreen, tlsproxy, posttls-finger.
    TLSMGR_SERVICE_NAME = tlsmgr_service_name: Text[1..], "tlsmgr";
}
