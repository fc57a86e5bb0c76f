//! LDAP URLs found in entries (RFC 4516): a search to go on with. The host in it is passed over, as the connection in use
//! is asked.

/// What a URL says to search for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) base: String,
    /// None: all that the table wants.
    pub(crate) attributes: Vec<String>,
    pub(crate) scope: Reach,
    pub(crate) filter: String,
}

/// The scope in a URL, comparable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Base,
    One,
    Sub,
}

/// Whether a value is meant as a URL, not as a name.
pub(crate) fn is_url(text: &str) -> bool {
    let lower = text.get(..10).unwrap_or(text).to_ascii_lowercase();
    ["ldap://", "ldaps://", "ldapi://"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
}

/// Takes a URL apart; `None` when it is none.
pub(crate) fn parse(text: &str) -> Option<Found> {
    let (_, rest) = text.split_once("://")?;
    let (_, rest) = rest.split_once('/').unwrap_or((rest, ""));
    let mut parts = rest.splitn(5, '?');
    let base = decoded(parts.next().unwrap_or_default())?;
    let attributes = decoded(parts.next().unwrap_or_default())?;
    let attributes: Vec<_> = attributes
        .split(',')
        .filter(|name| !name.is_empty() && *name != "*")
        .map(str::to_owned)
        .collect();
    let scope = match parts.next().unwrap_or_default() {
        "" | "base" => Reach::Base,
        "one" => Reach::One,
        "sub" => Reach::Sub,
        _ => return None,
    };
    let filter = decoded(parts.next().unwrap_or_default())?;
    let filter = if filter.is_empty() {
        "(objectClass=*)".to_owned()
    } else {
        filter
    };
    Some(Found {
        base,
        attributes,
        scope,
        filter,
    })
}

/// Undoes `%XX`.
fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((octet, after)) = rest.split_first() {
        rest = after;
        if *octet != b'%' {
            octets.push(*octet);
            continue;
        }
        let (digits, after) = rest.split_at_checked(2)?;
        octets.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = after;
    }
    String::from_utf8(octets).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_a_search() {
        let found = parse("ldap://h:389/ou=a%20b,dc=c?mail,uid?sub?(x=%28y)").unwrap();
        assert_eq!(
            found,
            Found {
                base: "ou=a b,dc=c".to_owned(),
                attributes: vec!["mail".to_owned(), "uid".to_owned()],
                scope: Reach::Sub,
                filter: "(x=(y)".to_owned(),
            }
        );
        let plain = parse("ldap:///cn=x").unwrap();
        assert_eq!(
            (plain.scope, plain.filter.as_str()),
            (Reach::Base, "(objectClass=*)")
        );
        assert!(parse("ldap:///cn=x??wide").is_none());
        assert!(parse("ldap:///%zz").is_none());
        assert!(is_url("LDAP://x") && !is_url("cn=ldap://x"));
    }
}
