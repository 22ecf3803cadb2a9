//! `keytrail watch`: its checks together emit what one scan of the whole input finds.

mod follow;
mod notify;
mod page;
mod program;
mod split_invariance;
