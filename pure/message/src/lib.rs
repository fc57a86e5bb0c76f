//! Room `message`: being built.
