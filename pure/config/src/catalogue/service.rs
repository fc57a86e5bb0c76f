//! Names of services in `master.cf`.

catalogue! {
    /// The service that remembers the results of address probes.
    ADDRESS_VERIFY_SERVICE_NAME = address_verify_service_name: Text[1..], "verify";

    /// The service that keeps notes on failed recipients.
    BOUNCE_SERVICE_NAME = bounce_service_name: Text[1..], "bounce";

    /// The service that takes new messages.
    CLEANUP_SERVICE_NAME = cleanup_service_name: Text[1..], "cleanup";

    /// The service that keeps open connections.
    CONNECTION_CACHE_SERVICE_NAME = connection_cache_service_name: Text[1..], "scache";

    /// The service that keeps notes on delayed recipients.
    DEFER_SERVICE_NAME = defer_service_name: Text[1..], "defer";

    /// The service that returns mail.
    ERROR_SERVICE_NAME = error_service_name: Text[1..], "error";

    /// The service that knows delayed mail by destination.
    FLUSH_SERVICE_NAME = flush_service_name: Text[1..], "flush";

    /// The service that builds such tables anew.
    NON_BDB_MIGRATION_SERVICE_NAME = non_bdb_migration_service_name: Text, "nbdb_reindex";

    /// The service that takes local submissions.
    PICKUP_SERVICE_NAME = pickup_service_name: Text[1..], "pickup";

    /// The service that writes the log file.
    POSTLOG_SERVICE_NAME = postlog_service_name: Text[1..], "postlog";

    /// The service that reads tables for others.
    PROXYMAP_SERVICE_NAME = proxymap_service_name: Text[1..], "proxymap";

    /// The service that writes tables for others.
    PROXYWRITE_SERVICE_NAME = proxywrite_service_name: Text[1..], "proxywrite";

    /// The service that manages the queue.
    QUEUE_SERVICE_NAME = queue_service_name: Text[1..], "qmgr";

    /// The service that rewrites and resolves addresses.
    REWRITE_SERVICE_NAME = rewrite_service_name: Text[1..], "rewrite";

    /// The service that lists the queue.
    SHOWQ_SERVICE_NAME = showq_service_name: Text[1..], "showq";

    /// The service that keeps notes on traced deliveries.
    TRACE_SERVICE_NAME = trace_service_name: Text[1..], "trace";
}
