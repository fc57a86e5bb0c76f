//! The door of `anvil`.

fn main() -> std::process::ExitCode {
    anvil::run()
}
