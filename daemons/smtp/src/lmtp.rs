//! The door of `lmtp`: `smtp` under its other name.

fn main() -> std::process::ExitCode {
    smtp::run()
}
