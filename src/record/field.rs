//! The field table: the only place that spells each canonical field.

use super::Provider;
use super::source::{FieldSource, SourcePart};
use crate::value::{Elem, RecordKind, Type};

/// One canonical field.
#[derive(Debug)]
pub struct Field {
    /// The kind of record that has it.
    pub kind: RecordKind,
    /// Its name without the record: `api`.
    pub name: &'static str,
    /// Its static type.
    pub ty: Type,
    /// The unit of a number.
    pub unit: Option<&'static str>,
    /// Whether a record may lack it.
    pub nullable: bool,
    /// What the field means, in one sentence.
    pub doc: &'static str,
    /// Where each provider stores it. A provider that is not listed does not have it.
    pub sources: &'static [(Provider, FieldSource)],
    /// The fields that it is derived from, if it is not read from the record.
    pub derived: &'static [FieldId],
}

impl Field {
    /// The full name, `event.api`.
    pub fn path(&self) -> String {
        format!("{}.{}", self.kind.name(), self.name)
    }
}

/// Identifies a field of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId {
    kind: RecordKind,
    /// Its index among the fields of its kind. It is read in every test of every record.
    slot: u8,
}

impl FieldId {
    /// Its entry in the table.
    pub fn field(self) -> &'static Field {
        &FIELDS[self.index()]
    }

    /// The kind of record that has it.
    #[inline]
    pub fn kind(self) -> RecordKind {
        self.kind
    }

    /// Its index among the fields of its kind.
    #[inline]
    pub fn slot(self) -> usize {
        usize::from(self.slot)
    }

    /// Its index in the table.
    fn index(self) -> usize {
        base(self.kind) + self.slot()
    }

    /// The field of this kind with this name.
    pub fn find(kind: RecordKind, name: &str) -> Option<Self> {
        of_kind(kind).find(|id| id.field().name == name)
    }
}

/// The fields of one kind, in the order of the table.
pub fn of_kind(kind: RecordKind) -> impl Iterator<Item = FieldId> {
    let count = match kind {
        RecordKind::Event => event::COUNT,
        RecordKind::Cred => cred::COUNT,
        RecordKind::Key => key::COUNT,
    };
    (0..count as u8).map(move |slot| FieldId { kind, slot })
}

/// The names that providers use in their records, each with its provider and field.
pub fn provider_names(kind: RecordKind) -> Vec<(&'static str, Provider, FieldId)> {
    let of_field = |id: FieldId| {
        id.field().sources.iter().flat_map(move |&(provider, source)| {
            let names = source.paths().filter_map(|path| path.rsplit('.').next());
            names.map(move |name| (name, provider, id))
        })
    };
    of_kind(kind).flat_map(of_field).collect()
}

/// The first field that a provider stores at exactly this path, and the provider.
pub fn provider_path(kind: RecordKind, path: &str) -> Option<(FieldId, Provider)> {
    of_kind(kind).find_map(|id| {
        let stored = |(_, source): &&(Provider, FieldSource)| source.paths().any(|own| own == path);
        let (provider, _) = id.field().sources.iter().find(stored)?;
        Some((id, *provider))
    })
}

/// Whether a provider stores fields in an object of this name.
pub fn begins_path(kind: RecordKind, name: &str) -> bool {
    let begins = |path: &str| path.split_once('.').is_some_and(|(first, _)| first == name);
    let mut sources = of_kind(kind).flat_map(|id| id.field().sources);
    sources.any(|(_, source)| source.paths().any(begins))
}

/// A set of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct FieldSet(u128);

impl FieldSet {
    /// No field.
    pub const EMPTY: FieldSet = FieldSet(0);

    /// Every field of a kind.
    pub fn all(kind: RecordKind) -> Self {
        of_kind(kind).collect()
    }

    /// Adds a field to the set.
    pub fn insert(&mut self, field: FieldId) {
        self.0 |= 1 << field.index();
    }

    /// Whether the set has the field.
    pub fn contains(&self, field: FieldId) -> bool {
        self.0 & (1 << field.index()) != 0
    }

    /// The union of both sets.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set is empty.
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// Its fields, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = FieldId> + '_ {
        RecordKind::ALL.into_iter().flat_map(of_kind).filter(|id| self.contains(*id))
    }

    /// The set, extended by every field that its derived fields depend on.
    #[must_use]
    pub fn with_dependencies(mut self) -> Self {
        loop {
            let before = self;
            for id in before.iter() {
                self = self.union(id.field().derived.iter().copied().collect());
            }
            if self == before {
                return self;
            }
        }
    }
}

