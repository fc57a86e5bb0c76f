//! pipe: delivers to a command.
//!
//! The `master.cf` line says which command, under whose ids, and how the message is dressed for it. One start of the
//! command takes one message for as many recipients as the queue manager gives at once.
//!
//! The arguments in `master.cf`, in any order, `argv=` last:
//!
//! - `user=NAME`, `user=NAME:GROUP`: whose ids the command has; must be given, and be neither root nor `mail_owner`
//! - `argv=COMMAND ...`: the command and its arguments, up to the end of the line, started without a shell
//! - `flags=LETTERS`: how the message is dressed, see below
//! - `directory=PATH`: where the command is started
//! - `chroot=PATH`: its root directory
//! - `eol=TEXT`: the end of each line, with escapes such as `\r\n`; a line feed otherwise
//! - `null_sender=TEXT`: what stands for the null sender; `MAILER-DAEMON` otherwise
//! - `size=OCTETS`: larger messages are returned
//!
//! In `argv=`, names stand for facts of the delivery: `${sender}`, `${recipient}`, `${user}`, `${extension}`,
//! `${mailbox}`, `${domain}`, `${original_recipient}`, `${nexthop}`, `${size}`, `${queue_id}`, `${envid}`,
//! `${client_address}`, `${client_hostname}`, `${client_port}`, `${client_protocol}`, `${client_helo}`,
//! `${sasl_method}`, `${sasl_username}` and `${sasl_sender}`. An argument with a name that concerns recipients is
//! repeated for each recipient.
//!
//! The flags:
//!
//! - `B`: an empty line after the message
//! - `D`: `Delivered-To:` in front; one recipient at a time
//! - `F`: a line `From sender date` in front
//! - `O`: `X-Original-To:` in front; one recipient at a time
//! - `R`: `Return-Path:` in front
//! - `X`: the command is the final place of delivery, in notices of success
//! - `h`, `u`: domains, local parts in small letters
//! - `q`: local parts in `${sender}` and `${recipient}` quoted where needed
//! - `.`: a dot in front of lines that begin with one
//! - `>`: `>` in front of lines that begin with `From `
//!
//! The command's exit status decides: 0 is delivered, 75 puts off, the others of sysexits(3) return the mail; its
//! output goes into the notice. It may take `command_time_limit`, or what `_time_limit` says for this service.
//! Commands that take one recipient at a time want a `_destination_recipient_limit` of 1.
//!
//! ```text
//! maildrop unix - n n - - pipe
//!     flags=DRXhu user=vmail argv=/usr/bin/maildrop -d ${recipient}
//! ```
//!
//! # Listens
//! `private/` and its service name: delivery requests.
//! # Asks
//! Nobody but the bounce, defer and trace services, through the frame.
//! # Writes
//! The command's standard input; queue files: recipients crossed off.
//! # Runs as
//! `mail_owner`, with root kept as a saved id to start commands under the ids of `user=`. Not in a chroot.
//! # Standards
//! RFC 3463 (enhanced status codes); sysexits(3), pipe(8).
//! # Difference from Postfix
//! Output of children that a command leaves behind is not waited for.

mod arguments;
mod log;
mod settings;

use crate::arguments::Facts;
use crate::settings::{Flags, Settings};
use contract::deliver::flag;
use daemon::{Counts, Plate, Rights, Speaks, Start, StartError};
use delivery::{Agent, Job};
use jiff::tz::TimeZone;
use mail::{Action, Dsn, EnhancedStatus, SplitRules};
use mailbox::{Command, DeliveredTo, FromLine, Head, Letter, Program, Style, Trouble};
use std::process::ExitCode;
use std::rc::Rc;

const DELIVERED: EnhancedStatus = EnhancedStatus::new(2, 0, 0);
const LOOP: EnhancedStatus = EnhancedStatus::new(5, 4, 6);
const TOO_LARGE: EnhancedStatus = EnhancedStatus::new(5, 2, 3);
/// How much of a successful command's output is logged.
const OUTPUT_CHARACTERS: usize = 100;

/// Runs the agent.
pub fn run() -> ExitCode {
    delivery::main::<Pipe>()
}

/// The agent.
struct Pipe {
    settings: Settings,
    service: String,
    split: SplitRules,
    style: Style,
    zone: TimeZone,
}

impl Agent for Pipe {
    const PLATE: Plate = Plate {
        name: "pipe",
        counts: Counts::Clients,
        speaks: Speaks::Connections,
        rights: Rights::BecomesRecipient,
        lasting: false,
    };

    fn open(start: &Start<'_>) -> Result<Self, StartError> {
        let settings = Settings::read(start)?;
        let main = &settings.main;
        Ok(Self {
            service: start.service.to_owned(),
            split: SplitRules {
                delimiters: main.recipient_delimiter.clone(),
                owner_request_special: main.owner_request_special,
                double_bounce_sender: main.double_bounce_sender.clone(),
            },
            style: settings.line.style(),
            zone: TimeZone::system(),
            settings,
        })
    }

