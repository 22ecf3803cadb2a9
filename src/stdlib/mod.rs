//! The function library, one file per function.
//!
//! A function uses values and the traits of [`crate::expr`]. It must not know which rule or record
//! calls it. It reads no clock, file or zone of the machine; all of its input comes from its
//! arguments.

use crate::expr::Function;

mod literal;
mod pattern;

mod all;
mod base64_decode;
mod bool;
mod contains;
mod contains_any;
mod date;
mod days;
mod distinct;
mod ends_with;
mod eq_ignore_case;
mod filter;
mod has;
mod hour;
mod hours;
mod in_cidr;
mod in_hours;
mod in_table;
mod int;
mod is_private;
mod len;
mod like;
mod like_any;
mod lookup;
mod map;
mod matches;
mod some;
mod split;
mod starts_with;
mod starts_with_any;
mod str;
mod sub_string;
mod time;
mod to_lower;
mod to_upper;
mod trim;
mod weekday;
mod zone_argument;

/// Every function, sorted by name.
pub static FUNCTIONS: &[&dyn Function] = &[
    &all::All,
    &base64_decode::Base64Decode,
    &bool::Bool,
    &contains::Contains,
    &contains_any::ContainsAny,
    &date::Date,
    &days::Days,
    &distinct::Distinct,
    &ends_with::EndsWith,
    &eq_ignore_case::EqIgnoreCase,
    &filter::Filter,
    &has::Has,
    &hour::Hour,
    &hours::Hours,
    &in_cidr::InCidr,
    &in_hours::InHours,
    &in_table::InTable,
    &int::Int,
    &is_private::IsPrivate,
    &len::Len,
    &like::Like,
    &like_any::LikeAny,
    &lookup::Lookup,
    &map::Map,
    &matches::Matches,
    &some::Some,
    &split::Split,
    &starts_with::StartsWith,
    &starts_with_any::StartsWithAny,
    &str::Str,
    &sub_string::SubString,
    &time::Time,
    &to_lower::ToLower,
    &to_upper::ToUpper,
    &trim::Trim,
    &weekday::Weekday,
];

#[cfg(test)]
mod tests;
