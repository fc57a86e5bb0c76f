//! Notices of delivery and failure.

catalogue! {
    /// Who gets the notice when a bounce could not be delivered to the sender.
    _2BOUNCE_NOTICE_RECIPIENT = 2bounce_notice_recipient: Text[1..], "postmaster";

    /// Whether notes on failed deliveries are also written in their oldest form.
    BACKWARDS_BOUNCE_LOGFILE_COMPATIBILITY = backwards_bounce_logfile_compatibility: Bool, "yes";

    /// Who gets a copy of bounce notices, when `notify_classes` has `bounce`.
    BOUNCE_NOTICE_RECIPIENT = bounce_notice_recipient: Text[1..], "postmaster";

    /// How many octets of the original message a notice may carry.
    BOUNCE_SIZE_LIMIT = bounce_size_limit: Int[1..], "50000";

    /// A file with the texts of notices, in place of the built-in ones.
    BOUNCE_TEMPLATE_FILE = bounce_template_file: Text, "";

    /// Who gets a copy of delay warnings, when `notify_classes` has `delay`.
    DELAY_NOTICE_RECIPIENT = delay_notice_recipient: Text[1..], "postmaster";

    /// After what time the sender is warned of a delay; 0 never.
    DELAY_WARNING_TIME = delay_warning_time: Time[Hours], "0h";

    /// The sender of mail that must be discarded when it cannot be delivered.
    DOUBLE_BOUNCE_SENDER = double_bounce_sender: Text[1..], "double-bounce";

    /// Whether notices refer to the original message, so that mail programs show them together.
    ENABLE_THREADED_BOUNCES = enable_threaded_bounces: Bool, "no";

    /// Who gets notices of trouble with software, resources, policy or protocol.
    ERROR_NOTICE_RECIPIENT = error_notice_recipient: Text[1..], "postmaster";

    /// The form of From headers that are made here: `standard` or `obsolete`.
    HEADER_FROM_FORMAT = header_from_format: Text[1..], "standard";

    /// The reply code when the null sender has several recipients.
    MULTI_RECIPIENT_BOUNCE_REJECT_CODE = multi_recipient_bounce_reject_code: Int, "550";

    /// What kinds of trouble the postmaster is told of.
    NOTIFY_CLASSES = notify_classes: List, "resource, software";

    /// Whether every permanent failure is made a temporary one, so that no mail bounces.
    SOFT_BOUNCE = soft_bounce: Bool, "no";
}
