//! Finds the records in one envelope.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::encoded::decoded;
use super::named::is_control;
use crate::input::frame::{MAX_RECORD, line_prefix};
use crate::input::json::{Fault, Fields, Shape, decode, items, members, too_deep, values};
use crate::input::trail::{Spelling, cloud};
use crate::record::{ByteRange, Provider, SkipReason};
use crate::value::{KeyCase, Members};

/// How deep envelopes may nest.
const MAX_NESTING: usize = 12;

/// The maximum number of bytes of all records of one envelope.
const MAX_OPENED: usize = 4 * MAX_RECORD;

/// The keys below which envelopes contain records, compared without case.
const KEYS: [&str; 46] = [
    // CloudWatch Logs: subscriptions, responses of the API, Logs Insights.
    "logEvents",
    "message",
    "@message",
    "events",
    "results",
    "value",
    "awslogs",
    // EventBridge, SNS, SQS, Kinesis, Firehose, Lambda.
    "detail",
    "Sns",
    "Messages",
    "body",
    "Records",
    "kinesis",
    "data",
    "payload",
    "responsePayload",
    "requestPayload",
    // CloudTrail Lake and LookupEvents; CloudAudit's API.
    "eventData",
    "CloudTrailEvent",
    "cloud_trail_event",
    "CloudAuditEvent",
    "cloud_audit_event",
    "Response",
    // Elasticsearch, OpenSearch, Logstash, Filebeat, Wazuh, Graylog.
    "hits",
    "_source",
    "event",
    "original",
    "event.original",
    "fields",
    "aws",
    "cloudtrail",
    "full_message",
    "docs",
    "doc",
    "rawLog",
    // Splunk.
    "result",
    "_raw",
    "raw",
    // Log Service of Alibaba Cloud and of Tencent Cloud, and their log shippers.
    "content",
    "__content__",
    "LogJson",
    "RawLog",
    "logs",
    "log",
    "record",
    "line",
];

/// The kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// A record that is not in an envelope.
    Bare,
    /// An envelope whose records are now in the opener, or one of these records.
    Records,
    /// A control message.
    Control,
    /// None of these.
    Other,
}

/// The object that a record is a member of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Object {
    /// The whole envelope.
    Whole,
    /// An object inside the envelope, copied to the text of the opener.
    Inside(ByteRange),
    /// No object: the record is an item of an array.
    None,
}

/// Where a record was copied to in the text of the opener.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExtractedRecord {
    pub(super) text: ByteRange,
    pub(super) object: Object,
    pub(super) keys: KeyCase,
}

/// Opens one envelope after another and reuses its buffers.
#[derive(Debug, Default)]
pub(super) struct Opener {
    text: String,
    found: Vec<ExtractedRecord>,
    control: u64,
}

/// The context of a value.
#[derive(Clone, Copy)]
struct Context<'t> {
    /// The number of envelopes around it.
    depth: usize,
    /// The object whose member it is, and whether that object is the whole envelope.
    object: Option<(&'t str, bool)>,
    /// Whether its key names a record of a trail, such as `CloudTrailEvent`.
    named: bool,
}

impl Opener {
    /// Opens a text. Its records replace those of the last call.
    pub(super) fn open(&mut self, text: &str) -> Result<Content, Fault> {
        self.text.clear();
        self.found.clear();
        self.control = 0;
        if text.starts_with('{') && is_record(text, false) {
            return Ok(Content::Bare);
        }
        self.value(text, Context { depth: 0, object: None, named: false })
    }

    /// The text that the records were copied to, and where each of them is.
    pub(super) fn found(&self) -> (&str, &[ExtractedRecord]) {
        (&self.text, &self.found)
    }

    /// The number of control messages among them.
    pub(super) fn control(&self) -> u64 {
        self.control
    }

    fn value(&mut self, json: &str, at: Context<'_>) -> Result<Content, Fault> {
        if at.depth > MAX_NESTING {
            return Ok(Content::Other);
        }
        match json.as_bytes().first() {
            Some(b'{') => self.object(json, at),
            Some(b'[') => self.items(&items(json).unwrap_or_default(), at),
            Some(b'"') => self.string(json, at),
            _ => Ok(Content::Other),
        }
    }

    fn object(&mut self, json: &str, at: Context<'_>) -> Result<Content, Fault> {
        if at.depth > 0 && is_record(json, at.named) {
            return self.record(json, at, KeyCase::Exact);
        }
        let Some(Members(members)) = members(json) else { return Ok(Content::Other) };
        let member = |key: &str| {
            let (_, value) = members.iter().find(|(name, _)| name == key)?;
            decode(value).map(String::from)
        };
        if is_control(member) {
            return Ok(Content::Control);
        }
        let mut content = Content::Other;
        for (key, value) in &members {
            if !KEYS.iter().any(|name| name.eq_ignore_ascii_case(key)) {
                continue;
            }
            let inside = Context {
                depth: at.depth + 1,
                object: Some((json, at.depth == 0)),
                named: key.starts_with("Cloud") || key.starts_with("cloud_"),
            };
            match self.value(value, inside)? {
                Content::Other => {}
                Content::Control => content = Content::Control,
                found => {
                    if members.iter().filter(|(other, _)| other == key).count() > 1 {
                        let detail = format!("the key `{key}` occurs twice in its envelope");
                        return Err(Fault { reason: SkipReason::DuplicateKey, detail });
                    }
                    return Ok(found);
                }
            }
        }
        match respelled(json, &members) {
            Some((record, keys)) if content == Content::Other => {
                let at = Context { object: Some((json, at.depth == 0)), ..at };
                self.record(&record, at, keys)
            }
            _ => Ok(content),
        }
    }

