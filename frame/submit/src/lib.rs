//! Room `submit`: being built.
