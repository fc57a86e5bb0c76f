//! `mongodb:`: MongoDB (mongodb_table(5)). Not in the usual builds: its driver alone brings more than a hundred packages.
//!
//! The filter is read as JSON once, and parts of the key are put into its texts afterwards, so that no key can change what
//! is asked. A part outside of a text is an error of the table, and so is one in an expression: there, some texts are not
//! taken for what they say.

use std::rc::Rc;
use std::time::Duration;

use bson::{Bson, Document};
use lookup::{Driver, LocalBoxFuture, OpenError, Opening, Table};
use mongodb::Client;
use mongodb::error::{Error, ErrorKind};
use mongodb::options::ClientOptions;

use crate::Settings;
use crate::asked::{Backend, MOST_OCTETS, Rules, Values};
use crate::error::{Fault, Trouble};
use crate::pool::{Host, Pool};
use crate::server::{Lender, Lends};
use crate::source::Source;
use crate::template::{Key, Piece, Template};

/// The driver.
pub(crate) struct Mongodb(Lender<Client>);

struct Query {
    filter: Document,
    projection: Document,
    database: String,
    collection: String,
    pool: Pool<Client>,
}

const IDLE: Duration = Duration::from_secs(60);
/// How deep a filter may be nested.
const DEEPEST: u32 = 50;

impl Mongodb {
    pub(crate) fn new(settings: &Rc<Settings>) -> Self {
        Self(Lender::new("mongodb", settings))
    }
}

impl Lends for Mongodb {
    fn sweep(&self) -> Box<dyn Fn()> {
        self.0.sweep()
    }
}

impl Driver for Mongodb {
    fn kind(&self) -> &'static str {
        "mongodb"
    }

    fn open(&self, opening: &Opening<'_>) -> Result<Rc<dyn Table>, OpenError> {
        let source = self.0.source(opening)?;
        let rules = Rules::read(opening, &source, None)?;
        let uri = source.required("uri")?;
        let text = source.required("query_filter")?;
        let filter =
            json(&text).ok_or_else(|| source.wrong(format!("query_filter is no JSON object: {text}")))?;
        // Fails now where it would fail for each key.
        filled(&filter, &Key::new("user@mail.example.com"), 0)
            .map_err(|_| source.wrong(format!("Invalid query template: {text}")))?;
        if filter.iter().any(|(name, value)| is_computed(name, value, false)) {
            return Err(source.wrong(format!(
                "query_filter has a part of the key in an expression; put it into {{\"$literal\": ...}}: {text}"
            )));
        }
        let wait = self.0.wait();
        let query = Query {
            filter,
            projection: projection(&source)?,
            database: source.required("dbname")?,
            collection: source.required("collection")?,
            pool: self.0.pool(vec![host(uri, wait)], IDLE, IDLE, wait),
        };
        Ok(self.0.table(&source, rules, query))
    }
}

/// What is to be told of a document found: `projection` as it stands, or the fields in `result_attribute`.
fn projection(source: &Source) -> Result<Document, OpenError> {
    let text = source.text("projection", "")?;
    let fields = source.words("result_attribute", "")?;
    let mut projection = match (text.is_empty(), fields.is_empty()) {
        (false, true) => {
            json(&text).ok_or_else(|| source.wrong(format!("projection is no JSON object: {text}")))?
        }
        (true, false) => fields.into_iter().map(|field| (field, Bson::Int32(1))).collect(),
        _ => return Err(source.wrong("one of projection and result_attribute must be set, and only one")),
    };
    projection.insert("_id", Bson::Int32(0));
    Ok(projection)
}

/// The servers of a URI: the driver itself knows several, and chooses among them.
fn host(uri: String, wait: Duration) -> Host<Client> {
    let address = uri.rsplit_once('@').map_or_else(
        || uri.split("://").nth(1).unwrap_or_default().to_owned(),
        |(_, place)| place.to_owned(),
    );
    Host {
        address: address.split(['/', '?']).next().unwrap_or_default().to_owned(),
        is_local: false,
        login: uri.clone(),
        connect: Box::new(move || {
            let uri = uri.clone();
            Box::pin(async move {
                let mut options = ClientOptions::parse(&uri).await.map_err(fault)?;
                options.max_pool_size = Some(1);
                options.server_selection_timeout = Some(wait);
                Client::with_options(options).map_err(fault)
            })
        }),
    }
}

fn json(text: &str) -> Option<Document> {
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    Document::try_from(object).ok()
}

/// Why a filter is not filled.
#[derive(Debug, PartialEq, Eq)]
enum Unfilled {
    Suppressed,
    BadTemplate,
}

/// The filter with parts of the key in its texts.
fn filled(filter: &Document, key: &Key<'_>, depth: u32) -> Result<Document, Unfilled> {
    let fill = |(name, value): (&String, &Bson)| Ok((name.clone(), filled_value(value, key, depth + 1)?));
    filter.iter().map(fill).collect()
}

