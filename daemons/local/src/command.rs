//! A command named by an alias, a user or `mailbox_command` (local(8), "EXTERNAL COMMAND DELIVERY").

use config::catalogue::COMMAND_EXECUTION_DIRECTORY;
use delivery::Fate;
use mailbox::{Command, FromLine, Program, Trouble, exported};
use std::ffi::OsString;
use sys::identity::Ids;

use crate::branch::Branch;
use crate::delivery::Delivery;
use crate::log;
use crate::names::named;

impl Delivery<'_> {
    /// Delivers to a command line.
    pub(crate) async fn command(&self, branch: &Branch, line: &str) -> Fate {
        let branch = branch.deeper();
        let uid = branch.rights.as_ref().map_or(0, |account| account.uid);
        if !self
            .seen
            .is_new(&format!("command {}:{uid} {line}", branch.name.user))
        {
            return Fate::Finished;
        }
        if self.is_question() {
            return self
                .succeed(&branch, format!("delivers to command: {line}"))
                .await;
        }
        let done = match self.agent.rights_or_default(branch.rights.as_deref()) {
            Ok(ids) => self.run_command(&branch, ids, line).await,
            Err(trouble) => Err(trouble),
        };
        self.conclude(&branch, done, format!("delivered to command: {line}"), true)
            .await
    }

    async fn run_command(&self, branch: &Branch, ids: Ids, line: &str) -> Result<(), Trouble> {
        let settings = self.settings();
        let shell: Vec<String> = settings
            .local_command_shell
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let program = if shell.is_empty() {
            Program::Line(line.to_owned())
        } else {
            Program::Shell(shell, line.to_owned())
        };
        let mut environment = exported(settings.export_environment.iter().map(String::as_str));
        environment.extend(self.environment(branch));
        let command = Command {
            program,
            ids,
            environment,
            directory: self.directory(branch)?,
            root: None,
            limit: settings.command_time_limit,
            agent: "local".to_owned(),
        };
        let from_line = FromLine::now(&self.agent.zone);
        let head = self.head(branch, Some(from_line), settings.prepend_delivered_header.command);
        let letter = self.letter(&head, &self.agent.plain)?;
        command.run(letter).await.map(|_| ())
    }

    fn directory(&self, branch: &Branch) -> Result<Option<std::path::PathBuf>, Trouble> {
        let settings = self.settings();
        let text = &settings.command_execution_directory;
        let allowed = Some(settings.execution_directory_expansion_filter.as_str());
        match named(text, branch, &settings.recipient_delimiter, allowed) {
            Ok(path) => Ok((!path.text.is_empty()).then(|| path.text.into())),
            Err(_) => {
                log::bad_expression(COMMAND_EXECUTION_DIRECTORY.name(), text);
                Err(Trouble::configuration())
            }
        }
    }

    /// What the command is told of the message, without a character that a shell could take amiss.
    fn environment(&self, branch: &Branch) -> Vec<(OsString, OsString)> {
        let envelope = &self.job.envelope;
        let account = branch.rights.as_deref();
        let home = account.map(|account| account.home.to_string_lossy());
        let shell = account.map(|account| account.shell.to_string_lossy());
        let name = &branch.name;
        let always = [
            ("LOGNAME", &*name.user),
            ("USER", &*name.user),
            ("SENDER", &*branch.sender),
            ("RECIPIENT", &branch.recipient.address),
            ("LOCAL", &*name.local),
        ];
        let where_known = [
            ("HOME", home.as_deref().unwrap_or("")),
            ("SHELL", shell.as_deref().unwrap_or("")),
            ("DOMAIN", &*name.domain),
            ("EXTENSION", name.extension.as_deref().unwrap_or("")),
            ("ORIGINAL_RECIPIENT", &branch.recipient.original),
            ("ENVID", &envelope.envelope_id),
            ("CLIENT_HOSTNAME", &envelope.client_name),
            ("CLIENT_ADDRESS", &envelope.client_address),
            ("CLIENT_HELO", &envelope.helo_name),
            ("CLIENT_PROTOCOL", &envelope.protocol_name),
            ("SASL_METHOD", &envelope.sasl_method),
            ("SASL_SENDER", &envelope.sasl_sender),
            ("SASL_USERNAME", &envelope.sasl_username),
        ];
        let filter = &self.settings().command_expansion_filter;
        let pair = |(name, value): (&str, &str)| (name.into(), harmless(value, filter).into());
        let known = where_known.into_iter().filter(|(_, value)| !value.is_empty());
        always.into_iter().chain(known).map(pair).collect()
    }
}

/// A value with underscores for the characters that are not in `allowed`.
fn harmless(value: &str, allowed: &str) -> String {
    value
        .chars()
        .map(|letter| if allowed.contains(letter) { letter } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::catalogue::COMMAND_EXPANSION_FILTER;

    #[test]
    fn values_have_no_character_that_a_shell_could_take_amiss() {
        let value = harmless("a b$(id)`;x@example.com", COMMAND_EXPANSION_FILTER.default());
        assert_eq!(value, "a_b__id___x@example.com");
    }
}
