//! The door of `postlog`.

fn main() -> std::process::ExitCode {
    command::main("postlog", postlog::run)
}
