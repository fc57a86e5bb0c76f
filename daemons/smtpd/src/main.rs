//! The door of the SMTP server.
fn main() -> std::process::ExitCode {
    smtpd::main()
}
