//! The `trame` program: see `trame --help`.

use std::process::ExitCode;

/// A page is some thousand small allocations: this allocator serves them for half of what the system's costs.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    trame::cli::run(std::env::args_os().skip(1).collect())
}
