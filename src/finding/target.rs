//! What a call acts on: the users, keys, secrets, machines and trails that it names.

use serde_json::Value as Tree;

use crate::record::field::event;
use crate::record::{FieldSet, Record};
use crate::value::{Value, words};

/// Targets that are read from one record.
const PER_RECORD: usize = 8;

/// Bytes that are stored of the name of a target.
const NAME_BYTES: usize = 200;

/// The depth to which parameters are searched.
const DEPTH: usize = 4;

words! {
    /// The kind of a resource that a call names.
    TargetKind {
        /// A user.
        User = "user",
        /// An access key.
        Key = "key",
        /// A role.
        Role = "role",
        /// A policy of identities.
        Policy = "policy",
        /// A secret or parameter of a secret store.
        Secret = "secret",
        /// A bucket.
        Bucket = "bucket",
        /// A virtual machine.
        Machine = "machine",
        /// A function.
        Function = "function",
        /// A database.
        Database = "database",
        /// A snapshot or image.
        Snapshot = "snapshot",
        /// A key that encrypts data.
        EncryptionKey = "encryption key",
        /// An audit trail.
        Trail = "trail",
        /// A detector of threats.
        Detector = "detector",
    }
}

/// A resource that a call names.
///
/// Ordered by kind, then by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// Its kind.
    pub kind: TargetKind,
    /// Its name or id as the call writes it; an access key is unmasked, outputs mask it.
    pub name: String,
}

/// Where parameters name a resource.
struct Place {
    /// The services whose calls have the parameter; every service if it is empty.
    services: &'static [&'static str],
    /// The name of the parameter, in lower case.
    param: &'static str,
    kind: TargetKind,
}

const IDENTITY: &[&str] = &["iam", "ram", "ims", "cam"];
const TRAILS: &[&str] = &["cloudtrail", "actiontrail", "cloudaudit"];
const COMPUTE: &[&str] = &["ec2", "ecs", "cvm", "ssm", "tat", "ec2-instance-connect", "lighthouse"];

/// The parameters that name resources. Source: the API references of the three clouds.
#[rustfmt::skip]
static PLACES: &[Place] = &[
    Place { services: IDENTITY, param: "useraccesskeyid", kind: TargetKind::Key },
    Place { services: &["iam", "cam"], param: "accesskeyid", kind: TargetKind::Key },
    Place { services: IDENTITY, param: "rolename", kind: TargetKind::Role },
    Place { services: IDENTITY, param: "policyarn", kind: TargetKind::Policy },
    Place { services: IDENTITY, param: "policyname", kind: TargetKind::Policy },
    Place { services: &["sts"], param: "rolearn", kind: TargetKind::Role },
    Place { services: &[], param: "secretid", kind: TargetKind::Secret },
    Place { services: &["kms", "ssm"], param: "secretname", kind: TargetKind::Secret },
    Place { services: &["ssm"], param: "name", kind: TargetKind::Secret },
    Place { services: &["ssm"], param: "names", kind: TargetKind::Secret },
    Place { services: &[], param: "bucketname", kind: TargetKind::Bucket },
    Place { services: &["oss", "cos"], param: "bucket", kind: TargetKind::Bucket },
    Place { services: COMPUTE, param: "instanceid", kind: TargetKind::Machine },
    Place { services: COMPUTE, param: "instanceids", kind: TargetKind::Machine },
    Place { services: &["lambda", "fc", "scf"], param: "functionname", kind: TargetKind::Function },
    Place { services: &[], param: "dbinstanceidentifier", kind: TargetKind::Database },
    Place { services: &["rds", "cdb"], param: "dbinstanceid", kind: TargetKind::Database },
    Place { services: COMPUTE, param: "snapshotid", kind: TargetKind::Snapshot },
    Place { services: COMPUTE, param: "imageid", kind: TargetKind::Snapshot },
    Place { services: &["kms"], param: "keyid", kind: TargetKind::EncryptionKey },
    Place { services: TRAILS, param: "name", kind: TargetKind::Trail },
    Place { services: TRAILS, param: "trailname", kind: TargetKind::Trail },
    Place { services: TRAILS, param: "auditname", kind: TargetKind::Trail },
    Place { services: &["guardduty"], param: "detectorid", kind: TargetKind::Detector },
];

