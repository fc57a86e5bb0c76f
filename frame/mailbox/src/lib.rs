//! Room `mailbox`: being built.
