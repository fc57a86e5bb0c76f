//! The door of `postcat`.

fn main() -> std::process::ExitCode {
    postcat::run()
}
