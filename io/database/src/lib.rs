//! Room `database`: the table types whose answers come from a database server.
