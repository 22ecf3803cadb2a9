//! Which permissions an operation requires: the tables of the clouds.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::catalog::{self, ResourceType};
use super::requirement::{Operation, Presence, Requirement, ResourceRule};
use super::template::Template;
use super::wildcard;
use crate::record::Provider;

/// The tables of a cloud.
struct Tables {
    /// The prefix of actions by the service of events.
    prefixes: FxHashMap<&'static str, &'static str>,
    /// Requirements by operation, `s3.ListBuckets`, in lower case.
    exact: FxHashMap<String, Vec<Requirement>>,
    /// The same for operations whose name ends with `*`.
    patterns: Vec<(&'static str, Vec<Requirement>)>,
}

/// The permissions that an operation requires.
pub(super) fn operation(provider: Provider, service: &str, api: &str) -> Operation {
    let tables = tables(provider);
    let name = format!("{service}.{api}");
    let known = tables.prefixes.get(service).copied();
    let prefix = known.unwrap_or(service);
    // The tables are written with prefixes; a service may have several names in events.
    let listed = [format!("{prefix}.{api}").to_ascii_lowercase(), name.to_ascii_lowercase()];
    let found = listed.iter().find_map(|name| tables.exact.get(name)).or_else(|| {
        let fits = |(pattern, _): &&(&str, _)| {
            listed.iter().any(|name| wildcard::matches(pattern, name, false))
        };
        tables.patterns.iter().find(fits).map(|(_, requirements)| requirements)
    });
    if let Some(requirements) = found {
        let requirements = requirements.iter().map(complete).collect();
        return Operation { name: name.into(), requirements, known: true };
    }
    let (action, resources, known) = match provider {
        Provider::Aws => match catalog::service(prefix).and_then(|of| of.action(api)) {
            Some(action) => (
                format!("{prefix}:{}", action.name),
                ResourceRule::Recorded(action.resources.clone()),
                true,
            ),
            None => (format!("{prefix}:{api}"), ResourceRule::Everything, false),
        },
        Provider::Alibaba => (format!("{prefix}:{api}"), ResourceRule::Everything, known.is_some()),
        // Records contain the resources that were checked.
        Provider::Tencent => {
            let checked = ResourceType { pattern: "qcs:*", required: true };
            (format!("{prefix}:{api}"), ResourceRule::Recorded(vec![checked]), known.is_some())
        }
    };
    let requirement = Requirement { action: action.into(), resources, when: None };
    Operation { name: name.into(), requirements: vec![requirement], known }
}

/// A requirement of the table; `?` alone is replaced by the resource types of its action.
fn complete(requirement: &Requirement) -> Requirement {
    let mut requirement = requirement.clone();
    if let ResourceRule::Recorded(types) = &mut requirement.resources
        && let Some(action) = catalog::action(&requirement.action)
    {
        types.clone_from(&action.resources);
    }
    requirement
}

fn tables(provider: Provider) -> &'static Tables {
    static AWS: OnceLock<Tables> = OnceLock::new();
    static ALIBABA: OnceLock<Tables> = OnceLock::new();
    static TENCENT: OnceLock<Tables> = OnceLock::new();
    match provider {
        Provider::Aws => AWS.get_or_init(|| {
            Tables::read(
                include_str!("data/aws_services.txt"),
                include_str!("data/aws_operations.txt"),
            )
        }),
        Provider::Alibaba => ALIBABA.get_or_init(|| {
            Tables::read(
                include_str!("data/alibaba_services.txt"),
                include_str!("data/alibaba_operations.txt"),
            )
        }),
        Provider::Tencent => TENCENT.get_or_init(|| {
            Tables::read(
                include_str!("data/tencent_services.txt"),
                include_str!("data/tencent_operations.txt"),
            )
        }),
    }
}

