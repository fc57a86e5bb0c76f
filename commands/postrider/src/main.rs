//! The door of `postrider`.

fn main() -> std::process::ExitCode {
    postrider::run()
}
