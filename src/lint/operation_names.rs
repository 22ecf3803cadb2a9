//! The operations that services are known to have.
//!
//! The names are data, written by `.ci/operation-names` from the SDKs of the clouds, and a list of
//! names that only logs have. A service that they do not contain is unknown, and so are its operations.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::record::Provider;

/// The operations of each service of a provider, in lower case and as written.
type Services = FxHashMap<&'static str, FxHashMap<String, String>>;

/// What is known about an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Known {
    /// The service has it, in this spelling.
    Yes(&'static str),
    /// The service does not have it.
    No,
    /// The service is not known.
    NoService,
}

/// Whether a service has an operation; ASCII case is ignored.
pub(super) fn known(provider: Provider, service: &str, api: &str) -> Known {
    let service = service.to_ascii_lowercase();
    match services(provider).get(service.as_str()) {
        None => Known::NoService,
        Some(operations) => operations
            .get(&api.to_ascii_lowercase())
            .map_or(Known::No, |name| Known::Yes(name.as_str())),
    }
}

/// The operations of a service, sorted.
pub(super) fn operations(provider: Provider, service: &str) -> BTreeSet<&'static str> {
    let service = service.to_ascii_lowercase();
    let found = services(provider).get(service.as_str());
    found.into_iter().flat_map(|operations| operations.values().map(String::as_str)).collect()
}

fn services(provider: Provider) -> &'static Services {
    static AWS: OnceLock<Services> = OnceLock::new();
    static ALIBABA: OnceLock<Services> = OnceLock::new();
    static TENCENT: OnceLock<Services> = OnceLock::new();
    let (store, text) = match provider {
        Provider::Aws => (&AWS, include_str!("data/aws_names.txt")),
        Provider::Alibaba => (&ALIBABA, include_str!("data/alibaba_names.txt")),
        Provider::Tencent => (&TENCENT, include_str!("data/tencent_names.txt")),
    };
    store.get_or_init(|| {
        let mut services = Services::default();
        for line in lines(text) {
            let mut words = line.split(' ');
            let names = words.next().unwrap_or_default();
            for (verb, rests) in words.filter_map(|word| word.split_once(':')) {
                for (service, rest) in product(names, rests) {
                    add(&mut services, service, format!("{verb}{rest}"));
                }
            }
        }
        for line in lines(include_str!("data/logged_names.txt")) {
            let mut words = line.split(' ').filter(|_| line.starts_with(provider.name()));
            if let (Some(_), Some(service), Some(names)) =
                (words.next(), words.next(), words.next())
            {
                names.split(',').for_each(|name| add(&mut services, service, name.to_owned()));
            }
        }
        services
    })
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

fn product<'a>(names: &'a str, rests: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    names.split(',').flat_map(move |name| rests.split(',').map(move |rest| (name, rest)))
}

fn add(services: &mut Services, service: &'static str, name: String) {
    services.entry(service).or_default().insert(name.to_ascii_lowercase(), name);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_each_cloud_are_read() {
        for (provider, service, api, expected) in [
            (Provider::Aws, "iam", "CreateAccessKey", Known::Yes("CreateAccessKey")),
            (Provider::Aws, "IAM", "createaccesskey", Known::Yes("CreateAccessKey")),
            (Provider::Aws, "iam", "CreateAccesKey", Known::No),
            (Provider::Aws, "s3", "ListAllMyBuckets", Known::No),
            (
                Provider::Aws,
                "s3",
                "PutBucketPublicAccessBlock",
                Known::Yes("PutBucketPublicAccessBlock"),
            ),
            (Provider::Aws, "elasticloadbalancing", "CreateListener", Known::Yes("CreateListener")),
            (Provider::Aws, "signin", "ConsoleLogin", Known::Yes("ConsoleLogin")),
            (Provider::Aws, "no-such-service", "X", Known::NoService),
            (Provider::Alibaba, "ecs", "RunInstances", Known::Yes("RunInstances")),
            (Provider::Alibaba, "ram", "CreateUserr", Known::No),
            (Provider::Tencent, "cam", "AddUser", Known::Yes("AddUser")),
            (Provider::Tencent, "cam", "CreateUser", Known::No),
        ] {
            assert_eq!(known(provider, service, api), expected, "{provider:?} {service} {api}");
        }
        assert!(operations(Provider::Aws, "sts").contains("AssumeRole"));
        for provider in Provider::ALL {
            assert!(services(provider).len() > 10);
        }
    }
}
