//! The door of `newaliases`: `sendmail` under this name builds the alias database.

fn main() -> std::process::ExitCode {
    sendmail::run()
}
