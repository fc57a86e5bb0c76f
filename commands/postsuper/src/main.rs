//! The door of `postsuper`.

fn main() -> std::process::ExitCode {
    postsuper::run()
}
