//! Room `contract`: being built.
