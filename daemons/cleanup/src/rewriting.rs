//! Addresses in standard form, by asking trivial-rewrite once for each address and process.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;

use ::message::header::fold;
use ::message::{Header, Known};
use contract::cleanup::{flag, status};
use contract::rewrite::{Rewrite, context};
use ipc::{AskError, Port};
use mail::parse::{self, AddressList, Token};
use mail::{quote_local822, unquote};

use crate::log;
use crate::message::Message;
use crate::settings::Class;

/// The asking side, with what was answered before.
///
/// How addresses are completed depends on nothing but the configuration, which a process reads once.
pub(crate) struct Rewriter {
    port: Port,
    known: RefCell<HashMap<(&'static str, String), String>>,
}

/// Answers remembered; then all are forgotten.
const MOST_REMEMBERED: usize = 4096;

impl Rewriter {
    pub(crate) fn new(port: Port) -> Self {
        Self {
            port,
            known: RefCell::new(HashMap::new()),
        }
    }

    /// The standard form of an address, both in external form.
    pub(crate) async fn external<'t>(
        &self,
        context: &'static str,
        address: &'t str,
    ) -> Result<Cow<'t, str>, AskError> {
        if mail::address::is_standard_form(address) {
            return Ok(Cow::Borrowed(address));
        }
        let key = (context, address.to_owned());
        if let Some(answer) = self.known.borrow().get(&key) {
            return Ok(Cow::Owned(answer.clone()));
        }
        let question = Rewrite {
            context: context.to_owned(),
            address: address.to_owned(),
        };
        let answer = self.port.ask(&question).await?.address;
        self.remember(key, answer.clone());
        Ok(Cow::Owned(answer))
    }

    pub(crate) fn remember(&self, key: (&'static str, String), answer: String) {
        let mut known = self.known.borrow_mut();
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        known.insert(key, answer);
    }
}

impl Message<'_> {
    /// The standard form of an envelope address, both in internal form. Envelope addresses are always completed as
    /// those of this host, since mail is delivered and answered by them.
    pub(crate) async fn complete(&mut self, address: &str) -> String {
        let external = quote_local822(address);
        match self.service.rewriter.external(context::LOCAL, &external).await {
            Ok(complete) => unquote(&complete).into_owned(),
            Err(error) => {
                self.no_rewriting(&error);
                address.to_owned()
            }
        }
    }

    fn no_rewriting(&mut self, error: &AskError) {
        log::no_rewriting(self.id(), error);
        self.fault(status::WRITE);
    }

    /// Rewrites the addresses of a header; `None` when none of them changes.
    pub(crate) async fn rewrite_header(
        &mut self,
        header: &Header<'_>,
        known: Known,
        class: Class,
    ) -> Option<Vec<u8>> {
        let limit = self.service.settings.header_address_token_limit;
        let mut list = AddressList::parse(header.raw_value(), limit);
        let mut is_changed = false;
        for parts in list.addresses_mut() {
            // What is not text is in no table, and no domain completes it.
            let Ok(before) = String::from_utf8(parse::external(parts)) else {
                continue;
            };
            if let Some(after) = self.rewrite_in_header(&before, class).await {
                *parts = parse::scan_address(&after)
                    .into_iter()
                    .map(Token::into_owned)
                    .collect();
                is_changed = true;
            }
        }
        if !is_changed {
            return None;
        }
        let mut text = format!("{}: ", known.name()).into_bytes();
        if let Some(name) = header.text.get(..known.name().len()) {
            // The sender's own spelling of the name stays.
            text.splice(..name.len(), name.iter().copied());
        }
        for start in list.write_header(&mut text) {
            log::stripped_comments(&start);
        }
        fold(&mut text);
        Some(text)
    }

    /// One address of a header in external form; `None` when it stays as it is.
    async fn rewrite_in_header(&mut self, before: &str, class: Class) -> Option<String> {
        let context = self.envelope.context.name()?;
        let mut address = match self.service.rewriter.external(context, before).await {
            Ok(address) => address,
            Err(error) => {
                self.no_rewriting(&error);
                return None;
            }
        };
        if self.has_flag(flag::MAP)
            && let Some(mapped) = self.map_address(&address, class).await
        {
            address = Cow::Owned(mapped);
        }
        (address != before).then(|| address.into_owned())
    }

    /// An envelope address through completion and mapping, in internal form.
    pub(crate) async fn rewrite_envelope(&mut self, address: &str, class: Class) -> String {
        let complete = self.complete(address).await;
        if !self.has_flag(flag::MAP) {
            return complete;
        }
        self.map_internal(complete, class).await
    }

    /// Canonical mapping and masquerading of an envelope address.
    pub(crate) async fn map_internal(&mut self, address: String, class: Class) -> String {
        match self.map_address(&quote_local822(&address), class).await {
            Some(mapped) => unquote(&mapped).into_owned(),
            None => address,
        }
    }
}
