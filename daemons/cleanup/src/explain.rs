//! What becomes of a recipient's address, step by step, for whoever asks: the mappings of `recipient`, and nothing filed.

use std::rc::Rc;

use contract::explain::{Explained, Step};
use contract::rewrite::context;
use lookup::{Maps, Row, Rows};
use mail::{quote_local822, unquote};

use crate::Cleanup;
use crate::canonical::{self, End};
use crate::recipient::{ExpansionTrouble, expansion};
use crate::settings::Class;
use config::catalogue::MASQUERADE_DOMAINS;

/// The first rule, which has no parameter of its own.
const STANDARD_FORM: &str = "standard form";

/// Rows told for one table; an alias without end has no end of them.
const MOST_ROWS: usize = 100;

/// Explains the address (internal form) of a recipient.
pub(crate) async fn recipient(service: &Cleanup, address: &str) -> Explained {
    let mut explained = Explanation {
        service,
        rows: Rows::begin(),
        steps: Vec::new(),
    };
    let (recipients, trouble) = match explained.follow(address).await {
        Ok(recipients) => (recipients.join("\n"), String::new()),
        Err(trouble) => (String::new(), trouble),
    };
    Explained {
        steps: Step::write(&explained.steps),
        recipients,
        trouble,
    }
}

struct Explanation<'s> {
    service: &'s Cleanup,
    rows: Rc<Rows>,
    steps: Vec<Step>,
}

impl Explanation<'_> {
    /// The addresses in the end (internal form), or why there are none.
    async fn follow(&mut self, address: &str) -> Result<Vec<String>, String> {
        let given = if address.is_empty() {
            &self.service.settings.empty_address_recipient
        } else {
            address
        };
        let external = quote_local822(given).into_owned();
        let complete = self.service.rewriter.external(context::LOCAL, &external).await;
        let mut current = complete.map_err(|error| error.to_string())?.into_owned();
        self.step(STANDARD_FORM, &external, None, &current);
        let class = Class::EnvelopeRecipient;
        for canonical in self.service.tables.canonicals(class) {
            current = self.canonical(&canonical.maps, &current).await?;
        }
        if self.service.masquerades(class) {
            let masqueraded = canonical::masqueraded(self.service, &current).await;
            if let Some(after) = masqueraded.map_err(|error| error.to_string())? {
                self.step(MASQUERADE_DOMAINS.name(), &current, None, &after);
                current = after;
            }
        }
        self.expand(&unquote(&current)).await
    }

    async fn canonical(&mut self, maps: &Maps, before: &str) -> Result<String, String> {
        let watched = self.rows.watch(maps);
        let walk = canonical::walk(self.service, &watched, before).await;
        self.steps_of_rows(before, &walk.address);
        match walk.end {
            End::Reached => Ok(walk.address),
            // Mail goes on with what it has then.
            End::Endless => {
                self.step(maps.title(), before, None, "unreasonable map nesting");
                Ok(walk.address)
            }
            End::Unknown => Err(format!(
                "{} map lookup problem for {}",
                maps.title(),
                walk.address
            )),
        }
    }

    async fn expand(&mut self, address: &str) -> Result<Vec<String>, String> {
        let maps = &self.service.tables.virtual_aliases;
        if maps.is_empty() {
            return Ok(vec![address.to_owned()]);
        }
        let watched = self.rows.watch(maps);
        let found = expansion(self.service, &watched, address).await;
        let after = found
            .as_ref()
            .map_or_else(|_| String::new(), |found| found.join(", "));
        self.steps_of_rows(address, &after);
        let title = maps.title();
        found.map_err(|trouble| match trouble {
            ExpansionTrouble::TooMany => format!("unreasonable {title} map expansion size for {address}"),
            ExpansionTrouble::Endless => format!("unreasonable {title} map nesting for {address}"),
            ExpansionTrouble::TooLong(result) => format!("unreasonable {title} result {result}"),
            ExpansionTrouble::Unknown => format!("{title} map lookup problem for {address}"),
        })
    }

    /// A step for each row that was found; the last one has the end in it.
    fn steps_of_rows(&mut self, before: &str, after: &str) {
        let mut rows = self.rows.take();
        rows.truncate(MOST_ROWS);
        let last = rows.len().saturating_sub(1);
        for (index, row) in rows.iter().enumerate() {
            let before = if index == 0 { before } else { &row.key };
            let after = if index == last { after } else { &row.value };
            self.step(&row.parameter, before, Some(row), after);
        }
    }

    fn step(&mut self, rule: &str, before: &str, row: Option<&Row>, after: &str) {
        let row = row.cloned();
        let field = |of: fn(Row) -> String| row.clone().map(of).unwrap_or_default();
        self.steps.push(Step {
            rule: rule.to_owned(),
            before: before.to_owned(),
            table: field(|row| row.table),
            key: field(|row| row.key),
            value: field(|row| row.value),
            after: after.to_owned(),
        });
    }
}
