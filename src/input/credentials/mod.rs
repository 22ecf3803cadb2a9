//! Credential reports with one row per user or per key, as creds with their keys.
//!
//! A format is a table of its columns ([`CredentialReport`]) with the field that each column fills
//! and the form of its values. `vocabulary` interprets words such as `N/A`, `spreadsheet` reads
//! dates that a spreadsheet rewrote, `user_rows` joins the rows of a user, and `mapper` turns them
//! into records.

mod alibaba;
mod api_response;
mod audit;
mod aws;
mod base64_text;
mod column;
mod format;
mod mapper;
mod open;
mod report;
mod report_reader;
mod report_time;
mod spreadsheet;
mod tencent;
mod user_rows;
mod vocabulary;

pub use alibaba::ALIBABA;
pub use audit::AUDIT;
pub use aws::AWS;
pub(super) use open::{is_report, open};
pub use report::CredentialReport;
pub use tencent::TENCENT;

/// Every credential report.
static REPORTS: [&CredentialReport; 4] = [&AWS, &ALIBABA, &TENCENT, &AUDIT];

/// The report with the name of this format, if it is one.
fn find(name: &str) -> Option<&'static CredentialReport> {
    use crate::record::Format;
    REPORTS.into_iter().find(|report| report.name() == name)
}

#[cfg(test)]
mod tests;
