//! Room `mail`: being built.
