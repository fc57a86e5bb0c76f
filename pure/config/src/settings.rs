//! `settings!`: which parameters a program reads, as one plain struct.

/// Declares a struct of settings, its reader and the list of parameter names it reads.
///
/// ```
/// config::settings! {
///     /// What the SMTP server reads from main.cf.
///     pub struct Settings {
///         timeout: std::time::Duration = SMTPD_TIMEOUT,
///         helo_required: bool = SMTPD_HELO_REQUIRED,
///     }
/// }
/// let configuration = config::Configuration::parse("smtpd_timeout = 10s\n").unwrap();
/// let settings = Settings::read(&configuration).unwrap();
/// assert_eq!(settings.timeout.as_secs(), 10);
/// assert_eq!(Settings::NAMES, ["smtpd_timeout", "smtpd_helo_required"]);
/// ```
///
/// `field: Type = SMTP_X | LMTP_X` reads the second parameter when the process is named `lmtp`.
/// A type is right when it implements [`Setting`](crate::Setting) for the parameter's kind.
#[macro_export]
macro_rules! settings {
    ($(#[$meta:meta])* $visibility:vis struct $Name:ident {
        $($(#[$field_meta:meta])* $field:ident : $type:ty = $constant:ident $(| $lmtp:ident)?),* $(,)?
    }) => {
        $(#[$meta])*
        $visibility struct $Name {
            $(
                $(#[$field_meta])*
                #[doc = concat!("The value of [`", stringify!($constant), "`](config::catalogue::", stringify!($constant), ").")]
                pub $field: $type,
            )*
        }

        impl $Name {
            /// The names of all parameters read.
            pub const NAMES: &'static [&'static str] =
                &[$($crate::catalogue::$constant.name(), $($crate::catalogue::$lmtp.name(),)?)*];

            /// Reads all settings.
            ///
            /// # Errors
            /// The first parameter whose value is wrong.
            pub fn read(configuration: &$crate::Configuration) -> Result<Self, $crate::ParameterError> {
                Ok(Self { $($field: $crate::settings!(@get configuration, $constant $(, $lmtp)?),)* })
            }
        }
    };
    (@get $configuration:ident, $constant:ident) => {
        $configuration.get($crate::catalogue::$constant)?
    };
    (@get $configuration:ident, $constant:ident, $lmtp:ident) => {
        $configuration.get_as($crate::catalogue::$constant, $crate::catalogue::$lmtp)?
    };
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::Configuration;

    settings! {
        /// Some of what the delivery agent reads.
        #[derive(Debug)]
        pub struct Sample {
            timeout: Duration = SMTP_CONNECT_TIMEOUT | LMTP_CONNECT_TIMEOUT,
            /// The destinations this machine is final for.
            mydestination: Vec<String> = MYDESTINATION,
        }
    }

    #[test]
    fn the_second_name_is_read_when_the_process_is_lmtp() {
        let mut configuration = Configuration::parse("myhostname=a.b\nlmtp_connect_timeout=7").unwrap();
        let smtp = Sample::read(&configuration).unwrap();
        configuration.set_fact("process_name", "lmtp");
        let lmtp = Sample::read(&configuration).unwrap();

        assert_eq!(smtp.timeout, Duration::from_secs(30));
        assert_eq!(lmtp.timeout, Duration::from_secs(7));
        assert_eq!(smtp.mydestination, ["a.b", "localhost.b", "localhost"]);
        assert_eq!(
            Sample::NAMES,
            ["smtp_connect_timeout", "lmtp_connect_timeout", "mydestination"]
        );
    }
}