    /// Opens the items of an array, or the values of a text. If any contains a record, the
    /// others are retained too, so that each is counted.
    fn items(&mut self, items: &[&str], at: Context<'_>) -> Result<Content, Fault> {
        let alone = Context { depth: at.depth + 1, object: None, named: false };
        let (found, text, control) = (self.found.len(), self.text.len(), self.control);
        let (mut records, mut others) = (false, false);
        for item in items {
            match self.value(item, alone)? {
                Content::Bare | Content::Records => records = true,
                Content::Control => self.control += 1,
                Content::Other if is_cell(item) => {}
                Content::Other => {
                    let text = self.copy(item)?;
                    self.found.push(ExtractedRecord {
                        text,
                        object: Object::None,
                        keys: KeyCase::Exact,
                    });
                    others = true;
                }
            }
        }
        if records {
            return Ok(Content::Records);
        }
        let only_control = self.control > control && !others;
        self.found.truncate(found);
        self.text.truncate(text);
        self.control = control;
        Ok(if only_control { Content::Control } else { Content::Other })
    }

    fn string(&mut self, json: &str, at: Context<'_>) -> Result<Content, Fault> {
        let Some(content) = decode(json) else { return Ok(Content::Other) };
        let text = content.trim_ascii();
        if text.starts_with(['{', '[']) {
            return self.text(text, at);
        }
        if let Some(prefix) = line_prefix(text.as_bytes()) {
            return self.text(text.get(prefix..).unwrap_or_default(), at);
        }
        match decoded(text)? {
            Some(inner) => self.text(inner.trim_ascii(), at),
            None => Ok(Content::Other),
        }
    }

    /// Opens JSON values that follow one another, as streams put them into one message.
    fn text(&mut self, text: &str, at: Context<'_>) -> Result<Content, Fault> {
        if !text.starts_with(['{', '[']) {
            return Ok(Content::Other);
        }
        if too_deep(text.as_bytes()) {
            let detail = "the record in its envelope".to_owned();
            return Err(Fault { reason: SkipReason::TooDeep, detail });
        }
        match values(text).as_deref() {
            None => Ok(Content::Other),
            Some([one]) => self.value(one, Context { depth: at.depth + 1, ..at }),
            Some(several) => self.items(several, at),
        }
    }

    fn record(&mut self, json: &str, at: Context<'_>, keys: KeyCase) -> Result<Content, Fault> {
        let object = match at.object {
            Some((_, true)) => Object::Whole,
            Some((object, false)) => Object::Inside(self.copy(object)?),
            None => Object::None,
        };
        let text = self.copy(json)?;
        self.found.push(ExtractedRecord { text, object, keys });
        Ok(Content::Records)
    }

    fn copy(&mut self, text: &str) -> Result<ByteRange, Fault> {
        let start = self.text.len();
        if start + text.len() > MAX_OPENED {
            let detail = format!("the records of its envelope have more than {MAX_OPENED} bytes");
            return Err(Fault { reason: SkipReason::TooLong, detail });
        }
        self.text.push_str(text);
        Ok(ByteRange { start, end: self.text.len() })
    }
}

/// The record in an object whose keys are flattened or differ in case from those of a trail, and
/// what happened to the case of its keys.
fn respelled(json: &str, members: &[(Cow<'_, str>, &str)]) -> Option<(String, KeyCase)> {
    let prefix = ["", "event."].into_iter().find(|prefix| {
        members.iter().any(|(key, _)| {
            let key = key.strip_prefix(prefix).unwrap_or_default();
            // This is the spelling in rows of query APIs, which are not records.
            key.eq_ignore_ascii_case("eventName") && key != "EventName"
        })
    })?;
    let has_dots = members.iter().any(|(key, _)| key.contains('.'));
    let (mut nested, mut record) = (String::new(), String::new());
    Provider::ALL.into_iter().find_map(|provider| {
        let spelling = Spelling::of(provider);
        let nested = match has_dots && spelling.nest(json, prefix, &mut nested) {
            true => &nested,
            false => json,
        };
        record.clear();
        let changed = spelling.write(nested, "", &mut record);
        let keys = if changed { KeyCase::Changed } else { KeyCase::Any };
        let is_own = trail_of(&record).is_some_and(|of| of == provider);
        is_own.then(|| (std::mem::take(&mut record), keys))
    })
}

/// Whether an object is a record of a trail. If its key names one, `eventName` is enough.
fn is_record(json: &str, named: bool) -> bool {
    Fields::scan(json, &MARKS).is_ok_and(|fields| {
        cloud::cloud(&fields).is_some() || (named && fields.get(cloud::marks::EVENT_NAME).is_some())
    })
}

/// The trail that an object is a record of.
fn trail_of(json: &str) -> Option<Provider> {
    cloud::cloud(&Fields::scan(json, &MARKS).ok()?)
}

/// The paths that decide which cloud wrote a record.
static MARKS: LazyLock<Shape> = LazyLock::new(|| Shape::new(cloud::marks::PATHS, |_| true));

/// Whether an item is a cell of a row of Logs Insights: a name and a value.
fn is_cell(json: &str) -> bool {
    members(json).is_some_and(|Members(members)| {
        let has = |name: &str| members.iter().any(|(key, _)| key == name);
        has("field") && has("value")
    })
}
