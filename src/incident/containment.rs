//! What to do about an incident, with the command lines of the providers' own tools.
//!
//! Sources: the references of the AWS CLI, of Alibaba Cloud CLI and of TCCLI. Nothing runs them.

use std::collections::BTreeSet;

use super::incident::{Action, IncidentIdentity, Step};
use super::making::Making;
use super::node::Node;
use super::story_rule::Shown;
use crate::finding::{Target, TargetKind};
use crate::value::{Time, is_masked};

/// Actions that are listed.
const ACTIONS: usize = 20;

/// The longest value in a command, in bytes.
const VALUE_BYTES: usize = 256;

/// How the ids of long-term keys begin.
const LONG_TERM: [&str; 3] = ["AKIA", "LTAI", "AKID"];

/// The parts of an incident that actions depend on.
pub(super) struct Containment<'i> {
    /// The cloud of the steps.
    pub(super) provider: &'i str,
    pub(super) identities: &'i [IncidentIdentity],
    pub(super) steps: &'i [Step],
    pub(super) touched: &'i [Target],
    /// What to do according to the most severe rule.
    pub(super) remediation: &'i str,
    /// How keys are shown, and the clock, before which sessions are revoked.
    pub(super) shown: &'i Shown<'i>,
}

/// The actions, in order: stop the credentials, then undo, then look.
pub(super) fn actions(of: &Containment<'_>) -> Vec<Action> {
    let mut actions = Vec::new();
    of.keys(&mut actions);
    of.users(&mut actions);
    of.sessions(&mut actions);
    of.roles(&mut actions);
    of.trails(&mut actions);
    of.secrets(&mut actions);
    let advice: Vec<&str> =
        of.remediation.trim().lines().take_while(|line| !line.is_empty()).collect();
    if !advice.is_empty() {
        let text = advice.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        actions.push(Action { text, command: None });
    }
    actions.truncate(ACTIONS);
    actions
}

impl Containment<'_> {
    /// A key as it is shown.
    fn key(&self, id: &str) -> String {
        (self.shown.key)(id)
    }

    fn keys(&self, actions: &mut Vec<Action>) {
        // The key of a session cannot be disabled. Its role is dealt with below.
        for identity in self.identities.iter().filter(|identity| identity.role.is_none()) {
            let user = match &identity.node {
                Node::User { name, .. } => Some(name.as_str()),
                _ => None,
            };
            for id in identity.keys.iter().filter(|id| is_long_term(id)) {
                let shown = self.key(id);
                let command = match (provider(&identity.node), user) {
                    // Only the console shows the keys of the root user.
                    (_, Some("root")) => None,
                    ("aws", Some(user)) => command(
                        "aws iam update-access-key --status Inactive",
                        &[("--user-name", user), ("--access-key-id", &shown)],
                    ),
                    ("aws", None) => command(
                        "aws iam update-access-key --status Inactive",
                        &[("--access-key-id", &shown)],
                    ),
                    ("alibaba", Some(user)) => command(
                        "aliyun ram UpdateAccessKey --Status Inactive",
                        &[("--UserName", user), ("--UserAccessKeyId", &shown)],
                    ),
                    ("tencent", _) => command(
                        "tccli cam UpdateAccessKey --Status Inactive",
                        &[("--AccessKeyId", &shown)],
                    ),
                    _ => None,
                };
                let text = match user {
                    Some("root") => {
                        format!("Delete access key {shown} of the root user in the console.")
                    }
                    Some(user) => format!("Disable access key {shown} of user {user}."),
                    None => format!("Disable access key {shown}."),
                };
                actions.push(Action { text, command });
            }
        }
    }

    /// Users that the incident created or changed, and users without a key, who signed in.
    fn users(&self, actions: &mut Vec<Action>) {
        for identity in self.identities {
            let Node::User { provider, name, .. } = &identity.node else { continue };
            let making = identity.made_by.as_ref().map(|made| made.making);
            if name == "root" {
                let text = "Change the password of the root user, and check its second factor, \
                            e-mail address and phone number.";
                actions.push(Action { text: text.to_owned(), command: None });
                continue;
            }
            // A federated identity is managed elsewhere, and the key of a user is disabled already.
            let is_user = identity.user_type.as_deref() == Some("user");
            if making.is_none() && !(is_user && identity.keys.is_empty()) {
                continue;
            }
            let command = match provider.as_str() {
                "aws" => command(
                    "aws iam attach-user-policy --policy-arn arn:aws:iam::aws:policy/AWSDenyAll",
                    &[("--user-name", name)],
                ),
                "alibaba" => command("aliyun ram DeleteLoginProfile", &[("--UserName", name)]),
                "tencent" => command("tccli cam UpdateUser --ConsoleLogin 0", &[("--Name", name)]),
                _ => None,
            };
            let text = match making {
                Some(Making::Created) => format!("Lock user {name}, whom the incident created."),
                Some(_) => {
                    format!("Lock user {name}, whom the incident changed, and undo the change.")
                }
                None => format!("Lock user {name} until its owner has changed the password."),
            };
            actions.push(Action { text, command });
        }
    }

    fn sessions(&self, actions: &mut Vec<Action>) {
        let mut roles: BTreeSet<(&str, &str)> = BTreeSet::new();
        for identity in self.identities {
            if let (Node::Key { provider, .. }, Some(role)) = (&identity.node, &identity.role) {
                roles.insert((provider, role));
            }
        }
        for (provider, role) in roles {
            let command = match provider {
                "aws" => command(
                    "aws iam put-role-policy --policy-name RevokeOlderSessions",
                    &[("--role-name", role), ("--policy-document", &self.revocation())],
                ),
                _ => None,
            };
            let text = match command.is_some() {
                true => format!("Revoke the sessions of role {role} that exist now."),
                false => {
                    format!("Detach the policies of role {role} until its sessions have expired.")
                }
            };
            actions.push(Action { text, command });
        }
    }

    /// A policy that denies everything to sessions that were opened before the run.
    fn revocation(&self) -> String {
        format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\
             \"Resource\":\"*\",\"Condition\":{{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"{}\"}}}}}}]}}",
            seconds(self.shown.clock)
        )
    }

    fn roles(&self, actions: &mut Vec<Action>) {
        for identity in self.identities {
            let (Node::Role { provider, name, .. }, Some(_)) = (&identity.node, &identity.made_by)
            else {
                continue;
            };
            let command = match provider.as_str() {
                "aws" => command("aws iam get-role", &[("--role-name", name)]),
                "alibaba" => command("aliyun ram GetRole", &[("--RoleName", name)]),
                "tencent" => command("tccli cam GetRole", &[("--RoleName", name)]),
                _ => None,
            };
            let text = format!("Compare trust and policies of role {name} with what you expect.");
            actions.push(Action { text, command });
        }
    }

    /// Whether a call of one of these operations succeeded.
    fn succeeded(&self, operations: &[&str]) -> bool {
        let called =
            |step: &Step| step.operations.iter().any(|of| operations.contains(&of.as_str()));
        self.steps.iter().any(|step| step.ok > 0 && called(step))
    }

    fn trails(&self, actions: &mut Vec<Action>) {
        let stopped = [
            "cloudtrail.StopLogging",
            "actiontrail.StopLogging",
            "cloudaudit.StopLogging",
            "cloudaudit.ModifyAuditTrack",
        ];
        if !self.succeeded(&stopped) {
            return;
        }
        for Target { name, .. } in self.named(TargetKind::Trail) {
            // The parameter may be the resource name of the trail.
            let short = name.rsplit('/').next().unwrap_or(name);
            let command = match self.provider {
                "aws" => command("aws cloudtrail start-logging", &[("--name", name)]),
                "alibaba" => command("aliyun actiontrail StartLogging", &[("--Name", short)]),
                _ => None,
            };
            actions.push(Action { text: format!("Start audit trail {short} again."), command });
        }
    }

    fn secrets(&self, actions: &mut Vec<Action>) {
        for Target { name, .. } in self.named(TargetKind::Secret) {
            let of_manager = self.succeeded(&[
                "secretsmanager.GetSecretValue",
                "secretsmanager.BatchGetSecretValue",
            ]);
            let command = match self.provider {
                "aws" if of_manager => {
                    command("aws secretsmanager rotate-secret", &[("--secret-id", name)])
                }
                _ => None,
            };
            actions.push(Action { text: format!("Replace the secret {name}."), command });
        }
    }

    fn named(&self, kind: TargetKind) -> impl Iterator<Item = &Target> {
        self.touched.iter().filter(move |target| target.kind == kind)
    }
}

