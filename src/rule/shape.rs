//! What a rule file may contain.

use super::{Category, Confidence, Pack, Severity, Status};
use crate::value::RecordKind;
use crate::yaml::{Shape, ShapeKey};

const TEXTS: Shape = Shape::List(&Shape::Str);
const FIELDS: Shape = Shape::Map(&Shape::Any);

/// The shape of a rule file.
pub static RULE_FILE: Shape =
    Shape::Object(&[ShapeKey::required("rule", Shape::Object(RULE), "A detection.")]);

static RULE: &[ShapeKey] = &[
    ShapeKey::required("id", Shape::Id, "Its name, also the name of its file."),
    ShapeKey::required("title", Shape::Str, "What it finds, in one line."),
    ShapeKey::required(
        "category",
        Shape::Enum(Category::WORDS),
        "The kind of activity that it detects.",
    ),
    ShapeKey::required("severity", Shape::Enum(Severity::WORDS), "The severity of its findings."),
    ShapeKey::optional(
        "status",
        Shape::Enum(Status::WORDS),
        "Its maturity, `stable` by default; findings of an `experimental` rule never fail a run.",
    ),
    ShapeKey::optional(
        "pack",
        Shape::Enum(Pack::WORDS),
        "Its pack, `core` by default; findings of an `extended` rule fail a run only if the project \
         says so.",
    ),
    ShapeKey::optional(
        "confidence",
        Shape::Enum(Confidence::WORDS),
        "How often a finding is what the title says, `high` by default.",
    ),
    ShapeKey::required(
        "on",
        Shape::Enum(RecordKind::WORDS),
        "The kind of record it evaluates: audit-log events, users of a credential report, or access keys.",
    ),
    ShapeKey::optional("tags", TEXTS, "Free tags; `attack.t1078.004` names an ATT&CK technique."),
    ShapeKey::optional("controls", TEXTS, "Controls it checks, like `cis-aws-1.4`."),
    ShapeKey::optional("references", TEXTS, "Links to more information."),
    ShapeKey::optional("description", Shape::Str, "What it finds and why that matters."),
    ShapeKey::optional("false_positives", TEXTS, "Harmless activity that it also matches."),
    ShapeKey::optional("remediation", Shape::Str, "What to do about a finding."),
    ShapeKey::optional(
        "renamed_from",
        Shape::Id,
        "An earlier id, whose fingerprints remain valid.",
    ),
    ShapeKey::optional(
        "params",
        Shape::Map(&PARAM),
        "Values that the project file can set; expressions refer to them as `params.NAME`.",
    ),
    ShapeKey::optional(
        "when",
        Shape::Expr,
        "The condition; best written as a block that begins with `|`. A `sequence` has one in each \
         step instead.",
    ),
    ShapeKey::optional(
        "correlate",
        CORRELATE,
        "A finding requires several matches of one subject.",
    ),
    ShapeKey::optional(
        "sequence",
        SEQUENCE,
        "A finding requires several steps of one subject in order.",
    ),
    ShapeKey::optional(
        "first_seen",
        FIRST_SEEN,
        "A finding requires a value that is new for the subject.",
    ),
    ShapeKey::optional(
        "after_silence",
        AFTER_SILENCE,
        "A finding requires a match after a time without matches of the subject.",
    ),
    ShapeKey::optional(
        "raise",
        Shape::List(&RAISE),
        "Conditions that raise a finding above `severity`.",
    ),
    ShapeKey::optional(
        "message",
        Shape::Str,
        "The text of a finding; `${…}` contains an expression. The title by default.",
    ),
    ShapeKey::optional(
        "by",
        Shape::List(&VALUES),
        "The subject: matches with the same values form one finding. The account and the actor by default.",
    ),
    ShapeKey::optional(
        "base",
        Shape::OneOf(&[Shape::Map(&BASE), BASE]),
        "The record that its tests change, or several such records by name.",
    ),
    ShapeKey::optional("tests", Shape::List(&TEST), "What it must find and must not find."),
    ShapeKey::optional(
        "survivors",
        Shape::List(&SURVIVOR),
        "Changes of the rule that its tests need not notice.",
    ),
];

