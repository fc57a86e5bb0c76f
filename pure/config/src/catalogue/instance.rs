//! Several mail systems on one host.

catalogue! {
    /// Configuration directories, beside the default one, that set-group-id commands may be told to use.
    ALTERNATE_CONFIG_DIRECTORIES = alternate_config_directories: List, "";

    /// Configuration directories of further instances on this host.
    MULTI_INSTANCE_DIRECTORIES = multi_instance_directories: List, "";

    /// Whether this instance is started and stopped along with the others.
    MULTI_INSTANCE_ENABLE = multi_instance_enable: Bool, "no";

    /// The group this instance belongs to.
    MULTI_INSTANCE_GROUP = multi_instance_group: Text, "";

    /// The name of this instance.
    MULTI_INSTANCE_NAME = multi_instance_name: Text, "";

    /// The command that the `postfix` command hands over to when there are several instances.
    MULTI_INSTANCE_WRAPPER = multi_instance_wrapper: Text, "";

    /// Commands that `postmulti` passes on to running instances.
    POSTMULTI_CONTROL_COMMANDS = postmulti_control_commands: List, "reload flush";

    /// Commands that `postmulti` takes as a start.
    POSTMULTI_START_COMMANDS = postmulti_start_commands: List, "start";

    /// Commands that `postmulti` takes as a stop.
    POSTMULTI_STOP_COMMANDS = postmulti_stop_commands: List, "stop abort drain quick-stop";
}
