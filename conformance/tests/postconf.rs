//! What postconf prints, complains of, and writes.

use conformance::Sheet;

macro_rules! sheets {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            Sheet::read(concat!("postconf_", stringify!($name))).run();
        }
    )*};
}

sheets! {
    edit
    expand
    fold
    legacy
    master
    master_edit
    options
    scripts
    show
    templates
    warnings
}
