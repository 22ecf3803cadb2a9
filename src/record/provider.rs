//! The clouds.

/// The cloud a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Amazon Web Services.
    Aws,
    /// Alibaba Cloud.
    Alibaba,
    /// Tencent Cloud.
    Tencent,
}

impl Provider {
    /// Every provider.
    pub const ALL: [Provider; 3] = [Provider::Aws, Provider::Alibaba, Provider::Tencent];

    /// The name in records, rules and lists.
    pub fn name(self) -> &'static str {
        match self {
            Provider::Aws => "aws",
            Provider::Alibaba => "alibaba",
            Provider::Tencent => "tencent",
        }
    }
    /// The provider whose service has this host; a path may follow the host.
    pub fn of_host(source: &str) -> Option<Self> {
        let host = source.split('/').next().unwrap_or_default();
        HOSTS
            .iter()
            .find(|(_, suffixes)| suffixes.iter().any(|suffix| host.ends_with(suffix)))
            .map(|(provider, _)| *provider)
    }
}

/// How the hosts of each provider's services end.
const HOSTS: [(Provider, &[&str]); 3] = [
    (Provider::Aws, &[".amazonaws.com", ".amazonaws.com.cn"]),
    (Provider::Alibaba, &[".aliyuncs.com", ".aliyun.com", ".alibabacloud.com"]),
    (
        Provider::Tencent,
        &[".tencentcloudapi.com", ".tencentyun.com", ".tencent.com", ".myqcloud.com"],
    ),
];

#[cfg(test)]
mod tests {
    use super::Provider::{self, Alibaba, Aws, Tencent};

    #[test]
    fn a_host_belongs_to_the_provider_whose_domain_it_is_in() {
        for (source, provider) in [
            ("iam.amazonaws.com", Some(Aws)),
            ("iam.cn-north-1.amazonaws.com.cn", Some(Aws)),
            ("ram.aliyuncs.com", Some(Alibaba)),
            ("signin.aliyun.com", Some(Alibaba)),
            ("ram.console.alibabacloud.com", Some(Alibaba)),
            ("cam.tencentcloudapi.com", Some(Tencent)),
            ("metadata.tencentyun.com", Some(Tencent)),
            ("cam.api.cloud.tencent.com/v2/index.php", Some(Tencent)),
            ("bucket.cos.ap-guangzhou.myqcloud.com", Some(Tencent)),
            ("", None),
            ("amazonaws.com", None),
            ("notaliyun.com", None),
            ("iam.amazonaws.com.example", None),
            ("example.com/iam.amazonaws.com", None),
            ("203.0.113.7", None),
        ] {
            assert_eq!(Provider::of_host(source), provider, "{source}");
        }
    }
}
