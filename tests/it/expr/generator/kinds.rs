//! The types of generated expressions, and the names of values of each type.

use keytrail::value::RecordKind;

/// A type as the generator distinguishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum Ty {
    Missing,
    Bool,
    Int,
    Char,
    Text,
    /// `user_type`, so that any two of them compare.
    Enum,
    Time,
    Duration,
    Untyped,
    Record,
    TableRow,
    Empty,
    List(Item),
}

/// The item type of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::expr) enum Item {
    Bool,
    Int,
    Text,
    Enum,
    Time,
    Duration,
    Untyped,
    Key,
}

impl Item {
    pub(super) fn ty(self) -> Ty {
        match self {
            Item::Bool => Ty::Bool,
            Item::Int => Ty::Int,
            Item::Text => Ty::Text,
            Item::Enum => Ty::Enum,
            Item::Time => Ty::Time,
            Item::Duration => Ty::Duration,
            Item::Untyped => Ty::Untyped,
            Item::Key => Ty::Record,
        }
    }
}

pub(in crate::expr) const TYPES: [Ty; 20] = [
    Ty::Missing,
    Ty::Bool,
    Ty::Int,
    Ty::Char,
    Ty::Text,
    Ty::Enum,
    Ty::Time,
    Ty::Duration,
    Ty::Untyped,
    Ty::Record,
    Ty::TableRow,
    Ty::Empty,
    Ty::List(Item::Bool),
    Ty::List(Item::Int),
    Ty::List(Item::Text),
    Ty::List(Item::Enum),
    Ty::List(Item::Time),
    Ty::List(Item::Duration),
    Ty::List(Item::Untyped),
    Ty::List(Item::Key),
];

/// A value of the type that only the record can provide.
pub(in crate::expr) fn sample(ty: Ty) -> &'static str {
    match ty {
        Ty::Missing => "()",
        Ty::Bool => "event.ok",
        Ty::Int => "event.key.age_days",
        Ty::Char => "event.api[0]",
        Ty::Text => "event.api",
        Ty::Enum => "event.user_type",
        Ty::Time => "event.time",
        Ty::Duration => "(now - event.time)",
        Ty::Untyped => "event.params.a",
        Ty::Record => "event.key",
        Ty::TableRow => "lookup(\"people\", event.user)",
        Ty::Empty => "[]",
        Ty::List(Item::Bool) => "[event.ok]",
        Ty::List(Item::Int) => "[event.key.age_days]",
        Ty::List(Item::Text) => "event.resources",
        Ty::List(Item::Enum) => "[event.user_type]",
        Ty::List(Item::Time) => "[event.time]",
        Ty::List(Item::Duration) => "[now - event.time]",
        Ty::List(Item::Untyped) => "[event.params.a]",
        Ty::List(Item::Key) => "event.cred.keys",
    }
}

