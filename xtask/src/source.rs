//! One Rust file as `tidy` reads it: code, strings and comments told apart, tests marked.
//!
//! A scanner of the lexical level only. It does not know the grammar; braces are enough for what is asked.

/// A Rust file, cut up.
pub struct Source {
    /// The code of each line: comments gone, strings emptied.
    pub code: Vec<String>,
    /// Every string literal, with its line counted from 0.
    pub strings: Vec<(usize, String)>,
    /// For each line, whether it belongs to a `#[cfg(test)]` item.
    pub test: Vec<bool>,
}

/// A function: its name, first line, and length in lines.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// As written after `fn`.
    pub name: String,
    /// The line of `fn`, counted from 0.
    pub line: usize,
    /// From the line of `fn` to the closing brace, both counted.
    pub lines: usize,
}

impl Source {
    /// Cuts `text` up.
    pub fn read(text: &str) -> Self {
        let mut cutter = Cutter {
            rest: text,
            code: vec![String::new()],
            strings: Vec::new(),
        };
        cutter.cut();
        let mut source = Self {
            test: vec![false; cutter.code.len()],
            code: cutter.code,
            strings: cutter.strings,
        };
        source.mark_tests();
        source
    }

    fn mark_tests(&mut self) {
        for line in 0..self.code.len() {
            let code = self.code[line].trim_start();
            if code.starts_with("#[cfg(test)]") || code.starts_with("#[cfg(all(test,") {
                let end = self.end_of_item(line + 1);
                self.test[line..=end].fill(true);
            }
        }
    }

    /// The last line of the item that starts at `line`: its closing brace, or its semicolon if that is first.
    fn end_of_item(&self, line: usize) -> usize {
        let mut depth = 0_usize;
        for (index, code) in self.code.iter().enumerate().skip(line) {
            for letter in code.chars() {
                match letter {
                    '{' | '(' | '[' => depth += 1,
                    '}' | ')' | ']' => {
                        depth = depth.saturating_sub(1);
                        if letter == '}' && depth == 0 {
                            return index;
                        }
                    }
                    ';' if depth == 0 => return index,
                    _ => {}
                }
            }
        }
        self.code.len() - 1
    }

    /// Every function outside tests.
    pub fn functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for (line, code) in self.code.iter().enumerate() {
            if self.test[line] {
                continue;
            }
            let Some(name) = function_name(code) else { continue };
            found.push(Function {
                name,
                line,
                lines: self.end_of_item(line) - line + 1,
            });
        }
        found
    }
}

/// The name after the word `fn`, if the line declares a function.
fn function_name(code: &str) -> Option<String> {
    let at = code.match_indices("fn ").map(|(at, _)| at).find(|at| {
        let before = code.get(..*at).unwrap_or_default();
        before.is_empty() || before.ends_with(' ')
    })?;
    let name: String = code
        .get(at + 3..)?
        .chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect();
    (!name.is_empty()).then_some(name)
}

struct Cutter<'a> {
    rest: &'a str,
    code: Vec<String>,
    strings: Vec<(usize, String)>,
}

