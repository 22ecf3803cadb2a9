//! What a rule file may contain.

use super::{Category, Severity, Status};
use crate::value::RecordKind;
use crate::yaml::{Key, Shape};

const TEXTS: Shape = Shape::List(&Shape::Str);
const FIELDS: Shape = Shape::Map(&Shape::Any);

/// The shape of a rule file.
pub static RULE_FILE: Shape =
    Shape::Object(&[Key::required("rule", Shape::Object(RULE), "A detection.")]);

static RULE: &[Key] = &[
    Key::required("id", Shape::Id, "Its name, also the name of its file."),
    Key::required("title", Shape::Str, "What it finds, in one line."),
    Key::required("category", Shape::Enum(Category::WORDS), "What it watches for."),
    Key::required("severity", Shape::Enum(Severity::WORDS), "How bad a finding is."),
    Key::optional(
        "status",
        Shape::Enum(Status::WORDS),
        "How far it can be relied on, `stable` by default; `experimental` never gates.",
    ),
    Key::required(
        "on",
        Shape::Enum(RecordKind::WORDS),
        "Which records it reads: audit-log calls, users of a credential report, or access keys.",
    ),
    Key::optional("tags", TEXTS, "Free tags; `attack.t1078.004` names an ATT&CK technique."),
    Key::optional("controls", TEXTS, "Controls it checks, like `cis-aws-1.4`."),
    Key::optional("references", TEXTS, "Where to read more."),
    Key::optional("description", Shape::Str, "What it finds and why that matters."),
    Key::optional("false_positives", TEXTS, "When it fires on something harmless."),
    Key::optional("remediation", Shape::Str, "What to do about a finding."),
    Key::optional("renamed_from", Shape::Id, "An earlier id, whose fingerprints it keeps."),
    Key::optional(
        "params",
        Shape::Map(&PARAM),
        "What a user may tune in the project file; expressions say `params.NAME`.",
    ),
    Key::optional(
        "when",
        Shape::Expr,
        "The condition; best written as a block that begins with `|`. A `sequence` has one in each \
         step instead.",
    ),
    Key::optional("correlate", CORRELATE, "A finding takes several matches of one subject."),
    Key::optional("sequence", SEQUENCE, "A finding takes ordered steps of one subject."),
    Key::optional("first_seen", FIRST_SEEN, "A finding takes a value that is new for the subject."),
    Key::optional("raise", Shape::List(&RAISE), "What makes a finding worse than `severity`."),
    Key::optional(
        "message",
        Shape::Str,
        "What a finding says; `${…}` holds an expression. The title by default.",
    ),
    Key::optional(
        "by",
        Shape::List(&Shape::Expr),
        "What makes two matches one finding. The account and who acts by default.",
    ),
    Key::optional("tests", Shape::List(&TEST), "What it must find and must not find."),
];

/// A length of time, or a parameter of that type.
const LENGTH: Shape = Shape::OneOf(&[Shape::Duration, Shape::Str]);

const CORRELATE: Shape = Shape::Object(&[
    Key::optional(
        "within",
        LENGTH,
        "How far apart the first and the last match may be, `10m` or `params.NAME`; left out: as \
         far as the input goes.",
    ),
    Key::required(
        "measures",
        Shape::Map(&Shape::Object(&[
            Key::optional("count", Shape::Expr, "Counts the matches for which this holds."),
            Key::optional("distinct", Shape::Expr, "Counts the different values of this."),
            Key::optional("sum", Shape::Expr, "Adds up this integer."),
            Key::optional("min", Shape::Expr, "The smallest value of this."),
            Key::optional("max", Shape::Expr, "The largest value of this."),
        ])),
        "What is counted, by the name that `having`, `raise` and `message` say.",
    ),
    Key::required("having", Shape::Expr, "When the counts are a finding."),
]);

const SEQUENCE: Shape = Shape::Object(&[
    Key::optional(
        "within",
        LENGTH,
        "How far apart the first and the last step may be, `24h` or `params.NAME`; left out: as \
         far as the input goes.",
    ),
    Key::required("steps", Shape::List(&STEP), "The steps, in their order."),
]);

