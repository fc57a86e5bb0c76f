//! The door of `postdrop`.

fn main() -> std::process::ExitCode {
    postdrop::run()
}
