//! What local reads from `main.cf`.

use config::{List, Setting, Wrong};
use std::time::Duration;

config::settings! {
    /// The settings.
    pub(crate) struct Settings {
        alias_maps: String = ALIAS_MAPS,
        allow_mail_to_commands: Sources = ALLOW_MAIL_TO_COMMANDS,
        allow_mail_to_files: Sources = ALLOW_MAIL_TO_FILES,
        cleanup_service: String = CLEANUP_SERVICE_NAME,
        command_execution_directory: String = COMMAND_EXECUTION_DIRECTORY,
        command_expansion_filter: String = COMMAND_EXPANSION_FILTER,
        command_time_limit: Duration = COMMAND_TIME_LIMIT,
        daemon_timeout: Duration = DAEMON_TIMEOUT,
        default_privs: String = DEFAULT_PRIVS,
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        duplicate_filter_limit: usize = DUPLICATE_FILTER_LIMIT,
        execution_directory_expansion_filter: String = EXECUTION_DIRECTORY_EXPANSION_FILTER,
        expand_owner_alias: bool = EXPAND_OWNER_ALIAS,
        export_environment: Vec<String> = EXPORT_ENVIRONMENT,
        fallback_transport: String = FALLBACK_TRANSPORT,
        fallback_transport_maps: String = FALLBACK_TRANSPORT_MAPS,
        forward_expansion_filter: String = FORWARD_EXPANSION_FILTER,
        forward_path: String = FORWARD_PATH,
        frozen_delivered_to: bool = FROZEN_DELIVERED_TO,
        home_mailbox: String = HOME_MAILBOX,
        line_length_limit: usize = LINE_LENGTH_LIMIT,
        local_command_shell: String = LOCAL_COMMAND_SHELL,
        lock_attempts: u32 = DELIVER_LOCK_ATTEMPTS,
        lock_delay: Duration = DELIVER_LOCK_DELAY,
        luser_relay: String = LUSER_RELAY,
        mail_name: String = MAIL_NAME,
        mail_spool_directory: String = MAIL_SPOOL_DIRECTORY,
        mailbox_command: String = MAILBOX_COMMAND,
        mailbox_command_maps: String = MAILBOX_COMMAND_MAPS,
        mailbox_delivery_lock: Vec<String> = MAILBOX_DELIVERY_LOCK,
        mailbox_size_limit: u64 = MAILBOX_SIZE_LIMIT,
        mailbox_transport: String = MAILBOX_TRANSPORT,
        mailbox_transport_maps: String = MAILBOX_TRANSPORT_MAPS,
        message_size_limit: u64 = MESSAGE_SIZE_LIMIT,
        myhostname: String = MYHOSTNAME,
        original_recipient: bool = ENABLE_ORIGINAL_RECIPIENT,
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        prepend_delivered_header: DeliveredHeader = PREPEND_DELIVERED_HEADER,
        propagate_unmatched_extensions: Propagation = PROPAGATE_UNMATCHED_EXTENSIONS,
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        require_home_directory: bool = REQUIRE_HOME_DIRECTORY,
        reset_owner_alias: bool = RESET_OWNER_ALIAS,
        rewrite_service: String = REWRITE_SERVICE_NAME,
        stale_lock_time: Duration = STALE_LOCK_TIME,
        strict_mailbox_ownership: bool = STRICT_MAILBOX_OWNERSHIP,
        sun_mailtool_compatibility: bool = SUN_MAILTOOL_COMPATIBILITY,
    }
}

/// What named a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// An alias.
    Alias,
    /// A `.forward` file.
    Forward,
    /// An `:include:` file.
    Include,
}

/// Which of them may name files, or commands (`allow_mail_to_files`, `allow_mail_to_commands`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sources {
    alias: bool,
    forward: bool,
    include: bool,
}

impl Sources {
    /// Whether a destination may be named by `source`. A recipient of the envelope may not name one.
    pub(crate) fn allow(self, source: Option<Source>) -> bool {
        match source {
            Some(Source::Alias) => self.alias,
            Some(Source::Forward) => self.forward,
            Some(Source::Include) => self.include,
            None => false,
        }
    }
}

impl Setting<List> for Sources {
    fn from_text(_: &List, text: &str) -> Result<Self, Wrong> {
        let mut sources = Self::default();
        for word in config::split::list(text) {
            match word {
                "alias" => sources.alias = true,
                "forward" => sources.forward = true,
                "include" => sources.include = true,
                _ => return Err(unknown(word, "alias, forward or include")),
            }
        }
        Ok(sources)
    }
}

/// Where a `Delivered-To:` line is put in front (`prepend_delivered_header`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DeliveredHeader {
    pub(crate) command: bool,
    pub(crate) file: bool,
    pub(crate) forward: bool,
}

impl Setting<List> for DeliveredHeader {
    fn from_text(_: &List, text: &str) -> Result<Self, Wrong> {
        let mut places = Self::default();
        for word in config::split::list(text) {
            match word {
                "command" => places.command = true,
                "file" => places.file = true,
                "forward" => places.forward = true,
                _ => return Err(unknown(word, "command, file or forward")),
            }
        }
        Ok(places)
    }
}

/// Where an extension that was not used goes on to the result (`propagate_unmatched_extensions`); the words that are
/// local's business.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Propagation {
    pub(crate) alias: bool,
    pub(crate) forward: bool,
    pub(crate) include: bool,
}

impl Setting<List> for Propagation {
    fn from_text(_: &List, text: &str) -> Result<Self, Wrong> {
        let mut propagation = Self::default();
        for word in config::split::list(text) {
            match word {
                "alias" => propagation.alias = true,
                "forward" => propagation.forward = true,
                "include" => propagation.include = true,
                "canonical" | "virtual" | "generic" => {}
                _ => {
                    return Err(unknown(
                        word,
                        "canonical, virtual, alias, forward, include or generic",
                    ));
                }
            }
        }
        Ok(propagation)
    }
}

fn unknown(word: &str, right: &str) -> Wrong {
    Wrong::Other(format!("unknown word \"{word}\"; specify {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::catalogue::{ALLOW_MAIL_TO_FILES, PREPEND_DELIVERED_HEADER};

    #[test]
    fn the_defaults_are_words_that_are_known() {
        let sources = Sources::from_text(ALLOW_MAIL_TO_FILES.kind(), ALLOW_MAIL_TO_FILES.default()).unwrap();
        assert!(sources.allow(Some(Source::Alias)) && sources.allow(Some(Source::Forward)));
        assert!(!sources.allow(Some(Source::Include)) && !sources.allow(None));
        let header = PREPEND_DELIVERED_HEADER;
        assert!(
            DeliveredHeader::from_text(header.kind(), header.default())
                .unwrap()
                .forward
        );
    }

    #[test]
    fn an_unknown_word_is_refused() {
        assert!(Sources::from_text(ALLOW_MAIL_TO_FILES.kind(), "alias, root").is_err());
    }
}
