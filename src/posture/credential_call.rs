//! The calls that change credentials.

use std::collections::BTreeMap;

use crate::record::field::event;
use crate::record::{FieldId, Provider, Record};
use crate::value::Value;

/// The kind of credential that an event changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// A key of a user.
    Key,
    /// The console password of a user.
    Password,
    /// The second factor of a user.
    Mfa,
    /// The user.
    User,
}

/// The effect of a call on its credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// The call is a step of remediation.
    Remediates,
    /// The call reverses remediation.
    Undoes,
    /// The parameter `status` decides which of the two.
    ByStatus,
}

/// An operation, the kind of credential it changes, and its effect.
type Call = (&'static str, About, Effect);

/// The calls that change credentials, by the service that offers them. The names are those of the
/// vendors' SDKs; Tencent Cloud's calls on passwords and factors change several things at once and
/// are not read.
static CALLS: &[(Provider, &[&str], &[Call])] = &[
    (
        Provider::Aws,
        &["iam"],
        &[
            ("DeleteAccessKey", About::Key, Effect::Remediates),
            ("UpdateAccessKey", About::Key, Effect::ByStatus),
            ("CreateAccessKey", About::Key, Effect::Undoes),
            ("DeleteLoginProfile", About::Password, Effect::Remediates),
            ("CreateLoginProfile", About::Password, Effect::Undoes),
            ("EnableMFADevice", About::Mfa, Effect::Remediates),
            ("DeactivateMFADevice", About::Mfa, Effect::Undoes),
            ("DeleteUser", About::User, Effect::Remediates),
            ("CreateUser", About::User, Effect::Undoes),
        ],
    ),
    (
        Provider::Alibaba,
        &["ram", "ims"],
        &[
            ("DeleteAccessKey", About::Key, Effect::Remediates),
            ("UpdateAccessKey", About::Key, Effect::ByStatus),
            ("CreateAccessKey", About::Key, Effect::Undoes),
            ("DeleteLoginProfile", About::Password, Effect::Remediates),
            ("CreateLoginProfile", About::Password, Effect::Undoes),
            ("BindMFADevice", About::Mfa, Effect::Remediates),
            ("UnbindMFADevice", About::Mfa, Effect::Undoes),
            ("DisableVirtualMFA", About::Mfa, Effect::Undoes),
            ("DeleteUser", About::User, Effect::Remediates),
            ("CreateUser", About::User, Effect::Undoes),
        ],
    ),
    (
        Provider::Tencent,
        &["cam"],
        &[
            ("DeleteAccessKey", About::Key, Effect::Remediates),
            ("UpdateAccessKey", About::Key, Effect::ByStatus),
            ("CreateAccessKey", About::Key, Effect::Undoes),
            ("DeleteUser", About::User, Effect::Remediates),
            ("AddUser", About::User, Effect::Undoes),
        ],
    ),
];

/// The parameters that name a key; in any case.
const KEY_PARAMS: [&str; 2] = ["accesskeyid", "useraccesskeyid"];

impl Effect {
    /// Whether the call remediates; `None` if its parameters do not show it.
    pub(super) fn remediates(self, params: &Params) -> Option<bool> {
        match (self, params.status.as_deref()) {
            (Effect::Remediates, _) => Some(true),
            (Effect::Undoes, _) => Some(false),
            (Effect::ByStatus, Some("inactive")) => Some(true),
            (Effect::ByStatus, Some("active")) => Some(false),
            (Effect::ByStatus, _) => None,
        }
    }
}

/// The call that an event is, if it is one of these.
pub(super) fn call(record: &Record<'_>) -> Option<(Provider, About, Effect)> {
    let (provider, service, api) =
        (text(record, event::PROVIDER)?, text(record, event::SERVICE)?, text(record, event::API)?);
    let (provider, _, calls) = CALLS
        .iter()
        .find(|(of, services, _)| of.name() == provider && services.contains(&service))?;
    let (_, about, effect) = calls.iter().find(|(name, ..)| name.eq_ignore_ascii_case(api))?;
    Some((*provider, *about, *effect))
}

pub(super) fn text<'r>(record: &'r Record<'_>, field: FieldId) -> Option<&'r str> {
    record.get(field).as_str()
}

/// The parameters of a call that matter here.
#[derive(Debug, Default)]
pub(super) struct Params {
    key: Option<String>,
    /// In lower case.
    status: Option<String>,
}

impl Params {
    pub(super) fn read(record: &Record<'_>) -> Self {
        let mut params = Self::default();
        let Value::Json(json) = record.get(event::PARAMS) else { return params };
        let Ok(object) = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&json.text)
        else {
            return params;
        };
        for (name, value) in &object {
            let Some(value) = value.as_str() else { continue };
            let name = name.to_ascii_lowercase();
            if KEY_PARAMS.contains(&name.as_str()) {
                params.key = Some(value.to_owned());
            } else if name == "status" {
                params.status = Some(value.to_ascii_lowercase());
            }
        }
        params
    }

    /// The keys that the call names: in its parameters, or else among its resources. Names of other
    /// resources match no key.
    pub(super) fn keys(self, record: &Record<'_>) -> Vec<String> {
        if let Some(key) = self.key {
            return vec![key];
        }
        let Value::List(items) = record.get(event::RESOURCES) else { return Vec::new() };
        let target = text(record, event::TARGET_USER);
        let names = items.iter().filter_map(|item| item.as_str());
        names.filter(|name| Some(*name) != target).map(str::to_owned).collect()
    }
}
