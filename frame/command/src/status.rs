//! Exit statuses, as sysexits(3) numbers them.

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(u8);

impl Status {
    /// All is done.
    pub const OK: Self = Self(0);
    /// What most commands answer when something is wrong, or was not found.
    pub const GENERAL: Self = Self(1);
    /// The command line is wrong.
    pub const USAGE: Self = Self(64);
    /// The input is wrong.
    pub const DATA: Self = Self(65);
    /// The input is not there.
    pub const NO_INPUT: Self = Self(66);
    /// No such user.
    pub const NO_USER: Self = Self(67);
    /// No such host.
    pub const NO_HOST: Self = Self(68);
    /// A service does not answer.
    pub const UNAVAILABLE: Self = Self(69);
    /// Our own mistake.
    pub const SOFTWARE: Self = Self(70);
    /// The system refused something that should work.
    pub const SYSTEM: Self = Self(71);
    /// A file of the system is missing or wrong.
    pub const SYSTEM_FILE: Self = Self(72);
    /// An output file cannot be made.
    pub const CANNOT_CREATE: Self = Self(73);
    /// Reading or writing failed.
    pub const INPUT_OUTPUT: Self = Self(74);
    /// Try again later.
    pub const TEMPORARY: Self = Self(75);
    /// The other side does not keep to the protocol.
    pub const PROTOCOL: Self = Self(76);
    /// The user may not do this.
    pub const NO_PERMISSION: Self = Self(77);
    /// The configuration is wrong.
    pub const CONFIGURATION: Self = Self(78);

    /// A status with any number, such as that of a child.
    pub const fn other(code: u8) -> Self {
        Self(code)
    }

    /// The number.
    pub const fn code(self) -> u8 {
        self.0
    }
}
