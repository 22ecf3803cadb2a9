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
}
