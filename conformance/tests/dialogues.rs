//! Every recorded case.

use conformance::Case;

macro_rules! cases {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            Case::read(stringify!($name)).run();
        }
    )*};
}

cases! {
    addresses
    addresses_plain
    addresses_quoted
    aliases
    bounce
    canonical
    checks
    classes
    commands
    content
    copies
    generic
    headers
    headers_off
    headers_remote
    hello
    limits
    loglines
    mailq
    mime
    order
    outgoing_7bit
    outgoing_checks
    pipeline
    relay
    restrictions
    rewriting
    routing
    sender_routes
    strict
    strict_body
    syntax
    transports
    virtual_aliases
    xclient
}
