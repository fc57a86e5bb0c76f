//! What is said to the client: every reply passes here, is filtered and footed, remembered for the postmaster, and sent
//! together with its neighbours.

use std::time::Duration;

use esmtp::content::BareNewline;
use memchr::memchr;
use stream::StreamError;

use crate::log;
use crate::notice;
use crate::reply;
use crate::session::{End, Session};
use crate::state::Trouble;

/// Replies wait for their neighbours at most this long when asking others takes its time.
const HOLD: Duration = Duration::from_secs(10);

/// The lines of a session, for a notice to the postmaster.
#[derive(Debug, Default)]
pub(crate) struct History {
    pub(crate) lines: String,
    pub(crate) count: usize,
}

impl History {
    fn add(&mut self, direction: &str, line: &str) {
        self.lines.push_str(direction);
        self.lines.push_str(line);
        self.lines.push('\n');
        self.count += 1;
    }
}

/// A command line as it came.
pub(crate) enum Input {
    Line { octets: Vec<u8>, bare_newline: bool },
    TooLong,
}

impl Session<'_> {
    /// Says something. A client that makes many errors waits for it.
    pub(crate) async fn reply(&mut self, text: &str) -> Result<(), End> {
        let settings = &self.server.settings;
        let late = self.errors >= settings.soft_error_limit
            && !settings.error_sleep_time.is_zero()
            && self.server.trace.is_none();
        if late {
            stream::pause(settings.error_sleep_time).await;
        }
        let refusal = text.starts_with(['4', '5']);
        if refusal && (self.server.has_reply_tables() || settings.soft_bounce) {
            let text = self.dress(text).await;
            self.put(&text);
        } else {
            self.put(text);
        }
        if late || stream::now().duration_since(self.flushed) > HOLD {
            self.flush().await?;
        }
        if text.starts_with("421") || text.starts_with("521") {
            self.hang_up = true;
        }
        Ok(())
    }

    fn put(&mut self, text: &str) {
        let output = self.stream.output();
        let start = output.len();
        esmtp::reply::write(text, output);
        if !self.server.notify.is_none() {
            // As it goes out: all lines of a reply but the last have a hyphen.
            let written = String::from_utf8_lossy(output.get(start..).unwrap_or_default());
            written.lines().for_each(|line| self.history.add("Out: ", line));
        }
    }

    /// A refusal after filter, footer and soft_bounce.
    async fn dress(&mut self, text: &str) -> String {
        let server = self.server;
        let mut text = text.to_owned();
        // A table that cannot tell leaves the reply as it is: it only decorates.
        if let Ok(Some(other)) = server.tables.reject_filter.get(&text).await {
            if is_refusal(&other) {
                log::reply_filtered(self.state.queue_id(), &text, &other);
                text = other;
            } else {
                log::bad_filter_result(self.state.queue_id(), &other);
            }
        }
        let footer = match server.tables.reject_footer.get(&text).await {
            Ok(Some(footer)) => footer,
            _ => server.settings.reject_footer.clone(),
        };
        if !footer.is_empty() {
            let names = |name: &str| server.expansion(&self.state, name);
            if let Some(footed) = reply::with_footer(&text, &footer, |line| server.expand(line, &names).ok())
            {
                text = footed;
            }
        }
        if server.settings.soft_bounce {
            softened(&text)
        } else {
            text
        }
    }

    /// Sends what was said.
    pub(crate) async fn flush(&mut self) -> Result<(), End> {
        let wait = self.server.settings.timeout;
        self.flushed = stream::now();
        self.stream.flush(wait).await.map_err(End::from)
    }

    /// Sends what was said, and waits for more input.
    pub(crate) async fn fill(&mut self) -> Result<usize, End> {
        if !self.stream.output().is_empty() {
            self.flush().await?;
        }
        let wait = self.server.settings.timeout;
        self.stream.fill(wait).await.map_err(End::from)
    }

    /// The next command line. One that is too long is skipped, so that the dialogue stays in step.
    pub(crate) async fn read_line(&mut self) -> Result<Input, End> {
        let limit = self.server.settings.line_length_limit;
        let mut searched = 0;
        let mut skipped = 0;
        loop {
            let buffered = self.stream.buffered();
            if let Some(found) = buffered.get(searched..).and_then(|rest| memchr(b'\n', rest)) {
                let end = searched + found;
                let input = self.take_line(end, skipped > 0 || end > limit);
                self.stream.consume(end + 1);
                return Ok(input);
            }
            searched = buffered.len();
            if searched > limit {
                if skipped == 0 {
                    self.note_too_long();
                }
                // Keeps nothing of it. Who goes on without a line end is cut off.
                skipped += searched;
                self.stream.consume(searched);
                searched = 0;
                if skipped > limit * 2 {
                    log::input_disabled(&self.state.client.shown);
                    return Err(End::Lost);
                }
            }
            self.fill().await?;
        }
    }

    fn take_line(&mut self, end: usize, too_long: bool) -> Input {
        if too_long {
            if end > self.server.settings.line_length_limit {
                self.note_too_long();
            }
            return Input::TooLong;
        }
        let line = self.stream.buffered().get(..end).unwrap_or_default();
        let bare = line.last() != Some(&b'\r');
        let text = if self.bare_newline == BareNewline::Accept {
            line.iter()
                .rposition(|octet| *octet != b'\r')
                .map_or(0, |last| last + 1)
        } else {
            end - usize::from(!bare)
        };
        let octets = line.get(..text).unwrap_or_default().to_vec();
        if !self.server.notify.is_none() {
            self.history.add("In:  ", &String::from_utf8_lossy(&octets));
        }
        Input::Line {
            octets,
            bare_newline: bare && self.bare_newline != BareNewline::Accept,
        }
    }

    fn note_too_long(&self) {
        let start = self.stream.buffered();
        let start = String::from_utf8_lossy(start.get(..60).unwrap_or(start)).into_owned();
        log::too_long(
            &self.state.client.shown,
            self.server.settings.line_length_limit,
            &start,
        );
    }

    /// Whether the client has sent more than it may at this point. Logged once for each session.
    pub(crate) async fn speaks_out_of_turn(&mut self) -> bool {
        // What a local program writes into a pipe has no turns.
        if self.state.improper_pipelining || self.server.stands_alone() {
            return false;
        }
        // An end of the stream is no speech; it will be met at the next reading.
        self.stream.has_stirred().await;
        if self.stream.buffered().is_empty() {
            return false;
        }
        log::improper_pipelining(&self.state, self.stream.buffered());
        self.state.improper_pipelining = true;
        true
    }

    /// Tells the postmaster of trouble, if that is wanted, and forgets the lines, when there are more than `threshold`.
    pub(crate) async fn reset_history(&mut self, threshold: usize) {
        if self.history.count <= threshold {
            return;
        }
        if self.state.trouble.touches(self.server.notify) {
            notice::send(self.server, &self.state, &self.history, self.reason).await;
        }
        self.state.trouble = Trouble::NONE;
        self.history = History::default();
    }
}

