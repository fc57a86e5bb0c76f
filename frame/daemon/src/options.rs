//! The option letters of a daemon, as master gives them (and as Postfix's daemons take them).

/// What the command line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// `-n`: the service's name in `master.cf`.
    pub service: Option<String>,
    /// `-t`: `inet`, `unix`, `fifo`, `pass` or `unix-dgram`.
    pub transport: Option<String>,
    /// `-s`: how many listen sockets were inherited.
    pub sockets: usize,
    /// `-u`: give up root for `$mail_owner`.
    pub unprivileged: bool,
    /// `-c`: change root directory to the queue directory.
    pub chroot: bool,
    /// `-l`: the service runs alone.
    pub alone: bool,
    /// `-z`: the service has no process limit.
    pub unlimited: bool,
    /// `-S`: one session on standard input.
    pub standard_input: bool,
    /// `-X`: a question about what the daemon would do, on standard input; nothing is done.
    pub explains: bool,
    /// `-v`, counted.
    pub verbose: u32,
    /// `-D`: run `debugger_command`.
    pub debug: bool,
    /// `-d`: say nothing to master (by hand, in tests).
    pub detached: bool,
    /// `-i`: seconds without a client before the process ends, when not `max_idle`.
    pub max_idle: Option<String>,
    /// `-m`: clients after which the process ends, when not `max_use`.
    pub max_use: Option<String>,
    /// `-o name=value`, in order.
    pub overrides: Vec<(String, String)>,
    /// What follows the options: the daemon's own arguments.
    pub arguments: Vec<String>,
}

/// Why a command line is not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// No such letter.
    #[error("unknown option: -{0}")]
    Unknown(char),
    /// A letter without its value.
    #[error("option -{0} needs a value")]
    NoValue(char),
    /// `-s` without a number.
    #[error("invalid socket count: {0}")]
    Sockets(String),
    /// `-o` without `=`.
    #[error("-o option: missing '=' after attribute name: {0}")]
    Override(String),
}

impl Options {
    /// Reads the words after the program's name.
    ///
    /// # Errors
    /// [`OptionError`] names the letter.
    pub fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, OptionError> {
        let mut options = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let Some(letters) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                options.arguments.push(word);
                break;
            };
            if letters == "-" {
                break;
            }
            let mut letters = letters.chars();
            while let Some(letter) = letters.next() {
                if options.flag(letter) {
                    continue;
                }
                let rest: String = letters.by_ref().collect();
                let value = if rest.is_empty() { words.next() } else { Some(rest) };
                options.valued(letter, value)?;
            }
        }
        options.arguments.extend(words);
        Ok(options)
    }

    fn flag(&mut self, letter: char) -> bool {
        match letter {
            'c' => self.chroot = true,
            'd' => self.detached = true,
            'D' => self.debug = true,
            'l' => self.alone = true,
            'S' => self.standard_input = true,
            'u' => self.unprivileged = true,
            'X' => {
                self.explains = true;
                self.standard_input = true;
            }
            'v' => self.verbose += 1,
            'z' => self.unlimited = true,
            _ => return false,
        }
        true
    }

    fn valued(&mut self, letter: char, value: Option<String>) -> Result<(), OptionError> {
        if !"imnost".contains(letter) {
            return Err(OptionError::Unknown(letter));
        }
        let value = value.ok_or(OptionError::NoValue(letter))?;
        match letter {
            'i' => self.max_idle = Some(value),
            'm' => self.max_use = Some(value),
            'n' => self.service = Some(value),
            't' => self.transport = Some(value),
            's' => self.sockets = value.parse().map_err(|_| OptionError::Sockets(value))?,
            _ => match value.split_once('=') {
                Some((name, text)) => {
                    self.overrides
                        .push((name.trim().to_owned(), text.trim().to_owned()));
                }
                None => return Err(OptionError::Override(value)),
            },
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options, OptionError> {
        Options::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn masters_words_are_understood() {
        let options = parse("-n smtp -t inet -us2 -o a=b -vv flags=R user=x").unwrap();
        assert_eq!(options.service.as_deref(), Some("smtp"));
        assert!(options.unprivileged && !options.chroot);
        assert_eq!((options.sockets, options.verbose), (2, 2));
        assert_eq!(options.overrides, [("a".to_owned(), "b".to_owned())]);
        assert_eq!(options.arguments, ["flags=R", "user=x"]);
    }

    #[test]
    fn a_question_about_what_would_be_done_comes_on_standard_input() {
        let options = parse("-n smtp -X").unwrap();
        assert!(options.explains && options.standard_input);
        assert!(!parse("-n smtp -S").unwrap().explains);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(parse("-x"), Err(OptionError::Unknown('x')));
        assert_eq!(parse("-n"), Err(OptionError::NoValue('n')));
        assert_eq!(parse("-s many"), Err(OptionError::Sockets("many".into())));
        assert_eq!(parse("-o name"), Err(OptionError::Override("name".into())));
    }
}
