//! Parses the arguments, runs the command, and turns an error into an exit code.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    newsfold::cli::main()
}