impl FromIterator<FieldId> for FieldSet {
    fn from_iter<I: IntoIterator<Item = FieldId>>(fields: I) -> Self {
        let mut set = Self::EMPTY;
        for field in fields {
            set.insert(field);
        }
        set
    }
}

/// Words of the enum fields.
pub mod words {
    use crate::value::EnumDef;

    macro_rules! words {
        ($($(#[$doc:meta])* $id:ident = $name:literal [$($value:literal)*];)*) => {
            $($(#[$doc])* pub static $id: EnumDef =
                EnumDef { name: $name, values: &[$($value),*] };)*
        };
    }

    words! {
        /// The clouds.
        PROVIDER = "provider" ["aws" "alibaba" "tencent"];
        /// The kind of identity that calls.
        USER_TYPE = "user_type"
            ["root" "user" "role" "federated" "service" "account" "collaborator" "receiver" "unknown"];
        /// The kind of access key.
        AK_TYPE = "ak_type" ["long_term" "temporary" "none" "unknown"];
        /// The kind of network of an address.
        IP_SCOPE = "ip_scope" ["public" "private" "service" "internal" "unknown"];
        /// The kind of an address according to the asset and remark tables.
        IP_TYPE = "ip_type"
            ["account_noted" "account" "external_noted" "external" "lan_noted" "lan"];
        /// The access method of a call.
        METHOD = "method" ["api" "console" "miniprogram" "service" "unknown"];
        /// What an event records.
        EVENT_KIND = "kind" ["call" "signin" "signout" "service" "insight"];
        /// Whether a call changes something.
        ACTION = "action" ["read" "write"];
        /// The kind of trail that recorded it.
        CATEGORY = "category" ["management" "data" "insight" "network"];
        /// The kind of second factor.
        MFA_KIND = "mfa_kind" ["virtual" "hardware"];
    }
}

use words::{
    ACTION, AK_TYPE, CATEGORY, EVENT_KIND, IP_SCOPE, IP_TYPE, METHOD, MFA_KIND, PROVIDER, USER_TYPE,
};

macro_rules! nullable {
    (?) => {
        true
    };
    (!) => {
        false
    };
}

macro_rules! unit {
    () => {
        None
    };
    ($unit:literal) => {
        Some($unit)
    };
}

/// A path alone, or words with the paths among them in parentheses.
macro_rules! source {
    ([$($part:tt)*]) => {
        FieldSource(&[$(source!(part $part)),*])
    };
    (part ($path:literal)) => {
        SourcePart::Path($path)
    };
    (part $words:literal) => {
        SourcePart::Words($words)
    };
    ($path:literal) => {
        FieldSource(&[SourcePart::Path($path)])
    };
}

macro_rules! fields {
    ($($kind:ident $module:ident after $base:expr, {
        $($id:ident $null:tt $name:literal $ty:expr, $doc:literal
            $(, unit $unit:literal)?
            $(, from [$($dep:ident)*])?
            $(, aws $aws:tt)? $(, alibaba $alibaba:tt)? $(, tencent $tencent:tt)?;)*
    })*) => {
        $(
            #[doc = concat!("Ids of the `", stringify!($module), "` fields.")]
            pub mod $module {
                use super::FieldId;

                #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
                enum Slot { $($id,)* Count }

                pub(super) const BASE: usize = $base;
                pub(super) const COUNT: usize = Slot::Count as usize;

                $(
                    #[doc = $doc]
                    pub const $id: FieldId = FieldId {
                        kind: crate::value::RecordKind::$kind,
                        slot: Slot::$id as u8,
                    };
                )*
            }
        )*

        /// Every canonical field: events, then creds, then keys.
        pub static FIELDS: &[Field] = &[$($(Field {
            kind: RecordKind::$kind,
            name: $name,
            ty: $ty,
            unit: unit!($($unit)?),
            nullable: nullable!($null),
            doc: $doc,
            sources: &[
                $((Provider::Aws, source!($aws)),)?
                $((Provider::Alibaba, source!($alibaba)),)?
                $((Provider::Tencent, source!($tencent)),)?
            ],
            derived: &[$($($module::$dep),*)?],
        },)*)*];
    };
}

fn base(kind: RecordKind) -> usize {
    match kind {
        RecordKind::Event => event::BASE,
        RecordKind::Cred => cred::BASE,
        RecordKind::Key => key::BASE,
    }
}

/// Number of values in a [`Record`](super::Record): the largest number of fields of a kind.
pub(super) const SLOTS: usize = {
    let most = if event::COUNT > cred::COUNT { event::COUNT } else { cred::COUNT };
    if most > key::COUNT { most } else { key::COUNT }
};

const _: () = assert!(key::BASE + key::COUNT <= 128, "FieldSet has 128 bits");

fields! {
    Event event after 0, {
        PROVIDER ! "provider" Type::Enum(&PROVIDER), "The cloud that recorded the call.",
            aws ["`aws`"], alibaba ["`alibaba`"], tencent ["`tencent`"];
        ID ? "id" Type::Str, "The provider's id of the event, the same in its updates; events of one account and id are duplicates.",
            aws [("eventID") "; " ("addendum.originalEventID") " in updates"], alibaba "eventId", tencent [("eventID") "; " ("EventId")];
        TIME ? "time" Type::Time, "When the call was recorded, UTC.",
            aws "eventTime", alibaba "eventTime", tencent [("eventTime") "; " ("EventTime") " (UTC+8 strings); " ("time")];
        ACCOUNT ? "account" Type::Str, "The account that owns the log.",
            aws [("recipientAccountId") " ?? " ("userIdentity.accountId")],
            alibaba [("recipientAccountId") " ?? " ("userIdentity.accountId") " ?? " ("owner_id")],
            tencent [("userIdentity.accountId") "; " ("AccountID")];
        ACCOUNT_NAME ? "account_name" Type::Str, "The account's name, from the account table.",
            from [ACCOUNT], aws ["table accounts"], alibaba ["table accounts"], tencent ["table accounts"];
        CALLER_ACCOUNT ? "caller_account" Type::Str,
            "The caller's account; if it differs from `event.account`, the call is cross-account.",
            aws "userIdentity.accountId", alibaba "userIdentity.accountId",
            tencent "userIdentity.accountId";
        USER ? "user" Type::Str, "The name of the caller.",
            aws [("userIdentity.userName") " ?? " ("sessionContext.sessionIssuer.userName") " ?? `root` ?? " ("invokedBy")],
            alibaba [("userIdentity.userName") " (role part)"], tencent [("userIdentity.userName") "; " ("Username")];
        USER_ID ? "user_id" Type::Str, "The provider's stable id of the caller.",
            aws [("userIdentity.principalId") "; " ("userIdentity.onBehalfOf.userId")],
            alibaba "userIdentity.principalId", tencent "userIdentity.principalId";
        USER_TYPE ! "user_type" Type::Enum(&USER_TYPE), "The kind of the caller's identity.",
            aws "userIdentity.type", alibaba "userIdentity.type", tencent "userIdentity.type";
        ROLE ? "role" Type::Str, "The assumed role.",
            aws "sessionContext.sessionIssuer.userName", alibaba [("userIdentity.userName") " before `:`"],
            tencent "userIdentity.userName";
        SESSION ? "session" Type::Str, "The name of the role session.",
            aws [("userIdentity.principalId") " after `:`"], alibaba [("userIdentity.userName") " after `:`"];
        ACTOR ? "actor" Type::Str,
            "The actor over time: the long-term key, else the role, the user id, the user or the source. For a role that people share, the user id with the session.",
            from [AK AK_TYPE ROLE USER_ID USER SOURCE],
            aws ["derived"], alibaba ["derived"], tencent ["derived"];
        CALLER ? "caller" Type::Str,
            "The caller in messages: the user, the session of a shared role, or a principal and its account.",
            from [USER ROLE SESSION USER_ID CALLER_ACCOUNT],
            aws ["derived"], alibaba ["derived"], tencent ["derived"];
        AK ? "ak" Type::Str, "The access key that signed the call.",
            aws "userIdentity.accessKeyId", alibaba "userIdentity.accessKeyId",
            tencent [("userIdentity.secretId") "; " ("SecretId")];
        AK_TYPE ! "ak_type" Type::Enum(&AK_TYPE), "Whether that key is a long-term or a temporary one.",
            from [AK USER_TYPE], aws ["prefix AKIA, ASIA, ABIA"], alibaba ["prefix LTAI, STS., TMP."],
            tencent ["prefix AKID; " ("sessionContext.token") ", " ("expireTime") ", " ("requestParameters.Token") ", " ("type")];
        MFA ? "mfa" Type::Bool, "Whether the session was opened with a second factor.",
            aws [("sessionContext.attributes.mfaAuthenticated") "; " ("additionalEventData.MFAUsed")],
            alibaba [("sessionContext.attributes.mfaAuthenticated") "; " ("additionalEventData.isMFAChecked")],
            tencent "sessionContext.mfa";
        IP ? "ip" Type::Str, "The caller's address; missing if the source is not an IP address.",
            from [SOURCE], aws "sourceIPAddress", alibaba "sourceIpAddress",
            tencent [("sourceIPAddress") "; " ("SourceIPAddress")];
        SOURCE ? "source" Type::Str, "The source as recorded: an address, a host or a service name.",
            aws "sourceIPAddress", alibaba "sourceIpAddress",
            tencent [("sourceIPAddress") "; " ("SourceIPAddress")];
        IP_SCOPE ! "ip_scope" Type::Enum(&IP_SCOPE), "The kind of network of the source.",
            from [SOURCE], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        IP_TYPE ? "ip_type" Type::Enum(&IP_TYPE),
            "The kind of the address, from the tables of assets and remarks.",
            from [IP IP_SCOPE], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        METHOD ! "method" Type::Enum(&METHOD), "The access method of the call.",
            aws [("eventType") ", " ("userAgent") ", " ("sessionCredentialFromConsole") ", " ("tlsDetails") ", " ("invokedBy")],
            alibaba [("eventType") ", " ("userAgent") ", " ("accessKeyId") ", " ("sessionContext") ", " ("sourceIpAddress")],
            tencent [("eventType") "; " ("requestParameters.RequestSource")];
        KIND ! "kind" Type::Enum(&EVENT_KIND), "What the event records.",
            aws "eventType", alibaba "eventType", tencent "eventName";
        SERVICE ? "service" Type::Str, "The cloud service, in lower case: `iam`, `ram`, `cam`.",
            aws [("eventSource") " without `.amazonaws.com`"], alibaba [("serviceName") " ?? " ("eventSource")],
            tencent [("resourceType") " ?? " ("eventSource") "; " ("Resources.ResourceType") " ?? " ("EventSource")];
        API ? "api" Type::Str, "The operation: `CreateAccessKey`; without a version suffix.",
            aws "eventName", alibaba "eventName", tencent [("eventName") "; " ("EventName")];
        NAME ? "name" Type::Str, "`service.api`.",
            from [SERVICE API], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        OPERATION ? "operation" Type::Str, "`provider:service.api`, the form that lists use.",
            from [PROVIDER SERVICE API], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        ACTION ? "action" Type::Enum(&ACTION), "Whether the call reads or writes.",
            aws "readOnly", alibaba "eventRW", tencent "actionType";
        CATEGORY ? "category" Type::Enum(&CATEGORY), "Which kind of trail recorded it.",
            aws "eventCategory", alibaba "eventCategory", tencent ["`management`"];
        CODE ? "code" Type::Str, "The error code; missing when the call succeeded.",
            aws [("errorCode") "; failed sign-ins: `Failure`"], alibaba "errorCode",
            tencent [("apiErrorCode") " ?? " ("errorCode") "; " ("ErrorCode")];
        MESSAGE ? "message" Type::Str, "The error message; missing when the call succeeded.",
            aws "errorMessage", alibaba "errorMessage", tencent [("apiErrorMessage") " ?? " ("errorMessage")];
        OK ? "ok" Type::Bool, "Whether the call succeeded.",
            aws ["no " ("errorCode") " and no " ("errorMessage")], alibaba [("errorCode") " is empty"],
            tencent [("errorCode") " and " ("apiErrorCode") " are 0"];
        AGENT ? "agent" Type::Str, "The user agent; chosen by the caller.",
            aws "userAgent", alibaba "userAgent",
            tencent [("userAgent") " ?? " ("requestParameters.RequestClient")];
        REGION ? "region" Type::Str, "The region.",
            aws "awsRegion", alibaba "acsRegion", tencent [("eventRegion") " ?? " ("region") "; " ("EventRegion")];
        REQUEST_ID ? "request_id" Type::Str, "The provider's id of the request.",
            aws "requestID", alibaba "requestId", tencent [("requestID") "; " ("RequestID")];
        PARAMS ? "params" Type::Untyped, "The parameters of the call.",
            aws "requestParameters", alibaba [("requestParameters") "; " ("requestParameterJson")],
            tencent "requestParameters";
        RESPONSE ? "response" Type::Untyped, "The response to the call.",
            aws "responseElements", alibaba "responseElements", tencent [("responseElements") " ?? " ("requestElements")];
        RESOURCES ? "resources" Type::List(Elem::Str), "The resources that the call reads or changes.",
            aws "resources[].ARN", alibaba [("referencedResources") "; " ("resourceName")],
            tencent [("resourceName") "; " ("resources") "; " ("Resources.ResourceName")];
        TARGET_USER ? "target_user" Type::Str, "The user that a user, key or policy call changes.",
            from [PARAMS USER SERVICE API], aws [("requestParameters.userName") ", else the caller in IAM"],
            alibaba [("requestParameters.UserName") "; " ("UserPrincipalName")],
            tencent [("requestParameters.Name") " in calls on users; " ("TargetUin") "; " ("AttachUin")];
        APP_ID ? "app_id" Type::Str, "The application id of the account.",
            tencent "sessionContext.appId";
        SENSITIVE ? "sensitive" Type::Bool, "Whether the provider marks the operation as sensitive.",
            tencent "sensitiveAction";
        LOCATION ? "location" Type::Str, "The location of the address, according to the provider.",
            tencent "Location";
        RAW ? "raw" Type::Untyped, "The complete original record.",
            aws ["the record"], alibaba ["the record"], tencent ["the record"];
    }
    Cred cred after super::event::BASE + super::event::COUNT, {
        PROVIDER ! "provider" Type::Enum(&PROVIDER), "The cloud that made the report.",
            aws ["`aws`"], alibaba ["`alibaba`"], tencent ["`tencent`"];
        ACCOUNT ? "account" Type::Str, "The account that owns the user.",
            aws [("arn") "; " ("account_id")], alibaba ["option"], tencent ["option"];
        ACCOUNT_NAME ? "account_name" Type::Str, "The account's name.",
            from [ACCOUNT], aws [("account_name") "; table accounts"], alibaba ["table accounts"],
            tencent ["table accounts"];
        USER ! "user" Type::Str, "The user's name.",
            aws [("user") "; " ("username")], alibaba "user", tencent "Username";
        USER_ID ? "user_id" Type::Str, "The provider's stable id of the user.",
            tencent "AccountID";
        ARN ? "arn" Type::Str, "The user's resource name.", aws "arn";
        USER_TYPE ! "user_type" Type::Enum(&USER_TYPE), "The kind of identity.",
            aws ["root if `<root_account>`"], alibaba ["root if `<root>`"], tencent "UserType";
        CREATED ? "created" Type::Time, "When the user was created.",
            aws "user_creation_time", alibaba "user_creation_time", tencent "CreationTime";
        PASSWORD ? "password" Type::Bool, "Whether the user has a password.",
            aws [("password_enabled") "; " ("password_status")], alibaba [("password_exist") ", " ("password_active")],
            tencent "PasswordEnabled";
        CONSOLE ? "console" Type::Bool, "Whether the user can sign in to the console.",
            aws [("password_enabled") "; " ("password_status")], alibaba [("user_last_logon") ", " ("password_exist")],
            tencent "LoginConsoleActive";
        PASSWORD_USED ? "password_used" Type::Bool, "Whether the password was ever used.",
            aws "password_last_used", alibaba "user_last_logon", tencent "Last Console Login Time";
        PASSWORD_LAST_USED ? "password_last_used" Type::Time, "When the password was last used.",
            aws "password_last_used", alibaba "user_last_logon", tencent "Last Console Login Time";
        PASSWORD_CHANGED ? "password_changed" Type::Time, "When the password was last changed.",
            aws "password_last_changed", alibaba "password_last_changed",
            tencent "PasswordLastRotation";
        PASSWORD_NEXT ? "password_next" Type::Time, "When the password must be changed.",
            aws "password_next_rotation", alibaba "password_next_rotation";
        MFA ? "mfa" Type::Bool, "Whether the user has a second factor.",
            aws [("mfa_active") "; " ("mfa_status")], alibaba "mfa_active", tencent "MFADeviceActive";
        MFA_KIND ? "mfa_kind" Type::Enum(&MFA_KIND), "The kind of second factor.",
            aws "mfa_status";
        LOGIN_PROTECTED ? "login_protected" Type::Bool, "Whether signing in requires a second factor.",
            tencent "LoginProtectionActive";
        OP_PROTECTED ? "op_protected" Type::Bool,
            "Whether sensitive operations require a second factor.",
            tencent "OperationProtectionActive";
        ABNORMAL_LOGIN ? "abnormal_login" Type::Bool, "Whether there were abnormal sign-ins in 30 days.",
            tencent "Abnormal LoginsNumWithin30Days";
        KEYS ! "keys" Type::List(Elem::Record(RecordKind::Key)), "The user's access keys.",
            aws ["2 slots"], alibaba ["up to 5 slots"], tencent ["2 slots"];
        KEY_COUNT ! "key_count" Type::Int, "The number of access keys.", unit "keys",
            from [KEYS], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        ACTIVE_KEYS ? "active_keys" Type::Int, "The number of active access keys.", unit "keys",
            from [KEYS], aws ["derived"], alibaba ["derived"], tencent ["derived"];
    }
    Key key after super::cred::BASE + super::cred::COUNT, {
        SLOT ! "slot" Type::Str, "The slot of the key, from `1`.",
            aws [("access_key_1") ", " ("access_key_2")], alibaba [("access_key_*") ", " ("additional_access_key_*")],
            tencent [("AccessKey1") ", " ("AccessKey2")];
        ID ? "id" Type::Str, "The access key id.", aws "access_key_id",
            tencent "AccessKeySecretId";
        EXISTS ! "exists" Type::Bool, "Whether the slot contains a key; true for every key that a report lists.",
            aws [("active") " or " ("last_rotated")], alibaba "exist", tencent "SecretId";
        ACTIVE ? "active" Type::Bool, "Whether the key can be used.",
            aws [("active") "; " ("status")], alibaba "active", tencent "Status";
        CREATED ? "created" Type::Time, "When the key was created, or last rotated.",
            aws [("last_rotated") "; " ("created_date")], alibaba "last_rotated", tencent "CreationTime";
        USED ? "used" Type::Bool, "Whether the key was ever used.",
            aws "last_used_date", alibaba "last_used", tencent "lastUsedDate";
        LAST_USED ? "last_used" Type::Time, "When the key was last used.",
            aws "last_used_date", alibaba "last_used", tencent "lastUsedDate";
        LAST_SERVICE ? "last_service" Type::Str, "The service it was last used with.",
            aws [("last_used_service") "; " ("service_name")];
        LAST_REGION ? "last_region" Type::Str, "The region it was last used in.",
            aws "last_used_region";
        AT_RISK ? "at_risk" Type::Bool, "Whether the provider marks the key as possibly leaked.",
            tencent "MayBeAtRisk";
        OVER30 ? "over30" Type::Bool, "Whether the provider reports an age of more than 30 days.",
            tencent "CreatedOver30Days";
        OVER90 ? "over90" Type::Bool, "Whether the provider reports an age of more than 90 days.",
            tencent "CreatedOver90Days";
        AGE_DAYS ? "age_days" Type::Int, "Days since the key was created.", unit "days",
            from [CREATED], aws ["derived"], alibaba ["derived"], tencent ["derived"];
        IDLE_DAYS ? "idle_days" Type::Int,
            "Days since the key was last used, or since it was created if it was never used.", unit "days",
            from [CREATED USED LAST_USED], aws ["derived"], alibaba ["derived"], tencent ["derived"];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_field_at_a_provider_is_the_end_of_a_path() {
        let events = provider_names(RecordKind::Event);
        for name in [
            ("eventID", Provider::Aws, event::ID),
            ("originalEventID", Provider::Aws, event::ID),
            ("region", Provider::Tencent, event::REGION),
            ("apiErrorCode", Provider::Tencent, event::CODE),
        ] {
            assert!(events.contains(&name), "{name:?}");
        }
        for words in ["ASIA", "TMP", "derived", "updates", "Failure", ""] {
            assert!(events.iter().all(|(name, ..)| *name != words), "{words}");
        }
    }

    #[test]
    fn a_source_reads_as_a_phrase() {
        let aws = |id: FieldId| id.field().sources[0].1;
        assert_eq!(aws(event::API).to_string(), "eventName");
        assert_eq!(aws(event::ID).to_string(), "eventID; addendum.originalEventID in updates");
        assert_eq!(
            aws(event::ID).paths().collect::<Vec<_>>(),
            ["eventID", "addendum.originalEventID"]
        );
        assert_eq!(aws(event::NAME).paths().count(), 0);
    }
}
