//! The function library, one file per function.
//!
//! A function uses values and the traits of [`crate::expr`]. It must not know which rule or record
//! calls it. It reads no clock, file or zone of the machine; all of its input comes from its
//! arguments.

use crate::expr::Function;

mod literal;
mod pattern;

mod all;
mod as_list;
mod base64_decode;
mod bool;
mod capture;
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
mod index_of;
mod int;
mod is_any_ip;
mod is_private;
mod keys;
mod len;
mod like;
mod like_any;
mod lookup;
mod map;
mod matches;
mod matches_any;
mod minute;
mod parse_json;
mod prefix_len;
mod ranges_argument;
mod regex_argument;
mod replace;
mod some;
mod split;
mod starts_with;
mod starts_with_any;
mod str;
mod sub_string;
mod subnet_of;
mod time;
mod to_lower;
mod to_upper;
mod trim;
mod values;
mod values_at;
mod weekday;
mod zone_argument;

/// Every function, sorted by name.
pub static FUNCTIONS: &[&dyn Function] = &[
    &all::All,
    &as_list::AsList,
    &base64_decode::Base64Decode,
    &bool::Bool,
    &capture::Capture,
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
    &index_of::IndexOf,
    &int::Int,
    &is_any_ip::IsAnyIp,
    &is_private::IsPrivate,
    &keys::Keys,
    &len::Len,
    &like::Like,
    &like_any::LikeAny,
    &lookup::Lookup,
    &map::Map,
    &matches::Matches,
    &matches_any::MatchesAny,
    &minute::Minute,
    &parse_json::ParseJson,
    &prefix_len::PrefixLen,
    &replace::Replace,
    &some::Some,
    &split::Split,
    &starts_with::StartsWith,
    &starts_with_any::StartsWithAny,
    &str::Str,
    &sub_string::SubString,
    &subnet_of::SubnetOf,
    &time::Time,
    &to_lower::ToLower,
    &to_upper::ToUpper,
    &trim::Trim,
    &values::Values,
    &values_at::ValuesAt,
    &weekday::Weekday,
];

#[cfg(test)]
mod tests;
