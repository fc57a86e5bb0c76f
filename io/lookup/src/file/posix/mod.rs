//! POSIX regular expressions for `regexp:`: the C library's, except where they refer back.
//!
//! regexec(3) answers most expressions in time proportional to the text. With a back-reference it may try ways without end,
//! and cannot be told to stop: one such rule and one long address would hold a process for ever. Those rules are searched
//! here, step by step, and come to an end ([`search`]); the library still judges whether they may be compiled.
//! What is found is what the library finds: the leftmost match, of those the longest, and of equally long ones that in
//! which each repetition takes all it can and each alternative is the first that leads there.

mod program;
mod search;
mod syntax;

use std::ffi::CStr;

use sys::groups::Groups;
use sys::posix_regexp::{self, Flags};

use self::program::Program;

/// A compiled expression.
pub(crate) struct Regexp {
    groups: usize,
    engine: Engine,
}

/// Who searches.
enum Engine {
    Library(posix_regexp::Regexp),
    Steps(Program),
}

impl Regexp {
    /// Compiles `expression`.
    ///
    /// # Errors
    /// What the C library says of it; an expression with a back-reference that is too large.
    pub(crate) fn compile(expression: &str, flags: Flags) -> Result<Self, String> {
        let library = posix_regexp::Regexp::compile(expression, flags)?;
        let groups = library.groups();
        let engine = match syntax::with_references(expression, flags)? {
            Some(node) => Engine::Steps(Program::of(&node, flags, groups)?),
            None => Engine::Library(library),
        };
        Ok(Self { groups, engine })
    }

    /// How many groups the expression has.
    pub(crate) fn groups(&self) -> usize {
        self.groups
    }

    /// Searches `text`; `None` when it does not match. Places are certain only `with_groups`.
    ///
    /// # Errors
    /// Too many steps, or too little memory.
    pub(crate) fn search(&self, text: &CStr, with_groups: bool) -> Result<Option<Groups>, String> {
        match &self.engine {
            Engine::Library(library) => library.search(text, with_groups),
            Engine::Steps(program) => search::search(program, text.to_bytes(), with_groups),
        }
    }
}

#[cfg(test)]
mod tests;
