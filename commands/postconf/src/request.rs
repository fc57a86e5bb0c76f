//! What a command line asks for, and which options go together.

use command::{Failure, Options, Setup, Start};

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// `-p`, or no letter: `main.cf`.
    Main,
    /// `-M`.
    Services,
    /// `-F`.
    Fields,
    /// `-P`.
    Options,
    /// `-a`.
    ServerSasl,
    /// `-A`.
    ClientSasl,
    /// `-b` and `-t`.
    Templates { is_expanded: bool },
    /// `-l`.
    Locks,
    /// `-m`.
    Tables,
    /// `-T`.
    Tls,
}

/// How a file is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// `-e`.
    Assign,
    /// `-X`.
    Remove,
    /// `-#`.
    CommentOut,
}

/// `-C`: which parameters are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Classes {
    pub(crate) built_in: bool,
    pub(crate) service: bool,
    pub(crate) user: bool,
}

/// A command line, understood.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) mode: Mode,
    pub(crate) edit: Option<Edit>,
    pub(crate) classes: Classes,
    /// `-d`: defaults, not what is set.
    pub(crate) defaults: bool,
    /// `-n`: only what is set.
    pub(crate) explicit: bool,
    /// `-h`.
    pub(crate) without_name: bool,
    /// `-H`.
    pub(crate) without_value: bool,
    /// `-f`.
    pub(crate) folded: bool,
    /// `-j`.
    pub(crate) json: bool,
    /// `-q`.
    pub(crate) quiet: bool,
    /// `-x`.
    pub(crate) expanded: bool,
    /// The argument of `-T`.
    pub(crate) tls: String,
    /// `-P` more than once: parameters that the service does not set, too.
    pub(crate) unset_too: bool,
    pub(crate) setup: Setup,
    pub(crate) operands: Vec<String>,
}

/// All letters in the order in which they are named in messages; those with a value have a colon.
const LETTERS: &str = "aAbc:C:deEfFhHjlmMno:pPqtT:vxX#";
const ORDER: &str = "aAbCdefFhHjlmMnopPqtTxX#";
const MODES: &str = "aAbFlmMpPtT";

/// The letters that each mode takes besides `-c`, `-C` and `-v`; a mode without a row takes none.
const TAKEN: [(char, &str); 4] = [
    ('p', "defhHjnoqxX#"),
    ('M', "efjoqxX#"),
    ('F', "efhHjoqx"),
    ('P', "efhHjoqxX"),
];

/// Letters of which only one can be meant.
const RIVALS: [&str; 6] = ["denX#", "efX#", "ehHX#", "eojX#", "exX#", "do"];

const USAGE: &str = "usage: postconf [-a (server SASL types)] [-A (client SASL types)] [-b (bounce templates)] \
    [-c config_dir] [-c param_class] [-d (parameter defaults)] [-e (edit configuration)] [-f (fold lines)] \
    [-F (master.cf fields)] [-h (no names)] [-H (no values)] [-j (JSON output)] [-l (lock types)] [-m (map types)] \
    [-M (master.cf)] [-n (non-default parameters)] [-o name=value (override parameter value)] \
    [-p (main.cf, default)] [-P (master.cf parameters)] [-q (quiet)] [-t (bounce templates)] \
    [-T compile-version|run-version|public-key-algorithms] [-v (verbose)] [-x (expand parameter values)] \
    [-X (exclude)] [-# (comment-out)] [name...]";

impl Request {
    /// Reads the words of the command line.
    pub(crate) fn read(start: &Start) -> Result<Self, Failure> {
        let options = Options::parse(LETTERS, &start.words).map_err(|error| {
            crate::log::option(&start.name, error);
            Failure::usage(USAGE)
        })?;
        if options.has('E') {
            return Err(Failure::usage(USAGE));
        }
        let assigns = options.operands.first().is_some_and(|word| word.contains('='));
        let letters = Letters {
            options: &options,
            assigns,
        };
        let mode = letters.mode()?;
        letters.check()?;
        let mut setup = options.setup('c', 'v');
        setup.overrides = overrides(&options)?;
        let edit = match mode {
            Mode::Main | Mode::Services | Mode::Fields | Mode::Options => letters.edit(),
            _ => None,
        };
        if matches!(mode, Mode::Templates { .. }) && options.operands.len() > 1 {
            return Err(Failure::usage(
                "options -b and -t require at most one template file",
            ));
        }
        Ok(Self {
            mode,
            edit,
            classes: classes(&options)?,
            defaults: options.has('d'),
            explicit: options.has('n'),
            without_name: options.has('h'),
            without_value: options.has('H'),
            folded: options.has('f'),
            json: options.has('j'),
            quiet: options.has('q'),
            expanded: options.has('x'),
            tls: options.value('T').unwrap_or_default().to_owned(),
            unset_too: options.count('P') > 1,
            setup,
            operands: options.operands,
        })
    }

