//! The door of `postalias`.

fn main() -> std::process::ExitCode {
    command::main("postalias", postalias::run)
}
