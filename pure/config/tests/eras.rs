//! Configurations as they were written in their time: what their authors expected is what they get.

// A test that cannot be run has failed; the panic says how.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use config::audit::Audit;
use config::master_cf::MasterCf;
use config::{Configuration, catalogue};

/// A `main.cf`, the values its author expected, and what the administrator of today is told.
struct Era {
    main: &'static str,
    expects: &'static [(&'static str, &'static str)],
    told: &'static [&'static str],
}

const ERAS: &[Era] = &[
    Era {
        // The first public releases.
        main: "program_directory = /usr/libexec/postfix\n\
               mail_owner = postfix\n\
               myhostname = mail.example.com\n\
               mydomain = example.com\n\
               mydestination = $myhostname, localhost.$mydomain\n\
               local_transports = local\n\
               logging_facility = local2\n\
               recipient_feature_delimiter = +\n\
               allow_rfc822_envelopes = no\n\
               bad_senders = hash:/etc/postfix/spammers\n",
        expects: &[
            ("daemon_directory", "/usr/libexec/postfix"),
            ("command_directory", "/usr/libexec/postfix"),
            ("syslog_facility", "local2"),
            ("recipient_delimiter", "+"),
            ("strict_rfc821_envelopes", "yes"),
            ("local_transport", "local"),
            ("mydestination", "mail.example.com, localhost.example.com"),
        ],
        told: &[
            "parameter \"allow_rfc822_envelopes\" is of an earlier release and still works; \
             instead, specify \"strict_rfc821_envelopes\"",
            "parameter \"local_transports\" is of an earlier release and still works; \
             instead, specify \"local_transport\"",
            "parameter \"logging_facility\" is of an earlier release and still works; \
             instead, specify \"syslog_facility\"",
            "parameter \"program_directory\" is of an earlier release and still works; \
             instead, specify \"daemon_directory\" and \"command_directory\"",
            "parameter \"recipient_feature_delimiter\" is of an earlier release and still works; \
             instead, specify \"recipient_delimiter\"",
            "support for parameter \"bad_senders\" has been removed; nobody is rejected by it; \
             instead, specify \"check_sender_access type:table\" in smtpd_sender_restrictions",
        ],
    },
    Era {
        // 1.0 and 1.1.
        main: "program_directory = /usr/libexec/postfix\n\
               command_directory = /usr/sbin\n\
               daemon_directory = $program_directory\n\
               mynetworks_style = class\n\
               virtual_maps = hash:/etc/postfix/virtual\n\
               fallback_relay = backup.example.com\n\
               maps_rbl_domains = relays.example.org, dialups.example.org\n\
               smtpd_client_restrictions = permit_mynetworks, reject_maps_rbl, hash:/etc/postfix/access, \
               reject_unknown_client\n\
               smtpd_recipient_restrictions = permit_mynetworks, check_relay_domains\n\
               smtp_break_lines = no\n\
               default_privs = nobody\n\
               masquerade_exceptions = root\n\
               qmgr_site_hog_factor = 90\n",
        expects: &[
            ("daemon_directory", "/usr/libexec/postfix"),
            ("command_directory", "/usr/sbin"),
            ("virtual_alias_maps", "hash:/etc/postfix/virtual"),
            ("virtual_alias_domains", "hash:/etc/postfix/virtual"),
            ("smtp_fallback_relay", "backup.example.com"),
            ("smtp_line_length_limit", "0"),
            ("masquerade_exceptions", "root"),
            ("mynetworks_style", "class"),
        ],
        told: &[
            "parameter \"smtp_break_lines\" is of an earlier release and still works; \
             instead, specify \"smtp_line_length_limit\"",
            "restriction \"check_relay_domains\" is of an earlier release and still works; \
             instead, specify \"reject_unauth_destination\"",
            "restriction \"reject_maps_rbl\" is of an earlier release and still works; \
             instead, specify \"reject_rbl_client domain-name\" for each domain of maps_rbl_domains",
            "restriction \"reject_unknown_client\" is of an earlier release and still works; \
             instead, specify \"reject_unknown_client_hostname\"",
            "support for parameter \"fallback_relay\" will be removed; instead, specify \"smtp_fallback_relay\"",
            "support for parameter \"maps_rbl_domains\" will be removed; \
             instead, specify \"reject_rbl_client domain-name\"",
            "support for parameter \"qmgr_site_hog_factor\" has been removed; \
             the queue manager shares by itself; instead, do not specify",
            "support for parameter \"virtual_maps\" will be removed; instead, specify \"virtual_alias_maps\"",
        ],
    },
    Era {
        // 2.2 and 2.3, with TLS by switches.
        main: "smtp_use_tls = yes\n\
               smtpd_use_tls = yes\n\
               smtp_tls_per_site = hash:/etc/postfix/tls_per_site\n\
               smtpd_sasl_application_name = smtpd\n\
               lmtp_cache_connection = no\n\
               sticky_owner_alias = yes\n\
               virtual_usedotlock = no\n\
               smtpd_helo_restrictions = reject_invalid_hostname, reject_unknown_hostname, permit_naked_ip_address\n",
        expects: &[
            ("smtpd_sasl_path", "smtpd"),
            ("lmtp_connection_cache_on_demand", "no"),
            ("reset_owner_alias", "no"),
            ("virtual_mailbox_lock", "fcntl"),
        ],
        told: &[
            "parameter \"lmtp_cache_connection\" is of an earlier release and still works; \
             instead, specify \"lmtp_connection_cache_on_demand\"",
            "parameter \"smtpd_sasl_application_name\" is of an earlier release and still works; \
             instead, specify \"smtpd_sasl_path\"",
            "parameter \"sticky_owner_alias\" is of an earlier release and still works; \
             instead, specify \"reset_owner_alias\"",
            "parameter \"virtual_usedotlock\" is of an earlier release and still works; \
             instead, specify \"virtual_mailbox_lock\"",
            "restriction \"reject_invalid_hostname\" is of an earlier release and still works; \
             instead, specify \"reject_invalid_helo_hostname\"",
            "restriction \"reject_unknown_hostname\" is of an earlier release and still works; \
             instead, specify \"reject_unknown_helo_hostname\"",
            "support for parameter \"smtp_tls_per_site\" will be removed; instead, specify \"smtp_tls_policy_maps\"",
            "support for parameter \"smtp_use_tls\" will be removed; instead, specify \"smtp_tls_security_level\"",
            "support for parameter \"smtpd_use_tls\" will be removed; instead, specify \"smtpd_tls_security_level\"",
            "support for restriction \"permit_naked_ip_address\" has been removed, and it permits nothing; \
             instead, specify \"permit_mynetworks\" or \"permit_sasl_authenticated\"",
        ],
    },
    Era {
        // 3.5: names that were changed for their tone.
        main: "postscreen_blacklist_action = enforce\n\
               postscreen_dnsbl_whitelist_threshold = -1\n\
               smtpd_client_connection_limit_exceptions = 192.0.2.0/24\n\
               smtpd_per_record_deadline = yes\n",
        expects: &[
            ("postscreen_denylist_action", "enforce"),
            ("postscreen_dnsbl_allowlist_threshold", "-1"),
            ("smtpd_client_event_limit_exceptions", "192.0.2.0/24"),
            ("smtpd_per_request_deadline", "yes"),
        ],
        told: &[
            "support for parameter \"postscreen_blacklist_action\" will be removed; \
             instead, specify \"postscreen_denylist_action\"",
            "support for parameter \"postscreen_dnsbl_whitelist_threshold\" will be removed; \
             instead, specify \"postscreen_dnsbl_allowlist_threshold\"",
            "support for parameter \"smtpd_client_connection_limit_exceptions\" will be removed; \
             instead, specify \"smtpd_client_event_limit_exceptions\"",
            "support for parameter \"smtpd_per_record_deadline\" will be removed; \
             instead, specify \"smtpd_per_request_deadline\"",
        ],
    },
];

