//! The lines postqueue writes beside its failures.

pub(crate) fn system_is_down(mail_name: &str, service: &str, error: &std::io::Error) {
    let cause = sys::fault::text(error);
    maillog::warning!(
        "Mail system is down -- accessing queue directly (Connect to the {mail_name} {service} service: {cause})"
    );
}

/// A letter that is not known, or lacks its value.
pub(crate) fn option(error: &dyn std::fmt::Display) {
    maillog::warning!("{error}");
}