    /// Says whether the words can be those of an edit.
    pub(crate) fn check_operands(&self, edit: Edit) -> Result<(), Failure> {
        if self.operands.is_empty() {
            return Err(Failure::usage(match edit {
                Edit::Assign => "-e requires name=value argument",
                Edit::Remove | Edit::CommentOut => "missing service argument",
            }));
        }
        let who = if self.mode == Mode::Main {
            "-e, -X, or -# accepts"
        } else {
            "-Me, -Fe, -Pe, -X, or -# accept"
        };
        for word in &self.operands {
            if word.contains('\n') {
                return Err(Failure::usage(format!("{who} no multi-line input")));
            }
            if word.trim_start().starts_with('#') {
                return Err(Failure::usage(format!("{who} no comment input")));
            }
            if edit != Edit::Assign && word.trim().is_empty() {
                return Err(Failure::usage("-X or -# requires non-blank parameter names"));
            }
        }
        Ok(())
    }
}

/// The letters given, with `-e` where a word assigns.
struct Letters<'a> {
    options: &'a Options,
    assigns: bool,
}

impl Letters<'_> {
    fn has(&self, letter: char) -> bool {
        self.options.has(letter) || (letter == 'e' && self.assigns && self.is_editable())
    }

    fn is_editable(&self) -> bool {
        !"aAblmtT".chars().any(|letter| self.options.has(letter))
    }

    fn mode(&self) -> Result<Mode, Failure> {
        let given: Vec<char> = self.those(MODES);
        match given.as_slice() {
            [] => Ok(Mode::Main),
            [letter] => Ok(match letter {
                'a' => Mode::ServerSasl,
                'A' => Mode::ClientSasl,
                'b' => Mode::Templates { is_expanded: true },
                't' => Mode::Templates { is_expanded: false },
                'F' => Mode::Fields,
                'l' => Mode::Locks,
                'm' => Mode::Tables,
                'M' => Mode::Services,
                'P' => Mode::Options,
                'T' => Mode::Tls,
                _ => Mode::Main,
            }),
            ['b', 't'] => Err(Failure::usage("specify one of -b and -t")),
            several => Err(one_of(several)),
        }
    }

    /// Says whether the other letters go with the mode and with each other.
    fn check(&self) -> Result<(), Failure> {
        let mode_letter = self.those(MODES).first().copied().unwrap_or('p');
        let taken = TAKEN
            .iter()
            .find(|(letter, _)| *letter == mode_letter)
            .map_or("", |(_, taken)| *taken);
        let others: String = ORDER.chars().filter(|letter| !MODES.contains(*letter)).collect();
        for letter in self.those(&others) {
            if letter != 'C' && !taken.contains(letter) {
                return Err(Failure::usage(format!(
                    "with option -{mode_letter}, do not specify -{letter}"
                )));
            }
        }
        for rivals in RIVALS {
            let given = self.those(rivals);
            // `-f` and the like are rivals of the edits, not of each other.
            let edits = given.iter().any(|letter| "eX#".contains(*letter));
            if given.len() > 1 && (edits || rivals == "do" || rivals == "denX#" || given == ['h', 'H']) {
                return Err(one_of(&given));
            }
        }
        Ok(())
    }

    fn edit(&self) -> Option<Edit> {
        [('e', Edit::Assign), ('X', Edit::Remove), ('#', Edit::CommentOut)]
            .into_iter()
            .find(|(letter, _)| self.has(*letter))
            .map(|(_, edit)| edit)
    }

    /// Those of the letters that are given, in the order of messages.
    fn those(&self, letters: &str) -> Vec<char> {
        ORDER
            .chars()
            .filter(|letter| letters.contains(*letter) && self.has(*letter))
            .collect()
    }
}

fn one_of(letters: &[char]) -> Failure {
    let letters: Vec<String> = letters.iter().map(|letter| format!("-{letter}")).collect();
    Failure::usage(format!("specify one of {}", letters.join(" ")))
}

fn overrides(options: &Options) -> Result<Vec<(String, String)>, Failure> {
    options
        .values('o')
        .map(|text| {
            config::split::pair(text)
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .map_err(|error| Failure::usage(format!("invalid parameter override: {text}: {error}")))
        })
        .collect()
}

fn classes(options: &Options) -> Result<Classes, Failure> {
    const ALL: Classes = Classes {
        built_in: true,
        service: true,
        user: true,
    };
    if !options.has('C') {
        return Ok(ALL);
    }
    let mut classes = Classes {
        built_in: false,
        service: false,
        user: false,
    };
    // Of several the last counts.
    if let Some(list) = options.value('C') {
        for word in list.split([',', ' ', '\t']).filter(|word| !word.is_empty()) {
            match word {
                "builtin" => classes.built_in = true,
                "service" => classes.service = true,
                "user" => classes.user = true,
                "all" => classes = ALL,
                _ => {
                    return Err(Failure::usage(format!(
                        "unknown -C option value \"{word}\" in \"{list}\""
                    )));
                }
            }
        }
    }
    Ok(classes)
}
