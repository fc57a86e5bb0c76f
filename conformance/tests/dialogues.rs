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
    access_addresses
    accounts
    addresses
    addresses_plain
    addresses_quoted
    addresses_utf8
    aliases
    backwards
    backwards_networks
    backwards_order
    beforequeue
    bounce
    canonical
    check_actions
    checks
    classes
    client
    clientlimits
    clients
    commands
    content
    copies
    dnslists
    filter_loop
    filter_places
    filters
    generic
    headers
    headers_off
    headers_remote
    hello
    helonames
    legacy
    limits
    loglines
    mailq
    mime
    names
    notify
    order
    outgoing_7bit
    outgoing_checks
    owner
    pipe
    pipeline
    policy
    postmaster
    recipients
    relay
    relay_forms
    restrictions
    rewriting
    routing
    search
    sender_routes
    soft_bounce
    strict
    strict_body
    submission
    syntax
    transports
    trimmings
    upstream
    verify
    virtual_aliases
    virtual_mailboxes
    xclient
}
