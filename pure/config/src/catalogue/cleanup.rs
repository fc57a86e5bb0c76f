//! Making a message complete before it is queued.

catalogue! {
    /// Whether `From:`, `To:`, `Date:` and `Message-ID:` (or their `Resent-` forms) are added to all mail that lacks
    /// them. With `no`, only mail from clients in `local_header_rewrite_clients` is completed, which keeps the
    /// signatures of other people's mail intact. A `To:` is added only when `undisclosed_recipients_header` has a
    /// text.
    /// Since 2.6.
    ALWAYS_ADD_MISSING_HEADERS = always_add_missing_headers: Bool, "no";

    /// An address that gets a blind copy of every message that comes into the system. Mail forwarded or made inside
    /// gets none, so that copies do not breed. The copy's failure is not reported to the sender. Canonical and
    /// virtual alias tables apply to the address. For copies by sender or recipient see `sender_bcc_maps` and
    /// `recipient_bcc_maps`.
    ALWAYS_BCC = always_bcc: Text, "";

    /// Tables that each line of a body is held against, one line at a time, with the actions of header_checks(5).
    /// Nearly always `pcre:` or `regexp:`. Lines are raw: encoded content is not decoded. Only the first
    /// `body_checks_size_limit` octets of each part are looked at.
    BODY_CHECKS = body_checks: List, "";

    /// How many octets of each body part `body_checks` looks at. It saves the time of searching big attachments. 0
    /// looks at everything.
    /// Since 2.0.
    BODY_CHECKS_SIZE_LIMIT = body_checks_size_limit: Int, "51200";

    /// Which addresses `canonical_maps` applies to: one or more of `envelope_sender`, `envelope_recipient`,
    /// `header_sender`, `header_recipient`.
    /// Since 2.2.
    CANONICAL_CLASSES = canonical_classes: List[1..], "envelope_sender, envelope_recipient, header_sender, header_recipient";

    /// Tables that rewrite addresses of senders and recipients, in envelopes and headers, as mail comes in. Typical
    /// uses: login names to names like `First.Last`, old domains to new ones. The format and the order of lookups are
    /// in canonical(5); the result is looked up again until it stays the same.
    ///
    /// `canonical_classes` narrows it down. Headers are rewritten only in mail that was submitted here, comes from a
    /// client in `local_header_rewrite_clients`, or while `remote_header_rewrite_domain` is set.
    /// `sender_canonical_maps` and `recipient_canonical_maps` come first.
    CANONICAL_MAPS = canonical_maps: List, "";

    /// Whether a carriage return or line feed that is not part of a line end becomes a space, before anything else
    /// looks at the content. Otherwise a message could smuggle a second one past the next server, or break signatures
    /// there. The option `no_header_body_checks` of `receive_override_options` turns it off too.
    /// Since 3.9.
    CLEANUP_REPLACE_STRAY_CR_LF = cleanup_replace_stray_cr_lf: Bool, "yes";

    /// Whether a `Content-Transfer-Encoding:` header that says `8bit` marks the message as 8-bit mail, as
    /// `BODY=8BITMIME` does.
    /// Since 2.5.
    DETECT_8BIT_ENCODING_HEADER = detect_8bit_encoding_header: Bool, "yes";

    /// Who gets mail that is addressed to the empty address. No client may send such mail by SMTP; it comes about by
    /// an error here.
    EMPTY_ADDRESS_RECIPIENT = empty_address_recipient: Text[1..], "MAILER-DAEMON";

    /// Whether content that is declared 8-bit becomes quoted-printable as it comes in, before checks, milters and
    /// content filters. For hosts that sign outgoing mail: the signature then survives a later server without
    /// 8BITMIME. Mail that passes `smtpd_proxy_filter` reaches the filter unconverted.
    /// Since 3.9.
    FORCE_MIME_INPUT_CONVERSION = force_mime_input_conversion: Bool, "no";

    /// The character set of full names of local users: in the password file, in the `NAME` variable, after `sendmail
    /// -F`. A name with other than ASCII letters is written into a made `From:` header as an encoded word of this
    /// set. Nothing is converted; state what your names are in. A name that is no good for RFC 2047 is left out with
    /// a warning.
    /// Since 3.10.
    FULL_NAME_ENCODING_CHARSET = full_name_encoding_charset: Text[1..], "utf-8";

    /// Tables that each header of the message itself is held against, continued lines joined, with the actions of
    /// header_checks(5). Nearly always `pcre:` or `regexp:`. See `mime_header_checks` and `nested_header_checks` for
    /// headers inside the body, and `smtp_header_checks` for outgoing copies.
    HEADER_CHECKS = header_checks: List, "";

    /// How many `Received:` headers a message may have. One with more is going in circles: it is refused, or returned
    /// if it was submitted here.
    HOPCOUNT_LIMIT = hopcount_limit: Int[1..], "50";

    /// Which addresses `masquerade_domains` applies to: any of `envelope_sender`, `envelope_recipient`,
    /// `header_sender`, `header_recipient`. Envelope recipients are left out by default, so that mail to single hosts
    /// still gets there.
    MASQUERADE_CLASSES = masquerade_classes: List, "envelope_sender, header_sender, header_recipient";

    /// Domains whose subdomains disappear from addresses: with `example.com`, `user@host.example.com` becomes
    /// `user@example.com`. The first match from the left counts, so write `sub.example.com` before `example.com`;
    /// `!domain` exempts a domain and what is below it. Users in `masquerade_exceptions` keep their addresses,
    /// `masquerade_classes` says which addresses are touched, and headers are subject to the same condition as with
    /// `canonical_maps`.
    MASQUERADE_DOMAINS = masquerade_domains: List, "";

    /// User names whose addresses `masquerade_domains` leaves alone, such as `root`. A list of names, `/file` and
    /// `type:table`; `!` in front takes something out. The first match counts.
    MASQUERADE_EXCEPTIONS = masquerade_exceptions: List, "";

    /// Characters with which content is refused. Escapes are those of C: `\a \b \f \n \r \t \v \\` and `\ooo` in
    /// octal, as in `\0`. Raw octets are compared; nothing is decoded. Off where `receive_override_options` has
    /// `no_header_body_checks`.
    /// Since 2.3.
    MESSAGE_REJECT_CHARACTERS = message_reject_characters: Text, "";

    /// Characters that are removed from content. Written as in `message_reject_characters`, with the same limits.
    /// Removing anything breaks signatures.
    /// Since 2.3.
    MESSAGE_STRIP_CHARACTERS = message_strip_characters: Text, "";

    /// As `header_checks`, for headers that concern MIME (`MIME-Version:`, `Content-Type:` and other `Content-`),
    /// wherever they stand in a message.
    /// Since 2.0.
    MIME_HEADER_CHECKS = mime_header_checks: List, "$header_checks";

    /// As `header_checks`, for the headers of messages that are attached to a message, except those that concern
    /// MIME.
    /// Since 2.0.
    NESTED_HEADER_CHECKS = nested_header_checks: List, "$header_checks";

    /// What becomes of a message whose headers end in a line that is neither a header nor empty.
    ///
    /// - `fix_quietly`: an empty line is put before that line
    /// - `add_header`: the same, and a header `MIME-Error:` says so
    /// - `reject`: the message is refused, and the line logged
    /// Since 3.11.
    NON_EMPTY_END_OF_HEADER_ACTION = non_empty_end_of_header_action: Text[1..], "fix_quietly";

    /// Tables from an envelope recipient to one address that gets a blind copy. Asked in this order:
    /// `user+ext@domain`, `user@domain`, then `user+ext` and `user` if the domain is one of ours, then `@domain`.
    /// "Ours" is `myorigin`, `mydestination`, `inet_interfaces`, `proxy_interfaces`. What `always_bcc` says of copies
    /// holds here too.
    /// Since 2.1.
    RECIPIENT_BCC_MAPS = recipient_bcc_maps: List, "";

    /// Which addresses `recipient_canonical_maps` applies to: one or both of `envelope_recipient` and
    /// `header_recipient`.
    /// Since 2.2.
    RECIPIENT_CANONICAL_CLASSES = recipient_canonical_classes: List[1..], "envelope_recipient, header_recipient";

    /// As `canonical_maps`, for recipients only, and before it. `recipient_canonical_classes` narrows it down. Use it
    /// rather than `canonical_maps` where an address must be changed in mail to its owner but not in mail from the
    /// owner.
    RECIPIENT_CANONICAL_MAPS = recipient_canonical_maps: List, "";

    /// The domain that completes addresses without one in the headers of mail from outside. Empty leaves headers of
    /// such mail alone. A name that nobody owns, such as `domain.invalid`, keeps strangers' incomplete addresses from
    /// looking like ours. Which clients are inside is up to `local_header_rewrite_clients`.
    REMOTE_HEADER_REWRITE_DOMAIN = remote_header_rewrite_domain: Text, "";

    /// Tables from an envelope sender to one address that gets a blind copy. Order of lookups and the rest as in
    /// `recipient_bcc_maps`.
    /// Since 2.1.
    SENDER_BCC_MAPS = sender_bcc_maps: List, "";

    /// Which addresses `sender_canonical_maps` applies to: one or both of `envelope_sender` and `header_sender`.
    /// Since 2.2.
    SENDER_CANONICAL_CLASSES = sender_canonical_classes: List[1..], "envelope_sender, header_sender";

    /// As `canonical_maps`, for senders only, and before it. With it `user@old` can send as `user@new` and still
    /// receive mail at the old address.
    SENDER_CANONICAL_MAPS = sender_canonical_maps: List, "";

    /// A whole header, such as `To: undisclosed-recipients:;`, for messages that name no recipient in `To:` or `Cc:`.
    /// Empty adds none; mail standards have not asked for it since RFC 2822. It is added under the conditions of
    /// `always_add_missing_headers`.
    UNDISCLOSED_RECIPIENTS_HEADER = undisclosed_recipients_header: Text, "";

    /// How many characters an address may have after expansion by `virtual_alias_maps`. It stops aliases that
    /// lengthen their own result each time round.
    /// Since 3.0.
    VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT = virtual_alias_address_length_limit: Int[1..], "1000";

    /// Into how many addresses one recipient may grow by `virtual_alias_maps`. Mail beyond it is put off, not cut.
    /// Since 2.1.
    VIRTUAL_ALIAS_EXPANSION_LIMIT = virtual_alias_expansion_limit: Int[1..], "1000";

    /// Tables that replace recipients by one or more others, whatever their domain: local, hosted or remote. Only the
    /// envelope changes. Format and order of lookups are in virtual(5); results are looked up again until they stay
    /// the same. `alias_maps` in contrast concerns local names alone.
    ///
    /// `virtual_alias_domains` takes its default from here. See `virtual_alias_expansion_limit` for what bounds it.
    /// Since 2.0.
    VIRTUAL_ALIAS_MAPS = virtual_alias_maps: List, "$virtual_maps";

    /// How deep results of `virtual_alias_maps` may lead to further lookups. A message that goes deeper is put off
    /// with "Alias expansion error", since the tables then most likely run in a circle.
    /// Since 2.1.
    VIRTUAL_ALIAS_RECURSION_LIMIT = virtual_alias_recursion_limit: Int[1..], "1000";
}
