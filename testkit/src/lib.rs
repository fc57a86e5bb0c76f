//! Room `testkit`: being built.
