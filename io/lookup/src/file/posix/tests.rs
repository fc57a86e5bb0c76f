//! Back-references: what the steps find against what the C library finds, and what they refuse.

use std::ffi::CString;

use super::*;

const EXTENDED: Flags = Flags {
    ignore_case: false,
    newline: false,
    extended: true,
};

fn search(expression: &str, flags: Flags, text: &str) -> Result<Option<Groups>, String> {
    let regexp = Regexp::compile(expression, flags).unwrap();
    assert!(matches!(regexp.engine, Engine::Steps(_)), "{expression}");
    regexp.search(&CString::new(text).unwrap(), true)
}

#[test]
fn an_expression_that_goes_back_and_forth_for_ever_comes_to_an_end() {
    let expression = r"(a*)(a*)(a*)\1\2\3b";

    let error = search(expression, EXTENDED, &"a".repeat(200)).unwrap_err();
    assert_eq!(error, "too many ways to match a back-reference");
    assert_eq!(search(expression, EXTENDED, &"a".repeat(30)), Ok(None));
}

/// Numbers that look like chance, the same ones each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// A sequence of parts in the extended syntax; `groups` counts those that are complete.
    fn sequence(&mut self, depth: usize, groups: &mut usize) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(3) {
            match self.below(10) {
                // The library makes mistakes with groups that are repeated and referred to.
                0..=2 if depth > 0 => {
                    let inside = match self.below(3) {
                        0 => format!("{}|{}", self.plain(), self.plain()),
                        _ => self.sequence(depth - 1, groups),
                    };
                    text.push_str(&format!("({inside})"));
                    *groups += 1;
                }
                3..=4 if *groups > 0 && depth == 3 => {
                    text.push_str(&format!("\\{}", 1 + self.below((*groups).min(9))));
                }
                5 => text.push_str(self.one_of(&[
                    "^", "$", "\\b", "\\B", "\\<", "\\>", "\\`", "\\'", "\\.", "\\a", "\\]", "\\*", "}", "]",
                    "-",
                ])),
                _ => {
                    text.push_str(self.one_of(PARTS));
                    text.push_str(
                        self.one_of(&["", "", "", "*", "+", "?", "{1,2}", "{2}", "{,1}", "{1,}", "*?"]),
                    );
                }
            }
        }
        text
    }

    fn plain(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..=self.below(2) {
            text.push_str(self.one_of(&["a", "b", ".", "a*", "b?", ""]));
        }
        text
    }
}

const PARTS: &[&str] = &[
    "a",
    "b",
    ".",
    "[ab]",
    "[^b]",
    "ab",
    "A",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "[[:alpha:]]",
    "[[:upper:]_]",
    "[^[:space:]]",
    "[]a]",
    "[^]a]",
    "[a-c]",
    "[a-]",
    "[[.a.]-c]",
    "[[=b=]]",
    "[\\.]",
    "[[:punct:]]",
    "_",
];

/// The same expression in the basic syntax.
fn basic(extended: &str) -> String {
    let mut text = String::new();
    let (mut escaped, mut bracket) = (false, 0);
    for letter in extended.chars() {
        match letter {
            _ if bracket > 0 => {
                bracket += match letter {
                    '[' => 1,
                    ']' if !text.ends_with('[') && !text.ends_with("[^") => -1,
                    _ => 0,
                }
            }
            '[' if !escaped => bracket = 1,
            '(' | ')' | '{' | '}' | '|' | '+' | '?' if !escaped => text.push('\\'),
            _ => {}
        }
        escaped = letter == '\\' && !escaped && bracket == 0;
        text.push(letter);
    }
    text
}

/// Compares with the library until that many answers are compared; how many of them were matches.
fn compare(dice: &mut Dice, answers: usize) -> usize {
    let (mut compared, mut matched) = (0, 0);
    while compared < answers {
        let mut groups = 0;
        let begin = dice.one_of(&["", "^"]);
        let mut expression = format!("{begin}{}", dice.sequence(3, &mut groups));
        if groups == 0 {
            continue;
        }
        expression.push_str(&format!("\\{}", 1 + dice.below(groups.min(9))));
        expression.push_str(dice.one_of(&["", "$", "b"]));
        let flags = Flags {
            extended: dice.below(2) == 0,
            ignore_case: dice.below(2) == 0,
            newline: dice.below(3) == 0,
        };
        if !flags.extended {
            expression = basic(&expression);
        }
        let Ok(library) = posix_regexp::Regexp::compile(&expression, flags) else {
            continue;
        };
        for _ in 0..4 {
            let letters = &["a", "b", "a", "b", "c", "A", "_", "-", "]", ".", "\n", " "];
            let text: String = (0..dice.below(9)).map(|_| dice.one_of(letters)).collect();
            let theirs = library.search(&CString::new(text.clone()).unwrap(), true);
            let ours = search(&expression, flags, &text);
            assert_eq!(ours, theirs, "{expression} {flags:?} on {text:?}");
            compared += 1;
            matched += usize::from(matches!(theirs, Ok(Some(_))));
        }
    }
    matched
}

#[test]
fn what_is_found_is_what_the_library_finds() {
    assert!(compare(&mut Dice(1), 4000) > 400);
}

/// The library misses some of these, and its answers for others are no matches; which ones depends on its release.
#[test]
fn a_group_that_is_repeated_has_what_it_matched_last() {
    for (expression, text, places) in [
        (r"^(a|b)+\1$", "abb", [0, 3, 1, 2]),
        (r"^(.+){2}\1b", "caaaccb", [0, 7, 4, 5]),
        (r"(.|a*){2}\1$", "aaab", [3, 4, 4, 4]),
        (r"^([ab]+)+\1b", "bbbba", [0, 4, 1, 2]),
        (r"(a*)*\1", "aaaa", [0, 4, 2, 3]),
        (r"(a*)+x\1", "aaxaa", [0, 5, 0, 2]),
    ] {
        let found = search(expression, EXTENDED, text).unwrap().unwrap();
        let [begin, end, group, group_end] = places;
        assert_eq!(found.get(0), Some(begin..end), "{expression}");
        assert_eq!(found.get(1), Some(group..group_end), "{expression}");
    }
    assert_eq!(search(r"^(a)?\1b", EXTENDED, "b"), Ok(None));
}

#[test]
fn what_the_library_takes_is_understood_or_refused_with_a_reason() {
    let deep = format!("{}a{}\\1", "(".repeat(300), ")".repeat(300));
    let refused = Regexp::compile(&deep, EXTENDED).err();
    assert_eq!(
        refused.as_deref(),
        Some("parentheses are nested too deeply: skipping this rule")
    );
    // The library itself takes long for such an expression.
    let large = syntax::with_references(r"(a)\1{1000}{1000}", EXTENDED)
        .unwrap()
        .unwrap();
    assert_eq!(
        Program::of(&large, EXTENDED, 1).err().as_deref(),
        Some("regular expression too big: skipping this rule")
    );
    // A backslash in brackets, or behind another, refers to nothing.
    for plain in [r"(a)[\1]", r"(a)\\1"] {
        let regexp = Regexp::compile(plain, EXTENDED).unwrap();
        assert!(matches!(regexp.engine, Engine::Library(_)), "{plain}");
    }
}
