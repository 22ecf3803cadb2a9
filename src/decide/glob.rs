//! Patterns of texts, and the sets of positions that a text reaches in them.

/// A pattern that matches whole texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob(Vec<Token>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    One(char),
    AnyOne,
    Any,
}

impl Glob {
    /// The text itself.
    pub(super) fn exact(text: &str) -> Self {
        Self(text.chars().map(Token::One).collect())
    }

    /// Every text that begins with this one.
    pub(super) fn prefix(text: &str) -> Self {
        Self(text.chars().map(Token::One).chain([Token::Any]).collect())
    }

    /// Every text that ends with this one.
    pub(super) fn suffix(text: &str) -> Self {
        Self([Token::Any].into_iter().chain(text.chars().map(Token::One)).collect())
    }

    /// Every text that contains this one.
    pub(super) fn containing(text: &str) -> Self {
        let any = [Token::Any];
        Self(any.into_iter().chain(text.chars().map(Token::One)).chain(any).collect())
    }

    /// A pattern of `like`: `*` is any text, `?` any character.
    pub(super) fn like(pattern: &str) -> Self {
        let token = |c| match c {
            '*' => Token::Any,
            '?' => Token::AnyOne,
            c => Token::One(c),
        };
        Self(pattern.chars().map(token).collect())
    }

    /// The text, if no other text matches.
    pub(super) fn text(&self) -> Option<String> {
        let char = |token: &Token| match token {
            Token::One(c) => Some(*c),
            Token::AnyOne | Token::Any => None,
        };
        self.0.iter().map(char).collect()
    }

    /// A short text that matches.
    pub(super) fn example(&self) -> String {
        let char = |token: &Token| match token {
            Token::One(c) => Some(*c),
            Token::AnyOne => Some('x'),
            Token::Any => None,
        };
        self.0.iter().filter_map(char).collect()
    }

    /// The characters that it names.
    fn chars(&self) -> impl Iterator<Item = char> + '_ {
        self.0.iter().filter_map(|token| match token {
            Token::One(c) => Some(*c),
            Token::AnyOne | Token::Any => None,
        })
    }

    /// Adds a position, and the positions after it that need no character.
    fn reach(&self, pattern: u32, mut position: u32, out: &mut Positions) {
        loop {
            if !out.contains(&(pattern, position)) {
                out.push((pattern, position));
            }
            match self.0.get(position as usize) {
                Some(Token::Any) => position += 1,
                _ => return,
            }
        }
    }

    /// Adds the positions that a character leads to.
    fn step(&self, pattern: u32, position: u32, c: char, ignore_case: bool, out: &mut Positions) {
        let same = |own: char| own == c || ignore_case && own.eq_ignore_ascii_case(&c);
        match self.0.get(position as usize) {
            Some(Token::Any) => self.reach(pattern, position, out),
            Some(Token::AnyOne) => self.reach(pattern, position + 1, out),
            Some(Token::One(own)) if same(*own) => self.reach(pattern, position + 1, out),
            Some(Token::One(_)) | None => {}
        }
    }
}

/// Positions that a text reaches: the index of a pattern and of its next token.
pub(super) type Positions = Vec<(u32, u32)>;

/// Patterns of which one must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Globs {
    pub(super) patterns: Vec<Glob>,
    /// Whether the case of ASCII letters is ignored.
    pub(super) ignore_case: bool,
}

impl Globs {
    /// The positions of the empty text.
    pub(super) fn start(&self) -> Positions {
        let mut out = Positions::new();
        for (pattern, glob) in (0..).zip(&self.patterns) {
            glob.reach(pattern, 0, &mut out);
        }
        out.sort_unstable();
        out
    }

    /// The positions after one more character.
    pub(super) fn step(&self, from: &Positions, c: char) -> Positions {
        let mut out = Positions::new();
        for &(pattern, position) in from {
            if let Some(glob) = self.patterns.get(pattern as usize) {
                glob.step(pattern, position, c, self.ignore_case, &mut out);
            }
        }
        out.sort_unstable();
        out
    }

    /// Whether a text at these positions matches.
    pub(super) fn matches(&self, at: &Positions) -> bool {
        at.iter().any(|&(pattern, position)| {
            let glob = self.patterns.get(pattern as usize);
            glob.is_some_and(|glob| glob.0.len() == position as usize)
        })
    }

    /// The texts that match, if they are finitely many apart from their case.
    pub(super) fn texts(&self) -> Option<Vec<String>> {
        self.patterns.iter().map(Glob::text).collect()
    }

    /// The characters that the patterns tell apart.
    pub(super) fn chars(&self) -> impl Iterator<Item = char> + '_ {
        let chars = self.patterns.iter().flat_map(Glob::chars);
        chars.flat_map(|c| match self.ignore_case {
            true => [c.to_ascii_lowercase(), c.to_ascii_uppercase()],
            false => [c, c],
        })
    }
}
