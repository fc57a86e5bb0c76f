//! The door of `flush`.

fn main() -> std::process::ExitCode {
    flush::run()
}
