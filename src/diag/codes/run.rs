//! KT6xxx: inputs and the run itself.

super::codes! {
    /// A path or pattern that matches no file.
    NO_SUCH_INPUT = "KT6001", "no such input",
        "If a path or glob that matches no file were accepted, the run would scan nothing and \
         look clean.";
    /// A pattern that is invalid.
    BAD_GLOB = "KT6002", "invalid pattern",
        "A glob supports `*`, `**`, `?` and `[…]`; `**` must be a whole path segment. Write `[*]` \
         for a literal `*`.";
}
