//! Every recorded case of commands on tables.

use conformance::TableCase;

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            TableCase::read(stringify!($name)).run();
        }
    )*};
}

cases! {
    aliases
    building
    changing
    cidr
    joins
    messages
    options
    pcre
    queries
    references
    regexp
    shared
    sources
    unreadable
    utf8
}
