//! The door of `postkick`.

fn main() -> std::process::ExitCode {
    command::main("postkick", postkick::run)
}
