//! The door of `pickup`.

fn main() -> std::process::ExitCode {
    pickup::run()
}