fn filled_value(value: &Bson, key: &Key<'_>, depth: u32) -> Result<Bson, Unfilled> {
    if depth > DEEPEST {
        return Err(Unfilled::BadTemplate);
    }
    match value {
        Bson::String(text) => {
            let template = Template::parse(text).map_err(|_| Unfilled::BadTemplate)?;
            let text = template.query(key, |part, into| into.push_str(part));
            text.map(Bson::String).ok_or(Unfilled::Suppressed)
        }
        Bson::Document(inner) => filled(inner, key, depth).map(Bson::Document),
        Bson::Array(members) => {
            let members = members.iter().map(|member| filled_value(member, key, depth + 1));
            members.collect::<Result<_, _>>().map(Bson::Array)
        }
        other => Ok(other.clone()),
    }
}

/// Whether a part of a key stands where the server takes a text for a program or for the name of a field (`$user`).
fn is_computed(name: &str, value: &Bson, inside: bool) -> bool {
    let inside = inside || ["$expr", "$where", "$function", "$accumulator"].contains(&name);
    match value {
        Bson::String(text) => {
            let is_part = |piece: &Piece| matches!(piece, Piece::Part { .. });
            inside && Template::parse(text).is_ok_and(|template| template.pieces().iter().any(is_part))
        }
        Bson::Document(inner) => inner
            .iter()
            .any(|(name, value)| name != "$literal" && is_computed(name, value, inside)),
        Bson::Array(members) => members.iter().any(|member| is_computed(name, member, inside)),
        _ => false,
    }
}

fn fault(error: Error) -> Fault {
    match *error.kind {
        ErrorKind::Command(_) | ErrorKind::InvalidArgument { .. } => {
            Fault::Refused(format!("query failed: {error}"))
        }
        _ => Fault::Broken(error.to_string()),
    }
}

/// The texts and whole numbers in a field; other kinds say nothing.
fn texts(value: Bson, into: &mut Values, depth: u32) {
    match value {
        Bson::String(text) => into.push(Some(text)),
        Bson::Int32(number) => into.push(Some(number.to_string())),
        Bson::Int64(number) => into.push(Some(number.to_string())),
        Bson::Array(members) if depth < DEEPEST => {
            members
                .into_iter()
                .for_each(|member| texts(member, into, depth + 1));
        }
        _ => {}
    }
}

async fn ask(client: &Client, asked: &Asking) -> Result<Values, Fault> {
    let collection = client
        .database(&asked.database)
        .collection::<Document>(&asked.collection);
    let mut cursor = collection
        .find(asked.filter.clone())
        .projection(asked.projection.clone())
        .await
        .map_err(fault)?;
    let mut values = Values::new();
    while cursor.advance().await.map_err(fault)? {
        let document = cursor.deserialize_current().map_err(fault)?;
        document
            .into_iter()
            .for_each(|(_, value)| texts(value, &mut values, 0));
        if values.iter().flatten().map(String::len).sum::<usize>() > MOST_OCTETS {
            return Err(Fault::Broken("the result is too large".to_owned()));
        }
    }
    Ok(values)
}

struct Asking {
    database: String,
    collection: String,
    filter: Document,
    projection: Document,
}

