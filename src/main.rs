//! The `trame` program: see `trame --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    trame::cli::run(std::env::args_os().skip(1).collect())
}
