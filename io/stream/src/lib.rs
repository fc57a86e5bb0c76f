//! Room `stream`: being built.
