//! postcat: prints a queue file.
//!
//! Without a choice of parts it prints all: envelope, message, and what was taken from the headers.
//!
//! # Usage
//! ```text
//! postcat [-bdefhorv] [-c DIR] [-s OFFSET] [FILE ...]
//! postcat [-bdefhorv] [-c DIR] [-s OFFSET] -q QUEUE-ID ...
//! ```
//! # Options
//! - `-b`: the body
//! - `-c DIR`: the configuration is in this folder
//! - `-d`: types of records as numbers
//! - `-e`: the envelope
//! - `-f`: the file's name before each line
//! - `-h`: the headers
//! - `-o`: the place of each record in the file
//! - `-q`: the words are queue ids, looked for in all queues
//! - `-r`: records as they lie in the file, without following pointers
//! - `-s OFFSET`: from this place on
//! - `-v`: log more; several log still more
//! # Listens
//! Nowhere.
//! # Asks
//! Nobody; it works while the mail system is down.
//! # Writes
//! Standard output.
//! # Runs as
//! Whoever calls it; queue files are readable by root and `mail_owner`.
//! # Standards
//! None; postcat(1).
//! # Difference from Postfix
//! Standard input is read to its end first, so that pointers can be followed there too.

mod log;
mod view;

use crate::view::{Show, View};
use command::{Failure, Start, Status};
use mail::QueueId;
use queue::{Layout, Queue, QueueError, QueueFile, Spool};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

config::settings! {
    /// What postcat reads from main.cf.
    struct Settings {
        queue_directory: String = QUEUE_DIRECTORY,
    }
}

/// The queues that are searched, in their order.
const QUEUES: [Queue; 6] = [
    Queue::Maildrop,
    Queue::Incoming,
    Queue::Active,
    Queue::Deferred,
    Queue::Hold,
    Queue::Saved,
];
/// A file may move on while the queues are searched, but not often.
const SEARCHES: usize = 2;

/// Runs the command.
pub fn run() -> ExitCode {
    command::main("postcat", print)
}

fn print(start: Start) -> Result<Status, Failure> {
    let options = start.options("bc:defhoqrs:v").map_err(|error| {
        log::option(&error);
        usage(&start.name)
    })?;
    let mut show = Show {
        body: options.has('b'),
        envelope: options.has('e'),
        header: options.has('h'),
        decimal_type: options.has('d'),
        offset: options.has('o'),
        name: options.has('f'),
        raw: options.has('r'),
        verbose: options.has('v'),
        start: 0,
    };
    if let Some(text) = options.value('s') {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let offset = text.parse().ok().filter(|_| digits);
        show.start = offset.ok_or_else(|| Failure::general(format!("bad offset: {text}")))?;
    }
    if !(show.body || show.envelope || show.header) {
        (show.body, show.envelope, show.header) = (true, true, true);
    }
    let configuration = start.configure(&options.setup('c', 'v'))?;
    let settings = Settings::read(&configuration)?;
    let mut out = BufWriter::with_capacity(64 * 1024, io::stdout().lock());
    let mut view = View::new(show, &mut out);
    let answer = if options.operands.is_empty() {
        standard_input().and_then(|file| view.print("stdin", &file))
    } else if options.has('q') {
        by_id(
            &mut view,
            &settings,
            Layout::read(&configuration)?,
            &options.operands,
        )
    } else {
        options.operands.iter().try_for_each(|path| {
            let file = File::open(path)
                .map_err(|error| Failure::general(format!("open {path}: {}", sys::fault::text(&error))))?;
            view.print(path, &file)
        })
    };
    // What was read before a failure is shown before its line.
    let flushed = out.flush();
    answer?;
    flushed.map_err(|error| Failure::general(format!("write error: {}", sys::fault::text(&error))))?;
    Ok(Status::OK)
}

fn by_id<W: Write>(
    view: &mut View<'_, W>,
    settings: &Settings,
    layout: Layout,
    ids: &[String],
) -> Result<(), Failure> {
    let directory = &settings.queue_directory;
    std::env::set_current_dir(directory)
        .map_err(|error| Failure::general(format!("chdir {directory}: {}", sys::fault::text(&error))))?;
    // Queue files are named below the queue directory, as everywhere in the log.
    let spool = Spool::new("", layout);
    for text in ids {
        let id =
            QueueId::parse(text).ok_or_else(|| Failure::general(format!("bad mail queue ID: {text}")))?;
        let (queue, file) = search(&spool, &id)
            .map_err(|error| Failure::general(format!("open queue file {text}: {error}")))?;
        view.print(&spool.path(queue, &id).display().to_string(), file.file())?;
    }
    Ok(())
}

fn search(spool: &Spool, id: &QueueId) -> Result<(Queue, QueueFile), QueueError> {
    let mut last = QueueError::Absent;
    for queue in std::iter::repeat_n(QUEUES, SEARCHES).flatten() {
        match QueueFile::open_to_read(spool, queue, id) {
            Ok(file) => return Ok((queue, file)),
            Err(QueueError::Absent) => {}
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// Standard input as a file that can be read at any offset.
fn standard_input() -> Result<File, Failure> {
    let wrong =
        |error: io::Error| Failure::general(format!("read standard input: {}", sys::fault::text(&error)));
    let mut file = sys::disk::memory_file().map_err(wrong)?;
    io::copy(&mut io::stdin().lock(), &mut file).map_err(wrong)?;
    Ok(file)
}

fn usage(name: &str) -> Failure {
    Failure::usage(format!(
        "usage: {name} [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e (envelope records)] \
         [-h (header text)] [-q (access queue)] [-v] [file(s)...]"
    ))
}
