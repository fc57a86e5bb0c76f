//! A server on a user's standard input, with that user's rights (`sendmail -bs`).
//!
//! It can neither read tables nor ask other services, and it need not: its client is a local user, whose mail goes
//! through postdrop as any other local submission does. What remains is the grammar of the dialogue.

use crate::settings::Settings;

/// Clears what a user's process can not or need not apply.
pub(crate) fn forgo(settings: &mut Settings) {
    forgo_switches(settings);
    let s = settings;
    for text in [
        // Tables and lists that may name tables.
        &mut s.mydestination,
        &mut s.mynetworks,
        &mut s.canonical_maps,
        &mut s.recipient_canonical_maps,
        &mut s.sender_canonical_maps,
        &mut s.virtual_alias_maps,
        &mut s.virtual_mailbox_maps,
        &mut s.relay_recipient_maps,
        &mut s.local_recipient_maps,
        &mut s.sender_login_maps,
        &mut s.rbl_reply_maps,
        &mut s.command_filter,
        &mut s.discard_ehlo_keyword_address_maps,
        &mut s.reject_footer_maps,
        &mut s.reject_filter_maps,
        &mut s.xclient_hosts,
        &mut s.xforward_hosts,
        &mut s.verp_clients,
        &mut s.event_limit_exceptions,
        &mut s.forbid_bare_newline_exclusions,
        &mut s.local_header_rewrite_clients,
        &mut s.mx_backup_networks,
        &mut s.log_permit_actions,
        // Judgement.
        &mut s.client_restrictions,
        &mut s.helo_restrictions,
        &mut s.sender_restrictions,
        &mut s.recipient_restrictions,
        &mut s.data_restrictions,
        &mut s.end_of_data_restrictions,
        &mut s.etrn_restrictions,
        // What belongs to network clients.
        &mut s.content_filter,
        &mut s.milters,
        &mut s.milter_maps,
        &mut s.proxy_filter,
        &mut s.upstream_proxy_protocol,
        &mut s.tls_security_level,
    ] {
        text.clear();
    }
    // Never asked, since recipients are not judged; were they, this would be the safe answer.
    "reject".clone_into(&mut s.relay_restrictions);
    "no".clone_into(&mut s.forbid_bare_newline);
    s.restriction_classes.clear();
    s.notify_classes.clear();
}

fn forgo_switches(s: &mut Settings) {
    for flag in [
        &mut s.reject_unlisted_recipient,
        &mut s.reject_unlisted_sender,
        &mut s.forbid_unauth_pipelining,
        &mut s.peername_lookup,
        &mut s.sasl_auth_enable,
        &mut s.tls_wrapper_mode,
        &mut s.use_tls,
        &mut s.enforce_tls,
    ] {
        *flag = false;
    }
    for limit in [
        &mut s.connection_count_limit,
        &mut s.connection_rate_limit,
        &mut s.message_rate_limit,
        &mut s.recipient_rate_limit,
    ] {
        *limit = 0;
    }
}
