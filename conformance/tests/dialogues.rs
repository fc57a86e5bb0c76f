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
    aliases
    bounce
    checks
    classes
    client
    commands
    content
    filters
    hello
    limits
    loglines
    mailq
    notify
    order
    owner
    pipe
    pipeline
    recipients
    relay
    restrictions
    rewriting
    routing
    soft_bounce
    submission
    syntax
    virtual_mailboxes
    xclient
}
