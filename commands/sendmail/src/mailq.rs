//! The door of `mailq`: `sendmail` under this name lists the queue.

fn main() -> std::process::ExitCode {
    sendmail::run()
}
