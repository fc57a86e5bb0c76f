//! Room `ipc`: being built.
