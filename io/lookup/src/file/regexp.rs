//! `regexp:/path`: POSIX regular expressions in order (regexp_table(5)).

use std::ffi::CString;

use sys::groups::Groups;
use sys::posix_regexp::Flags;

use crate::file::expressions::{Compiled, Expression};
use crate::file::literals::{self, Dialect};
use crate::file::posix::Regexp;

impl Expression for Regexp {
    const KIND: &'static str = "regexp";
    const CONSEQUENCE: &'static str = "skipping";
    const NO_SUCH_GROUP: &'static str = "out-of-range";

    type Text<'a> = CString;

    fn compile(expression: &str, letters: &str) -> Result<Compiled<Self>, String> {
        let mut flags = Flags {
            ignore_case: true,
            newline: false,
            extended: true,
        };
        for letter in letters.chars() {
            match letter {
                'i' => flags.ignore_case = !flags.ignore_case,
                'm' => flags.newline = !flags.newline,
                'x' => flags.extended = !flags.extended,
                _ => {
                    return Err(format!("unknown regexp option \"{letter}\": skipping this rule"));
                }
            }
        }
        let texts = match flags.extended {
            true => literals::required(expression, Dialect::Posix),
            false => None,
        };
        Ok(Compiled {
            expression: Self::compile(expression, flags)?,
            texts,
            remark: None,
        })
    }

    fn groups(&self) -> usize {
        self.groups()
    }

    /// The C library sees the text up to the first NUL.
    fn text(key: &str) -> Result<Self::Text<'_>, String> {
        let visible = key.split('\0').next().unwrap_or_default();
        CString::new(visible).map_err(|_| "bad search text".to_owned())
    }

    fn search(&self, text: &Self::Text<'_>, with_groups: bool) -> Result<Option<Groups>, String> {
        self.search(text, with_groups)
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn expressions_are_tried_in_order() {
        let text = "regexp:{{/^owner-(.*)@(.*)$/ list $1 at ${2}}, {if !/@example/}, {!/x/ no x}, {endif}, \
                    {/A/i upper}, {|\\|| bar}}";
        let table = Tables::new(Settings::default())
            .try_open(text, Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("OWNER-a@b", Some("list a at b")),
            ("c@other", Some("no x")),
            ("x@otherA", Some("upper")),
            ("x@othera", None),
            ("a|x@example", None),
            ("a|x@exampleA", Some("upper")),
            ("x|y", Some("bar")),
        ] {
            let expected = if key == "a|x@example" {
                Some("bar")
            } else {
                expected
            };
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
    }

    #[test]
    fn substitution_can_be_forbidden() {
        let tables = Tables::new(Settings::default());
        let table = tables
            .try_open("regexp:{{/(.*)/ |$1}, {/x/ y}}", Use::TRUSTED)
            .unwrap();

        assert_eq!(ready(table.lookup("x").get()), Ok(Some("y".to_owned())));
        assert_eq!(ready(table.lookup("a").get()), Ok(None));
    }
}
