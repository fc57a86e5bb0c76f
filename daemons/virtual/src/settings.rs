//! What virtual reads from `main.cf`.

use std::time::Duration;

config::settings! {
    /// The settings.
    pub(crate) struct Settings {
        base: String = VIRTUAL_MAILBOX_BASE,
        mailbox_maps: String = VIRTUAL_MAILBOX_MAPS,
        uid_maps: String = VIRTUAL_UID_MAPS,
        gid_maps: String = VIRTUAL_GID_MAPS,
        minimum_uid: u32 = VIRTUAL_MINIMUM_UID,
        mailbox_limit: u64 = VIRTUAL_MAILBOX_LIMIT,
        message_limit: u64 = MESSAGE_SIZE_LIMIT,
        mailbox_lock: Vec<String> = VIRTUAL_MAILBOX_LOCK,
        strict_ownership: bool = STRICT_MAILBOX_OWNERSHIP,
        lock_attempts: u32 = DELIVER_LOCK_ATTEMPTS,
        lock_delay: Duration = DELIVER_LOCK_DELAY,
        stale_lock_time: Duration = STALE_LOCK_TIME,
        original_recipient: bool = ENABLE_ORIGINAL_RECIPIENT,
        daemon_timeout: Duration = DAEMON_TIMEOUT,
        recipient_delimiter: String = RECIPIENT_DELIMITER,
        owner_request_special: bool = OWNER_REQUEST_SPECIAL,
        double_bounce_sender: String = DOUBLE_BOUNCE_SENDER,
        mydestination: String = MYDESTINATION,
        myorigin: String = MYORIGIN,
    }
}
