//! `pcre:/path`: Perl compatible regular expressions in order (pcre_table(5)).

use sys::groups::Groups;
use sys::pcre::{Flags, Pcre};

use crate::file::expressions::{Compiled, Expression};
use crate::file::literals::{self, Dialect};

impl Expression for Pcre {
    const KIND: &'static str = "pcre";
    const CONSEQUENCE: &'static str = "ignoring";
    const NO_SUCH_GROUP: &'static str = "out of range";

    type Text<'a> = &'a [u8];

    fn compile(expression: &str, letters: &str) -> Result<Compiled<Self>, String> {
        let mut flags = Flags {
            caseless: true,
            dot_all: true,
            ..Flags::default()
        };
        let mut remark = None;
        for letter in letters.chars() {
            match letter {
                'i' => flags.caseless = !flags.caseless,
                'm' => flags.multi_line = !flags.multi_line,
                's' => flags.dot_all = !flags.dot_all,
                'x' => flags.extended = !flags.extended,
                'A' => flags.anchored = !flags.anchored,
                'E' => flags.dollar_end_only = !flags.dollar_end_only,
                'U' => flags.ungreedy = !flags.ungreedy,
                // PCRE2 always refuses a backslash before a letter without meaning, which is what the flag asked for.
                'X' => remark = Some(format!("ignoring obsolete regexp option \"{letter}\"")),
                _ => {
                    return Err(format!("unknown regexp option \"{letter}\": skipping this rule"));
                }
            }
        }
        let texts = match flags.extended {
            true => None,
            false => literals::required(expression, Dialect::Perl),
        };
        Ok(Compiled {
            expression: Self::compile(expression, flags)?,
            texts,
            remark,
        })
    }

    fn groups(&self) -> usize {
        self.groups()
    }

    fn text(key: &str) -> Result<Self::Text<'_>, String> {
        Ok(key.as_bytes())
    }

    fn search(&self, text: &Self::Text<'_>, _with_groups: bool) -> Result<Option<Groups>, String> {
        self.search(text)
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn flags_do_what_the_manual_says() {
        let text = "pcre:{{/^a(?<x>b+)c$/ one $1}, {/A B/i case}, {/d e/x ext}, {/f.g/s dot}, {/h/A anchored}, \
                    {/^i$/m multi}, {/(k+)/U least $1}}";
        let table = Tables::new(Settings::default())
            .try_open(text, Use::GENERAL)
            .unwrap();

        for (key, expected) in [
            ("ABBC", Some("one BB")),
            ("a b", None),
            ("A B", Some("case")),
            ("de", Some("ext")),
            ("f\ng", None),
            ("fxg", Some("dot")),
            ("xh", None),
            ("hx", Some("anchored")),
            ("x\ni\ny", Some("multi")),
            ("kkk", Some("least k")),
        ] {
            assert_eq!(
                ready(table.lookup(key).get()),
                Ok(expected.map(str::to_owned)),
                "{key}"
            );
        }
    }

    #[test]
    fn an_expression_that_goes_back_and_forth_for_ever_can_not_tell() {
        let table = Tables::new(Settings::default())
            .try_open("pcre:{{/x/ other}, {/^(a|aa)+$/ all}}", Use::GENERAL)
            .unwrap();

        assert_eq!(ready(table.lookup("aaa").get()), Ok(Some("all".to_owned())));
        let error = ready(table.lookup(&format!("{}b", "a".repeat(200))).get()).unwrap_err();
        assert!(error.to_string().contains("line 2: "), "{error}");
    }
}
