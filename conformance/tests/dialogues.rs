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
    aliases
    bounce
    addresses
    beforequeue
    checks
    classes
    clients
    clientlimits
    commands
    content
    dnslists
    hello
    helonames
    limits
    loglines
    mailq
    names
    order
    pipeline
    policy
    relay
    restrictions
    rewriting
    routing
    search
    syntax
    trimmings
    upstream
    verify
    xclient
}
