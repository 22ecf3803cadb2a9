//! Resource names built from the values of a request.

use super::request::RequestPath;
use crate::record::Record;
use crate::record::field::event;

/// The pattern of a resource name, such as `arn:{partition}:s3:::{bucketName}/{key}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<TemplatePart>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(Box<str>),
    Partition,
    Region,
    Account,
    Parameter { path: RequestPath, form: ValueForm },
}

/// How a value is written in a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueForm {
    Plain,
    /// It may begin with `/`, which the resource name does not repeat.
    WithoutSlash,
    /// The same, in the encoding of URLs. A value that needs decoding is not used.
    UrlPath,
}

/// Values that one request may name; a request that names more is on `*`.
const MOST: usize = 200;

impl Template {
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            if !before.is_empty() {
                parts.push(TemplatePart::Text(before.into()));
            }
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            parts.push(match name {
                "partition" => TemplatePart::Partition,
                "region" => TemplatePart::Region,
                "account" => TemplatePart::Account,
                _ => {
                    let (form, path) = match name.split_at_checked(1) {
                        Some(("/", path)) => (ValueForm::WithoutSlash, path),
                        Some(("~", path)) => (ValueForm::UrlPath, path),
                        _ => (ValueForm::Plain, name),
                    };
                    TemplatePart::Parameter { path: RequestPath::parse(path), form }
                }
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.into()));
        }
        Self(parts)
    }

    /// The resource names of a request; `None` if it lacks a value.
    ///
    /// If the last value is a whole resource name, it is the result: many parameters accept both a
    /// name and an ARN.
    pub(super) fn expand(&self, record: &Record<'_>) -> Option<Vec<String>> {
        let last = self.0.iter().rposition(|part| matches!(part, TemplatePart::Parameter { .. }));
        let mut names = vec![String::new()];
        let mut whole = Vec::new();
        for (at, part) in self.0.iter().enumerate() {
            match part {
                TemplatePart::Text(text) => names.iter_mut().for_each(|name| name.push_str(text)),
                TemplatePart::Partition => {
                    names.iter_mut().for_each(|name| name.push_str(partition(record)));
                }
                TemplatePart::Region => {
                    let region = text(record, event::REGION).filter(|one| is_region(one));
                    let region = region.unwrap_or("*");
                    names.iter_mut().for_each(|name| name.push_str(region));
                }
                TemplatePart::Account => {
                    let account = text(record, event::ACCOUNT)?;
                    names.iter_mut().for_each(|name| name.push_str(account));
                }
                TemplatePart::Parameter { path, form } => {
                    let values = path.values(record);
                    if values.is_empty() || values.len() * names.len() > MOST {
                        return None;
                    }
                    let mut longer = Vec::with_capacity(values.len() * names.len());
                    for value in &values {
                        let value = match form {
                            ValueForm::Plain => value,
                            ValueForm::WithoutSlash => value.trim_start_matches('/'),
                            ValueForm::UrlPath if value.contains(['%', '?']) => return None,
                            ValueForm::UrlPath => value.trim_start_matches('/'),
                        };
                        if is_resource_name(value) {
                            if Some(at) != last {
                                return None;
                            }
                            whole.push(literal(value));
                            continue;
                        }
                        let value = literal(value);
                        longer.extend(names.iter().map(|name| format!("{name}{value}")));
                    }
                    names = longer;
                }
            }
        }
        names.append(&mut whole);
        Some(names)
    }
}

fn text<'r>(record: &'r Record<'_>, field: crate::record::FieldId) -> Option<&'r str> {
    record.get(field).as_str().filter(|text| !text.is_empty())
}

