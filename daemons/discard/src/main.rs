//! The door of `discard`.

fn main() -> std::process::ExitCode {
    discard::run()
}
