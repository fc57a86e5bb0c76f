//! Making a message complete before it is queued.

use crate::param::*;

catalogue! {
    /// A switch, "always add missing headers", read by cleanup.
    ALWAYS_ADD_MISSING_HEADERS = always_add_missing_headers: Bool, "no";

    /// A text, "always bcc", read by cleanup.
    ALWAYS_BCC = always_bcc: Text, "";

    /// A list, "body checks", read by cleanup.
    BODY_CHECKS = body_checks: List, "";

    /// A number, "body checks size limit", read by cleanup.
    BODY_CHECKS_SIZE_LIMIT = body_checks_size_limit: Int, "51200";

    /// A list, "canonical classes", read by cleanup.
    CANONICAL_CLASSES = canonical_classes: List[1..], "envelope_sender, envelope_recipient, header_sender, header_recipient";

    /// A list, "canonical maps", read by cleanup, proxymap, smtpd.
    CANONICAL_MAPS = canonical_maps: List, "";

    /// A switch, "cleanup replace stray cr lf", read by cleanup.
    CLEANUP_REPLACE_STRAY_CR_LF = cleanup_replace_stray_cr_lf: Bool, "yes";

    /// A switch, "detect 8bit encoding header", read by cleanup.
    DETECT_8BIT_ENCODING_HEADER = detect_8bit_encoding_header: Bool, "yes";

    /// A text, "empty address recipient", read by cleanup, showq, trivial-rewrite.
    EMPTY_ADDRESS_RECIPIENT = empty_address_recipient: Text[1..], "MAILER-DAEMON";

    /// A switch, "force mime input conversion", read by cleanup.
    FORCE_MIME_INPUT_CONVERSION = force_mime_input_conversion: Bool, "no";

    /// A text, "full name encoding charset", read by cleanup.
    FULL_NAME_ENCODING_CHARSET = full_name_encoding_charset: Text[1..], "utf-8";

    /// A list, "header checks", read by cleanup.
    HEADER_CHECKS = header_checks: List, "";

    /// A number, "hopcount limit", read by cleanup.
    HOPCOUNT_LIMIT = hopcount_limit: Int[1..], "50";

    /// A list, "masquerade classes", read by cleanup.
    MASQUERADE_CLASSES = masquerade_classes: List, "envelope_sender, header_sender, header_recipient";

    /// A list, "masquerade domains", read by cleanup.
    MASQUERADE_DOMAINS = masquerade_domains: List, "";

    /// A list, "masquerade exceptions", read by cleanup.
    MASQUERADE_EXCEPTIONS = masquerade_exceptions: List, "";

    /// A text, "message reject characters", read by cleanup.
    MESSAGE_REJECT_CHARACTERS = message_reject_characters: Text, "";

    /// A text, "message strip characters", read by cleanup.
    MESSAGE_STRIP_CHARACTERS = message_strip_characters: Text, "";

    /// A list, "mime header checks", read by cleanup.
    MIME_HEADER_CHECKS = mime_header_checks: List, "$header_checks";

    /// A list, "nested header checks", read by cleanup.
    NESTED_HEADER_CHECKS = nested_header_checks: List, "$header_checks";

    /// A text, "non empty end of header action", read by cleanup.
    NON_EMPTY_END_OF_HEADER_ACTION = non_empty_end_of_header_action: Text[1..], "fix_quietly";

    /// A list, "recipient bcc maps", read by cleanup.
    RECIPIENT_BCC_MAPS = recipient_bcc_maps: List, "";

    /// A list, "recipient canonical classes", read by cleanup.
    RECIPIENT_CANONICAL_CLASSES = recipient_canonical_classes: List[1..], "envelope_recipient, header_recipient";

    /// A list, "recipient canonical maps", read by cleanup, proxymap, smtpd.
    RECIPIENT_CANONICAL_MAPS = recipient_canonical_maps: List, "";

    /// A text, "remote header rewrite domain", read by cleanup and trivial-rewrite.
    REMOTE_HEADER_REWRITE_DOMAIN = remote_header_rewrite_domain: Text, "";

    /// A list, "sender bcc maps", read by cleanup.
    SENDER_BCC_MAPS = sender_bcc_maps: List, "";

    /// A list, "sender canonical classes", read by cleanup.
    SENDER_CANONICAL_CLASSES = sender_canonical_classes: List[1..], "envelope_sender, header_sender";

    /// A list, "sender canonical maps", read by cleanup, proxymap, smtpd.
    SENDER_CANONICAL_MAPS = sender_canonical_maps: List, "";

    /// A text, "undisclosed recipients header", read by cleanup.
    UNDISCLOSED_RECIPIENTS_HEADER = undisclosed_recipients_header: Text, "";

    /// A number, "virtual alias address length limit", read by cleanup.
    VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT = virtual_alias_address_length_limit: Int[1..], "1000";

    /// A number, "virtual alias expansion limit", read by cleanup.
    VIRTUAL_ALIAS_EXPANSION_LIMIT = virtual_alias_expansion_limit: Int[1..], "1000";

    /// A list, "virtual alias maps", read by cleanup, proxymap, smtpd, trivial-rewrite.
    VIRTUAL_ALIAS_MAPS = virtual_alias_maps: List, "$virtual_maps";

    /// A number, "virtual alias recursion limit", read by cleanup.
    VIRTUAL_ALIAS_RECURSION_LIMIT = virtual_alias_recursion_limit: Int[1..], "1000";
}
