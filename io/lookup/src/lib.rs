//! Room `lookup`: being built.
