//! The door of `verify`.

fn main() -> std::process::ExitCode {
    verify::run()
}
