//! The door of `postfix`.

fn main() -> std::process::ExitCode {
    postfix::main()
}
