//! What stands on the right side of an alias, in a `.forward` file or in an included file: addresses, files, commands
//! and further files (aliases(5)).

use delivery::Fate;
use mail::parse::{AddressList, Token, external, internal};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};

use crate::branch::Branch;
use crate::delivery::{Delivery, Recursive, both};
use crate::log;

const INCLUDE: &str = ":include:";

impl Delivery<'_> {
    /// Delivers to everything a text names; gives how many that were, and what is left to do.
    pub(crate) fn text<'b>(&'b self, branch: &'b Branch, text: &'b str) -> Recursive<'b, (usize, Fate)> {
        Box::pin(async move {
            // All of it, however long: what is left out would be mail that nobody gets.
            let list = AddressList::parse(text.as_bytes(), usize::MAX);
            let (mut count, mut fate) = (0, Fate::Finished);
            for parts in list.addresses() {
                count += 1;
                fate = both(fate, self.token(branch, parts).await);
            }
            (count, fate)
        })
    }

    /// Delivers to everything a file names, line by line; a line that leaves something to do is the last.
    pub(crate) async fn lines(&self, branch: &Branch, file: File) -> (usize, Fate) {
        let mut count = 0;
        let mut reader = BufReader::new(file);
        let mut line = Vec::new();
        let limit = u64::try_from(self.settings().line_length_limit).unwrap_or(u64::MAX);
        loop {
            line.clear();
            match reader.by_ref().take(limit).read_until(b'\n', &mut line) {
                Ok(0) => return (count, Fate::Finished),
                Ok(_) if line.first() == Some(&b'#') => {}
                Ok(_) => {
                    let (more, fate) = self.text(branch, &String::from_utf8_lossy(&line)).await;
                    count += more;
                    if fate == Fate::Left {
                        return (count, fate);
                    }
                }
                Err(error) => {
                    let reason = format!("error reading forwarding file: {error}");
                    return (count, self.fail(branch, (4, 3, 0), reason).await);
                }
            }
        }
    }

    async fn token(&self, branch: &Branch, parts: &[Token<'_>]) -> Fate {
        let text = String::from_utf8_lossy(&internal(parts)).into_owned();
        if text.starts_with('/') {
            return Box::pin(self.file(branch, &text)).await;
        }
        if text.starts_with('~') {
            return Box::pin(self.home_file(branch, &text)).await;
        }
        if let Some(command) = text.strip_prefix('|') {
            if !self.settings().allow_mail_to_commands.allow(branch.source) {
                return self
                    .fail(branch, (5, 7, 1), "mail to command is restricted")
                    .await;
            }
            return Box::pin(self.command(branch, command)).await;
        }
        if let Some((start, path)) = text.split_at_checked(INCLUDE.len())
            && start.eq_ignore_ascii_case(INCLUDE)
        {
            return Box::pin(self.include(branch, path)).await;
        }
        self.address(branch, &String::from_utf8_lossy(&external(parts)))
            .await
    }

    /// `~/file`: a file in the home directory of whoever's rights these are.
    async fn home_file(&self, branch: &Branch, text: &str) -> Fate {
        let Some(below) = text.strip_prefix('~').filter(|below| below.starts_with('/')) else {
            log::bad_home(text);
            return self.misconfigured(branch).await;
        };
        let Some(account) = &branch.rights else {
            log::no_home(text);
            return self.misconfigured(branch).await;
        };
        let home = account.home.to_string_lossy();
        self.file(branch, &format!("{}{below}", home.trim_end_matches('/')))
            .await
    }

    /// A mistake of an alias or of a user, which time does not mend.
    pub(crate) async fn misconfigured(&self, branch: &Branch) -> Fate {
        self.fail(branch, (5, 3, 5), "mail system configuration error")
            .await
    }
}
