//! `keytrail watch`: told check by check what one scan of the whole finds.

mod follow;
mod page;
mod program;
mod told;
