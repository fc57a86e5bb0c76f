//! Mail filters that speak the milter protocol.

catalogue! {
    /// How long sending one SMTP command to a milter, and its answer, may take. When it is over,
    /// `milter_default_action` applies. One milter may have its own, as `command_timeout`.
    /// Since 2.3.
    MILTER_COMMAND_TIMEOUT = milter_command_timeout: Time[1.., Seconds], "30s";

    /// Macros that milters get when a client has connected. Names of more than one letter stand in braces. The names
    /// are Sendmail's: `j` is our host name, `_` the client, `v` the value of `milter_macro_v`.
    /// Since 2.3.
    MILTER_CONNECT_MACROS = milter_connect_macros: List, "j {daemon_name} {daemon_addr} v _";

    /// How long connecting to a milter and agreeing on the protocol may take. When it is over,
    /// `milter_default_action` applies. One milter may have its own, as `connect_timeout`.
    /// Since 2.3.
    MILTER_CONNECT_TIMEOUT = milter_connect_timeout: Time[1.., Seconds], "30s";

    /// How long sending content to a milter, and its answer, may take. Filters that scan for viruses need minutes.
    /// When it is over, `milter_default_action` applies. One milter may have its own, as `content_timeout`.
    /// Since 2.3.
    MILTER_CONTENT_TIMEOUT = milter_content_timeout: Time[1.., Seconds], "300s";

    /// Macros that milters get after DATA; only those that speak protocol version 4 or newer. `i` is the queue id.
    /// Names are told at `milter_connect_macros`.
    /// Since 2.3.
    MILTER_DATA_MACROS = milter_data_macros: List, "i";

    /// What happens when a milter cannot be reached, fails or answers nonsense. One milter may have its own: `{
    /// inet:host:port, default_action=accept }`.
    ///
    /// - `accept`: go on as if it were not there
    /// - `reject`: refuse the rest of the session for good
    /// - `tempfail`: refuse the rest of the session for now
    /// - `shutdown`: end the session with 421; for `non_smtpd_milters`, fail the submission. The default since
    ///   3.11; before it was `tempfail`, which could go on refusing everything in a long session after a short
    ///   failure
    /// - `quarantine`: as `accept`, and put the message on hold
    /// Since 2.3.
    MILTER_DEFAULT_ACTION = milter_default_action: Text[1..], "shutdown";

    /// Macros that milters get at the end of a message. `i` is the queue id. Names are told at
    /// `milter_connect_macros`.
    /// Since 2.3.
    MILTER_END_OF_DATA_MACROS = milter_end_of_data_macros: List, "i";

    /// Macros that milters get at the end of the headers. `i` is the queue id. Names are told at
    /// `milter_connect_macros`.
    /// Since 2.5.
    MILTER_END_OF_HEADER_MACROS = milter_end_of_header_macros: List, "i";

    /// Tables that headers made by milters are held against, with the actions of header_checks(5) except PREPEND. A
    /// milter's verdict can thereby steer mail: `/^X-Spam-Flag: YES/ HOLD`. Headers that came with the message are
    /// not looked at again.
    /// Since 2.7.
    MILTER_HEADER_CHECKS = milter_header_checks: List, "";

    /// Macros that milters get after HELO or EHLO. The TLS ones have a value once the session is encrypted.
    /// Since 2.3.
    MILTER_HELO_MACROS = milter_helo_macros: List, "{tls_version} {cipher} {cipher_bits} {cert_subject} {cert_issuer}";

    /// The value of the macro `{daemon_name}`. Give submission services their own in `master.cf` if a milter is to
    /// tell them apart, as in `ORIGINATING`.
    /// Since 2.3.
    MILTER_MACRO_DAEMON_NAME = milter_macro_daemon_name: Text[1..], "$myhostname";

    /// Values for macros that would otherwise be empty: `name=value`, or `{ name = value with spaces }`, separated by
    /// comma or space. They help milters that insist on facts which, for example, mail from sendmail(1) does not
    /// have.
    /// Since 3.1.
    MILTER_MACRO_DEFAULTS = milter_macro_defaults: Text, "";

    /// The value of the macro `v`. Some milters look for Sendmail's version in it and do less without: they want
    /// something like `Sendmail 8.17`.
    /// Since 2.3.
    MILTER_MACRO_V = milter_macro_v: Text[1..], "$mail_name $mail_version";

    /// Macros that milters get after MAIL FROM. `{auth_authen}` is the login name, by which signing filters know
    /// their own users; `{mail_addr}`, `{mail_host}` and `{mail_mailer}` are the sender, its next hop and transport.
    /// Since 2.3.
    MILTER_MAIL_MACROS = milter_mail_macros: List, "i {auth_type} {auth_authen} {auth_author} {mail_addr} {mail_host} {mail_mailer}";

    /// The version of the milter protocol that we offer: 2, 3, 4 or 6; it must be one that the milter's library
    /// knows. After it may stand `no_header_reply` for a milter that does not answer to single headers.
    /// Since 2.3.
    MILTER_PROTOCOL = milter_protocol: Text[1..], "6";

    /// Macros that milters get after RCPT TO. `{rcpt_addr}`, `{rcpt_host}` and `{rcpt_mailer}` are the recipient, its
    /// next hop and transport; for a refused recipient the last is `error`.
    /// Since 2.3.
    MILTER_RCPT_MACROS = milter_rcpt_macros: List, "i {rcpt_addr} {rcpt_host} {rcpt_mailer}";

    /// Macros that milters get after a command we do not know; only those that speak protocol version 3 or newer.
    /// Since 2.3.
    MILTER_UNKNOWN_COMMAND_MACROS = milter_unknown_command_macros: List, "";

    /// Milters for mail that does not come through smtpd(8): from sendmail(1), by QMQP, and requeued with `postsuper
    /// -r`. The same form as `smtpd_milters`. Such a filter can refuse or put off a submission; the sender then gets
    /// a notice.
    /// Since 2.3.
    NON_SMTPD_MILTERS = non_smtpd_milters: List, "";
}
