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
    checks
    classes
    commands
    content
    hello
    legacy
    limits
    loglines
    mailq
    order
    pipeline
    relay
    restrictions
    rewriting
    routing
    syntax
    xclient
}
