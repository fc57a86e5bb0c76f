//! The door of `virtual`.

fn main() -> std::process::ExitCode {
    virtual_agent::run()
}
