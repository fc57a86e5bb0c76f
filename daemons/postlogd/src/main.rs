//! The door of `postlogd`.

fn main() -> std::process::ExitCode {
    postlogd::run()
}
