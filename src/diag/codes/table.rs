//! KT8xxx: reference tables.

super::codes! {
    /// A row that does not fit the declaration.
    ROW = "KT8001", "row that does not fit its table",
        "A table declares the type of every column. A value that is of another type, or a row \
         without the key by which it would be found, is refused: what is left out of a table would \
         be taken for something that is not there.";
    /// Two rows with one key.
    DUPLICATE_KEY = "KT8002", "key twice in a table",
        "A key finds one row, and no reader could tell which of the two was meant. In a table of \
         ranges, ranges may lie inside each other; only the same range twice is refused.";
    /// A column that the declaration does not have.
    UNKNOWN_COLUMN = "KT8003", "unknown column",
        "The declaration of a table names its columns and their types; there are no others.";
    /// A data file that cannot be read.
    DATA_FILE = "KT8004", "data file of a table",
        "The rows of a table come from a CSV, JSON or YAML file, or stand in its declaration. A \
         file that cannot be read stops the run, so that it is never taken for an empty table.";
    /// Columns of a data file that nothing declares.
    EXTRA_COLUMNS = "KT8005", "columns that are not read",
        "The data file has columns that the declaration of its table does not name. They are left \
         out; if one of them is meant, declare it or rename it.";
    /// A table whose id stands for something else.
    RESERVED_ID = "KT8006", "reserved table id",
        "`keys` and `creds` stand for the credential reports of a run, not for a table of the \
         policy.";
    /// The key of a table is not one of its columns.
    KEY_COLUMN = "KT8007", "key column of a table",
        "A table is found by one of its columns, which holds texts: `key: {column: ip, match: \
         cidr}`.";
    /// A table that does not exist.
    UNKNOWN_TABLE = "KT8008", "unknown table",
        "No policy file declares a table with this id.";
    /// Findings of a scanner's report without a key.
    WITHOUT_KEY = "KT8009", "scanner's finding without a key",
        "The table may be made of the report of a secret scanner, and a row is the id of an access \
         key. A finding that shows none (of another secret, or hidden by the scanner) is no row.";
}
