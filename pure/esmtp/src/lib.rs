//! Room `esmtp`: being built.
