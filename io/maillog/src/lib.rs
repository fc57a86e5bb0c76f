//! Room `maillog`: being built.
