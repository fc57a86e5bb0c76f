//! What cleanup reads from main.cf.

use std::time::Duration;

use ::message::phrase::Form;
use config::{List, Setting, Text, Wrong};
use mail::AddressForm;

config::settings! {
    /// What cleanup reads from main.cf.
    pub(crate) struct Settings {
        always_add_missing_headers: bool = ALWAYS_ADD_MISSING_HEADERS,
        always_bcc: String = ALWAYS_BCC,
        body_checks: String = BODY_CHECKS,
        body_checks_size_limit: u64 = BODY_CHECKS_SIZE_LIMIT,
        canonical_classes: Classes = CANONICAL_CLASSES,
        canonical_maps: String = CANONICAL_MAPS,
        replace_stray_cr_lf: bool = CLEANUP_REPLACE_STRAY_CR_LF,
        delay_logging_resolution_limit: u16 = DELAY_LOGGING_RESOLUTION_LIMIT,
        delay_warning_time: Duration = DELAY_WARNING_TIME,
        detect_8bit_encoding_header: bool = DETECT_8BIT_ENCODING_HEADER,
        disable_mime_input_processing: bool = DISABLE_MIME_INPUT_PROCESSING,
        disable_verp_bounces: bool = DISABLE_VERP_BOUNCES,
        duplicate_filter_limit: usize = DUPLICATE_FILTER_LIMIT,
        empty_address_recipient: String = EMPTY_ADDRESS_RECIPIENT,
        enable_long_queue_ids: bool = ENABLE_LONG_QUEUE_IDS,
        enable_original_recipient: bool = ENABLE_ORIGINAL_RECIPIENT,
        force_mime_input_conversion: bool = FORCE_MIME_INPUT_CONVERSION,
        full_name_encoding_charset: String = FULL_NAME_ENCODING_CHARSET,
        in_flow_delay: Duration = IN_FLOW_DELAY,
        header_address_token_limit: usize = HEADER_ADDRESS_TOKEN_LIMIT,
        header_checks: String = HEADER_CHECKS,
        header_from_format: FromFormat = HEADER_FROM_FORMAT,
        header_size_limit: usize = HEADER_SIZE_LIMIT,
        hopcount_limit: u32 = HOPCOUNT_LIMIT,
        info_log_address_format: LogFormat = INFO_LOG_ADDRESS_FORMAT,
        line_length_limit: usize = LINE_LENGTH_LIMIT,
        masquerade_classes: Classes = MASQUERADE_CLASSES,
        masquerade_domains: Vec<String> = MASQUERADE_DOMAINS,
        masquerade_exceptions: String = MASQUERADE_EXCEPTIONS,
        message_drop_headers: String = MESSAGE_DROP_HEADERS,
        message_reject_characters: String = MESSAGE_REJECT_CHARACTERS,
        message_size_limit: u64 = MESSAGE_SIZE_LIMIT,
        message_strip_characters: String = MESSAGE_STRIP_CHARACTERS,
        mime_boundary_length_limit: usize = MIME_BOUNDARY_LENGTH_LIMIT,
        mime_header_checks: String = MIME_HEADER_CHECKS,
        mime_nesting_limit: usize = MIME_NESTING_LIMIT,
        mydestination: String = MYDESTINATION,
        myhostname: String = MYHOSTNAME,
        myorigin: String = MYORIGIN,
        nested_header_checks: String = NESTED_HEADER_CHECKS,
        non_empty_end_of_header_action: NonEmptyEnd = NON_EMPTY_END_OF_HEADER_ACTION,
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        propagate_unmatched_extensions: Vec<String> = PROPAGATE_UNMATCHED_EXTENSIONS,
        queue_file_attribute_count_limit: u32 = QUEUE_FILE_ATTRIBUTE_COUNT_LIMIT,
        recipient_bcc_maps: String = RECIPIENT_BCC_MAPS,
        recipient_canonical_classes: Classes = RECIPIENT_CANONICAL_CLASSES,
        recipient_canonical_maps: String = RECIPIENT_CANONICAL_MAPS,
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        remote_header_rewrite_domain: String = REMOTE_HEADER_REWRITE_DOMAIN,
        requiretls_enable: bool = REQUIRETLS_ENABLE,
        requiretls_esmtp_header: bool = REQUIRETLS_ESMTP_HEADER,
        sender_bcc_maps: String = SENDER_BCC_MAPS,
        sender_canonical_classes: Classes = SENDER_CANONICAL_CLASSES,
        sender_canonical_maps: String = SENDER_CANONICAL_MAPS,
        smtputf8_enable: bool = SMTPUTF8_ENABLE,
        soft_bounce: bool = SOFT_BOUNCE,
        strict_7bit_headers: bool = STRICT_7BIT_HEADERS,
        strict_8bitmime: bool = STRICT_8BITMIME,
        strict_8bitmime_body: bool = STRICT_8BITMIME_BODY,
        strict_mime_encoding_domain: bool = STRICT_MIME_ENCODING_DOMAIN,
        tls_required_enable: bool = TLS_REQUIRED_ENABLE,
        undisclosed_recipients_header: String = UNDISCLOSED_RECIPIENTS_HEADER,
        verp_delimiter_filter: String = VERP_DELIMITER_FILTER,
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        virtual_alias_address_length_limit: usize = VIRTUAL_ALIAS_ADDRESS_LENGTH_LIMIT,
        virtual_alias_expansion_limit: usize = VIRTUAL_ALIAS_EXPANSION_LIMIT,
        virtual_alias_maps: String = VIRTUAL_ALIAS_MAPS,
        virtual_alias_recursion_limit: usize = VIRTUAL_ALIAS_RECURSION_LIMIT,
    }
}