/// Names of values that a rule over events sees, and of a rule over keys.
pub(super) fn fields(on: RecordKind, ty: Ty) -> &'static [&'static str] {
    let event = on == RecordKind::Event;
    match ty {
        Ty::Bool if event => &[
            "event.ok",
            "event.mfa",
            "(event.key?.active ?? ())",
            "(event.cred?.mfa ?? ())",
            "event[\"ok\"]",
        ],
        Ty::Bool => &["key.active", "key.exists", "(cred?.mfa ?? ())", "key.used"],
        Ty::Int if event => &[
            "(event.key?.age_days ?? ())",
            "(event.key?.idle_days ?? ())",
            "event.key.age_days",
            "(event.cred?.key_count ?? ())",
            "(event.cred?.active_keys ?? ())",
            "denied",
        ],
        Ty::Int => &["key.age_days", "key.idle_days", "(cred?.key_count ?? ())", "denied"],
        Ty::Text if event => &[
            "event.api",
            "event.user",
            "event.code",
            "event.ip",
            "(event?.agent ?? ())",
            "(event.cred?.user ?? ())",
            "(event.key?.id ?? ())",
        ],
        Ty::Text => &["key.id", "(cred?.user ?? ())", "key.last_service", "key.slot"],
        Ty::Enum if event => &["event.user_type", "(event.cred?.user_type ?? ())"],
        Ty::Enum => &["(cred?.user_type ?? ())"],
        Ty::Time if event => {
            &["event.time", "(event.key?.created ?? ())", "(event.key?.last_used ?? ())", "latest"]
        }
        Ty::Time => &["key.created", "key.last_used", "(cred?.created ?? ())"],
        Ty::Untyped if event => &[
            "event.params.a",
            "(event.params?.a ?? ())",
            "(event.params?.b ?? ())",
            "(event.params?[\"default\"] ?? ())",
            "(event.params?.list ?? ())",
            "(event.params?.deep?.x ?? ())",
            "(event.params?.deep?.y?.z ?? ())",
            "(event.params?.absent ?? ())",
            "(event.params?.n ?? ())",
            "(event.params?.flag ?? ())",
            "(event.params?.number ?? ())",
            "(event.response?.a ?? ())",
            "(event.raw?.a ?? ())",
        ],
        Ty::Record if event => {
            &["event", "event.key", "event.cred", "(event.cred?.keys?[0] ?? ())"]
        }
        Ty::Record => &["key", "cred", "(cred?.keys?[0] ?? ())"],
        Ty::List(Item::Text) if event => &["event.resources"],
        Ty::List(Item::Key) if event => &["(event.cred?.keys ?? ())"],
        Ty::List(Item::Key) => &["(cred?.keys ?? ())"],
        _ => &[],
    }
}

/// Untyped values that are lists, objects or missing. Rhai indexes the bits of an integer and the
/// characters of a text, and a character cannot be told from a text elsewhere.
pub(super) const INDEXED: [&str; 4] =
    ["event.params?.list", "event.params?.objects", "event.params?.deep", "event.params?.absent"];

/// What can be generated without a record.
pub(super) fn constants(ty: Ty) -> &'static [&'static str] {
    match ty {
        Ty::Missing => &["()"],
        Ty::Bool => &["true", "false", "params.strict"],
        Ty::Int => &[
            "0",
            "1",
            "2",
            "-1",
            "3",
            "7",
            "62",
            "63",
            "64",
            "200",
            "-7",
            "0x10",
            "1_000",
            "3037000500",
            "4611686018427387904",
            "9223372036854775807",
            "-9223372036854775807",
            "(-9223372036854775807 - 1)",
            "params.least",
            "params.days",
        ],
        Ty::Char => &["'a'", "'C'", "'é'", "'/'", "'\\''", "'\\u00e9'", "'日'"],
        Ty::Text => &[
            "\"CreateUser\"",
            "\"DeleteUser\"",
            "\"alice\"",
            "\"\"",
            "\"a/b\"",
            "\"10.1.2.3\"",
            "\"é日\"",
            "\"e\\u0301\"",
            "\"a\"",
            "\" a\\tb\\n\"",
            "\"a\\\"b\"",
            "\"İßK\"",
            "`a``b`",
            "params.agent",
            "zone",
        ],
        Ty::Time => &["now", "time(\"2024-08-01T00:00:00Z\")", "time(0)"],
        Ty::Duration => &["days(0)", "days(1)", "hours(-2)", "days(106751991)", "hours(30)"],
        Ty::Empty => &["[]"],
        Ty::List(Item::Int) => &["[0, 1, 7]", "params.numbers"],
        Ty::List(Item::Text) => {
            &["[\"alice\", \"a\", \"a\"]", "params.users", "[\"CreateUser\", \"\", \"é日\"]"]
        }
        Ty::List(Item::Bool) => &["[true, false]"],
        Ty::List(Item::Time) => &["[now]"],
        Ty::List(Item::Duration) => &["[days(1), hours(24)]"],
        _ => &[],
    }
}
