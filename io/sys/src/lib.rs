//! Room `sys`: being built.
