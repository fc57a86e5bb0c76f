//! Room `queue`: being built.
