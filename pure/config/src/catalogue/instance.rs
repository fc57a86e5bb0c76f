//! Several mail systems on one host.

use crate::param::*;

catalogue! {
    /// A list, "alternate config directories", read by every program.
    ALTERNATE_CONFIG_DIRECTORIES = alternate_config_directories: List, "";

    /// A list, "multi instance directories", read by every program.
    MULTI_INSTANCE_DIRECTORIES = multi_instance_directories: List, "";

    /// A switch, "multi instance enable", read by every program.
    MULTI_INSTANCE_ENABLE = multi_instance_enable: Bool, "no";

    /// A text, "multi instance group", read by every program.
    MULTI_INSTANCE_GROUP = multi_instance_group: Text, "";

    /// A text, "multi instance name", read by every program.
    MULTI_INSTANCE_NAME = multi_instance_name: Text, "";

    /// A text, "multi instance wrapper", read by every program.
    MULTI_INSTANCE_WRAPPER = multi_instance_wrapper: Text, "";

    /// A list, "postmulti control commands", read by postmulti.
    POSTMULTI_CONTROL_COMMANDS = postmulti_control_commands: List, "reload flush";

    /// A list, "postmulti start commands", read by postmulti.
    POSTMULTI_START_COMMANDS = postmulti_start_commands: List, "start";

    /// A list, "postmulti stop commands", read by postmulti.
    POSTMULTI_STOP_COMMANDS = postmulti_stop_commands: List, "stop abort drain quick-stop";
}
