//! The grammar of `master.cf`; see below.