/// The partition of AWS that a region belongs to.
pub(super) fn partition(record: &Record<'_>) -> &'static str {
    match text(record, event::REGION) {
        Some(region) if region.starts_with("cn-") => "aws-cn",
        Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Whether a text has the form of a region: `eu-west-1`, `cn-hangzhou`, `ap-guangzhou`. A policy with
/// another text in its place is rejected.
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let letters = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    parts.next().is_some_and(|first| first.len() <= 4 && letters(first))
        && text.contains('-')
        && parts.all(|part| {
            letters(part) || part.len() == 1 && part.bytes().all(|b| b.is_ascii_digit())
        })
}

/// Whether a value is the whole name of a resource.
fn is_resource_name(value: &str) -> bool {
    value.starts_with("arn:") || value.starts_with("acs:") || value.starts_with("qcs:")
}

/// A value as part of a pattern: the wildcards and variables of policies lose their meaning in AWS.
/// The other clouds have no way to write them.
///
/// A region that is none becomes any region, because policies with it are rejected.
pub(super) fn literal(value: &str) -> String {
    if value.starts_with("arn:")
        && let Some((at, region)) = value
            .match_indices(':')
            .nth(2)
            .and_then(|(at, _)| Some((at + 1, value.get(at + 1..)?.split(':').next()?)))
        && !region.is_empty()
        && !is_region(region)
    {
        let rest = value.get(at + region.len()..).unwrap_or_default();
        return format!("{}*{}", value.get(..at).unwrap_or_default(), literal(rest));
    }
    if value.starts_with("acs:") || value.starts_with("qcs:") || !value.contains(['*', '?', '$']) {
        return value.to_owned();
    }
    let mut out = String::new();
    for character in value.chars() {
        match character {
            '*' | '?' | '$' => out.extend(['$', '{', character, '}']),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Json, RecordKind, Value};

    fn expand(template: &str, params: &str) -> Option<Vec<String>> {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PARAMS, Value::Json(Json::new(params.to_owned())));
        record.set(event::REGION, Value::str("cn-north-1"));
        record.set(event::ACCOUNT, Value::str("111122223333"));
        Template::parse(template).expand(&record)
    }

    #[test]
    fn a_template_gives_the_names_of_a_request() {
        for (template, params, expected) in [
            (
                "arn:{partition}:s3:::{bucketName}/{key}",
                r#"{"bucketName":"b","key":"a/c"}"#,
                Some("arn:aws-cn:s3:::b/a/c"),
            ),
            ("arn:{partition}:s3:::{bucketName}/{key}", r#"{"bucketName":"b"}"#, None),
            (
                "arn:{partition}:lambda:{region}:{account}:function:{functionName}:*",
                r#"{"functionName":"f"}"#,
                Some("arn:aws-cn:lambda:cn-north-1:111122223333:function:f:*"),
            ),
            ("x:{functionName}", r#"{"functionName":"arn:aws:x"}"#, Some("arn:aws:x")),
            ("x:{a}/{b}", r#"{"a":"arn:aws:x","b":"y"}"#, None),
            ("p/{/name}", r#"{"name":"/prod/db"}"#, Some("p/prod/db")),
            ("{~source}", r#"{"source":"/b/k"}"#, Some("b/k")),
            ("{~source}", r#"{"source":"b/k%20"}"#, None),
            ("i/{ids[]}", r#"{"ids":["1","2"]}"#, Some("i/1 i/2")),
            ("{k}", r#"{"k":"a*?${b"}"#, Some("a${*}${?}${$}{b")),
            ("{k}", r#"{"k":"arn:aws:x:eu-west-1:1:y"}"#, Some("arn:aws:x:eu-west-1:1:y")),
            ("{k}", r#"{"k":"arn:aws:x:eu-west-1r:1:y*"}"#, Some("arn:aws:x:*:1:y${*}")),
            ("{k}", r#"{"k":"arn:aws:s3:::b"}"#, Some("arn:aws:s3:::b")),
            ("{k}", r#"{"k":"arn:"}"#, Some("arn:")),
        ] {
            let names = expand(template, params).map(|names| names.join(" "));
            assert_eq!(names.as_deref(), expected, "{template} {params}");
        }
    }

    #[test]
    fn a_text_that_is_no_region_is_any_region() {
        for (text, expected) in [
            ("us-gov-west-1", true),
            ("cn-hangzhou", true),
            ("eu-west-1", true),
            ("ap-westeast-2r", false),
            ("global", false),
            ("megovs-south-1", false),
            ("", false),
            ("-1", false),
            ("*", false),
        ] {
            assert_eq!(is_region(text), expected, "{text}");
        }
    }

    #[test]
    fn a_request_with_very_many_names_has_none() {
        let ids: Vec<String> = (0..=MOST).map(|id| format!("\"{id}\"")).collect();
        let params = format!("{{\"ids\":[{}]}}", ids.join(","));
        assert_eq!(expand("{ids[]}", &params), None);
    }
}
