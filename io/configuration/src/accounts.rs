//! The accounts that the mail system runs under: whether those that main.cf names exist, and are nobody else's.
//!
//! Judged by every program, as in Postfix, where main.cf names them; the defaults are judged by the programs that need
//! the accounts.

use std::io;

use config::catalogue::{DEFAULT_PRIVS, MAIL_OWNER, SETGID_GROUP};
use config::{Configuration, Param, ParameterError, Text, Wrong};
use sys::account::{Account, account_by_name, account_by_uid, group_by_gid, group_by_name};
use sys::identity::effective_uid;

/// Says whether the values that all programs share are right, and the accounts in them.
///
/// # Errors
/// The first that is wrong.
pub fn check(configuration: &Configuration) -> Result<(), ParameterError> {
    configuration.check_essentials()?;
    let named = [MAIL_OWNER, SETGID_GROUP, DEFAULT_PRIVS];
    if !named.iter().any(|param| configuration.is_set(param.name())) {
        return Ok(());
    }
    Accounts { configuration }.check()
}

struct Accounts<'a> {
    configuration: &'a Configuration,
}

impl Accounts<'_> {
    fn check(&self) -> Result<(), ParameterError> {
        let owner = self.user(MAIL_OWNER)?;
        // The whole system of an ordinary user is that user's own.
        if let Some(owner) = &owner
            && owner.uid == effective_uid()
            && owner.uid != 0
        {
            return Ok(());
        }
        if let Some(owner) = &owner
            && let Some(other) = self.found(MAIL_OWNER, account_by_uid(owner.uid))?
            && other.name != owner.name
        {
            let what = format!("user {} has same user ID as {}", owner.name, other.name);
            return self.wrong(MAIL_OWNER, &what, "name a user whose id is not shared");
        }
        let group = self.group()?;
        let privs = self.user(DEFAULT_PRIVS)?;
        let (Some(owner), Some((group, gid))) = (owner, group) else {
            return Ok(());
        };
        if owner.gid == gid {
            let what = format!(
                "parameters {} and {}: user {} and group {group} have the same group ID: {gid}; \
                 name a group that no daemon has",
                MAIL_OWNER.name(),
                SETGID_GROUP.name(),
                owner.name
            );
            return self.refuse(SETGID_GROUP, what);
        }
        match privs {
            Some(privs) if privs.uid == owner.uid => {
                let what = format!(
                    "parameters {} and {} specify the same user {}; name a user without rights, such as nobody",
                    DEFAULT_PRIVS.name(),
                    MAIL_OWNER.name(),
                    owner.name
                );
                self.refuse(DEFAULT_PRIVS, what)
            }
            _ => Ok(()),
        }
    }

    /// The account that a parameter names. `None` where the default is meant and not there.
    fn user(&self, param: Param<Text>) -> Result<Option<Account>, ParameterError> {
        let name: String = self.configuration.get(param)?;
        let Some(account) = self.found(param, account_by_name(&name))? else {
            return self.unknown(param, "user name value", &name).map(|()| None);
        };
        let what = match (account.uid, account.gid) {
            (0, _) => "user ID",
            (_, 0) => "group ID",
            _ => return Ok(Some(account)),
        };
        let what = format!("user {name} has privileged {what}");
        self.wrong(param, &what, "name a user without root's rights")?;
        Ok(None)
    }

    /// The group for submission, and its id.
    fn group(&self) -> Result<Option<(String, u32)>, ParameterError> {
        let name: String = self.configuration.get(SETGID_GROUP)?;
        let Some(gid) = self.found(SETGID_GROUP, group_by_name(&name))? else {
            return self.unknown(SETGID_GROUP, "group name", &name).map(|()| None);
        };
        if gid == 0 {
            let what = format!("group {name} has privileged group ID");
            self.wrong(SETGID_GROUP, &what, "name a group without root's rights")?;
        }
        match self.found(SETGID_GROUP, group_by_gid(gid))? {
            Some(other) if other != name => {
                let what = format!("group {name} has same group ID as {other}");
                self.wrong(SETGID_GROUP, &what, "name a group whose id is not shared")?;
                Ok(None)
            }
            _ => Ok(Some((name, gid))),
        }
    }

    fn unknown(&self, param: Param<Text>, kind: &str, name: &str) -> Result<(), ParameterError> {
        match self.configuration.is_set(param.name()) {
            true => self.wrong(param, &format!("unknown {kind}: {name}"), "name one of this host"),
            false => Ok(()),
        }
    }

    fn wrong(&self, param: Param<Text>, what: &str, remedy: &str) -> Result<(), ParameterError> {
        self.refuse(param, format!("parameter {}: {what}; {remedy}", param.name()))
    }

    fn refuse(&self, param: Param<Text>, what: String) -> Result<(), ParameterError> {
        Err(ParameterError::Value {
            origin: self.configuration.origin(param.name()),
            name: param.name().to_owned(),
            value: String::new(),
            wrong: Wrong::NotAccount(what),
        })
    }

    /// What the user database says; that it can not tell is an error.
    fn found<T>(
        &self,
        param: Param<Text>,
        found: io::Result<Option<T>>,
    ) -> Result<Option<T>, ParameterError> {
        found.or_else(|error| {
            let reason = sys::fault::text(&error);
            self.wrong(
                param,
                &format!("the user database can not tell: {reason}"),
                "try again later",
            )
            .map(|()| None)
        })
    }
}