static STEP: Shape = Shape::Object(&[
    Key::required("id", Shape::Name, "Its name."),
    Key::optional("by", Shape::List(&Shape::Expr), "Where this step has the subject; else `by`."),
    Key::required("when", Shape::Expr, "Which records are this step."),
    Key::optional("absent", Shape::Bool, "Whether there must be no such record."),
]);

const FIRST_SEEN: Shape = Shape::Object(&[
    Key::required("of", Shape::List(&Shape::Expr), "The values that must be new together."),
    Key::required(
        "history",
        LENGTH,
        "How far back a record counts as having shown the values, `30d` or `params.NAME`.",
    ),
    Key::optional("among", Shape::Expr, "Which records count as having shown them; else all."),
]);

static RAISE: Shape = Shape::Object(&[
    Key::required("to", Shape::Enum(Severity::WORDS), "The severity it raises to."),
    Key::required("when", Shape::Expr, "When."),
]);

static PARAM: Shape = Shape::Object(&[
    Key::required("type", Shape::Enum(super::ParamType::WORDS), "Its type."),
    Key::required(
        "default",
        Shape::Any,
        "Its value unless the project file sets it; for a list `lists.NAME` or the values.",
    ),
    Key::optional("of", Shape::Str, "For a list of values written here: the field they belong to."),
    Key::optional("description", Shape::Str, "What it tunes."),
]);

static TEST: Shape = Shape::Object(TEST_KEYS);

/// The keys of a test.
pub(super) static TEST_KEYS: &[Key] = &[
    Key::required("name", Shape::Str, "What it shows."),
    Key::optional(
        "event",
        FIELDS,
        "An event by its canonical fields; what can be derived may be left out.",
    ),
    Key::optional("cred", FIELDS, "A cred by its canonical fields."),
    Key::optional("key", FIELDS, "A key by its canonical fields."),
    Key::optional("raw", RAW, "A provider's record, or rows of its table, read as `format`."),
    Key::optional("format", Shape::Str, "The format of `raw`, like `cloudtrail`."),
    Key::optional("records", Shape::List(&RECORD), "Several records."),
    Key::optional("now", Shape::Time, "The clock of expressions, 2026-01-01T00:00:00Z by default."),
    Key::optional("zone", Shape::Str, "The zone of calendar functions, UTC by default."),
    Key::optional("params", FIELDS, "Values of parameters."),
    Key::optional("lists", Shape::Map(&TEXTS), "Values of lists."),
    Key::optional(
        "tables",
        Shape::Map(&Shape::List(&Shape::Map(&Shape::Any))),
        "Rows of tables, each a mapping of columns.",
    ),
    Key::required("expect", EXPECT, "`match`, `none`, or how many of what."),
];

const EXPECT: Shape = Shape::OneOf(&[
    Shape::Enum(super::Expectation::WORDS),
    Shape::Object(&[
        Key::optional("findings", Shape::Count, "Findings, one for each subject."),
        Key::optional(
            "subjects",
            Shape::Count,
            "Subjects with a match, whether or not it comes to a finding.",
        ),
        Key::optional("occurrences", Shape::Count, "Days or bursts, of all findings."),
        Key::optional(
            "uncertain",
            Shape::Count,
            "Findings for which the records do not reach far enough to be sure.",
        ),
        Key::optional(
            "severity",
            Shape::Enum(Severity::WORDS),
            "The highest severity of all findings.",
        ),
    ]),
]);

static RECORD: Shape = Shape::Object(&[
    Key::optional("event", FIELDS, "An event by its canonical fields."),
    Key::optional("cred", FIELDS, "A cred by its canonical fields."),
    Key::optional("key", FIELDS, "A key by its canonical fields."),
    Key::optional("raw", RAW, "A provider's record, or rows of its table, read as `format`."),
    Key::optional("format", Shape::Str, "The format of `raw`, like `cloudtrail`."),
]);

const RAW: Shape =
    Shape::OneOf(&[Shape::Map(&Shape::Any), Shape::List(&Shape::Map(&Shape::Any)), Shape::Str]);
