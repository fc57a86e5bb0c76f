//! The door of `showq`.

fn main() -> std::process::ExitCode {
    showq::run()
}
