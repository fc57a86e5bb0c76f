//! Room `xtask`: being built.