#[test]
fn a_configuration_of_any_era_means_what_it_meant_and_its_owner_is_told_once() {
    for era in ERAS {
        let configuration = Configuration::parse(era.main).unwrap();
        for (name, wanted) in era.expects {
            let value = configuration.expanded(name).unwrap();
            assert_eq!(value.as_deref(), Some(*wanted), "{name}");
            if let Some(entry) = catalogue::find(name) {
                assert!((entry.check)(wanted).is_ok(), "{name}");
            }
        }
        let services = MasterCf::default().services;
        let audit = Audit::new(&configuration, &services);
        assert_eq!(audit.unused_in_main(), []);
        let mut told: Vec<String> = audit
            .outdated_in_main()
            .into_iter()
            .map(|found| found.advice)
            .collect();
        told.sort();
        assert_eq!(told, era.told);
    }
}

#[test]
fn restrictions_of_1_1_become_those_of_today() {
    let configuration = Configuration::parse(ERAS[1].main).unwrap();
    let list = configuration
        .expanded("smtpd_client_restrictions")
        .unwrap()
        .unwrap();
    let value_of = |name: &str| configuration.expanded(name).unwrap().unwrap_or_default();

    let (modern, _) = catalogue::modern_restrictions(&list, &value_of);

    assert_eq!(
        modern,
        "permit_mynetworks, reject_rbl_client relays.example.org, reject_rbl_client dialups.example.org, \
         hash:/etc/postfix/access, reject_unknown_client"
    );
}