impl From<StreamError> for End {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::TimedOut => Self::TimedOut,
            _ => Self::Lost,
        }
    }
}

/// Whether every line of a text is a refusal in form.
fn is_refusal(text: &str) -> bool {
    let octets = text.as_bytes();
    let code = octets.first().is_some_and(|octet| matches!(octet, b'4' | b'5'))
        && octets
            .get(1..3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_digit))
        && octets.get(3).is_some_and(|octet| matches!(octet, b' ' | b'-'));
    let class = octets.get(4);
    code && !class.is_some_and(|octet| octet.is_ascii_digit() && Some(octet) != octets.first())
}

/// A permanent refusal made temporary, line by line.
fn softened(text: &str) -> String {
    let lines = text.split("\r\n").map(|line| {
        let mut line = line.to_owned();
        if line.starts_with('5') {
            line.replace_range(..1, "4");
            if line.as_bytes().get(4) == Some(&b'5') {
                line.replace_range(4..5, "4");
            }
        }
        line
    });
    lines.collect::<Vec<_>>().join("\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_softened_with_their_status() {
        assert_eq!(
            softened("550 5.7.1 no\r\n550 5.7.1 never"),
            "450 4.7.1 no\r\n450 4.7.1 never"
        );
        assert_eq!(softened("501 Syntax: 5"), "401 Syntax: 5");
        assert_eq!(softened("5"), "4");
    }

    #[test]
    fn a_filter_must_give_a_refusal() {
        assert!(is_refusal("450 4.7.1 x") && is_refusal("550-x"));
        assert!(!is_refusal("250 x") && !is_refusal("450 5.7.1 x") && !is_refusal("4x0 x"));
    }
}
