//! The door of `bounce`.

fn main() -> std::process::ExitCode {
    bounce::run()
}
