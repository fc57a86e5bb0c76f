//! Files of unknown content, read for what they do to their readers; rules of unknown content, for whether the quick search
//! says what the slow one does.

use std::fs::File;
use std::ops::ControlFlow;

use sys::pcre::Pcre;

use super::berkeley;
use super::cdb::Cdb;
use super::cidr;
use super::expressions;
use super::posix::Regexp;

/// Entries that are visited; a small file can claim many.
const MOST_ENTRIES: usize = 1000;

/// Reads a file as an index of each type, searches for `keys` in it, walks over its entries, and forgets what it
/// says: no content may do more than be found damaged.
pub fn read_any_index(file: File, keys: &[&str]) {
    let mut entries = 0;
    let mut visit = |_: &[u8], _: &[u8]| {
        entries += 1;
        match entries < MOST_ENTRIES {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    };
    let keys = keys.iter().map(|key| key.as_bytes());
    let _ = berkeley::read_any(&file, keys.clone(), &mut visit);
    if let Ok(cdb) = Cdb::of_file(file) {
        for key in keys {
            let _ = cdb.find(key);
        }
        let _ = cdb.each(&mut visit);
    }
}

/// Searches `rules` of a `cidr:`, `pcre:` or `regexp:` table for `key`, with what is made of the rules beforehand and one by
/// one. Trying fewer expressions may avoid an error, and nothing else.
///
/// # Errors
/// Both answers, where they differ.
pub fn compare_searches(kind: &str, rules: &[u8], key: &str) -> Result<(), String> {
    let both = match kind {
        "cidr" => cidr::both_ways(rules, key).map(|both| both.map(Ok)),
        "pcre" => expressions::both_ways::<Pcre>(rules, key),
        _ => expressions::both_ways::<Regexp>(rules, key),
    };
    match both {
        Ok([quick, slow]) if slow.is_ok() && quick != slow => {
            Err(format!("{kind} {key:?}: quick {quick:?}, one by one {slow:?}"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look like chance, the same ones each time.
    struct Dice(u64);

    impl Dice {
        fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            all[(self.0 >> 33) as usize % all.len()]
        }

        fn text(&mut self, parts: &[&str], most: usize) -> String {
            (0..most).map(|_| self.one_of(parts)).collect()
        }
    }

    const PARTS: &[&str] = &[
        "",
        "ab",
        "abc",
        "AB",
        "d",
        "x",
        "y",
        ".",
        "[ab]",
        "[^a]",
        "[[:alpha:]]",
        "[]a]",
        "(ab|cd)",
        "(abc)",
        "(a(b)c|xy)",
        "^",
        "$",
        "\\.",
        "\\b",
        "a|b",
        "ab|cd",
        "(ab",
        ")",
        "(",
        "*",
        "+",
        "?",
        "{2}",
        "{0,2}",
        "{1,}",
        "\\w",
        "é",
    ];
    const PERL_PARTS: &[&str] = &[
        "(?:ab|xy)",
        "(?i:ab)",
        "(?=ab)",
        "(?!ab)",
        "(?<=ab)",
        "(?<n>cd)",
        "\\d",
        "ab+?",
        "(xy)*+",
        "\\Qab\\E",
        "(?|ab|cd)",
        "(?>ab)",
        "(?i)",
        "(?x)",
        "(?#ab)",
        "\\x61",
        "[\\]a]",
        "\\s",
    ];
    const TEXTS: &[&str] = &[
        "", "ab", "cd", "abc", "AbC", "x", "y", "xy", ".", "a", "b", "c", "d", "é", "\n", "1",
    ];

    #[test]
    fn searching_many_expressions_at_once_says_what_each_one_says() {
        let mut dice = Dice(3);
        let _warnings = maillog::capture();
        for kind in ["regexp", "pcre"] {
            let mut parts = PARTS.to_vec();
            if kind == "pcre" {
                parts.extend(PERL_PARTS);
            }
            for _ in 0..400 {
                let mut rules = String::new();
                for number in 0..12 {
                    let (not, flags) = (dice.one_of(&["", "", "", "!"]), dice.one_of(&["", "", "i", "m"]));
                    rules += &match dice.one_of(&["rule", "rule", "rule", "rule", "if", "endif"]) {
                        "if" => format!("if {not}/{}/{flags}\n", dice.text(&parts, 2)),
                        "endif" => "endif\n".to_owned(),
                        _ => format!("{not}/{}/{flags} {number}\n", dice.text(&parts, 4)),
                    };
                }
                for _ in 0..10 {
                    let key = dice.text(TEXTS, 5);
                    compare_searches(kind, rules.as_bytes(), &key)
                        .unwrap_or_else(|difference| panic!("{difference}\n{rules}"));
                }
            }
        }
    }
}
