//! Notices of delivery and failure.

use crate::param::*;

catalogue! {
    /// A text, "2bounce notice recipient", read by bounce.
    _2BOUNCE_NOTICE_RECIPIENT = 2bounce_notice_recipient: Text[1..], "postmaster";

    /// A switch, "backwards bounce logfile compatibility", read by every program.
    BACKWARDS_BOUNCE_LOGFILE_COMPATIBILITY = backwards_bounce_logfile_compatibility: Bool, "yes";

    /// A text, "bounce notice recipient", read by bounce and smtpd.
    BOUNCE_NOTICE_RECIPIENT = bounce_notice_recipient: Text[1..], "postmaster";

    /// A number, "bounce size limit", read by bounce.
    BOUNCE_SIZE_LIMIT = bounce_size_limit: Int[1..], "50000";

    /// A text, "bounce template file", read by bounce.
    BOUNCE_TEMPLATE_FILE = bounce_template_file: Text, "";

    /// A text, "delay notice recipient", read by bounce.
    DELAY_NOTICE_RECIPIENT = delay_notice_recipient: Text[1..], "postmaster";

    /// A time span, "delay warning time", read by bounce and cleanup.
    DELAY_WARNING_TIME = delay_warning_time: Time[Hours], "0h";

    /// A text, "double bounce sender", read by every program.
    DOUBLE_BOUNCE_SENDER = double_bounce_sender: Text[1..], "double-bounce";

    /// A switch, "enable threaded bounces", read by bounce.
    ENABLE_THREADED_BOUNCES = enable_threaded_bounces: Bool, "no";

    /// A text, "error notice recipient", read by smtp, lmtp, smtpd.
    ERROR_NOTICE_RECIPIENT = error_notice_recipient: Text[1..], "postmaster";

    /// A text, "header from format", read by bounce, cleanup, smtp, lmtp, smtpd.
    HEADER_FROM_FORMAT = header_from_format: Text[1..], "standard";

    /// A number, "multi recipient bounce reject code", read by smtpd.
    MULTI_RECIPIENT_BOUNCE_REJECT_CODE = multi_recipient_bounce_reject_code: Int, "550";

    /// A list, "notify classes", read by bounce, smtp, lmtp, smtpd.
    NOTIFY_CLASSES = notify_classes: List, "resource, software";

    /// A switch, "soft bounce", read by every program.
    SOFT_BOUNCE = soft_bounce: Bool, "no";
}
