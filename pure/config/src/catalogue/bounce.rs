//! Notices of delivery and failure.

catalogue! {
    /// Who gets mail that could be neither delivered nor returned to its sender. Such copies are made only while
    /// `notify_classes` has `2bounce` or `bounce`. The copy holds the whole message, unlike the other notices to the
    /// postmaster.
    _2BOUNCE_NOTICE_RECIPIENT = 2bounce_notice_recipient: Text[1..], "postmaster";

    /// Whether the bounce logs in the queue also hold lines in the form that releases before 2.0 wrote, beside the
    /// `name=value` form of today. Only programs that read the files below `bounce/` and `defer/` themselves would
    /// miss them.
    /// Since 2.1.
    BACKWARDS_BOUNCE_LOGFILE_COMPATIBILITY = backwards_bounce_logfile_compatibility: Bool, "yes";

    /// Who gets the postmaster's copies, headers only, of returned mail, and the transcripts of SMTP sessions in
    /// which mail was refused. Nobody gets any unless `notify_classes` has `bounce`.
    BOUNCE_NOTICE_RECIPIENT = bounce_notice_recipient: Text[1..], "postmaster";

    /// How many octets of the original a non-delivery notice carries at most. A longer message is not cut: only its
    /// headers are returned. A much larger value may make notices too big for the systems they go to; when you raise
    /// it, raise `mime_nesting_limit` in proportion.
    BOUNCE_SIZE_LIMIT = bounce_size_limit: Int[1..], "50000";

    /// A file with your own texts for notices of failure, delay, success and verification; empty uses the built-in
    /// ones. bounce(5) describes the format. Texts may contain `$name` of parameters; `postconf -b FILE` shows what
    /// will be sent.
    /// Since 2.3.
    BOUNCE_TEMPLATE_FILE = bounce_template_file: Text, "";

    /// Who gets the postmaster's copies, headers only, of mail that is still queued after `delay_warning_time`.
    /// Nobody gets any unless `notify_classes` has `delay`.
    DELAY_NOTICE_RECIPIENT = delay_notice_recipient: Text[1..], "postmaster";

    /// How long mail may wait in the queue before its sender is told that it is late. The notice has the headers of
    /// the message and is sent once. 0 sends none; a number without unit means hours. `confirm_delay_cleared` tells
    /// the sender when the mail left after all, and `delay_notice_recipient` may have a copy.
    DELAY_WARNING_TIME = delay_warning_time: Time[Hours], "0h";

    /// The sender of notices to the postmaster and of address probes. Mail that goes to this address at this host is
    /// thrown away without a word, which is what ends a loop of notices about notices. The name should belong to no
    /// user; without a domain, `$myorigin` is added.
    DOUBLE_BOUNCE_SENDER = double_bounce_sender: Text[1..], "double-bounce";

    /// Whether notices of failure, delay and success refer to the message they are about, by `References:` and
    /// `In-Reply-To:`. Mail readers then show them in one thread with it; the price is that a user who deletes the
    /// thread deletes the notice unread.
    /// Since 3.6.
    ENABLE_THREADED_BOUNCES = enable_threaded_bounces: Bool, "no";

    /// Who gets the postmaster's notices about errors of the classes `data`, `policy`, `protocol`, `resource` and
    /// `software`, as far as `notify_classes` has them.
    ERROR_NOTICE_RECIPIENT = error_notice_recipient: Text[1..], "postmaster";

    /// The form of a `From:` header that is made here because a message came without one. It matters only where the
    /// sender's full name is known, as from sendmail(1); otherwise the address stands alone.
    ///
    /// - `standard`: `From: name <address>`, the name quoted where RFC 5322 wants it
    /// - `obsolete`: `From: address (name)`, as releases before 3.3 wrote it
    /// Since 3.3.
    HEADER_FROM_FORMAT = header_from_format: Text[1..], "standard";

    /// The reply code of `reject_multi_recipient_bounce`. Leave it, unless you know what clients make of the code by
    /// RFC 5321.
    /// Since 2.1.
    MULTI_RECIPIENT_BOUNCE_REJECT_CODE = multi_recipient_bounce_reject_code: Int, "550";

    /// Which kinds of trouble the postmaster is told about. Users get their own notices regardless. Transcripts may
    /// contain passwords and content; mind who reads the postmaster's mail.
    ///
    /// - `bounce`: headers of returned mail, and transcripts of sessions with refused mail, to
    ///   `bounce_notice_recipient`; includes `2bounce`
    /// - `2bounce`: mail that could not be returned, to `2bounce_notice_recipient`
    /// - `data`: sessions that failed because a needed file or table was unavailable
    /// - `delay`: headers of late mail, to `delay_notice_recipient`
    /// - `policy`: sessions in which a restriction refused something
    /// - `protocol`: sessions with errors of the SMTP protocol on either side
    /// - `resource`: mail not delivered for want of memory, disk or the like
    /// - `software`: mail not delivered because of a fault in programs
    ///
    /// Where nothing else is said, `error_notice_recipient` is told.
    NOTIFY_CLASSES = notify_classes: List, "resource, software";

    /// Whether permanent failures are turned into temporary ones. Mail that would be returned stays in the queue,
    /// replies 5xx of this server become 4xx, and 5xx of others are treated as 4xx. A safety net for the day on which
    /// a configuration goes live; remember to take it away. It does not help against mail that is routed or rewritten
    /// wrongly. Replies in the log may differ from those that were sent.
    SOFT_BOUNCE = soft_bounce: Bool, "no";
}
