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
}
