//! KT9xxx: queries.

super::codes! {
    /// A query that names no record.
    NO_RECORD = "KT9001", "query that names no record",
        "A query reads events, creds or keys, which follows from the fields that it names. If it \
         names no field, state the kind: `--on event`, or `on: event` in the project file.";
    /// A query that reads both events and reports.
    TWO_RECORDS = "KT9002", "query over two kinds of records",
        "A query reads one kind of record, as a rule does. In a query over events, `event.cred` \
         is the report row of the caller and `event.key` is the row of its key.";
    /// An expression that records cannot be counted by.
    NOT_COUNTABLE = "KT9003", "records cannot be counted by this",
        "Records are counted by the values of expressions: texts, numbers, times, booleans, and \
         lists of them. A whole record has no such value, so name one of its fields.";
    /// A time bound that is invalid.
    BAD_BOUND = "KT9004", "invalid time bound",
        "`since` and `until` take an instant (2026-01-31T00:00:00Z), a day (2026-01-31), or a \
         duration before the time of the run (15m, 24h, 90d).";
    /// A comparison with a masked key that is not a single key.
    MASKED_KEY = "KT9005", "ambiguous masked access key",
        "Reports print access keys masked. A query takes a masked key for the only access key in \
         its inputs that looks like it. If several do, the result would mix them. `--show-keys` \
         prints whole keys.";
}