    fn status_filter(&self) -> Option<config::Param<config::Text>> {
        Some(config::catalogue::PIPE_DELIVERY_STATUS_FILTER)
    }

    async fn deliver(self: Rc<Self>, job: Rc<Job>) {
        let dsn = match self.judge(&job) {
            Ok(Some(dsn)) => dsn,
            Ok(None) => match self.run_command(&job).await {
                Ok(output) => self.success(&output),
                Err(trouble) if trouble.is_damage() => return log::damaged(job.queue_id(), &trouble.reason),
                Err(trouble) => {
                    trouble
                        .note
                        .as_deref()
                        .into_iter()
                        .for_each(log::command_not_started);
                    trouble.into_dsn()
                }
            },
            Err(trouble) => return log::damaged(job.queue_id(), &trouble.reason),
        };
        job.report_all(&job.recipients, &self.service, &dsn).await;
    }
}

impl Pipe {
    /// The fate of a message that is not given to the command at all.
    fn judge(&self, job: &Job) -> Result<Option<Dsn>, Trouble> {
        let line = &self.settings.line;
        let Flags {
            delivered_to,
            original_to,
            ..
        } = line.flags;
        for (flag, letter) in [(delivered_to, 'D'), (original_to, 'O')] {
            if flag && job.recipients.len() > 1 {
                log::one_recipient_only(letter, &self.service);
                return Ok(Some(Trouble::configuration().into_dsn()));
            }
        }
        if line.size_octets != 0 && job.envelope.data_size > line.size_octets {
            return Ok(Some(Dsn::trouble(TOO_LARGE, "message too large")));
        }
        if job.envelope.flags & (flag::PROBE | flag::REPORT_ONLY) != 0 {
            let program = line.command.first().map_or("", String::as_str);
            let reason = format!("delivers to command: {program}");
            return Ok(Some(Dsn::new(DELIVERED, Action::Delivered, reason)));
        }
        if delivered_to && let Some(recipient) = job.recipients.first() {
            let before = DeliveredTo::read(job.content()?)?;
            if before.contains(&recipient.address) {
                let reason = format!("mail forwarding loop for {}", recipient.address);
                return Ok(Some(Dsn::trouble(LOOP, reason)));
            }
        }
        Ok(None)
    }

    async fn run_command(&self, job: &Job) -> Result<String, Trouble> {
        let Settings {
            main,
            line,
            ids,
            limit,
        } = &self.settings;
        let sender = match job.envelope.sender.as_str() {
            "" => &line.null_sender,
            sender => sender,
        };
        let facts = Facts {
            envelope: &job.envelope,
            sender,
            recipients: &job.recipients,
            flags: line.flags,
            split: &self.split,
        };
        let words = facts.arguments(&line.command).map_err(|error| {
            log::bad_argument(&main.config_directory, &self.service, &error);
            Trouble::configuration()
        })?;
        let command = Command {
            program: Program::Words(words),
            ids: ids.clone(),
            environment: mailbox::exported(main.export_environment.iter().map(String::as_str)),
            directory: line.directory.clone(),
            root: line.chroot.clone(),
            limit: *limit,
            agent: Self::PLATE.name.to_owned(),
        };
        let head = self.head(job, sender);
        let letter = Letter {
            content: job.content()?,
            head: &head,
            style: &self.style,
        };
        command.run(letter).await
    }

    fn head(&self, job: &Job, sender: &str) -> Vec<u8> {
        let flags = self.settings.line.flags;
        let recipient = job.recipients.first();
        let original = recipient.map(|recipient| recipient.original.as_str());
        let head = Head {
            sender,
            from_line: flags.from_line.then(|| FromLine::now(&self.zone)),
            return_path: flags.return_path,
            original_recipient: original
                .filter(|_| flags.original_to && self.settings.main.original_recipient),
            delivered_to: recipient
                .map(|recipient| recipient.address.as_str())
                .filter(|_| flags.delivered_to),
        };
        let mut out = Vec::new();
        head.render(&self.style.end_of_line, &mut out);
        out
    }

    fn success(&self, output: &str) -> Dsn {
        let action = if self.settings.line.flags.is_final {
            Action::Delivered
        } else {
            Action::Relayed
        };
        let mut reason = format!("delivered via {} service", self.service);
        let output = output.trim_end();
        if !output.is_empty() {
            let short: String = output.chars().take(OUTPUT_CHARACTERS).collect();
            reason.push_str(&format!(" ({short})"));
        }
        Dsn::new(DELIVERED, action, reason)
    }
}
