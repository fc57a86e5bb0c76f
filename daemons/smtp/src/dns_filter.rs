//! Records of the DNS that the administrator does not want to be used (`postconf(5) smtp_dns_reply_filter`).

use lookup::Maps;

use crate::failure::{Failure, status};
use crate::log;

/// The tables that are asked about each record.
pub(crate) struct DnsFilter {
    maps: Maps,
}

impl std::fmt::Debug for DnsFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("DnsFilter").field(&self.maps.title()).finish()
    }
}

/// What the records were asked for.
pub(crate) struct Lookup<'a> {
    /// The name that was looked up.
    pub(crate) name: &'a str,
    /// The name that has the records.
    pub(crate) owner: &'a str,
    /// `MX`, `A` and so on.
    pub(crate) kind: &'a str,
    pub(crate) ttl: u32,
}

impl DnsFilter {
    pub(crate) fn new(maps: Maps) -> Self {
        Self { maps }
    }

    /// Takes out the records that are to be ignored; `show` writes one as a zone file would, after its kind.
    ///
    /// # Errors
    /// Nothing is left, or the tables could not tell, or said what makes no sense: the mail is deferred.
    pub(crate) async fn pass<R>(
        &self,
        lookup: &Lookup<'_>,
        records: Vec<R>,
        show: impl Fn(&R) -> (String, String),
    ) -> Result<Vec<R>, Failure> {
        if self.maps.is_empty() {
            return Ok(records);
        }
        let failed = |code, why: &str, kind: &str| {
            let name = lookup.name;
            Failure::ours(code, format!("Error looking up name={name} type={kind}: {why}"))
        };
        let mut kept = Vec::with_capacity(records.len());
        let mut last = lookup.kind.to_owned();
        for record in records {
            let (kind, value) = show(&record);
            let text = format!("{}. {} IN {kind} {value}", lookup.owner, lookup.ttl);
            match self.maps.get(&text).await {
                Ok(None) => kept.push(record),
                Ok(Some(action)) if action.trim().eq_ignore_ascii_case("ignore") => {
                    log::record_ignored(&text)
                }
                Ok(Some(action)) => {
                    log::bad_dns_filter(self.maps.title(), action.trim());
                    return Err(failed(status(4, 4, 3), "Invalid DNS reply filter syntax", &kind));
                }
                Err(_) => return Err(failed(status(4, 4, 3), "DNS reply filter lookup error", &kind)),
            }
            last = kind;
        }
        if kept.is_empty() {
            return Err(failed(
                status(4, 7, 0),
                "DNS reply filter drops all results",
                &last,
            ));
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(main_cf: &str, records: &[&str]) -> Result<Vec<String>, Failure> {
        let tables = lookup::Tables::new(lookup::Settings::default());
        let maps = Maps::open(&tables, "smtp_dns_reply_filter", main_cf, lookup::Use::GENERAL).unwrap();
        let lookup = Lookup {
            name: "far.example",
            owner: "far.example",
            kind: "MX",
            ttl: 60,
        };
        let records = records.iter().map(|record| (*record).to_owned()).collect();
        let show = |record: &String| ("MX".to_owned(), record.clone());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(DnsFilter::new(maps).pass(&lookup, records, show))
    }

    #[test]
    fn records_that_are_to_be_ignored_are_taken_out() {
        let filter = "regexp:{ { /^far.example. 60 in mx 20 b.far.example.$/ Ignore } }";
        assert_eq!(
            pass(filter, &["10 a.far.example.", "20 b.far.example."]),
            Ok(vec!["10 a.far.example.".to_owned()])
        );
        assert_eq!(pass("", &["x"]), Ok(vec!["x".to_owned()]));
    }

    #[test]
    fn without_a_record_left_and_with_a_bad_action_mail_is_deferred() {
        let reason = |filter: &str| {
            let failure = pass(filter, &["20 b.far.example."]).unwrap_err();
            (failure.status, failure.reason)
        };
        assert_eq!(
            reason("static:IGNORE"),
            (
                status(4, 7, 0),
                "Error looking up name=far.example type=MX: DNS reply filter drops all results".to_owned()
            )
        );
        assert_eq!(
            reason("static:what"),
            (
                status(4, 4, 3),
                "Error looking up name=far.example type=MX: Invalid DNS reply filter syntax".to_owned()
            )
        );
    }
}
