//! The door of `postconf`.

fn main() -> std::process::ExitCode {
    command::main("postconf", postconf::run)
}