/// A length of time, or a parameter of that type.
const LENGTH: Shape = Shape::OneOf(&[Shape::Duration, Shape::Str]);

/// A value, or every item of a list.
const VALUES: Shape = Shape::OneOf(&[
    Shape::Expr,
    Shape::Object(&[ShapeKey::required(
        "each",
        Shape::Expr,
        "A list whose items count one by one.",
    )]),
]);

const CORRELATE: Shape = Shape::Object(&[
    ShapeKey::optional(
        "within",
        LENGTH,
        "The maximum time between the first and the last match, `10m` or `params.NAME`; without \
         it, the whole input.",
    ),
    ShapeKey::required(
        "measures",
        Shape::Map(&Shape::Object(&[
            ShapeKey::optional("count", Shape::Expr, "Counts the matches for which this is true."),
            ShapeKey::optional("distinct", VALUES, "Counts the distinct values of this."),
            ShapeKey::optional("sum", Shape::Expr, "Sums this integer."),
            ShapeKey::optional("min", Shape::Expr, "The smallest value of this."),
            ShapeKey::optional("max", Shape::Expr, "The largest value of this."),
            ShapeKey::optional(
                "values",
                VALUES,
                "The distinct values of this in their order, for `message`.",
            ),
            ShapeKey::optional(
                "most",
                Shape::Count,
                "How many `values` are shown, 1 to 100 and 10 by default; the rest is counted.",
            ),
        ])),
        "Measures, by the name that `having`, `raise` and `message` use.",
    ),
    ShapeKey::required("having", Shape::Expr, "The condition on the measures for a finding."),
]);

const SEQUENCE: Shape = Shape::Object(&[
    ShapeKey::optional(
        "within",
        LENGTH,
        "The maximum time between the first and the last step, `24h` or `params.NAME`; without \
         it, the whole input.",
    ),
    ShapeKey::required("steps", Shape::List(&STEP), "The steps, in order."),
]);

static STEP: Shape = Shape::Object(&[
    ShapeKey::required("id", Shape::Name, "Its name."),
    ShapeKey::optional(
        "by",
        Shape::List(&VALUES),
        "The subject of this step, if it differs from `by` of the rule.",
    ),
    ShapeKey::required("when", Shape::Expr, "The condition on the records of this step."),
    ShapeKey::optional(
        "where",
        Shape::Expr,
        "A condition on the record (`event`) and the records of earlier steps (by their `id`).",
    ),
    ShapeKey::optional(
        "count",
        Shape::OneOf(&[Shape::Count, Shape::Str]),
        "How many such records are required, a number or `params.NAME`; 1 by default.",
    ),
    ShapeKey::optional(
        "absent",
        Shape::Bool,
        "Whether the sequence requires that there is no such record.",
    ),
]);

const FIRST_SEEN: Shape = Shape::Object(&[
    ShapeKey::required(
        "of",
        Shape::List(&Shape::Expr),
        "The values whose combination must be new.",
    ),
    ShapeKey::required(
        "history",
        LENGTH,
        "How far back earlier records count, `30d` or `params.NAME`.",
    ),
    ShapeKey::optional(
        "among",
        Shape::Expr,
        "A condition on the earlier records that count; all by default.",
    ),
]);

const AFTER_SILENCE: Shape = Shape::Object(&[
    ShapeKey::required(
        "for",
        LENGTH,
        "How long the subject had no match, `30d` or `params.NAME`; only a longer silence counts.",
    ),
    ShapeKey::optional(
        "last_seen",
        Shape::Expr,
        "When the subject was last seen before the log, according to a report or a table.",
    ),
]);

static RAISE: Shape = Shape::Object(&[
    ShapeKey::required("to", Shape::Enum(Severity::WORDS), "The new severity."),
    ShapeKey::required("when", Shape::Expr, "The condition."),
]);

static PARAM: Shape = Shape::Object(&[
    ShapeKey::required("type", Shape::Enum(super::ParamType::WORDS), "Its type."),
    ShapeKey::required(
        "default",
        Shape::Any,
        "The value unless the project file sets one; for a list `lists.NAME` or the values.",
    ),
    ShapeKey::optional("of", Shape::Str, "For a list of values: the field that they belong to."),
    ShapeKey::optional("description", Shape::Str, "Its effect."),
]);

