//! The door of `error`.

fn main() -> std::process::ExitCode {
    error::run()
}
