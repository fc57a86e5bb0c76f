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
    accounts
    addresses
    addresses_plain
    addresses_quoted
    addresses_utf8
    aliases
    bounce
    canonical
    checks
    classes
    client
    commands
    content
    copies
    filters
    generic
    headers
    headers_off
    headers_remote
    hello
    legacy
    limits
    loglines
    mailq
    mime
    notify
    order
    outgoing_7bit
    outgoing_checks
    owner
    pipe
    pipeline
    postmaster
    recipients
    relay
    relay_forms
    restrictions
    rewriting
    routing
    sender_routes
    soft_bounce
    strict
    strict_body
    submission
    syntax
    transports
    virtual_aliases
    virtual_mailboxes
    xclient
}
