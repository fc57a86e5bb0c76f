//! Room `qmgr`: being built.
