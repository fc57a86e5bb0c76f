//! The names of parameters that exist twice, for SMTP and for LMTP.

/// The name of a parameter of this protocol, by its two constants.
macro_rules! name_of {
    ($protocol:expr, $smtp:ident | $lmtp:ident) => {
        match $protocol {
            ::esmtp::client::Protocol::Smtp => ::config::catalogue::$smtp.name(),
            ::esmtp::client::Protocol::Lmtp => ::config::catalogue::$lmtp.name(),
        }
    };
}

pub(crate) use name_of;
