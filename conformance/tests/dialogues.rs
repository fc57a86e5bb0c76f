//! Every recorded dialogue.

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
    content
    hello
    order
    relay
    restrictions
    syntax
}
