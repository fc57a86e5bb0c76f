//! The door of `master`.

fn main() -> std::process::ExitCode {
    master::main()
}
