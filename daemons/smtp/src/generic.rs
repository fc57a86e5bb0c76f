//! `smtp_generic_maps`: addresses that make sense here only become ones that make sense elsewhere, generic(5).

use contract::rewrite::{Rewrite, context};
use ipc::Port;
use lookup::{AddressRules, LookupError, Maps};
use mail::address::is_standard_form;
use mail::parse::{AddressList, Token, external, internal, scan_address};

/// An address with a comma in it, which brackets should have enclosed: in external form without a blank behind that.
fn without_blanks(parts: &[Token<'_>]) -> Option<String> {
    let is_list = parts.contains(&Token::Operator(b','));
    let plain = String::from_utf8(internal(parts)).ok().filter(|_| is_list)?;
    Some(mail::quote_local822(&plain).into_owned())
}

/// The tables and what is needed to search them.
pub(crate) struct Generic {
    pub(crate) maps: Maps,
    pub(crate) rules: AddressRules,
    /// Whether an extension that was not matched goes into the result.
    pub(crate) propagate: bool,
    /// `header_address_token_limit`.
    pub(crate) token_limit: usize,
    /// trivial-rewrite, for results without a complete domain.
    pub(crate) rewrite: Option<Port>,
}

impl Generic {
    /// The same, with the service that completes addresses.
    pub(crate) fn completed_by(self, rewrite: Port) -> Self {
        Self {
            rewrite: Some(rewrite),
            ..self
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.maps.is_empty()
    }

    /// What an address (internal form) becomes, in external form; `None` when it stays.
    async fn external(&self, address: &str) -> Result<Option<String>, LookupError> {
        let complete = async |listed: &str| self.complete(listed).await;
        let found = self
            .rules
            .map(&self.maps, address, self.propagate, 2, complete)
            .await?;
        Ok(found.and_then(|list| list.into_iter().next()))
    }

    /// The standard form of an address in a table's value, in external form.
    async fn complete(&self, listed: &str) -> Result<String, LookupError> {
        let address = mail::quote_local822(listed).into_owned();
        let Some(rewrite) = self.rewrite.as_ref().filter(|_| !is_standard_form(&address)) else {
            return Ok(address);
        };
        let question = Rewrite {
            context: context::LOCAL.to_owned(),
            address,
        };
        match rewrite.ask(&question).await {
            Ok(answer) => Ok(answer.address),
            Err(error) => Err(LookupError::failed(self.maps.title(), error)),
        }
    }

    /// What an envelope address (internal form) becomes, in internal form. The null sender stays.
    pub(crate) async fn envelope(&self, address: &str) -> Result<Option<String>, LookupError> {
        if self.is_empty() || address.is_empty() {
            return Ok(None);
        }
        Ok(self
            .external(address)
            .await?
            .map(|found| mail::unquote(&found).into_owned()))
    }

    /// The lines of a header whose addresses are rewritten; `None` when all stay.
    pub(crate) async fn header(&self, name: &[u8], value: &[u8]) -> Result<Option<Vec<u8>>, LookupError> {
        let mut list = AddressList::parse(value, self.token_limit);
        let mut replacements = Vec::new();
        for parts in list.addresses() {
            let old = String::from_utf8_lossy(&internal(parts)).into_owned();
            let new = if old.is_empty() {
                None
            } else {
                self.external(&old).await?
            };
            let differs = |new: &String| new.as_bytes() != external(parts);
            replacements.push(new.filter(differs));
        }
        if replacements.iter().all(Option::is_none) {
            return Ok(None);
        }
        for (parts, new) in list.addresses_mut().zip(&replacements) {
            if let Some(new) = new {
                *parts = scan_address(new);
            } else if let Some(closed) = without_blanks(parts) {
                *parts = scan_address(&closed).into_iter().map(Token::into_owned).collect();
            }
        }
        let mut text = name.to_vec();
        text.extend_from_slice(b": ");
        list.write_header(&mut text);
        message::header::fold(&mut text);
        Ok(Some(text))
    }
}