impl Cutter<'_> {
    fn cut(&mut self) {
        let mut before = ' ';
        while let Some(letter) = self.rest.chars().next() {
            if self.rest.starts_with("//") {
                let end = self.rest.find('\n').unwrap_or(self.rest.len());
                self.rest = &self.rest[end..];
            } else if self.rest.starts_with("/*") {
                self.block_comment();
            } else if let Some(hashes) = raw_string(self.rest).filter(|_| !is_word(before)) {
                self.raw(hashes);
            } else if letter == '"' {
                self.quoted();
            } else if letter == '\'' {
                self.letter_or_lifetime();
            } else {
                self.keep(letter);
                self.rest = &self.rest[letter.len_utf8()..];
            }
            before = letter;
        }
    }

    fn keep(&mut self, letter: char) {
        if letter == '\n' {
            self.code.push(String::new());
        } else if let Some(line) = self.code.last_mut() {
            line.push(letter);
        }
    }

    /// Keeps the line count of something skipped.
    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at(bytes.min(self.rest.len()));
        for _ in skipped.matches('\n') {
            self.code.push(String::new());
        }
        self.rest = rest;
    }

    fn block_comment(&mut self) {
        let mut depth = 0;
        let mut at = 0;
        let bytes = self.rest.as_bytes();
        loop {
            match bytes.get(at..at + 2) {
                Some(b"/*") => (depth, at) = (depth + 1, at + 2),
                Some(b"*/") => (depth, at) = (depth - 1, at + 2),
                Some(_) => at += 1,
                None => return self.skip(bytes.len()),
            }
            if depth == 0 {
                return self.skip(at);
            }
        }
    }

    fn string(&mut self, open: usize, content: usize, close: usize) {
        let text = self.rest.get(open..open + content).unwrap_or_default().to_owned();
        self.strings.push((self.code.len() - 1, text));
        self.keep('"');
        self.keep('"');
        self.skip(open + content + close);
    }

    fn raw(&mut self, hashes: usize) {
        let open = self.rest.find('"').unwrap_or(0) + 1;
        let end = format!("\"{}", "#".repeat(hashes));
        let content = self.rest[open..].find(&end).unwrap_or(self.rest.len() - open);
        self.string(open, content, end.len());
    }

    fn quoted(&mut self) {
        let mut escaped = false;
        let end = self.rest[1..].find(|letter| {
            let ends = letter == '"' && !escaped;
            escaped = letter == '\\' && !escaped;
            ends
        });
        self.string(1, end.unwrap_or(self.rest.len() - 1), 1);
    }

    fn letter_or_lifetime(&mut self) {
        let mut letters = self.rest.chars().skip(1);
        let (first, second) = (letters.next(), letters.next());
        let length = match (first, second) {
            (Some('\\'), _) => self.rest.get(2..).and_then(|rest| {
                let skip = rest.chars().next()?.len_utf8();
                Some(rest.get(skip..)?.find('\'')? + skip + 3)
            }),
            (Some(letter), Some('\'')) => Some(letter.len_utf8() + 2),
            _ => None,
        };
        self.keep('\'');
        self.rest = &self.rest[length.unwrap_or(1).min(self.rest.len())..];
    }
}

/// Whether a raw string starts here, and with how many hashes.
fn raw_string(rest: &str) -> Option<usize> {
    let rest = rest.strip_prefix(['b', 'c']).unwrap_or(rest).strip_prefix('r')?;
    let hashes = rest.bytes().take_while(|byte| *byte == b'#').count();
    rest[hashes..].starts_with('"').then_some(hashes)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_not_code() {
        let text = "let a = \"un//safe \\\" {\"; // unsafe {\n/* {\n */ let b = '{'; let c = r#\"x \"{\"#; let d: &'a u8;";

        let source = Source::read(text);

        assert_eq!(source.code[0].trim_end(), "let a = \"\";");
        assert_eq!(source.code[2], " let b = '; let c = \"\"; let d: &'a u8;");
        assert_eq!(
            source.strings,
            [(0, "un//safe \\\" {".into()), (2, "x \"{".into())]
        );
    }

    #[test]
    fn the_length_of_a_function_reaches_its_closing_brace() {
        let source = Source::read(
            "pub fn a(x: [u8; 2]) {\n    if x {\n    }\n}\nfn b();\n#[cfg(test)]\nmod t {\n fn c() {}\n}\n",
        );

        let found: Vec<_> = source
            .functions()
            .into_iter()
            .map(|it| (it.name, it.line, it.lines))
            .collect();

        assert_eq!(found, [("a".to_owned(), 0, 4), ("b".to_owned(), 4, 1)]);
        assert_eq!(
            source.test,
            [false, false, false, false, false, true, true, true, true, false]
        );
    }
}
