//! Enums that files and reports spell as words.

/// An enum that the macro `words!` declares.
pub trait Words: Copy + 'static {
    /// Every word, in order.
    fn words() -> &'static [&'static str];
    /// The word in files and reports.
    fn word(self) -> &'static str;
    /// The value that a word denotes.
    fn of_word(word: &str) -> Option<Self>;
}

/// Declares an enum whose values are spelled as words in files and reports.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: [$name; [$($word),*].len()] = [$($name::$variant),*];
            /// Every word, in order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word in files and reports.
            pub fn name(self) -> &'static str {
                match self { $($name::$variant => $word,)* }
            }

            /// The value that a word denotes.
            pub fn parse(word: &str) -> Option<Self> {
                match word { $($word => Some($name::$variant),)* _ => None }
            }
        }

        impl $crate::value::Words for $name {
            fn words() -> &'static [&'static str] {
                Self::WORDS
            }

            fn word(self) -> &'static str {
                self.name()
            }

            fn of_word(word: &str) -> Option<Self> {
                Self::parse(word)
            }
        }
    };
}

pub(crate) use words;
