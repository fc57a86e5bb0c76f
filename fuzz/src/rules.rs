//! Rules that are searched together: what is made of them beforehand says what trying each of them says.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _warnings = maillog::capture();
    let (rules, key) = text.split_once('\0').unwrap_or((text, "a.b@10.1.2.3"));
    for kind in ["cidr", "pcre", "regexp"] {
        // Repetitions of repetitions take regcomp(3) all memory; whoever writes the table has it to give.
        if kind == "regexp" && rules.contains('{') {
            continue;
        }
        // Few rules are tried one by one anyway: these let the quick way begin.
        let many = format!("{rules}\n{}", FILL.repeat(8));
        for key in [key, "10.1.2.3", "2001:db8::1", ""] {
            if let Err(difference) = lookup::compare_searches(kind, many.as_bytes(), key) {
                panic!("{difference}\n{rules}");
            }
        }
    }
});

const FILL: &str = "/no such text/ x\n203.0.113.7 y\n";
