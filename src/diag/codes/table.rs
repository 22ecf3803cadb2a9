//! KT8xxx: reference tables.

super::codes! {
    /// A row that does not fit the declaration.
    ROW = "KT8001", "row that does not fit its table",
        "A table declares the type of every column. A row with a value of another type or without \
         a key is refused, because leaving it out would look as if the table had no such key.";
    /// Two rows have the same key.
    DUPLICATE_KEY = "KT8002", "duplicate key in a table",
        "A key must identify one row. In a table of ranges, one range may contain another; only \
         identical ranges are refused.";
    /// A column that the declaration does not have.
    UNKNOWN_COLUMN = "KT8003", "unknown column",
        "A table has only the columns that its declaration names.";
    /// A data file that cannot be read.
    DATA_FILE = "KT8004", "data file of a table",
        "The rows of a table come from a CSV, JSON or YAML file, or from its declaration. A file \
         that cannot be read stops the run, because it must not look like an empty table.";
    /// Columns of a data file that the declaration does not have.
    EXTRA_COLUMNS = "KT8005", "columns that are not read",
        "The data file has columns that the declaration of its table does not name. They are \
         ignored. If you need one of them, declare or rename it.";
    /// A table whose id is reserved.
    RESERVED_ID = "KT8006", "reserved table id",
        "`keys` and `creds` refer to the credential reports of a run, so no table of the policy \
         can have these ids.";
    /// The key of a table is not one of its columns.
    KEY_COLUMN = "KT8007", "key column of a table",
        "Rows of a table are looked up by one of its text columns: `key: {column: ip, match: \
         cidr}`.";
    /// A table that does not exist.
    UNKNOWN_TABLE = "KT8008", "unknown table",
        "No policy file declares a table with this id.";
    /// Findings of a scanner's report that contain no key.
    WITHOUT_KEY = "KT8009", "scanner finding without a key",
        "The rows of this table can come from the report of a secret scanner, one for each access \
         key id. A finding without a key id (of another secret, or hidden by the scanner) adds no \
              row.";
}
