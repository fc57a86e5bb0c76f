//! The door of `postlock`.

fn main() -> std::process::ExitCode {
    command::main("postlock", postlock::run)
}
