//! The door of `spawn`.

fn main() -> std::process::ExitCode {
    spawn::run()
}
