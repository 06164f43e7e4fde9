//! `newsfold extract`

use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The address that the document came from
    #[arg(long, value_name = "URL")]
    url: Option<url::Url>,
    /// One JSON object a line, a line an input
    #[arg(long)]
    json: bool,
}

pub fn run(_args: &Args) -> anyhow::Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
