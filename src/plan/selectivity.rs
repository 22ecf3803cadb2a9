//! Estimates the share of records that meet a key.
//!
//! Only the order of the estimates matters: of several tests joined by `&&`, the index uses the
//! rarest. An estimate is the chance that two records have the same value in a field, measured over
//! 1,038 CloudTrail events of two recorded environments and rounded: operations 0.04, user agents
//! 0.1, services 0.2, error codes 0.004, success 0.8, words of an enum 0.6 to 1.0, account and
//! region 0.85. For people, keys and addresses the measured chance is 0.4, because few people used
//! these environments. An organisation has more of each, so the estimate for them is 0.05.

use super::field_value::{Requirement, Shows};
use crate::expr::Required;
use crate::record::FieldId;
use crate::record::field::{cred, event, key};
use crate::value::Type;

/// The estimated share of records that meet this key.
pub(super) fn of_key(key: &Requirement) -> f64 {
    let width = match &key.shows {
        Shows::Bool(_) | Shows::Int(_) | Shows::Text(Required::Text(_)) => 1.0,
        Shows::NonAscii => 0.01,
        Shows::Text(Required::Range(range)) if range.is_single() => 1.0,
        Shows::Text(Required::Range(_)) => 1.5,
        // Prefixes of one to three characters match six times as many operations as the whole name;
        // longer prefixes match three times as many. Other requirements are scaled by length
        // likewise.
        Shows::Text(Required::Prefix(text)) if text.len() < 4 => 6.0,
        Shows::Text(Required::Prefix(_)) => 3.0,
        Shows::Text(Required::Literal(text)) => match text.len() {
            0 | 1 => 17.0,
            2 => 5.0,
            3 => 3.0,
            _ => 2.0,
        },
    };
    (of_field(key.field) * width).min(1.0)
}

/// The estimated share of records that meet one of several keys. If a field has many required
/// values, few of them are common.
pub(super) fn of_keys(count: usize, shares: impl Iterator<Item = f64>) -> f64 {
    if count == 0 {
        return 0.0;
    }
    let mean = shares.sum::<f64>() / count as f64;
    mean * (1.0 + (count as f64).log2())
}

fn of_field(field: FieldId) -> f64 {
    match field {
        event::CODE | event::MESSAGE | event::ROLE => 0.004,
        event::ID | event::REQUEST_ID | cred::USER | cred::ARN | cred::USER_ID | key::ID => 0.004,
        event::API | event::NAME | event::OPERATION => 0.04,
        event::AGENT => 0.1,
        event::SERVICE => 0.2,
        event::ACCOUNT | event::CALLER_ACCOUNT | event::REGION | cred::ACCOUNT => 0.85,
        field => match field.field().ty {
            Type::Bool | Type::Enum(_) => 0.8,
            _ => 0.05,
        },
    }
}
