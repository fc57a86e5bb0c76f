//! Several mail systems on one host.

catalogue! {
    /// Other configuration folders that a set-group-id command (`postqueue`, `postdrop`) accepts with `-c` or
    /// `MAIL_CONFIG` from a user who is not root. Absolute paths; `$name` is not expanded. Only the default `main.cf`
    /// is asked.
    ALTERNATE_CONFIG_DIRECTORIES = alternate_config_directories: List, "";

    /// Configuration folders of further instances, which postfix(1) starts and stops together with this one. Empty
    /// means one instance alone; otherwise postfix(1) hands its words to `multi_instance_wrapper`. Only the default
    /// `main.cf` is asked.
    /// Since 2.6.
    MULTI_INSTANCE_DIRECTORIES = multi_instance_directories: List, "";

    /// Whether an instance manager may start this instance. New instances are born disabled, so that a half-finished
    /// one does not run by accident. The manager sets it.
    /// Since 2.6.
    MULTI_INSTANCE_ENABLE = multi_instance_enable: Bool, "no";

    /// The group of instances that this one belongs to; an instance manager can act on a group as a whole. Empty for
    /// none.
    /// Since 2.6.
    MULTI_INSTANCE_GROUP = multi_instance_group: Text, "";

    /// The name of this instance. It also becomes the beginning of `syslog_name`, so that the log tells the instances
    /// apart. Begin it with `postfix-`.
    /// Since 2.6.
    MULTI_INSTANCE_NAME = multi_instance_name: Text, "";

    /// The command that postfix(1) hands its words to when `multi_instance_directories` is not empty; arguments may
    /// follow, but no quotes or other shell syntax. It gets the parameters of the installation as environment
    /// variables and in turn calls `postfix -c DIR` for each instance.
    /// Since 2.6.
    MULTI_INSTANCE_WRAPPER = multi_instance_wrapper: Text, "";

    /// Which words of postfix(1) the instance manager gives to running instances only; disabled ones are passed over.
    /// Since 2.6.
    POSTMULTI_CONTROL_COMMANDS = postmulti_control_commands: List, "reload flush";

    /// Which words of postfix(1) start an instance. For a disabled instance the manager runs `check` instead; when
    /// one of a group fails, those after it are not started.
    /// Since 2.6.
    POSTMULTI_START_COMMANDS = postmulti_start_commands: List, "start";

    /// Which words of postfix(1) stop an instance. The manager takes the instances in reverse order and passes over
    /// disabled ones.
    /// Since 2.6.
    POSTMULTI_STOP_COMMANDS = postmulti_stop_commands: List, "stop abort drain quick-stop";
}
