//! KT9xxx: queries.

super::codes! {
    /// A query that names no record.
    NO_RECORD = "KT9001", "query that names no record",
        "A query reads events, creds or keys, and the fields that it names say which. Where it \
         names none, say it: `--on event`, or `on: event` in the project file.";
    /// A query over events and reports at once.
    TWO_RECORDS = "KT9002", "query over two kinds of records",
        "A query reads one kind of record, as a rule does. Over events, the report row of the \
         caller is `event.cred`, and that of its key `event.key`.";
    /// Something that records cannot be counted by.
    NOT_COUNTABLE = "KT9003", "records cannot be counted by this",
        "Records are counted by the values of expressions: texts, numbers, times, booleans, and \
         lists of them. A whole record has no such value; name one of its fields.";
    /// A bound of time that cannot be read.
    BAD_BOUND = "KT9004", "unknown bound of time",
        "`since` and `until` are an instant (2026-01-31T00:00:00Z), a day (2026-01-31), or a \
         length of time back from the time of the run (15m, 24h, 90d).";
    /// A key that is compared with a masked one.
    MASKED_KEY = "KT9005", "masked access key in a query",
        "Reports show access keys masked. A masked key equals no key, and the answer would be that \
         nothing was found; `--show-keys` shows keys whole.";
}
