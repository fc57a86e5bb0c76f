//! What showq reads from main.cf.

config::settings! {
    /// The parameters of showq.
    pub(crate) struct Settings {
        duplicate_filter_limit: u64 = DUPLICATE_FILTER_LIMIT,
        empty_address_recipient: String = EMPTY_ADDRESS_RECIPIENT,
        enable_long_queue_ids: bool = ENABLE_LONG_QUEUE_IDS,
        hash_queue_depth: u64 = HASH_QUEUE_DEPTH,
        hash_queue_names: Vec<String> = HASH_QUEUE_NAMES,
        ipc_timeout: std::time::Duration = IPC_TIMEOUT,
    }
}
