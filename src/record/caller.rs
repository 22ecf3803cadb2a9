//! The caller of an event, for subjects and for messages.

use std::borrow::Cow;

/// The name of a user without its domain: Alibaba Cloud writes `alice@example.onaliyun.com` in reports
/// and parameters, but `alice` in calls by the user. `provider` is the name of the cloud.
pub fn local_name<'n>(provider: &str, name: &'n str) -> &'n str {
    match name.split_once('@') {
        Some((local, _)) if provider == "alibaba" => local,
        _ => name,
    }
}

/// The maximum number of identities that are counted for one source address.
pub const MAX_IDENTITIES: usize = 64;

/// The values of a record that identify the caller.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<T> {
    /// The access key.
    pub ak: Option<T>,
    /// Its type, as returned by [`ak_type`](super::derive::ak_type).
    pub ak_type: &'static str,
    /// The assumed role.
    pub role: Option<T>,
    /// The name of the role session.
    pub session: Option<T>,
    /// The stable id; for a session it includes the name of the session.
    pub user_id: Option<T>,
    /// The name.
    pub user: Option<T>,
    /// The account that the caller belongs to.
    pub account: Option<T>,
    /// The source of the call.
    pub source: Option<T>,
}

impl Caller<Cow<'_, str>> {
    /// The same values, borrowed.
    pub fn borrow(&self) -> Caller<&str> {
        let text = Option::as_deref;
        Caller {
            ak: text(&self.ak),
            ak_type: self.ak_type,
            role: text(&self.role),
            session: text(&self.session),
            user_id: text(&self.user_id),
            user: text(&self.user),
            account: text(&self.account),
            source: text(&self.source),
        }
    }
}

/// Prefixes of the names of roles that single sign-on services create.
const SIGN_ON_ROLES: [&str; 3] = ["AWSReservedSSO_", "AliyunReservedSSO-", "TencentCloudSSO-"];

/// Whether people share a role because a single sign-on service created it for them.
pub fn is_sign_on_role(role: &str) -> bool {
    SIGN_ON_ROLES.iter().any(|prefix| {
        role.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

/// The user name that AWS writes if the typed name may be a password.
const HIDDEN_USER: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// The account that S3 writes for a caller without credentials.
const ANONYMOUS_ACCOUNT: &str = "ANONYMOUS_PRINCIPAL";

/// The stable identity of the caller: the long-term key, else the role, the user id, the user or
/// the source. If the role is `shared`, the user id precedes the role, because it names the
/// session.
pub fn actor<T: AsRef<str>>(of: Caller<T>, shared: bool) -> Option<T> {
    let Caller { ak, ak_type, role, user_id, user, source, .. } = of;
    let (first, second) = if shared { (user_id, role) } else { (role, user_id) };
    let user = user.filter(|user| user.as_ref() != HIDDEN_USER);
    ak.filter(|_| ak_type == "long_term").or(first).or(second).or(user).or(source)
}

/// The caller as a message names it: the role and the session if the role is `shared`, else the
/// user, else the principal and its account.
pub fn caller<'t>(of: Caller<&'t str>, shared: bool) -> Cow<'t, str> {
    let Caller { role, session, user_id, user, account, .. } = of;
    if let (true, Some(role), Some(session)) = (shared, role, session) {
        return Cow::Owned(format!("{role}/{session}"));
    }
    match (user, user_id, account) {
        (Some(HIDDEN_USER), ..) => "an unknown user".into(),
        (Some(user), ..) => user.into(),
        (None, _, Some(ANONYMOUS_ACCOUNT)) => "an anonymous caller".into(),
        (None, Some(id), Some(account)) if id != account => {
            Cow::Owned(format!("{id} of account {account}"))
        }
        (None, _, Some(account)) => Cow::Owned(format!("account {account}")),
        (None, Some(id), None) => id.into(),
        (None, None, None) => "an unknown caller".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_actor_is_the_most_stable_identity_of_the_caller() {
        let whole = Caller {
            ak: Some("AK"),
            ak_type: "temporary",
            role: Some("role"),
            session: Some("run"),
            user_id: Some("id:run"),
            user: Some("user"),
            account: Some("000011112222"),
            source: Some("192.0.2.1"),
        };
        let no_role = Caller { role: None, ..whole };
        let named = Caller { user_id: None, ..no_role };
        let hidden = Caller { user: Some(HIDDEN_USER), ..named };
        for (of, shared, expected) in [
            (Caller { ak_type: "long_term", ..whole }, false, "AK"),
            (whole, false, "role"),
            (whole, true, "id:run"),
            (Caller { user_id: None, ..whole }, true, "role"),
            (no_role, false, "id:run"),
            (named, false, "user"),
            (hidden, false, "192.0.2.1"),
            (Caller { user: None, ..named }, false, "192.0.2.1"),
        ] {
            assert_eq!(actor(of, shared), Some(expected), "{of:?}");
        }
        assert_eq!(actor(Caller::<&str>::default(), false), None);
    }

    #[test]
    fn single_sign_on_roles_are_recognised_by_name() {
        for (role, shared) in [
            ("AWSReservedSSO_Admin_0123456789abcdef", true),
            ("aliyunreservedsso-Admin", true),
            ("TencentCloudSSO-Admin", true),
            ("MyAWSReservedSSO_Admin", false),
            ("AWSReserved", false),
            ("é", false),
        ] {
            assert_eq!(is_sign_on_role(role), shared, "{role}");
        }
    }

    #[test]
    fn a_caller_without_a_name_is_described_by_principal_and_account() {
        let of = |user, user_id, account| {
            caller(Caller { user, user_id, account, ..Caller::default() }, false)
        };
        for (user, id, account, expected) in [
            (Some("ann"), Some("AIDA1"), Some("000011112222"), "ann"),
            (Some(HIDDEN_USER), None, Some("000011112222"), "an unknown user"),
            (None, Some("AIDA1"), Some("000011112222"), "AIDA1 of account 000011112222"),
            (None, Some("000011112222"), Some("000011112222"), "account 000011112222"),
            (None, None, Some("000011112222"), "account 000011112222"),
            (None, Some("AIDA1"), None, "AIDA1"),
            (None, None, Some(ANONYMOUS_ACCOUNT), "an anonymous caller"),
            (None, None, None, "an unknown caller"),
        ] {
            assert_eq!(of(user, id, account), expected);
        }
        let role = Some("AWSReservedSSO_Admin");
        let session = Caller { role, session: Some("ann"), user: role, ..Caller::default() };
        assert_eq!(caller(session, true), "AWSReservedSSO_Admin/ann");
        assert_eq!(caller(session, false), "AWSReservedSSO_Admin");
    }
}
