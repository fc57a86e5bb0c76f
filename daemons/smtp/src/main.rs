//! The door of `smtp`, which is also started as `lmtp`.

fn main() -> std::process::ExitCode {
    smtp::run()
}
