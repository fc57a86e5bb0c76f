//! Which programs read a parameter, as the sources say: `cargo xtask readers` writes the list.

/// The programs that read a parameter, and `all daemons` or `all commands` where each of them does.
///
/// None for a name of the administrator's own, and for what no program reads yet.
pub fn of(name: &str) -> Vec<&'static str> {
    LIST.lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(known, _)| *known == name)
        .map(|(_, programs)| {
            programs
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(spelled)
                .collect()
        })
        .unwrap_or_default()
}

fn spelled(word: &'static str) -> &'static str {
    match word {
        "@daemons" => "all daemons",
        "@commands" => "all commands",
        program => program,
    }
}

const LIST: &str = include_str!("readers.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readers_of_a_parameter_are_known() {
        assert_eq!(of("smtpd_banner"), ["smtpd"]);
        assert!(of("queue_directory").contains(&"all daemons"));
        assert!(of("nosuch").is_empty());
    }
}
