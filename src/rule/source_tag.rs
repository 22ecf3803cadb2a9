//! Tags that name the published document from which a rule comes.
//!
//! A rule has the tag of each document that describes its behaviour. The description of the rule
//! states which thresholds and severities are the document's; everything else is ours.

/// A document from which rules come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceTag {
    /// The tag in `tags` of a rule.
    pub tag: &'static str,
    /// The document in a few words, as descriptions of rules name it.
    pub title: &'static str,
    /// What the document describes, in one sentence.
    pub doc: &'static str,
    /// Where the document is published, if it has a stable address.
    pub url: Option<&'static str>,
}

/// Every such document, sorted by tag.
pub static SOURCE_TAGS: &[SourceTag] = &[
    SourceTag {
        tag: "alibaba-key-monitoring",
        title: "Alibaba Cloud ActionTrail: monitor the use of AccessKey pairs",
        doc: "An alert when a given access key was used within the last five minutes.",
        url: Some(
            "https://www.alibabacloud.com/help/en/actiontrail/use-cases/use-actiontrail-to-monitor-the-use-of-accesskey-pairs",
        ),
    },
    SourceTag {
        tag: "aws-iam-audit-guide",
        title: "AWS IAM audit guide",
        doc: "How to read an audit of IAM users and keys: indicators by risk, patterns over \
              accounts, off-boarding, and red flags.",
        url: None,
    },
    SourceTag {
        tag: "tencent-cam-report",
        title: "Tencent Cloud CAM: user credential report",
        doc: "The columns of the credential report. The report names the risks; which of them is a \
              finding, and how severe it is, is our choice.",
        url: Some("https://www.tencentcloud.com/document/product/598/43543"),
    },
    SourceTag {
        tag: "tencent-csc",
        title: "Tencent Cloud Security Center: access key alarms",
        doc: "Alarms about abnormal calls by access keys, and about leaked keys.",
        url: Some("https://www.tencentcloud.com/document/product/1008/73441"),
    },
];

impl SourceTag {
    /// The document that a tag names.
    pub fn find(tag: &str) -> Option<&'static SourceTag> {
        SOURCE_TAGS.iter().find(|source| source.tag == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_tags_are_unique_and_documented() {
        assert!(SOURCE_TAGS.is_sorted_by(|a, b| a.tag < b.tag), "sorted, and each tag once");
        for source in SOURCE_TAGS {
            assert!(SourceTag::find(source.tag) == Some(source), "{source:?}");
            assert!(source.doc.ends_with('.') && !source.title.is_empty(), "{source:?}");
            assert!(source.url.is_none_or(|url| url.starts_with("https://")), "{source:?}");
        }
        assert_eq!(SourceTag::find("tencent"), None);
    }
}
