//! A diagnostic about a file, independent of how it is printed.

use crate::source::Span;

/// The severity of a diagnostic. Only errors stop a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The policy cannot be used.
    Error,
    /// The policy can be used, but probably does not do what the author intended.
    Warning,
    /// Information that requires no action.
    Note,
}

impl Level {
    /// The word that is printed for the level.
    pub fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// A stable diagnostic code; never reused.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code {
    /// `KT` and four digits.
    pub id: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Why it is reported and what to do, in a few sentences.
    pub explanation: &'static str,
}

/// Declares the codes of one area and their registry slice.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $($(#[$doc])*
        pub static $name: $crate::diag::Code =
            $crate::diag::Code { id: $id, title: $title, explanation: $explanation };)*
        /// Every code of this area.
        pub static CODES: &[&$crate::diag::Code] = &[$(&$name),*];
    };
}
pub(super) use codes;

/// A place that a diagnostic points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// The text after the underline; may be empty.
    pub text: String,
}

/// A message that makes sense alone, with places and the next step. The code that loads or checks
/// policy files collects diagnostics; the binary renders them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its severity.
    pub level: Level,
    /// Its stable code.
    pub code: &'static Code,
    /// One sentence that makes sense alone; no full stop needed.
    pub message: String,
    /// The places it points at. The first label is the primary place.
    pub labels: Vec<Label>,
    /// What to do next, each a sentence.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(Level::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(Level::Warning, code, message)
    }

    /// A note.
    pub fn note(code: &'static Code, message: impl Into<String>) -> Self {
        Self::new(Level::Note, code, message)
    }

    fn new(level: Level, code: &'static Code, message: impl Into<String>) -> Self {
        Self { level, code, message: message.into(), labels: Vec::new(), help: Vec::new() }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a line of help.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds a line of help if there is one.
    #[must_use]
    pub fn maybe_help(mut self, text: Option<String>) -> Self {
        self.help.extend(text);
        self
    }

    /// Whether it is an error, which stops a run.
    pub fn is_error(&self) -> bool {
        self.level == Level::Error
    }
}
