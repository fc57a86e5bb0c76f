//! What a daemon says of itself before it runs.

/// The facts of a service that its skeleton and master need.
#[derive(Clone, Copy, Debug)]
pub struct Plate {
    /// The program's name, as in `master.cf`'s command column.
    pub name: &'static str,
    /// What its process limit counts.
    pub counts: Counts,
    /// What comes to its socket.
    pub speaks: Speaks,
    /// Whose rights it has.
    pub rights: Rights,
    /// Whether it runs for as long as the mail system does, rather than until it has been idle for `max_idle`.
    pub lasting: bool,
}

/// What the process limit of the `master.cf` line counts for this service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Clients at once, over a few processes.
    Clients,
    /// Processes, each of which takes any number of clients.
    Processes,
}

/// What comes to the socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speaks {
    /// Clients that stay: [`crate::Service::serve`].
    Connections,
    /// Wake-up bytes: [`crate::Service::wake`].
    Triggers,
    /// Datagrams: [`crate::Service::datagram`].
    Datagrams,
}

/// Whose rights the daemon has after it was confined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rights {
    /// Those of `mail_owner`, and of these only what the mail system's directories need.
    MailOwner,
    /// Those of `mail_owner`, with root kept as a saved id for the children that deliver under a recipient's id.
    BecomesRecipient,
    /// Those of `mail_owner`, and it may start other programs.
    StartsPrograms,
}
