//! `unix:passwd.byname` and `unix:group.byname`: the users and groups of this host, as lines of passwd(5) and group(5).

use std::rc::Rc;

use sys::account;

use crate::error::{LookupError, OpenError};
use crate::fold::{Folding, fold_if};
use crate::registry::Opening;
use crate::table::{Answer, Keys, Lookup, Table};

struct Unix {
    name: String,
    fold: Folding,
    which: Which,
}

#[derive(Clone, Copy)]
enum Which {
    Users,
    Groups,
}

pub(crate) fn open(opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
    let which = match opening.name {
        "passwd.byname" => Which::Users,
        "group.byname" => Which::Groups,
        _ => return Err(opening.syntax(format!("unknown table: {}", opening.full_name()))),
    };
    Ok(Rc::new(Unix {
        name: opening.full_name(),
        fold: opening.folding(),
        which,
    }))
}

fn user_line(name: &str) -> std::io::Result<Option<String>> {
    Ok(account::account_by_name(name)?.map(|user| {
        let (home, shell) = (user.home.display(), user.shell.display());
        format!(
            "{}:x:{}:{}:{}:{home}:{shell}",
            user.name, user.uid, user.gid, user.gecos
        )
    }))
}

fn group_line(name: &str) -> std::io::Result<Option<String>> {
    let group = account::group_entry_by_name(name)?;
    Ok(group.map(|group| format!("{}:x:{}:{}", group.name, group.gid, group.members.join(","))))
}

impl Table for Unix {
    fn name(&self) -> &str {
        &self.name
    }

    fn keys(&self) -> Keys {
        Keys::Fixed
    }

    fn lookup<'a>(&'a self, key: &'a str) -> Lookup<'a> {
        let key = fold_if(self.fold, key);
        let (found, database) = match self.which {
            Which::Users => (user_line(&key), "password"),
            Which::Groups => (group_line(&key), "group"),
        };
        Answer::Ready(found.map_err(|error| {
            LookupError::failed(
                &self.name,
                format!("cannot access UNIX {database} database: {error}"),
            )
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::table::ready;
    use crate::{Settings, Tables, Use};

    #[test]
    fn root_is_a_user_and_nobody_of_that_name_is_not() {
        let tables = Tables::new(Settings::default());
        let users = tables.try_open("unix:passwd.byname", Use::GENERAL).unwrap();

        let root = ready(users.lookup("ROOT").get()).unwrap().unwrap();
        assert!(root.starts_with("root:x:0:0:"), "{root}");
        assert_eq!(ready(users.lookup("no-such-user-here").get()), Ok(None));
        assert!(tables.try_open("unix:passwd.byuid", Use::GENERAL).is_err());
    }
}
