//! The door of `sendmail`.

fn main() -> std::process::ExitCode {
    sendmail::run()
}
