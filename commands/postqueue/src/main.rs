//! The door of `postqueue`.

fn main() -> std::process::ExitCode {
    postqueue::run()
}
