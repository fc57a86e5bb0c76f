//! The door of `local`.

fn main() -> std::process::ExitCode {
    local::run()
}
