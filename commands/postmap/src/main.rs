//! The door of `postmap`.

fn main() -> std::process::ExitCode {
    command::main("postmap", postmap::run)
}
