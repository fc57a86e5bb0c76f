//! The door of `proxymap`.

fn main() -> std::process::ExitCode {
    proxymap::run()
}
