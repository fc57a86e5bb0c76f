//! Mail into files and commands under a user's own id.
//!
//! An agent (`local`, `virtual`, `pipe`) knows whom a message is for and where it goes; this room knows how it gets
//! there: mailbox files with their locks ([`Append`]), Maildirs ([`Maildir`]), commands ([`Command`]). It does not
//! decide whose rights apply, and it writes no log line: what went wrong is a [`Trouble`] for the agent to word.
//!
//! **Whose hands.** The agent never works under a recipient's id itself. Where root was kept as a saved id, file work
//! is done by a *carrier*: this same program, started by [`sys::child`] under the recipient's ids, that takes jobs on
//! a socket and is kept for the next message to the same ids. A start for each delivery would cost an exec of about a
//! millisecond; a fork without exec is not for a process that may have threads. A carrier is given what its user may
//! see and no more: the rendered message, never the queue file with its other recipients, so a user who takes over a
//! carrier by way of a debugger has won nothing. Where the whole system runs as an ordinary user, the same work is
//! done on the blocking pool of the agent, as that user.
//!
//! Follows mbox(5), maildir(5), local(8), virtual(8), pipe(8).

mod carrier;
mod command;
mod crew;
mod delivered;
mod exit_status;
mod job;
mod letter;
mod locking;
mod maildir;
mod mbox;
mod rendering;
mod rights;
mod trouble;
mod wire;
mod work;

pub use carrier::carry_if_asked;
pub use command::{Command, Program, exported};
pub use crew::{Crew, CrewSettings};
pub use delivered::DeliveredTo;
pub use exit_status::ExitStatus;
pub use job::{Append, FileKind, Look, Looked, Maildir, Place, Target};
pub use letter::{FromLine, Head, Letter, Style};
pub use locking::{Locks, Patience, UnknownLock};
pub use rights::{RightsError, named_ids};
pub use trouble::{Cause, Trouble};
