//! The option letters of master(8).

use std::path::PathBuf;
use std::time::Duration;

use crate::MasterError;

/// What the command line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `-c`: the configuration directory.
    pub(crate) directory: Option<PathBuf>,
    /// `-e`: the time after which master leaves; its daemons end by themselves then.
    pub(crate) exit_after: Option<Duration>,
    /// `-D`: run `debugger_command` on master itself.
    pub(crate) debug: bool,
    /// `-d`: stay with the terminal.
    pub(crate) stay: bool,
    /// `-i`: this is process 1 of a container.
    pub(crate) init: bool,
    /// `-s`: keep standard output, for `maillog_file = /dev/stdout`.
    pub(crate) keep_stdout: bool,
    /// `-t`: only say, by the exit status, whether another master runs.
    pub(crate) test: bool,
    /// `-w`: return when the real master, in the background, has started or failed.
    pub(crate) wait: bool,
    /// `-v`, counted.
    pub(crate) verbose: u8,
}

impl Options {
    pub(crate) fn parse(words: impl IntoIterator<Item = String>) -> Result<Self, MasterError> {
        let mut options = Self::default();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let Some(cluster) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                return Err(usage(&format!("unexpected argument {word}")));
            };
            let mut letters = cluster.chars();
            while let Some(letter) = letters.next() {
                if options.flag(letter) {
                    continue;
                }
                let rest: String = letters.by_ref().collect();
                let value = if rest.is_empty() { words.next() } else { Some(rest) };
                options.valued(letter, value)?;
            }
        }
        options.check()?;
        Ok(options)
    }

    fn flag(&mut self, letter: char) -> bool {
        match letter {
            'D' => self.debug = true,
            'd' => self.stay = true,
            'i' => {
                self.init = true;
                self.keep_stdout = true;
            }
            's' => self.keep_stdout = true,
            't' => self.test = true,
            'v' => self.verbose = self.verbose.saturating_add(1),
            'w' => self.wait = true,
            _ => return false,
        }
        true
    }

    fn valued(&mut self, letter: char, value: Option<String>) -> Result<(), MasterError> {
        let value = || value.ok_or_else(|| usage(&format!("option requires an argument -- '{letter}'")));
        match letter {
            'c' => self.directory = Some(value()?.into()),
            'e' => {
                let text = value()?;
                let seconds = text
                    .parse()
                    .map_err(|_| usage(&format!("bad exit time {text}")))?;
                self.exit_after = Some(Duration::from_secs(seconds));
            }
            _ => return Err(usage(&format!("invalid option -- '{letter}'"))),
        }
        Ok(())
    }

    fn check(&self) -> Result<(), MasterError> {
        if self.test && self.wait {
            return Err(MasterError::Usage(
                "the -t and -w options cannot be used together".to_owned(),
            ));
        }
        if self.init && (self.debug || self.stay || self.wait) {
            return Err(MasterError::Usage(
                "the -i option cannot be used with -D, -d, or -w".to_owned(),
            ));
        }
        if self.init && std::process::id() != 1 {
            return Err(MasterError::Usage(
                "-i is allowed only for PID 1 process".to_owned(),
            ));
        }
        Ok(())
    }
}

fn usage(what: &str) -> MasterError {
    MasterError::Usage(format!(
        "{what}; usage: master [-c config_dir] [-D (debug)] [-d (don't detach from terminal)] \
         [-e exit_time] [-i (init mode)] [-s (keep stdout)] [-t (test)] [-v] [-w (wait for initialization)]"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Options, MasterError> {
        Options::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn letters_cluster_and_take_values() {
        let options = parse("-vvdc /x -e60").unwrap();

        assert_eq!((options.verbose, options.stay), (2, true));
        assert_eq!(options.directory, Some("/x".into()));
        assert_eq!(options.exit_after, Some(Duration::from_secs(60)));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        for text in ["-tw", "-i", "-x", "-c", "-e soon", "word"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
