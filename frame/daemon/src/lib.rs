//! Room `daemon`: being built.
