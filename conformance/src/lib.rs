//! Room `conformance`: being built.
