//! `$name` expansion: any text over any values ends with a text of bounded length or with what is wrong, in bounded time.
#![no_main]

use config::expand::{Rules, expand, for_each_name};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Each line is the value of a name: a, b, c ...; the first is the text itself.
    let lines: Vec<&str> = text.lines().take(27).collect();
    let Some((first, values)) = lines.split_first() else {
        return;
    };
    let names = |name: &str| {
        let letter = name.bytes().next().filter(|_| name.len() == 1)?;
        let value = values.get(usize::from(letter.checked_sub(b'a')?))?;
        Some((*value).to_owned())
    };
    let allowed = Rules {
        recursive: false,
        allowed: Some("abc.-@"),
    };
    for rules in [Rules::MAIN_CF, allowed] {
        if let Ok(expanded) = expand(first, &names, rules) {
            assert!(expanded.text.len() <= 1 << 20);
        }
    }
    let mut count = 0;
    for_each_name(first, &mut |name| {
        assert!(!name.is_empty());
        count += 1;
    });
    assert!(count <= first.len());
});
