//! Room `delivery`: being built.
