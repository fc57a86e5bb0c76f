//! Which tables clients may ask for: those that a parameter names with `proxy:` in front, and the database types that
//! only this program can open. What no parameter names is refused, so that a client that was broken into learns no more
//! than it could ask for anyway (proxymap(8), "security").

use std::collections::HashSet;

use config::split;

/// Reads the items of a `/file` in a list; `None` when that can not be done.
pub(crate) type ReadFile<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// The approved tables.
#[derive(Debug, Default)]
pub(crate) struct Approval {
    tables: HashSet<String>,
}

/// How deep braces and files may be inside each other.
const DEEPEST: usize = 10;
const PROXY: &str = "proxy:";

impl Approval {
    /// Approves what `text`, the value of a parameter, names.
    pub(crate) fn add(&mut self, text: &str, read_file: &ReadFile<'_>) {
        self.list(text, read_file, 0);
    }

    /// Approves the database tables that `text` names, and nothing else: for parameters that `master.cf` sets for one
    /// service, which no list of ours can name. Without this the service's own tables would be out of its reach.
    pub(crate) fn add_databases(&mut self, text: &str, read_file: &ReadFile<'_>) {
        let mut named = Self::default();
        named.add(text, read_file);
        let databases = named.tables.into_iter().filter(|table| {
            let kind = table.split(':').next().unwrap_or_default();
            lookup::needs_driver(kind)
        });
        self.tables.extend(databases);
    }

    /// True when a client may ask for `table`.
    pub(crate) fn covers(&self, table: &str) -> bool {
        self.tables.contains(table)
    }

    fn list(&mut self, text: &str, read_file: &ReadFile<'_>, depth: usize) {
        if depth < DEEPEST {
            for item in split::list(text) {
                self.item(item.trim_start_matches('!'), read_file, depth);
            }
        }
    }

    fn item(&mut self, item: &str, read_file: &ReadFile<'_>, depth: usize) {
        if let Some(inside) = split::braced(item) {
            // `{ type:name, { more } }`: the table comes first.
            if let Some(first) = split::list(inside).next() {
                self.item(first, read_file, depth + 1);
            }
            return;
        }
        if item.starts_with('/') {
            if let Some(content) = read_file(item) {
                self.list(&content, read_file, depth + 1);
            }
            return;
        }
        let mut table = item;
        while let Some(inner) = table.strip_prefix(PROXY) {
            table = inner;
        }
        let Some((kind, name)) = table.split_once(':') else {
            return;
        };
        if table.len() < item.len() || lookup::needs_driver(kind) {
            self.tables.insert(table.to_owned());
        }
        match kind {
            // The members are approved one by one, wherever they say so.
            "pipemap" | "unionmap" => {
                self.list(split::braced(name).unwrap_or_default(), read_file, depth + 1)
            }
            "debug" if depth < DEEPEST => self.item(name, read_file, depth + 1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_services_own_parameters_only_databases_are_approved() {
        let mut approval = Approval::default();

        approval.add_databases(
            "check_x { mysql:/a, { search_order = x } } proxy:pgsql:/b proxy:hash:/c ldap:/d",
            &|_| None,
        );

        for (table, expected) in [
            ("mysql:/a", true),
            ("pgsql:/b", true),
            ("hash:/c", false),
            ("ldap:/d", true),
        ] {
            assert_eq!(approval.covers(table), expected, "{table}");
        }
    }

    #[test]
    fn only_what_is_named_with_proxy_is_approved() {
        let text = "hash:/a, proxy:hash:/b check_x { proxy:pcre:/c, {search_order = x} } !proxy:cidr:/d mysql:/e \
                    unionmap:{proxy:hash:/f, hash:/g} proxy:proxy:hash:/h proxy:pipemap:{proxy:hash:/i,mysql:/j} /k";
        let mut approval = Approval::default();

        approval.add(text, &|file| (file == "/k").then(|| "proxy:hash:/l".to_owned()));

        for (table, expected) in [
            ("hash:/a", false),
            ("hash:/b", true),
            ("pcre:/c", true),
            ("cidr:/d", true),
            ("mysql:/e", true),
            ("hash:/f", true),
            ("hash:/g", false),
            ("hash:/h", true),
            ("pipemap:{proxy:hash:/i,mysql:/j}", true),
            ("hash:/i", true),
            ("mysql:/j", true),
            ("hash:/l", true),
            ("proxy:hash:/b", false),
        ] {
            assert_eq!(approval.covers(table), expected, "{table}");
        }
    }
}
