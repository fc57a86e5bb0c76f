//! The door of `qmgr`.

fn main() -> std::process::ExitCode {
    qmgr::run()
}
