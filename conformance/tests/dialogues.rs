//! Every recorded case.
//!
//! `POSTRIDER_CASE=FILE cargo test -p conformance --test dialogues path` records a case that lies elsewhere, and compares
//! ours with it: for trying things out.

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
    access_bcc
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
    content_settings
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
    helo_numbers
    helonames
    legacy
    limits
    loglines
    mailbox_lines
    mailq
    masquerade
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
    propagation
    recipients
    relay
    relay_forms
    restrictions
    rewriting
    routes
    routing
    search
    server_hosts
    sender_routes
    soft_bounce
    stages_actions
    stages_at_once
    stages_early
    stages_late
    strict
    strict_body
    submission
    syntax
    transports
    transports_parents
    trimmings
    upstream
    verify
    virtual_aliases
    virtual_mailboxes
    xclient
}

#[test]
fn a_case_at_a_path_is_asked_of_both_when_wanted() {
    let Ok(path) = std::env::var("POSTRIDER_CASE") else {
        return;
    };
    let read = || Case::parse(&std::fs::read_to_string(&path).unwrap(), path.clone().into());
    read().run_against(true);
    read().run_against(false);
}
