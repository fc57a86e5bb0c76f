//! The door of `cleanup`.

fn main() -> std::process::ExitCode {
    cleanup::run()
}
