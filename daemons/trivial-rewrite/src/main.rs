//! The door of `trivial-rewrite`.

fn main() -> std::process::ExitCode {
    trivial_rewrite::run()
}