/// To which addresses a mapping applies: `canonical_classes`, `masquerade_classes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Classes(u8);

/// Where an address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    EnvelopeSender,
    EnvelopeRecipient,
    HeaderSender,
    HeaderRecipient,
}

impl Class {
    const WORDS: [(Self, &'static str); 4] = [
        (Self::EnvelopeSender, "envelope_sender"),
        (Self::EnvelopeRecipient, "envelope_recipient"),
        (Self::HeaderSender, "header_sender"),
        (Self::HeaderRecipient, "header_recipient"),
    ];

    /// Whether it is on the sender's side.
    pub(crate) const fn is_sender(self) -> bool {
        matches!(self, Self::EnvelopeSender | Self::HeaderSender)
    }
}

impl Classes {
    pub(crate) const fn has(self, class: Class) -> bool {
        self.0 & (1 << class as u8) != 0
    }
}

impl Setting<List> for Classes {
    fn from_text(_: &List, text: &str) -> Result<Self, Wrong> {
        let mut classes = Self::default();
        for word in config::split::list(text) {
            let found = Class::WORDS.iter().find(|(_, name)| *name == word);
            let (class, _) = found.ok_or_else(|| {
                Wrong::Other(format!(
                    "unknown class \"{word}\"; specify envelope_sender, envelope_recipient, header_sender or header_recipient"
                ))
            })?;
            classes.0 |= 1 << *class as u8;
        }
        Ok(classes)
    }
}

/// `header_from_format`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FromFormat(pub(crate) Form);

impl Setting<Text> for FromFormat {
    fn from_text(_: &Text, text: &str) -> Result<Self, Wrong> {
        match text {
            "standard" => Ok(Self(Form::Phrase)),
            "obsolete" => Ok(Self(Form::Comment)),
            _ => Err(Wrong::Other("specify standard or obsolete".to_owned())),
        }
    }
}

/// `info_log_address_format`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogFormat(pub(crate) AddressForm);

impl Setting<Text> for LogFormat {
    fn from_text(_: &Text, text: &str) -> Result<Self, Wrong> {
        let parsed = AddressForm::parse(text);
        parsed
            .map(Self)
            .map_err(|_| Wrong::Other("specify external or internal".to_owned()))
    }
}

/// `non_empty_end_of_header_action`: what to do when text follows the headers without an empty line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NonEmptyEnd {
    FixQuietly,
    AddHeader,
    Reject,
}

impl Setting<Text> for NonEmptyEnd {
    fn from_text(_: &Text, text: &str) -> Result<Self, Wrong> {
        match text {
            "fix_quietly" => Ok(Self::FixQuietly),
            "add_header" => Ok(Self::AddHeader),
            "reject" => Ok(Self::Reject),
            _ => Err(Wrong::Other(
                "specify fix_quietly, add_header or reject".to_owned(),
            )),
        }
    }
}
