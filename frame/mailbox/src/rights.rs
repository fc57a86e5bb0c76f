//! The `user=name[:group]` of a `master.cf` line: under whose ids a command of `pipe` or `spawn` runs.

use std::io;

use sys::account::{account_by_name, group_by_name};
use sys::identity::Ids;

/// Why a command may not run under the ids that were asked for. A mistake in `master.cf`: the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum RightsError {
    /// No such user.
    #[error("unknown user name: {0}")]
    UnknownUser(String),
    /// No such group.
    #[error("unknown group name: {0}")]
    UnknownGroup(String),
    /// The user database could not tell.
    #[error("cannot look up {name}: {}", sys::fault::text(.source))]
    NoDatabase {
        /// The user or group.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Root, or the mail system's own user or group.
    #[error("user={0}: a command may not have the rights of {1}")]
    Refused(String, &'static str),
}

/// Reads `name[:group]`. `own_names` are the mail system's user and groups, whose rights no command may have.
///
/// # Errors
/// [`RightsError`].
pub fn named_ids(text: &str, mail_owner: &str, own_group: &str) -> Result<Ids, RightsError> {
    let unsure = |name: &str| {
        let name = name.to_owned();
        |source| RightsError::NoDatabase { name, source }
    };
    let (user, group) = match text.split_once(':') {
        Some((user, group)) => (user, Some(group).filter(|group| !group.is_empty())),
        None => (text, None),
    };
    let account = account_by_name(user)
        .map_err(unsure(user))?
        .ok_or_else(|| RightsError::UnknownUser(user.to_owned()))?;
    let gid = match group {
        Some(group) => group_by_name(group)
            .map_err(unsure(group))?
            .ok_or_else(|| RightsError::UnknownGroup(group.to_owned()))?,
        None => account.gid,
    };
    let owner = account_by_name(mail_owner).map_err(unsure(mail_owner))?;
    let own_group = group_by_name(own_group).map_err(unsure(own_group))?;
    let whose = match account.uid {
        0 => Some("root"),
        u32::MAX => Some("no user"),
        uid if owner.as_ref().is_some_and(|owner| owner.uid == uid) => Some("the mail system"),
        _ => match gid {
            0 => Some("group 0"),
            u32::MAX => Some("no group"),
            gid if owner.is_some_and(|owner| owner.gid == gid) => Some("the mail system's group"),
            gid if own_group == Some(gid) => Some("the group of postdrop"),
            _ => None,
        },
    };
    match whose {
        Some(whose) => Err(RightsError::Refused(text.to_owned(), whose)),
        None => Ok(Ids::new(account.uid, gid)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_the_mail_system_and_unknown_users_are_refused() {
        assert!(matches!(
            named_ids("root", "nobody", "daemon"),
            Err(RightsError::Refused(..))
        ));
        assert!(matches!(
            named_ids("nobody", "nobody", "daemon"),
            Err(RightsError::Refused(..))
        ));
        assert!(matches!(
            named_ids("nobody:daemon", "bin", "daemon"),
            Err(RightsError::Refused(..))
        ));
        assert!(matches!(
            named_ids("no-such-user", "bin", "daemon"),
            Err(RightsError::UnknownUser(_))
        ));
        assert!(matches!(
            named_ids("nobody:no-such", "bin", "daemon"),
            Err(RightsError::UnknownGroup(_))
        ));
    }

    #[test]
    fn an_ordinary_user_is_taken_with_its_group_or_another() {
        let nobody = account_by_name("nobody").unwrap().unwrap();
        assert_eq!(
            named_ids("nobody", "bin", "daemon").unwrap(),
            Ids::new(nobody.uid, nobody.gid)
        );
        let other = group_by_name("games").unwrap().unwrap();
        assert_eq!(
            named_ids("nobody:games", "bin", "daemon").unwrap(),
            Ids::new(nobody.uid, other)
        );
    }
}