/// A time in whole seconds, the form that policies use.
fn seconds(time: Time) -> String {
    let stamp = time.timestamp().map(|stamp| stamp.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
    stamp.unwrap_or_else(|| time.to_string())
}

/// The cloud of an identity.
fn provider(node: &Node) -> &str {
    match node {
        Node::User { provider, .. }
        | Node::Role { provider, .. }
        | Node::Policy { provider, .. }
        | Node::Key { provider, .. } => provider,
        Node::Address(_) => "",
    }
}

fn is_long_term(id: &str) -> bool {
    !is_masked(id) && LONG_TERM.iter().any(|prefix| id.starts_with(prefix))
}

/// A command line; `None` if a value cannot be quoted safely.
fn command(program: &str, options: &[(&str, &str)]) -> Option<String> {
    let mut line = program.to_owned();
    for (option, value) in options {
        line.push_str(&format!(" {option} {}", quoted(value)?));
    }
    Some(line)
}

/// A value as one word of a POSIX shell. A value that a program could read as an option, that would
/// break the line, or that is too long to be a name has no safe form.
fn quoted(value: &str) -> Option<String> {
    let unsafe_start = value.starts_with(['-', '@', '~']) || value.starts_with("file:");
    let visible = |c: char| !c.is_control() && (c.is_ascii() || c.is_alphanumeric() || c == '…');
    if value.is_empty() || unsafe_start || value.len() > VALUE_BYTES || !value.chars().all(visible)
    {
        return None;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=+,%".contains(c);
    Some(match value.chars().all(plain) {
        true => value.to_owned(),
        false => format!("'{}'", value.replace('\'', "'\\''")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_one_word_of_a_shell_or_nothing() {
        for (value, expected) in [
            ("deploy", Some("deploy")),
            ("prod/db", Some("prod/db")),
            ("a b", Some("'a b'")),
            ("x; rm -rf /", Some("'x; rm -rf /'")),
            ("$(id)", Some("'$(id)'")),
            ("it's", Some("'it'\\''s'")),
            ("-x", None),
            ("--endpoint-url=http://198.51.100.7", None),
            ("file:///etc/passwd", None),
            ("@payload", None),
            ("a\nb", None),
            ("a\u{202e}b", None),
            ("", None),
        ] {
            assert_eq!(quoted(value).as_deref(), expected, "{value:?}");
        }
        assert_eq!(quoted(&"x".repeat(VALUE_BYTES + 1)), None);
    }

    #[test]
    fn a_command_with_an_unsafe_value_is_not_written() {
        assert_eq!(command("aws iam get-role", &[("--role-name", "-x")]), None);
        assert_eq!(
            command("aws iam get-role", &[("--role-name", "ops")]).as_deref(),
            Some("aws iam get-role --role-name ops")
        );
    }
}
