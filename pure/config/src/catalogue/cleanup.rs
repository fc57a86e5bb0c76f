//! Making a message complete before it is queued.

catalogue! {
    /// Whether missing From, To, Date and Message-ID headers are added to mail from anyone.
    ALWAYS_ADD_MISSING_HEADERS = always_add_missing_headers: Bool, "no";

    /// An address that gets a copy of every message.
    ALWAYS_BCC = always_bcc: Text, "";

    /// Tables of patterns that the lines of the body are held against.
    BODY_CHECKS = body_checks: List, "";

    /// How many octets of each body part are checked.
    BODY_CHECKS_SIZE_LIMIT = body_checks_size_limit: Int, "51200";

    /// Which addresses `canonical_maps` rewrites.
    CANONICAL_CLASSES = canonical_classes: List[1..], "envelope_sender, envelope_recipient, header_sender, header_recipient";

    /// Tables that rewrite addresses in envelope and headers.
    CANONICAL_MAPS = canonical_maps: List, "";

    /// Whether CR and LF characters that end no line become spaces.
    CLEANUP_REPLACE_STRAY_CR_LF = cleanup_replace_stray_cr_lf: Bool, "yes";

    /// Whether 8BITMIME content is known by its Content-Transfer-Encoding header.
    DETECT_8BIT_ENCODING_HEADER = detect_8bit_encoding_header: Bool, "yes";

    /// Who gets mail that is addressed to the null address.
    EMPTY_ADDRESS_RECIPIENT = empty_address_recipient: Text[1..], "MAILER-DAEMON";

    /// Whether 8-bit content of new mail is recoded at once.
    FORCE_MIME_INPUT_CONVERSION = force_mime_input_conversion: Bool, "no";

    /// The character set of full names taken from the password file.
    FULL_NAME_ENCODING_CHARSET = full_name_encoding_charset: Text[1..], "utf-8";

    /// Tables of patterns that primary headers are held against.
    HEADER_CHECKS = header_checks: List, "";

    /// How many Received headers a message may have before it counts as looping.
    HOPCOUNT_LIMIT = hopcount_limit: Int[1..], "50";

    /// Which addresses `masquerade_domains` works on.
    MASQUERADE_CLASSES = masquerade_classes: List, "envelope_sender, header_sender, header_recipient";

    /// Domains below which subdomains are cut off.
    MASQUERADE_DOMAINS = masquerade_domains: List, "";

    /// User names whose domain is never cut off.
    MASQUERADE_EXCEPTIONS = masquerade_exceptions: List, "";

    /// Characters whose presence has a message refused.
    MESSAGE_REJECT_CHARACTERS = message_reject_characters: Text, "";

    /// Characters that are removed from new mail.
    MESSAGE_STRIP_CHARACTERS = message_strip_characters: Text, "";

    /// Tables of patterns that MIME headers are held against.
    MIME_HEADER_CHECKS = mime_header_checks: List, "$header_checks";

    /// Tables of patterns that headers of attached messages are held against.
    NESTED_HEADER_CHECKS = nested_header_checks: List, "$header_checks";

    /// What happens when the line that ends the headers is not empty: `accept`, `fix_quietly`, `reject`.
    NON_EMPTY_END_OF_HEADER_ACTION = non_empty_end_of_header_action: Text[1..], "fix_quietly";

    /// Tables that give an address for a copy, by recipient.
    RECIPIENT_BCC_MAPS = recipient_bcc_maps: List, "";

    /// Which addresses `recipient_canonical_maps` rewrites.
    RECIPIENT_CANONICAL_CLASSES = recipient_canonical_classes: List[1..], "envelope_recipient, header_recipient";

    /// Tables that rewrite recipient addresses.
    RECIPIENT_CANONICAL_MAPS = recipient_canonical_maps: List, "";

    /// The domain that completes addresses in headers of mail from elsewhere; empty leaves them alone.
    REMOTE_HEADER_REWRITE_DOMAIN = remote_header_rewrite_domain: Text, "";

    /// Tables that give an address for a copy, by sender.
    SENDER_BCC_MAPS = sender_bcc_maps: List, "";

    /// Which addresses `sender_canonical_maps` rewrites.
    SENDER_CANONICAL_CLASSES = sender_canonical_classes: List[1..], "envelope_sender, header_sender";

    /// Tables that rewrite sender addresses.
    SENDER_CANONICAL_MAPS = sender_canonical_maps: List, "";

    /// The header that is added to mail without recipient headers.
    UNDISCLOSED_RECIPIENTS_HEADER = undisclosed_recipients_header: Text, "";

    /// How long an address may grow by virtual aliasing.
    VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT = virtual_alias_address_length_limit: Int[1..], "1000";

    /// How many recipients one recipient may become by virtual aliasing.
    VIRTUAL_ALIAS_EXPANSION_LIMIT = virtual_alias_expansion_limit: Int[1..], "1000";

    /// Tables that turn recipients into others.
    VIRTUAL_ALIAS_MAPS = virtual_alias_maps: List, "$virtual_maps";

    /// How many times in a row an address may be aliased.
    VIRTUAL_ALIAS_RECURSION_LIMIT = virtual_alias_recursion_limit: Int[1..], "1000";
}
