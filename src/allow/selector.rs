//! The properties of a call that an entry may select by.

use crate::record::FieldId;
use crate::record::field::{cred, event, key, words};
use crate::value::RecordKind;
use crate::yaml::{Shape, ShapeKey};

/// A key of an entry's `match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Selector {
    /// The access key.
    Ak,
    /// The address.
    Ip,
    /// The user.
    User,
    /// The operation.
    Api,
    /// The user agent.
    Agent,
    /// The account.
    Account,
    /// The region.
    Region,
    /// The outcome of the call.
    Code,
    /// The way in which the call was made.
    Method,
}

impl Selector {
    /// Every selector, the most selective first.
    pub const ALL: [Selector; 9] = [
        Selector::Ak,
        Selector::Ip,
        Selector::User,
        Selector::Api,
        Selector::Agent,
        Selector::Account,
        Selector::Region,
        Selector::Code,
        Selector::Method,
    ];

    /// The key in allowlist files.
    pub fn name(self) -> &'static str {
        match self {
            Selector::Ak => "ak",
            Selector::Ip => "ip",
            Selector::User => "user",
            Selector::Api => "api",
            Selector::Agent => "agent",
            Selector::Account => "account",
            Selector::Region => "region",
            Selector::Code => "code",
            Selector::Method => "method",
        }
    }

    /// The fields that it reads from records of a kind; none if the kind has no such field.
    pub fn fields(self, kind: RecordKind) -> &'static [FieldId] {
        match (self, kind) {
            (Selector::Ak, RecordKind::Event) => &[event::AK, event::AK_TYPE],
            (Selector::Ak, RecordKind::Cred) => &[cred::KEYS],
            (Selector::Ak, RecordKind::Key) => &[key::ID, key::EXISTS],
            (Selector::User, RecordKind::Event) => &[event::USER],
            (Selector::User, _) => &[cred::USER],
            (Selector::Account, RecordKind::Event) => &[event::ACCOUNT],
            (Selector::Account, _) => &[cred::ACCOUNT],
            (Selector::Ip, RecordKind::Event) => &[event::IP, event::IP_SCOPE, event::IP_TYPE],
            (Selector::Api, RecordKind::Event) => &[event::OPERATION],
            (Selector::Agent, RecordKind::Event) => &[event::AGENT],
            (Selector::Region, RecordKind::Event) => &[event::REGION],
            (Selector::Code, RecordKind::Event) => &[event::OK, event::CODE],
            (Selector::Method, RecordKind::Event) => &[event::METHOD],
            _ => &[],
        }
    }

    /// Whether `*` matches any characters in its values.
    pub fn takes_wildcard(self) -> bool {
        matches!(self, Selector::User | Selector::Api | Selector::Code)
    }

    /// A description of its values, for the documentation and the schema.
    pub fn doc(self) -> &'static str {
        MATCH.iter().find(|key| key.name == self.name()).map_or("", |key| key.doc)
    }

    /// Whether it identifies the caller. Agent, operation and region do not, because the caller
    /// chooses them.
    pub fn identifies_caller(self) -> bool {
        matches!(self, Selector::Ak | Selector::Ip | Selector::User | Selector::Account)
    }
}

/// The shape of `match`.
pub(super) static MATCH: &[ShapeKey] = &[
    ShapeKey::optional(
        "ip",
        TEXTS,
        "Addresses, ranges in CIDR notation, or kinds of address. `lan` is always available. \
         `account` and `external` require rows in the table `ip_assets`; `lan_noted`, \
         `account_noted` and `external_noted` also require rows in `ip_notes`.",
    ),
    ShapeKey::optional(
        "method",
        Shape::List(&Shape::Enum(words::METHOD.values)),
        "Access methods of the call.",
    ),
    ShapeKey::optional(
        "ak",
        TEXTS,
        "Complete access keys as recorded, `long_term` or `temporary`.",
    ),
    ShapeKey::optional(
        "api",
        TEXTS,
        "Operations as `provider:service.api`; `*` matches any text, ASCII case is ignored.",
    ),
    ShapeKey::optional("code", TEXTS, "`success`, `failed`, or error codes; `*` matches any text."),
    ShapeKey::optional("account", TEXTS, "Accounts that own the log or the key."),
    ShapeKey::optional(
        "user",
        TEXTS,
        "Names of users as recorded, not ARNs; `*` matches any text.",
    ),
    ShapeKey::optional("region", TEXTS, "Regions, in lower case."),
    ShapeKey::optional(
        "agent",
        TEXTS,
        "Complete user agents. A caller can choose its user agent freely.",
    ),
];

const TEXTS: Shape = Shape::List(&Shape::Str);
