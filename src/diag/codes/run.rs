//! KT6xxx: inputs and the run itself.

super::codes! {
    /// A path or pattern that names no file.
    NO_SUCH_INPUT = "KT6001", "no such input",
        "A path or glob that matches nothing would scan nothing and look clean.";
    /// A pattern that cannot be read.
    BAD_GLOB = "KT6002", "invalid pattern",
        "A glob has `*`, `**`, `?` and `[…]`; `**` must be a whole part of the path. Write `[*]` \
         for a character that is meant literally.";
}