impl Backend for Query {
    fn values<'a>(&'a self, key: &'a Key<'a>) -> LocalBoxFuture<'a, Result<Values, Trouble>> {
        let Ok(filter) = filled(&self.filter, key, 0) else {
            return Box::pin(async { Ok(Values::new()) });
        };
        let asking = Rc::new(Asking {
            database: self.database.clone(),
            collection: self.collection.clone(),
            filter,
            projection: self.projection.clone(),
        });
        Box::pin(async move {
            let asked = self.pool.run(move |client| {
                let asking = Rc::clone(&asking);
                Box::pin(async move { ask(client, &asking).await })
            });
            asked.await
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lookup::{Tables, Use};

    /// What comes of settings, opened as a table.
    fn opened(name: &str, settings: &str) -> Result<(), String> {
        let path = std::env::temp_dir().join(format!("database-mongodb-{name}-{}", std::process::id()));
        std::fs::write(&path, settings).unwrap();
        let driver = Mongodb::new(&Rc::new(Settings {
            parameters: Rc::new(|_| Ok(None)),
            connection_limit: 1,
            time_limit: Duration::from_secs(1),
            remember: Duration::ZERO,
        }));
        let tables = Tables::with_drivers(lookup::Settings::default(), vec![Rc::new(driver)]);
        let table = tables.try_open(&format!("mongodb:{}", path.display()), Use::GENERAL);
        std::fs::remove_file(path).unwrap();
        table.map(|_| ()).map_err(|error| error.to_string())
    }

    const GOOD: &str = "uri = mongodb://u:secret@127.0.0.1:1\ndbname = mail\ncollection = box\n\
                        query_filter = {\"k\": \"%s\"}\n";

    #[test]
    fn settings_make_a_table_or_say_what_is_wrong() {
        let fields = format!("{GOOD}result_attribute = a, b\n");
        assert_eq!(opened("fields", &fields), Ok(()));
        assert_eq!(
            opened("projection", &format!("{GOOD}projection = {{\"a\": 1}}\n")),
            Ok(())
        );
        for (number, (settings, expected)) in [
            (
                GOOD.to_owned(),
                "one of projection and result_attribute must be set",
            ),
            (format!("{fields}projection = {{\"a\": 1}}\n"), "and only one"),
            (
                format!("{GOOD}projection = a\n"),
                "projection is no JSON object: a",
            ),
            (
                fields.replace("{\"k\": \"%s\"}", "{\"k\": %s}"),
                "query_filter is no JSON object",
            ),
            (fields.replace("%s", "%x"), "Invalid query template"),
            (
                fields.replace("collection = box", ""),
                "bad string length 0 < 1: collection",
            ),
            (
                fields.replace("dbname = mail", ""),
                "bad string length 0 < 1: dbname",
            ),
        ]
        .into_iter()
        .enumerate()
        {
            let error = opened(&format!("bad{number}"), &settings).unwrap_err();
            assert!(error.contains(expected) && error.lines().count() == 1, "{error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_key_is_no_part_of_an_expression() {
        let open = |name: &str, filter: &str| {
            opened(
                name,
                &format!("{GOOD}result_attribute = a\n").replace("{\"k\": \"%s\"}", filter),
            )
        };
        for (number, filter) in [
            r#"{"$expr": {"$eq": ["$user", "%s"]}}"#,
            r#"{"$and": [{"a": 1}, {"$where": "this.user == '%u'"}]}"#,
            r#"{"$expr": {"$function": {"body": "return %1", "args": []}}}"#,
        ]
        .iter()
        .enumerate()
        {
            let error = open(&format!("computed{number}"), filter).unwrap_err();
            assert!(error.contains("a part of the key in an expression"), "{error}");
        }
        let literal = r#"{"$expr": {"$eq": ["$user", {"$literal": "%s"}]}}"#;
        assert_eq!(open("literal", literal), Ok(()));
    }

    #[test]
    fn the_place_of_a_server_tells_no_password() {
        for (uri, place) in [
            (
                "mongodb://user:pass@a.example:27017,b.example/db?x=y",
                "a.example:27017,b.example",
            ),
            ("mongodb+srv://user:pa%40ss@c.example/?tls=true", "c.example"),
            ("mongodb://localhost", "localhost"),
        ] {
            assert_eq!(host(uri.to_owned(), IDLE).address, place);
        }
    }

    #[test]
    fn no_key_adds_to_a_filter_or_takes_away() {
        let filter = json(r#"{"k": "%s", "in": ["x-%u", {"$eq": "%u@%d"}], "n": 1}"#).unwrap();
        for key in [
            "$where@d",
            "{\"$ne\": null}@d",
            "\"}@d",
            "\\\"@d",
            "%s%u@%d",
            "\u{0}@\u{0}",
            "a\n@d",
            "\u{fffd}'@d",
        ] {
            let found = filled(&filter, &Key::new(key), 0).unwrap();

            let list = found.get_array("in").unwrap();
            let (local, _) = key.rsplit_once('@').unwrap();
            assert_eq!(found.get_str("k").unwrap(), key);
            assert_eq!(list[0].as_str(), Some(format!("x-{local}").as_str()));
            assert_eq!(list[1].as_document().unwrap().get_str("$eq").unwrap(), key);
            assert_eq!(
                (found.len(), list.len(), list[1].as_document().unwrap().len()),
                (3, 2, 1)
            );
        }
    }

    #[test]
    fn a_filter_that_is_too_deep_is_refused() {
        let deep = |depth: usize| format!("{}\"%s\"{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(filled(&json(&deep(40)).unwrap(), &Key::new("x"), 0).is_ok());
        let filter = json(&deep(60)).unwrap();
        assert_eq!(filled(&filter, &Key::new("x"), 0), Err(Unfilled::BadTemplate));
    }

    #[test]
    fn a_key_stays_inside_a_text_of_the_filter() {
        let filter =
            json(r#"{"$or": [{"username": "%s"}, {"alias": {"address": "x-%d"}}], "active": 1}"#).unwrap();
        let hostile = r#"a", "$where": "1"}@d"#;

        let filled = filled(&filter, &Key::new(hostile), 0).unwrap();

        let members = filled.get_array("$or").unwrap();
        let name = members[0].as_document().unwrap().get_str("username").unwrap();
        assert_eq!(name, hostile);
        assert_eq!(filled.len(), 2);
        assert!(json("{\"a\": %s}").is_none());
    }

    #[test]
    fn a_key_without_a_part_is_not_asked_for() {
        let filter = json(r#"{"a": "%d"}"#).unwrap();
        assert_eq!(filled(&filter, &Key::new("user"), 0), Err(Unfilled::Suppressed));
    }

    #[test]
    fn texts_and_numbers_are_values() {
        let mut values = Values::new();
        let array = vec![Bson::String("a".to_owned()), Bson::Int64(3), Bson::Double(1.5)];
        texts(Bson::Array(array), &mut values, 0);
        assert_eq!(values, [Some("a".to_owned()), Some("3".to_owned())]);
    }
}
