//! TLS in the SMTP server.

catalogue! {
    /// Whether clients must use TLS, which the level `encrypt` has replaced. Use `smtpd_tls_security_level` instead.
    /// Since 2.2.
    SMTPD_ENFORCE_TLS = smtpd_enforce_tls: Bool, "no";

    /// How long one read or write may take while TLS is begun or ended; 10 seconds under stress by default.
    /// Since 2.2.
    SMTPD_STARTTLS_TIMEOUT = smtpd_starttls_timeout: Time[1.., Seconds], "${stress?{10}:{300}}s";

    /// A file with the certificate authorities that client certificates may come from. It is read before rights are
    /// given up. Their names are told to clients, which may choose a certificate by them. Leave it empty unless
    /// `smtpd_tls_ask_ccert` is on. See `tls_append_default_CA`.
    /// Since 2.2.
    SMTPD_TLS_CAFILE = smtpd_tls_CAfile: Text, "";

    /// A folder with the certificate authorities that client certificates may come from, under hash names as `openssl
    /// rehash` makes them. It must be inside the root directory of the daemon. Their names are not told to clients,
    /// unlike those of `smtpd_tls_CAfile`.
    /// Since 2.2.
    SMTPD_TLS_CAPATH = smtpd_tls_CApath: Text, "";

    /// Whether clients get a session id even if no session is kept. Some mail programs fail without.
    /// Since 2.3.
    SMTPD_TLS_ALWAYS_ISSUE_SESSION_IDS = smtpd_tls_always_issue_session_ids: Bool, "yes";

    /// Whether clients are asked for a certificate, which `permit_tls_clientcerts` and `check_ccert_access` need.
    /// They need not have one. Some mail programs bother their users then.
    /// Since 2.2.
    SMTPD_TLS_ASK_CCERT = smtpd_tls_ask_ccert: Bool, "no";

    /// Whether logins are offered and accepted only once the session is encrypted. Always on with
    /// `smtpd_tls_security_level = encrypt`. `yes` is right nearly everywhere: it keeps passwords off the wire.
    /// Since 2.2.
    SMTPD_TLS_AUTH_ONLY = smtpd_tls_auth_only: Bool, "no";

    /// How many authorities may stand between a client's certificate and one that is trusted. 1 suffices for a
    /// private authority.
    /// Since 2.2.
    SMTPD_TLS_CCERT_VERIFYDEPTH = smtpd_tls_ccert_verifydepth: Int, "9";

    /// The server's RSA certificate in PEM form, followed by those that issued it, up to but not necessarily with the
    /// root. It may hold the key too. Prefer `smtpd_tls_chain_files`. `none` runs without certificate, which
    /// most clients do not accept.
    /// Since 2.2.
    SMTPD_TLS_CERT_FILE = smtpd_tls_cert_file: Text, "";

    /// Files with keys and certificates in PEM form, each key followed by its certificate and those that issued that
    /// one; at most one key of each kind. It takes the place of `smtpd_tls_cert_file`, `smtpd_tls_eccert_file` and
    /// their like. Key and certificate in one file change together when you renew them. Files are read before rights
    /// are given up, so root alone need be able to read them.
    /// Since 3.4.
    SMTPD_TLS_CHAIN_FILES = smtpd_tls_chain_files: List, "";

    /// The least grade of ciphers while TLS is optional: `high`, `medium`, `null`, or the old names `low` and
    /// `export`, which mean `medium`. Better ciphers than the client's mean plain text. When TLS is demanded:
    /// `smtpd_tls_mandatory_ciphers`.
    /// Since 2.6.
    SMTPD_TLS_CIPHERS = smtpd_tls_ciphers: Text[1..], "medium";

    /// The server's DSA certificate. Nobody should have one any more.
    /// Since 2.2.
    SMTPD_TLS_DCERT_FILE = smtpd_tls_dcert_file: Text, "";

    /// A file with Diffie-Hellman parameters; empty or `auto` takes those of the TLS library, which is best. Despite
    /// the name they should have 2048 bits.
    /// Since 2.2.
    SMTPD_TLS_DH1024_PARAM_FILE = smtpd_tls_dh1024_param_file: Text, "";

    /// A file with Diffie-Hellman parameters for export ciphers; not used since 3.6.
    /// Since 2.2.
    SMTPD_TLS_DH512_PARAM_FILE = smtpd_tls_dh512_param_file: Text, "";

    /// The key of `smtpd_tls_dcert_file`. Nobody should have one any more.
    /// Since 2.2.
    SMTPD_TLS_DKEY_FILE = smtpd_tls_dkey_file: Text, "$smtpd_tls_dcert_file";

    /// The server's ECDSA certificate; as `smtpd_tls_cert_file` otherwise. Prefer `smtpd_tls_chain_files`.
    /// Since 2.6.
    SMTPD_TLS_ECCERT_FILE = smtpd_tls_eccert_file: Text, "";

    /// The key of `smtpd_tls_eccert_file`, without pass phrase, readable by root alone.
    /// Since 2.6.
    SMTPD_TLS_ECKEY_FILE = smtpd_tls_eckey_file: Text, "$smtpd_tls_eccert_file";

    /// How strong the curve for key exchange is; not used since 3.6. See `tls_eecdh_auto_curves`.
    /// Since 2.6.
    SMTPD_TLS_EECDH_GRADE = smtpd_tls_eecdh_grade: Text[1..], "auto";

    /// Whether clients that are asked for a certificate may prove themselves by a bare public key (RFC 7250). Entries
    /// in access tables must then be fingerprints of keys, not of certificates.
    /// Since 3.9.
    SMTPD_TLS_ENABLE_RPK = smtpd_tls_enable_rpk: Bool, "no";

    /// Ciphers that are never used: names, or kinds such as `aNULL`, `RC4`; several joined by `+` must all apply.
    /// Every exclusion costs some peers; anonymous ciphers are left out by themselves where certificates matter.
    /// Since 2.3.
    SMTPD_TLS_EXCLUDE_CIPHERS = smtpd_tls_exclude_ciphers: List, "";

    /// The digest by which fingerprints of client certificates and keys are made, for `check_ccert_access` and
    /// `relay_clientcerts`. The default depends on `compatibility_level`: `sha256`, formerly `md5`. `openssl x509
    /// -noout -fingerprint -sha256 -in FILE` shows a certificate's.
    /// Since 2.5.
    SMTPD_TLS_FINGERPRINT_DIGEST = smtpd_tls_fingerprint_digest: Text[1..], "${{$compatibility_level} <level {3.6} ? {md5} : {sha256}}";

    /// The key of `smtpd_tls_cert_file`, without pass phrase, readable by root alone.
    SMTPD_TLS_KEY_FILE = smtpd_tls_key_file: Text, "$smtpd_tls_cert_file";

    /// How much of TLS is logged: `0` nothing, `1` one line for each handshake, `2` also its steps and the session
    /// cache, `3` also its octets, `4` also those of the whole session. 2 and more are for finding faults. Since 3.12
    /// `,trace` after it writes each session's handshake to a file below `tlstrace` in the queue directory, see
    /// `smtpd_tls_trace_size_limit`; nobody removes those files.
    /// Since 2.2.
    SMTPD_TLS_LOGLEVEL = smtpd_tls_loglevel: Text, "0";

    /// Tables from a client's name or address to a level that takes the place of `smtpd_tls_loglevel`. Look-ups as in
    /// `smtp_tls_loglevel_maps`.
    /// Since 3.12.
    SMTPD_TLS_LOGLEVEL_MAPS = smtpd_tls_loglevel_maps: List, "";

    /// The least grade of ciphers where TLS is demanded: `high`, `medium`, `null` (no encryption), or the old names
    /// `low` and `export`, which mean `medium`. Insisting on `high` gains little. The lists are
    /// `tls_high_cipherlist`, `tls_medium_cipherlist` and `tls_null_cipherlist`.
    /// Since 2.3.
    SMTPD_TLS_MANDATORY_CIPHERS = smtpd_tls_mandatory_ciphers: Text[1..], "medium";

    /// Ciphers that are not used where TLS is demanded, beside those of `smtpd_tls_exclude_ciphers`, where the form
    /// is told.
    /// Since 2.3.
    SMTPD_TLS_MANDATORY_EXCLUDE_CIPHERS = smtpd_tls_mandatory_exclude_ciphers: List, "";

    /// Which TLS versions are accepted where TLS is demanded: `>=TLSv1.2` for the least, `<=TLSv1.3` for the most, or
    /// the older form `!SSLv3, !TLSv1`. Names are `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`; versions without name yet
    /// in hexadecimal, `0305`. Empty accepts all.
    /// Since 2.3.
    SMTPD_TLS_MANDATORY_PROTOCOLS = smtpd_tls_mandatory_protocols: List, ">=TLSv1";

    /// Which TLS versions are accepted while TLS is optional, written as `smtpd_tls_mandatory_protocols`. What is
    /// refused here goes in plain text.
    /// Since 2.6.
    SMTPD_TLS_PROTOCOLS = smtpd_tls_protocols: List, ">=TLSv1";

    /// Whether `Received:` headers tell version, cipher and certificate of the session. What others could have
    /// changed on the way proves nothing; your own server's header does.
    /// Since 2.2.
    SMTPD_TLS_RECEIVED_HEADER = smtpd_tls_received_header: Bool, "no";

    /// Whether clients must have a certificate that is trusted, where TLS is demanded; it includes
    /// `smtpd_tls_ask_ccert`. Passed over, with a warning, while TLS is optional.
    /// Since 2.2.
    SMTPD_TLS_REQ_CCERT = smtpd_tls_req_ccert: Bool, "no";

    /// Whether clients are offered TLS.
    ///
    /// - empty: by the older `smtpd_use_tls` and `smtpd_enforce_tls`
    /// - `none`: no
    /// - `may`: STARTTLS is offered
    /// - `encrypt`: without TLS nothing else is accepted; for submission services, never on port 25 of a public
    ///   host. Logins in plain text are refused then too
    ///
    /// Stricter levels do not exist here and mean `encrypt`. For TLS from the first octet: `smtpd_tls_wrappermode`.
    /// Since 2.3.
    SMTPD_TLS_SECURITY_LEVEL = smtpd_tls_security_level: Text, "";

    /// A table in which tlsmgr(8) keeps sessions for clients that come back; its type must be able to list. Not
    /// needed with session tickets, which are on by default. Not to be set in `master.cf`. Below `data_directory`.
    /// Since 2.2.
    SMTPD_TLS_SESSION_CACHE_DATABASE = smtpd_tls_session_cache_database: Text, "";

    /// How long a session may be resumed, by ticket or from the cache; 0 never; at least 2 minutes otherwise, 100
    /// days at most. Not to be set in `master.cf`.
    /// Since 2.2.
    SMTPD_TLS_SESSION_CACHE_TIMEOUT = smtpd_tls_session_cache_timeout: Time[0..=8640000, Seconds], "3600s";

    /// How many octets the trace of one session may have; 0 writes none. See `smtpd_tls_loglevel`; the file's name
    /// begins with `smtpd-`.
    /// Since 3.12.
    SMTPD_TLS_TRACE_SIZE_LIMIT = smtpd_tls_trace_size_limit: Int, "102400";

    /// Whether TLS begins with the first octet, without STARTTLS. For the service on port 465, in `master.cf`.
    /// Since 2.2.
    SMTPD_TLS_WRAPPERMODE = smtpd_tls_wrappermode: Bool, "no";

    /// Whether clients are offered TLS, which the level `may` has replaced. Use `smtpd_tls_security_level` instead.
    /// Since 2.2.
    SMTPD_USE_TLS = smtpd_use_tls: Bool, "no";
}
