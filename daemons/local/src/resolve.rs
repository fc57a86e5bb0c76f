//! An address found in an expansion: put in standard form, and delivered here or sent elsewhere.

use contract::rewrite::{Resolve, Resolved, Rewrite, context, flag};
use delivery::Fate;
use ipc::AskError;
use std::rc::Rc;

use crate::Local;
use crate::branch::Branch;
use crate::delivery::Delivery;
use crate::log;

impl Local {
    /// An address (internal form) as the mail system would complete it.
    pub(crate) async fn canonical(&self, address: &str) -> Result<Rc<str>, AskError> {
        let external = mail::quote_local822(address);
        let rewritten = self.rewritten(&external).await?;
        Ok(mail::unquote(&rewritten).into())
    }

    async fn rewritten(&self, external: &str) -> Result<String, AskError> {
        if mail::address::is_standard_form(external) {
            return Ok(external.to_owned());
        }
        let rewrite = Rewrite {
            context: context::LOCAL.to_owned(),
            address: external.to_owned(),
        };
        Ok(self.routes.service().ask(&rewrite).await?.address)
    }

    async fn resolved(&self, external: &str) -> Result<Rc<Resolved>, AskError> {
        let address = mail::unquote(&self.rewritten(external).await?).into_owned();
        let question = Resolve {
            address,
            ..Resolve::default()
        };
        self.routes.resolve(&question).await
    }
}

impl Delivery<'_> {
    /// Delivers to an address in external form.
    pub(crate) async fn address(&self, branch: &Branch, external: &str) -> Fate {
        let mut branch = branch.deeper();
        let resolved = match Box::pin(self.agent.resolved(external)).await {
            Ok(resolved) if resolved.flags & flag::FAIL == 0 => resolved,
            Ok(_) => return self.fail(&branch, (4, 3, 0), "address resolver failure").await,
            Err(error) => {
                log::service_trouble(&error);
                return self.fail(&branch, (4, 3, 0), "address resolver failure").await;
            }
        };
        if resolved.flags & flag::ERROR != 0 {
            let reason = format!("bad recipient address syntax: {}", resolved.recipient);
            return self.fail(&branch, (5, 1, 3), reason).await;
        }
        branch.recipient.address = match &branch.unmatched {
            Some(extension) => {
                let delimiter = branch.name.delimiter.map(String::from).unwrap_or_default();
                let (local, domain) = mail::address::split_at_domain(&resolved.recipient);
                let at = if domain.is_some() { "@" } else { "" };
                format!("{local}{delimiter}{extension}{at}{}", domain.unwrap_or_default())
            }
            None => resolved.recipient.clone(),
        };
        if resolved.transport == self.agent.service {
            self.recipient(&branch).await
        } else {
            Box::pin(self.forward(&branch)).await
        }
    }
}
