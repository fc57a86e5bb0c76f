//! Starting a daemon: its command line, its descriptors and its environment.

use std::ffi::OsString;
use std::io::{self, stderr, stdin, stdout};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::path::PathBuf;
use std::rc::Rc;

use contract::master::{FIRST_SOCKET, FLOW_GRANT, FLOW_LEAVE, STATUS};
use sys::child::{Start, start_as};
use sys::identity::Ids;

use crate::environment;
use crate::plan::Plan;
use crate::settings::Settings;

/// What all daemons are started with; made anew at each reload.
pub(crate) struct Ground {
    /// The settings in force.
    pub(crate) settings: Settings,
    /// The environment every daemon gets.
    pub(crate) environment: Vec<(OsString, OsString)>,
    /// The configuration directory, absolute.
    pub(crate) directory: PathBuf,
    /// `mail_owner`, when master is root.
    pub(crate) owner: Option<Ids>,
    /// How many `-v` master was given.
    pub(crate) verbose: u8,
    /// Which of descriptors 0 to 2 daemons share with master.
    pub(crate) keep: Keep,
    /// Processors of this machine.
    pub(crate) processors: u32,
    /// By which the queue manager holds back those who file mail.
    pub(crate) flow: Rc<Flow>,
}

/// Both ends of the pipe that all daemons share (`contract::master::FLOW_LEAVE`). Master only keeps it open.
pub(crate) struct Flow {
    leave: OwnedFd,
    grant: OwnedFd,
}

impl Flow {
    /// A new pipe, without leave for anybody: the queue manager gives it.
    ///
    /// # Errors
    /// This process is out of descriptors.
    pub(crate) fn new() -> io::Result<Rc<Self>> {
        let (leave, grant) = sys::descriptor::pipe()?;
        // The state belongs to the pipe's ends, not to who holds them: daemons find it as it is here.
        sys::descriptor::set_nonblocking(leave.as_fd(), true)?;
        sys::descriptor::set_nonblocking(grant.as_fd(), true)?;
        Ok(Rc::new(Self { leave, grant }))
    }
}

/// Which standard descriptors stay open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// None: `/dev/null` takes their place.
    Nothing,
    /// Standard output, for `maillog_file = /dev/stdout`.
    Output,
    /// All three, for debugging.
    All,
}

/// Starts a daemon; gives its process number and our end of the pair with it.
///
/// # Errors
/// The program cannot be run, or the system is out of processes or descriptors.
pub(crate) fn daemon(
    plan: &Plan,
    ground: &Ground,
    sockets: &[Rc<OwnedFd>],
    capacity: u32,
) -> io::Result<(u32, OwnedFd)> {
    let (ours, theirs) = sys::descriptor::seqpacket_pair()?;
    let mut descriptors = vec![
        (ground.flow.leave.try_clone()?, FLOW_LEAVE),
        (ground.flow.grant.try_clone()?, FLOW_GRANT),
        (theirs, STATUS),
    ];
    for (socket, number) in sockets.iter().zip(FIRST_SOCKET..) {
        descriptors.push((socket.try_clone()?, number));
    }
    keep_standard(ground.keep, &mut descriptors)?;
    let mut start = Start::new(&plan.program);
    start.arg0 = Some(plan.command.clone().into());
    start.args = arguments(plan, ground, sockets.len());
    start.env = ground.environment.clone();
    start.env.push(environment::of_process(capacity));
    start.descriptors = descriptors;
    Ok((start_as(start)?.id(), ours))
}

fn keep_standard(keep: Keep, descriptors: &mut Vec<(OwnedFd, RawFd)>) -> io::Result<()> {
    let mut share = |descriptor: BorrowedFd<'_>| -> io::Result<()> {
        descriptors.push((descriptor.try_clone_to_owned()?, descriptor.as_raw_fd()));
        Ok(())
    };
    if keep == Keep::All {
        share(stdin().as_fd())?;
        share(stderr().as_fd())?;
    }
    if keep != Keep::Nothing {
        share(stdout().as_fd())?;
    }
    Ok(())
}

fn arguments(plan: &Plan, ground: &Ground, sockets: usize) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["-n".into(), plan.name.clone().into(), "-t".into()];
    words.push(plan.kind.word().into());
    // Without root there is no user to become and no directory to be locked into.
    let is_root = ground.owner.is_some();
    let flags = [
        ("-u", plan.unprivileged && is_root),
        ("-c", plan.chroot && is_root),
        ("-l", plan.limit == 1),
        ("-z", plan.limit == 0),
    ];
    words.extend(
        flags
            .iter()
            .filter(|(_, given)| *given)
            .map(|(letter, _)| OsString::from(letter)),
    );
    words.extend((0..ground.verbose).map(|_| OsString::from("-v")));
    words.extend(["-s".into(), sockets.to_string().into()]);
    words.extend(plan.arguments.iter().map(OsString::from));
    words
}

/// Runs `debugger_command` on this process, in the background, as `-D` asks.
///
/// # Errors
/// The command is not set, or the shell cannot be run.
pub(crate) fn debugger(ground: &Ground) -> io::Result<()> {
    let command = &ground.settings.debugger_command;
    if command.is_empty() {
        return Err(io::Error::other("no debugger_command variable set up"));
    }
    let mut start = Start::new("/bin/sh");
    start.args = vec!["-c".into(), command.into()];
    start.env = ground.environment.clone();
    start_as(start).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use config::Configuration;
    use config::master_cf::MasterCf;
    use std::path::Path;

    fn ground(owner: Option<Ids>) -> Ground {
        let configuration = Configuration::parse("compatibility_level=3.6").unwrap();
        Ground {
            settings: Settings::read(&configuration).unwrap(),
            environment: Vec::new(),
            directory: Path::new("/etc/postfix").to_owned(),
            owner,
            verbose: 2,
            keep: Keep::Nothing,
            processors: 2,
            flow: Flow::new().unwrap(),
        }
    }

    fn words(line: &str, ground: &Ground) -> String {
        let configuration = Configuration::parse("compatibility_level=3.6").unwrap();
        let master = MasterCf::parse("master.cf", line).unwrap();
        let plan = crate::plan::plans(&master, &configuration, &ground.settings)
            .unwrap()
            .remove(0);
        let words: Vec<_> = arguments(&plan, ground, 1)
            .into_iter()
            .map(|w| w.into_string().unwrap())
            .collect();
        words.join(" ")
    }

    #[test]
    fn a_daemon_learns_from_its_options_how_to_run() {
        let line = "smtp unix - - y - 1 smtp -o { a = b c } x=y";
        assert_eq!(
            words(line, &ground(Some(Ids::new(1, 1)))),
            "-n smtp -t unix -u -c -l -v -v -s 1 -o a = b c x=y"
        );
        assert_eq!(
            words(line, &ground(None)),
            "-n smtp -t unix -l -v -v -s 1 -o a = b c x=y"
        );
        assert_eq!(
            words("a unix - n n - 0 b", &ground(Some(Ids::new(1, 1)))),
            "-n a -t unix -z -v -v -s 1"
        );
    }
}
