//! The attributes of tables that are described by a file, or by parameters that begin with the table's name.
//!
//! `ldap:/etc/postfix/people.cf` has a file with `server_host = …` in it; `ldap:people` has `people_server_host` in
//! `main.cf`. Here are only the names, for those who look for slips. Follows the manual pages of the table types.

const TYPES: &[(&str, &[&str])] = &[
    (
        "ldap",
        &[
            "server_host",
            "server_port",
            "version",
            "scope",
            "search_base",
            "timeout",
            "query_filter",
            "result_filter",
            "result_format",
            "result_attribute",
            "terminal_result_attribute",
            "leaf_result_attribute",
            "special_result_attribute",
            "bind",
            "bind_dn",
            "bind_pw",
            "recursion_limit",
            "expansion_limit",
            "size_limit",
            "dereference",
            "chase_referrals",
            "sasl_mechs",
            "sasl_realm",
            "sasl_authz_id",
            "sasl_minssf",
            "start_tls",
            "tls_require_cert",
            "tls_ca_cert_file",
            "tls_ca_cert_dir",
            "tls_cert",
            "tls_key",
            "tls_random_file",
            "tls_cipher_suite",
            "debuglevel",
            "domain",
            "cache",
            "cache_expiry",
            "cache_size",
        ],
    ),
    (
        "mysql",
        &[
            "hosts",
            "user",
            "password",
            "dbname",
            "query",
            "charset",
            "retry_interval",
            "idle_interval",
            "option_file",
            "option_group",
            "tls_key_file",
            "tls_cert_file",
            "tls_CAfile",
            "tls_CApath",
            "tls_ciphers",
            "tls_verify_cert",
            "require_result_set",
            "domain",
            "expansion_limit",
            "result_format",
            "select_field",
            "table",
            "where_field",
            "additional_conditions",
        ],
    ),
    (
        "pgsql",
        &[
            "hosts",
            "user",
            "password",
            "dbname",
            "query",
            "select_function",
            "encoding",
            "retry_interval",
            "idle_interval",
            "domain",
            "expansion_limit",
            "result_format",
            "select_field",
            "table",
            "where_field",
            "additional_conditions",
        ],
    ),
    (
        "sqlite",
        &[
            "dbpath",
            "query",
            "domain",
            "expansion_limit",
            "result_format",
            "select_field",
            "table",
            "where_field",
            "additional_conditions",
        ],
    ),
    (
        "mongodb",
        &[
            "uri",
            "dbname",
            "collection",
            "query_filter",
            "projection",
            "result_attribute",
            "result_format",
            "expansion_limit",
            "domain",
        ],
    ),
    (
        "memcache",
        &[
            "memcache",
            "backup",
            "flags",
            "ttl",
            "key_format",
            "key_digest",
            "data_size_limit",
            "line_size_limit",
            "max_try",
            "retry_pause",
            "timeout",
            "domain",
        ],
    ),
];

/// The attributes of a table type; `None` for types that have none.
pub fn of_type(table_type: &str) -> Option<&'static [&'static str]> {
    TYPES
        .iter()
        .find(|(name, _)| *name == table_type)
        .map(|(_, attributes)| *attributes)
}

/// Whether a parameter is the password of a table that is described by parameters: `users_password`.
pub fn is_secret(name: &str) -> bool {
    ["_password", "_bind_pw"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

/// The tables with attributes that a value names: type and name, without adapters such as `proxy:` around them.
pub fn tables_in(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value
        .split([',', ' ', '\t', '\r', '\n', '{', '}'])
        .filter_map(|word| {
            let mut word = word;
            while let Some(inner) = ADAPTERS.iter().find_map(|adapter| word.strip_prefix(adapter)) {
                word = inner;
            }
            word.split_once(':')
        })
        .filter(|(table_type, name)| !name.is_empty() && of_type(table_type).is_some())
}

const ADAPTERS: [&str; 4] = ["proxy:", "debug:", "pipemap:", "unionmap:"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_found_behind_and_inside_adapters() {
        let value = "hash:/a, proxy:ldap:one pipemap:{debug:mysql:/two,static:x} regexp:{{/x/ ldap:}}";
        let found: Vec<_> = tables_in(value).collect();
        assert_eq!(found, [("ldap", "one"), ("mysql", "/two")]);
    }
}