static SURVIVOR: Shape = Shape::Object(&[
    ShapeKey::required("code", Shape::Str, "The text that is changed."),
    ShapeKey::optional(
        "change",
        Shape::Str,
        "A part of the description of the change; every change of the text by default.",
    ),
    ShapeKey::required("reason", Shape::Str, "Why no test can or need notice the change."),
]);

static TEST: Shape = Shape::Object(TEST_KEYS);

/// The keys of a record of a test.
pub(super) static RECORD_KEYS: &[ShapeKey] = &[EVENT, CRED, KEY, RAW_RECORD, FORMAT];

const EVENT: ShapeKey = ShapeKey::optional(
    "event",
    ROW,
    "An event by its canonical fields; derived fields are optional.",
);
const CRED: ShapeKey = ShapeKey::optional("cred", ROW, "A cred by its canonical fields.");
const KEY: ShapeKey = ShapeKey::optional("key", ROW, "A key by its canonical fields.");
const RAW_RECORD: ShapeKey =
    ShapeKey::optional("raw", RAW, "A provider's record, or rows of its table, read as `format`.");
const FORMAT: ShapeKey =
    ShapeKey::optional("format", Shape::Str, "The format of `raw`, like `cloudtrail`.");

/// The fields of a record, or nothing to remove that of the base.
const ROW: Shape = Shape::OneOf(&[FIELDS, Shape::Null]);

const BASE: Shape = Shape::Object(RECORD_KEYS);

const BASE_NAME: ShapeKey =
    ShapeKey::optional("base", Shape::Str, "The name of the base that it changes, or `none`.");

/// The keys of a test.
pub(super) static TEST_KEYS: &[ShapeKey] = &[
    ShapeKey::required("name", Shape::Str, "What it shows."),
    BASE_NAME,
    EVENT,
    CRED,
    KEY,
    RAW_RECORD,
    FORMAT,
    ShapeKey::optional("records", Shape::List(&RECORD), "Several records."),
    ShapeKey::optional(
        "now",
        Shape::Time,
        "The clock of expressions, 2026-01-01T00:00:00Z by default.",
    ),
    ShapeKey::optional("zone", Shape::Str, "The zone of calendar functions, UTC by default."),
    ShapeKey::optional("params", FIELDS, "Values of parameters."),
    ShapeKey::optional("lists", Shape::Map(&TEXTS), "Values of lists."),
    ShapeKey::optional(
        "tables",
        Shape::Map(&Shape::List(&Shape::Map(&Shape::Any))),
        "Rows of tables, each a mapping of columns.",
    ),
    ShapeKey::required("expect", EXPECT, "`match`, `none`, or expected numbers."),
];

const EXPECT: Shape = Shape::OneOf(&[
    Shape::Enum(super::Expectation::WORDS),
    Shape::Object(&[
        ShapeKey::optional("findings", Shape::Count, "Findings, one for each subject."),
        ShapeKey::optional(
            "subjects",
            Shape::Count,
            "Subjects with a match, with or without a finding.",
        ),
        ShapeKey::optional("occurrences", Shape::Count, "Days or bursts, of all findings."),
        ShapeKey::optional(
            "uncertain",
            Shape::Count,
            "Findings for which the records do not reach far enough to be sure.",
        ),
        ShapeKey::optional(
            "severity",
            Shape::Enum(Severity::WORDS),
            "The highest severity of all findings.",
        ),
        ShapeKey::optional("message", Shape::Str, "The message of one of the findings."),
        ShapeKey::optional(
            "subject",
            TEXTS,
            "The values of the subject of one of the findings; `-` for a missing one.",
        ),
        ShapeKey::optional(
            "suppressed",
            Shape::Count,
            "Findings that allowlist entries of the policy cover.",
        ),
        ShapeKey::optional("entry", Shape::Str, "An entry that covers one of the findings."),
    ]),
]);

static RECORD: Shape = Shape::Object(&[BASE_NAME, EVENT, CRED, KEY, RAW_RECORD, FORMAT]);

const RAW: Shape =
    Shape::OneOf(&[Shape::Map(&Shape::Any), Shape::List(&Shape::Map(&Shape::Any)), Shape::Str]);
