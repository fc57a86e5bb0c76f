//! Reading of files that Berkeley DB made.