fn lines(text: &'static str) -> impl Iterator<Item = std::str::SplitWhitespace<'static>> {
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines.map(str::split_whitespace)
}

impl Tables {
    fn read(services: &'static str, operations: &'static str) -> Self {
        let prefixes = lines(services).filter_map(|mut cells| Some((cells.next()?, cells.next()?)));
        let mut tables = Self {
            prefixes: prefixes.collect(),
            exact: FxHashMap::default(),
            patterns: Vec::new(),
        };
        for mut cells in lines(operations) {
            let (Some(name), Some(action)) = (cells.next(), cells.next()) else { continue };
            let requirements = match name.ends_with('*') {
                false => tables.exact.entry(name.to_ascii_lowercase()).or_default(),
                true => {
                    tables.patterns.push((name, Vec::new()));
                    let Some((_, requirements)) = tables.patterns.last_mut() else { continue };
                    requirements
                }
            };
            if action == "-" {
                continue;
            }
            let resources = match cells.next() {
                Some("?") => ResourceRule::Recorded(Vec::new()),
                None | Some("*") => ResourceRule::Everything,
                Some(names) => ResourceRule::Built(names.split('|').map(Template::parse).collect()),
            };
            let when = cells.next().and_then(|text| text.strip_prefix('?')).map(Presence::parse);
            requirements.push(Requirement { action: action.into(), resources, when });
        }
        tables
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actions(provider: Provider, service: &str, api: &str) -> String {
        let operation = operation(provider, service, api);
        let mut text =
            operation.requirements.iter().map(|one| &*one.action).collect::<Vec<_>>().join(" ");
        if !operation.known {
            text += " (unknown)";
        }
        text
    }

    #[test]
    fn the_table_says_what_a_name_does_not() {
        for (service, api, expected) in [
            ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
            ("s3", "HeadObject", "s3:GetObject"),
            ("s3", "GetBucketLifecycle", "s3:GetLifecycleConfiguration"),
            ("lambda", "Invoke", "lambda:InvokeFunction"),
            ("ec2", "RunInstances", "ec2:RunInstances ec2:CreateTags iam:PassRole"),
            ("sts", "GetCallerIdentity", ""),
            ("monitoring", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
            ("ec2", "describeinstances", "ec2:DescribeInstances"),
            ("apigateway", "GetRestApis", "apigateway:GET"),
            ("s3", "NoSuchOperation", "s3:NoSuchOperation (unknown)"),
            ("nosuchservice", "Do", "nosuchservice:Do (unknown)"),
        ] {
            assert_eq!(actions(Provider::Aws, service, api), expected, "{service}.{api}");
        }
    }

    #[test]
    fn every_cloud_has_its_tables() {
        for (provider, service, api, expected) in [
            (Provider::Alibaba, "ecs", "DescribeInstances", "ecs:DescribeInstances"),
            (Provider::Alibaba, "slb", "CreateLoadBalancer", "slb:CreateLoadBalancer"),
            (Provider::Alibaba, "ims", "CreateUser", "ram:CreateUser"),
            (Provider::Alibaba, "oss", "HeadObject", "oss:GetObject"),
            (Provider::Alibaba, "sls", "GetLogs", "log:GetLogs"),
            (Provider::Alibaba, "ecs", "RunInstances", "ecs:RunInstances ram:PassRole"),
            (Provider::Alibaba, "sts", "GetCallerIdentity", ""),
            (Provider::Alibaba, "newproduct", "Do", "newproduct:Do (unknown)"),
            (Provider::Tencent, "cvm", "RunInstances", "cvm:RunInstances cam:PassRole"),
            (Provider::Tencent, "cos", "GetObject", "name/cos:GetObject"),
            (Provider::Tencent, "cam", "CreateAccessKey", "cam:CreateAccessKey"),
            (Provider::Tencent, "account", "ConsoleLogin", ""),
            (Provider::Tencent, "newproduct", "Do", "newproduct:Do (unknown)"),
        ] {
            assert_eq!(actions(provider, service, api), expected, "{service}.{api}");
        }
    }

    /// Every line of the table of AWS names an action that exists, on resources that it has.
    #[test]
    fn the_table_of_aws_agrees_with_the_catalog() {
        let tables = tables(Provider::Aws);
        let all = tables.exact.iter().map(|(name, of)| (name.as_str(), of));
        for (name, requirements) in all.chain(tables.patterns.iter().map(|(n, of)| (*n, of))) {
            for requirement in requirements {
                let action = catalog::action(&requirement.action);
                assert!(action.is_some(), "{name}: {} does not exist", requirement.action);
            }
        }
        for (source, prefix) in &tables.prefixes {
            assert!(catalog::service(prefix).is_some(), "{source}: {prefix} does not exist");
        }
    }

    /// The resources of each line are of a type that its action has, and of all types that every
    /// request has.
    #[test]
    fn the_resources_of_the_table_are_those_of_the_action() {
        for mut cells in lines(include_str!("data/aws_operations.txt")) {
            let (Some(name), Some(action)) = (cells.next(), cells.next()) else { continue };
            let Some(names) = cells.next().filter(|names| names.starts_with("arn:")) else {
                continue;
            };
            let Some(action) = catalog::action(action) else { panic!("{name}") };
            for template in names.split('|') {
                let mut plain = String::new();
                for (at, part) in template.split(['{', '}']).enumerate() {
                    plain.push_str(match at % 2 {
                        0 => part,
                        _ if part.starts_with('~') => "x/x",
                        _ => "x",
                    });
                }
                let fits = |pattern: &str| {
                    wildcard::matches(&pattern.replace("{}", "*"), &plain, true)
                        && (!pattern.ends_with("{}") || !plain.contains('/'))
                };
                assert!(
                    action.resources.iter().any(|one| fits(one.pattern)),
                    "{name}: {template} is no resource of {}",
                    action.name
                );
                let required = action.resources.iter().filter(|one| one.required);
                for one in required {
                    assert!(fits(one.pattern), "{name}: {template} lacks {}", one.pattern);
                }
            }
        }
    }
}
