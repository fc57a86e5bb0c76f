//! The door of `pipe`.

fn main() -> std::process::ExitCode {
    pipe::run()
}
