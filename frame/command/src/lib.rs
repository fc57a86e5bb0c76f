//! Room `command`: being built.