/// The fields that [`targets`] reads.
pub fn target_fields() -> FieldSet {
    [event::PROVIDER, event::SERVICE, event::PARAMS, event::TARGET_USER].into_iter().collect()
}

/// The first resources that a call names, sorted and distinct.
pub fn targets(record: &Record<'_>) -> Vec<Target> {
    let mut found = Vec::new();
    let text = |field| record.get(field).as_str();
    if let Some(user) = text(event::TARGET_USER) {
        put(TargetKind::User, user, &mut found);
    }
    let service = text(event::SERVICE).unwrap_or_default();
    let places: Vec<&Place> = PLACES
        .iter()
        .filter(|place| place.services.is_empty() || place.services.contains(&service))
        .collect();
    if let Value::Json(json) = record.get(event::PARAMS)
        && let Ok(params) = serde_json::from_str(&json.text)
    {
        search(&params, &places, DEPTH, &mut found);
    }
    found.sort_unstable();
    found.dedup();
    found.truncate(PER_RECORD);
    found
}

fn search(tree: &Tree, places: &[&Place], depth: usize, found: &mut Vec<Target>) {
    match tree {
        Tree::Object(members) if depth > 0 => {
            for (key, value) in members {
                match places.iter().find(|place| key.eq_ignore_ascii_case(place.param)) {
                    Some(place) => names(place.kind, value, found),
                    None => search(value, places, depth - 1, found),
                }
            }
        }
        Tree::Array(items) if depth > 0 => {
            items.iter().for_each(|item| search(item, places, depth - 1, found));
        }
        _ => {}
    }
}

fn names(kind: TargetKind, value: &Tree, found: &mut Vec<Target>) {
    match value {
        Tree::String(name) => put(kind, name, found),
        Tree::Array(items) => {
            items.iter().filter_map(Tree::as_str).for_each(|name| put(kind, name, found));
        }
        _ => {}
    }
}

fn put(kind: TargetKind, name: &str, found: &mut Vec<Target>) {
    if !name.is_empty() && name.len() <= NAME_BYTES && found.len() < 2 * PER_RECORD {
        found.push(Target { kind, name: name.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn of(service: &str, params: &str) -> Vec<(&'static str, String)> {
        let tree: Tree = serde_json::from_str(params).unwrap();
        let places: Vec<&Place> = PLACES
            .iter()
            .filter(|place| place.services.is_empty() || place.services.contains(&service))
            .collect();
        let mut found = Vec::new();
        search(&tree, &places, DEPTH, &mut found);
        found.into_iter().map(|target| (target.kind.name(), target.name)).collect()
    }

    #[test]
    fn parameters_name_targets_by_service() {
        for (service, params, kind, name) in [
            ("secretsmanager", r#"{"secretId":"prod/db"}"#, "secret", "prod/db"),
            ("kms", r#"{"SecretName":"prod-db"}"#, "secret", "prod-db"),
            ("cloudtrail", r#"{"name":"main"}"#, "trail", "main"),
            ("iam", r#"{"userName":"x","roleName":"ops"}"#, "role", "ops"),
            ("cvm", r#"{"InstanceIds":["ins-1"]}"#, "machine", "ins-1"),
            ("s3", r#"{"bucketName":"logs"}"#, "bucket", "logs"),
        ] {
            assert_eq!(of(service, params), [(kind, name.to_owned())], "{params}");
        }
        let nested = r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#;
        assert_eq!(of("ec2", nested).len(), 2);
    }

    #[test]
    fn the_same_parameter_of_another_service_names_nothing() {
        assert_eq!(of("dynamodb", r#"{"name":"main","keyId":"1"}"#), []);
        assert_eq!(of("ram", r#"{"AccessKeyId":"LTAI5tExample0000000000"}"#), []);
    }
}
