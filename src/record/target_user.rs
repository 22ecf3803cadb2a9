//! The user that a call changes.

use super::Provider;

/// IAM calls that apply to the caller if they name no user.
const ABOUT_THE_CALLER: [&str; 24] = [
    "ChangePassword",
    "CreateAccessKey",
    "CreateLoginProfile",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteLoginProfile",
    "DeleteSSHPublicKey",
    "DeleteServiceSpecificCredential",
    "DeleteSigningCertificate",
    "GetLoginProfile",
    "GetMFADevice",
    "GetUser",
    "ListAccessKeys",
    "ListMFADevices",
    "ListSSHPublicKeys",
    "ListServiceSpecificCredentials",
    "ListSigningCertificates",
    "ResetServiceSpecificCredential",
    "UpdateAccessKey",
    "UpdateSSHPublicKey",
    "UpdateServiceSpecificCredential",
    "UpdateSigningCertificate",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
];

/// The user that a call changes: the user that it names, else the caller if the call applies to the
/// caller by default.
pub fn target_user<T>(
    provider: Option<Provider>,
    named: Option<T>,
    service: Option<&str>,
    api: Option<&str>,
    user: Option<T>,
) -> Option<T> {
    named.or_else(|| {
        let own = provider == Some(Provider::Aws)
            && service == Some("iam")
            && api.is_some_and(|api| ABOUT_THE_CALLER.contains(&api));
        user.filter(|_| own)
    })
}

/// The parameters in which each provider names the user that a call changes, the most likely first.
///
/// In records of Tencent, `Name` is the subject of the call. It is a user only in calls that manage
/// users.
pub fn target_user_params(
    provider: Option<Provider>,
    service: Option<&str>,
    api: Option<&str>,
) -> &'static [&'static str] {
    let about_users = || {
        service == Some("cam")
            && api.is_some_and(|api| api.contains("User") || api.contains("SubAccount"))
    };
    match provider {
        Some(Provider::Aws) => &["userName"],
        Some(Provider::Alibaba) => &["UserName", "UserPrincipalName"],
        Some(Provider::Tencent) if about_users() => &["Name", "TargetUin", "AttachUin"],
        Some(Provider::Tencent) => &["TargetUin", "AttachUin"],
        None => &[],
    }
}

/// The user in the first of these parameters that names one. Ids may also be written as numbers.
/// `params` is JSON.
pub fn named_user(names: &[&str], params: &str) -> Option<String> {
    let params: serde_json::Value = serde_json::from_str(params).ok()?;
    names.iter().find_map(|name| match params.get(name)? {
        serde_json::Value::String(name) if !name.is_empty() => Some(name.clone()),
        serde_json::Value::Number(id) if !id.is_f64() => Some(id.to_string()),
        _ => None,
    })
}
