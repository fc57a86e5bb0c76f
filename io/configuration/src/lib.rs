//! Room `configuration`: being built.
