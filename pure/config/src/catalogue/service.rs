//! Names of services in `master.cf`.

use crate::param::*;

catalogue! {
    /// A text, "address verify service name", read by every program.
    ADDRESS_VERIFY_SERVICE_NAME = address_verify_service_name: Text[1..], "verify";

    /// A text, "bounce service name", read by every program.
    BOUNCE_SERVICE_NAME = bounce_service_name: Text[1..], "bounce";

    /// A text, "cleanup service name", read by every program.
    CLEANUP_SERVICE_NAME = cleanup_service_name: Text[1..], "cleanup";

    /// A text, "connection cache service name", read by smtp and lmtp.
    CONNECTION_CACHE_SERVICE_NAME = connection_cache_service_name: Text[1..], "scache";

    /// A text, "defer service name", read by every program.
    DEFER_SERVICE_NAME = defer_service_name: Text[1..], "defer";

    /// A text, "error service name", read by every program.
    ERROR_SERVICE_NAME = error_service_name: Text[1..], "error";

    /// A text, "flush service name", read by every program.
    FLUSH_SERVICE_NAME = flush_service_name: Text[1..], "flush";

    /// A text, "non bdb migration service name", read by every program.
    NON_BDB_MIGRATION_SERVICE_NAME = non_bdb_migration_service_name: Text, "nbdb_reindex";

    /// A text, "pickup service name", read by every program.
    PICKUP_SERVICE_NAME = pickup_service_name: Text[1..], "pickup";

    /// A text, "postlog service name", read by every program.
    POSTLOG_SERVICE_NAME = postlog_service_name: Text[1..], "postlog";

    /// A text, "proxymap service name", read by every program.
    PROXYMAP_SERVICE_NAME = proxymap_service_name: Text[1..], "proxymap";

    /// A text, "proxywrite service name", read by every program.
    PROXYWRITE_SERVICE_NAME = proxywrite_service_name: Text[1..], "proxywrite";

    /// A text, "queue service name", read by every program.
    QUEUE_SERVICE_NAME = queue_service_name: Text[1..], "qmgr";

    /// A text, "rewrite service name", read by every program.
    REWRITE_SERVICE_NAME = rewrite_service_name: Text[1..], "rewrite";

    /// A text, "showq service name", read by every program.
    SHOWQ_SERVICE_NAME = showq_service_name: Text[1..], "showq";

    /// A text, "trace service name", read by every program.
    TRACE_SERVICE_NAME = trace_service_name: Text[1..], "trace";
}
