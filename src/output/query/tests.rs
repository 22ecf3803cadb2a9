//! Answers as they are read.
