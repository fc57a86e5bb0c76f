//! What showq reads from main.cf.

config::settings! {
    /// The parameters of showq.
    pub(crate) struct Settings {
        duplicate_filter_limit: u64 = DUPLICATE_FILTER_LIMIT,
        empty_address_recipient: String = EMPTY_ADDRESS_RECIPIENT,
        ipc_timeout: std::time::Duration = IPC_TIMEOUT,
    }
}
