//! Names of services in `master.cf`.

catalogue! {
    /// The name of the service verify(8), which remembers what address probes found. Change a service name only if
    /// `master.cf` has it under another name.
    ADDRESS_VERIFY_SERVICE_NAME = address_verify_service_name: Text[1..], "verify";

    /// The name of the service bounce(8) for failures. Change a service name only if `master.cf` has it under another
    /// name.
    /// Since 2.0.
    BOUNCE_SERVICE_NAME = bounce_service_name: Text[1..], "bounce";

    /// The name of the service cleanup(8), which takes in new messages. An `smtpd` line of `master.cf` may name a
    /// second cleanup service with other settings.
    /// Since 2.0.
    CLEANUP_SERVICE_NAME = cleanup_service_name: Text[1..], "cleanup";

    /// The name of the service scache(8). Kept for configurations that mention it: our SMTP client keeps its
    /// connections inside the process.
    /// Since 2.2.
    CONNECTION_CACHE_SERVICE_NAME = connection_cache_service_name: Text[1..], "scache";

    /// The name of the service for delays; bounce(8) provides it under this name.
    /// Since 2.0.
    DEFER_SERVICE_NAME = defer_service_name: Text[1..], "defer";

    /// The name of the transport error(8), to which the queue manager gives mail that has to be returned.
    /// Since 2.0.
    ERROR_SERVICE_NAME = error_service_name: Text[1..], "error";

    /// The name of the service flush(8), which knows what waits for which destination.
    /// Since 2.0.
    FLUSH_SERVICE_NAME = flush_service_name: Text[1..], "flush";

    /// The name of the service that builds tables anew for hosts without Berkeley DB. Our programs read such tables
    /// themselves and do not ask it.
    /// Since 3.11.
    NON_BDB_MIGRATION_SERVICE_NAME = non_bdb_migration_service_name: Text, "nbdb_reindex";

    /// The name of the service pickup(8), which takes in what users submit.
    /// Since 2.0.
    PICKUP_SERVICE_NAME = pickup_service_name: Text[1..], "pickup";

    /// The name of the service postlogd(8), which writes `maillog_file`.
    /// Since 3.4.
    POSTLOG_SERVICE_NAME = postlog_service_name: Text[1..], "postlog";

    /// The name of the service proxymap(8) that reads tables for others.
    /// Since 2.6.
    PROXYMAP_SERVICE_NAME = proxymap_service_name: Text[1..], "proxymap";

    /// The name of the service proxymap(8) that also writes tables for others. It must run as one process.
    /// Since 2.6.
    PROXYWRITE_SERVICE_NAME = proxywrite_service_name: Text[1..], "proxywrite";

    /// The name of the service qmgr(8).
    /// Since 2.0.
    QUEUE_SERVICE_NAME = queue_service_name: Text[1..], "qmgr";

    /// The name of the service trivial-rewrite(8), which puts addresses in form and routes them. Another name may be
    /// a copy with other settings.
    /// Since 2.0.
    REWRITE_SERVICE_NAME = rewrite_service_name: Text[1..], "rewrite";

    /// The name of the service showq(8), which lists the queue.
    /// Since 2.0.
    SHOWQ_SERVICE_NAME = showq_service_name: Text[1..], "showq";

    /// The name of the service for delivery reports; bounce(8) provides it under this name.
    /// Since 2.1.
    TRACE_SERVICE_NAME = trace_service_name: Text[1..], "trace";
}
