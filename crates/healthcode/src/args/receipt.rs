//! What can be asked of receipts.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::Timestamp;
use hc_code::receipt::ReceiptNumber;

#[derive(Debug, Subcommand)]
pub(crate) enum Receipt {
    /// Check a receipt: that a gate signed it, what it says, how it is contested
    Verify(VerifyReceipt),
    /// Say what the short number of a receipt says by itself
    Number(SayNumber),
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyReceipt {
    /// The text of the receipt's QR code, in single quotes; - for standard input, one text a line
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    /// The key of the gate (public file), as the region has it registered; may be given several times
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) gate: Vec<PathBuf>,

    /// Recognition policies (TOML) whose rules receipts may name
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,

    /// The text of the code that was shown: says whether the receipt is for it
    #[arg(long, value_name = "TEXT")]
    pub(crate) code: Option<String>,

    /// The time [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SayNumber {
    /// The number, as it was heard: small letters, spaces and hyphens do not matter
    #[arg(value_name = "NUMBER")]
    pub(crate) number: ReceiptNumber,

    /// The region's recognition policies (TOML), to say the rule in words
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Vec<PathBuf>,

    /// The time [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}
