//! An agent's carriers: one for each pair of ids that mail came for lately, and the road of a letter to it.
//!
//! What the agent calls. Where nothing can or need be changed, the work is done here, on the blocking pool.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use queue::QueueError;
use sys::child::{Start, command_as};
use sys::descriptor::{pipe, receive_descriptors, send_descriptors, seqpacket_pair, set_nonblocking};
use sys::identity::Ids;
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::UnixStream;
use tokio::net::unix::pipe::Sender;
use tokio::sync::oneshot;
use tokio::task::AbortHandle;

use crate::Trouble;
use crate::carrier::{CARRY, PACKET_OCTETS, SOCKET, content};
use crate::job::{Append, Job, Look, Looked, Maildir, Report};
use crate::letter::Letter;
use crate::rendering::Rendering;
use crate::wire::{Reader, Writer};
use crate::work::{Source, Workplace, perform};

/// A letter up to this size goes along with its job; a longer one follows on a pipe.
const INLINE_OCTETS: usize = 48 * 1024;
/// What a job may take beside its letter.
const JOB_OCTETS: usize = 32 * 1024;
/// A piece of a longer letter.
const PIECE_OCTETS: usize = 64 * 1024;
/// Carriers kept; the one not used for longest makes room.
const CARRIERS: usize = 64;
/// A carrier that had nothing to do for so long is let go.
const IDLE: Duration = Duration::from_secs(100);

/// How an agent's file work is done.
#[derive(Clone, Debug)]
pub struct CrewSettings {
    /// Whether root was kept as a saved id, so that work is done by carriers under other ids. Otherwise all work is
    /// done as the user this process runs as.
    pub changes_ids: bool,
    /// The longest a job may take (`daemon_timeout`).
    pub limit: Duration,
    /// The program's name, for the carriers' argument zero.
    pub name: String,
}

/// An agent's carriers.
pub struct Crew {
    settings: CrewSettings,
    here: Arc<Workplace>,
    carriers: RefCell<Vec<Carrier>>,
    /// The number of the next job.
    tickets: Cell<u64>,
}

struct Carrier {
    ids: Ids,
    link: Rc<Link>,
    used: Cell<Instant>,
    reader: AbortHandle,
    /// Kept for the runtime to collect its exit status.
    _child: Option<tokio::process::Child>,
}

impl Drop for Carrier {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// The agent's end of a carrier's socket.
struct Link {
    /// Keeps message borders, whatever the type's name says.
    socket: UnixStream,
    waiting: RefCell<HashMap<u64, oneshot::Sender<Report>>>,
    closed: Cell<bool>,
}

/// Takes a ticket back when nobody waits for its answer any more.
struct Ticket<'a>(&'a Link, u64);

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        self.0.waiting.borrow_mut().remove(&self.1);
    }
}

/// A letter on its way: all of it, or the first piece and the rest to come.
enum Road<'a> {
    Empty,
    Here(Vec<u8>),
    Pipe {
        first: Vec<u8>,
        rest: Rendering<'a>,
        into: Sender,
        from: OwnedFd,
    },
}

impl Crew {
    /// A crew without carriers; they come with the mail. Needs the runtime only when mail comes.
    pub fn new(settings: CrewSettings) -> Self {
        Self {
            settings,
            here: Arc::default(),
            carriers: RefCell::default(),
            tickets: Cell::new(0),
        }
    }

    /// Appends a letter to a mailbox file, under `ids`.
    ///
    /// # Errors
    /// [`Trouble`]; the mailbox is then as it was.
    pub async fn append(&self, ids: &Ids, job: Append, letter: Letter<'_>) -> Result<(), Trouble> {
        self.deliver(ids, Job::Append(job), letter).await
    }

    /// Writes a letter into a Maildir, under `ids`.
    ///
    /// # Errors
    /// [`Trouble`]; nothing was delivered then.
    pub async fn file(&self, ids: &Ids, job: Maildir, letter: Letter<'_>) -> Result<(), Trouble> {
        self.deliver(ids, Job::Maildir(job), letter).await
    }

    /// Looks at a file under `ids`.
    ///
    /// # Errors
    /// [`Trouble`] when that could not be told.
    pub async fn look(&self, ids: &Ids, path: &Path, follow: bool) -> Result<Looked, Trouble> {
        let job = Job::Look(Look {
            path: path.to_owned(),
            follow,
        });
        match self.perform(ids, job, None).await? {
            Report::Found(place) => Ok(Looked::Found(place)),
            Report::Absent(reason) => Ok(Looked::Absent(reason)),
            Report::Trouble(trouble) => Err(trouble),
            Report::Delivered => Err(Trouble::lost("delivery process gave a wrong answer")),
        }
    }

    async fn deliver(&self, ids: &Ids, job: Job, letter: Letter<'_>) -> Result<(), Trouble> {
        match self.perform(ids, job, Some(letter)).await? {
            Report::Delivered => Ok(()),
            Report::Trouble(trouble) => Err(trouble),
            _ => Err(Trouble::lost("delivery process gave a wrong answer")),
        }
    }

    async fn perform(&self, ids: &Ids, job: Job, letter: Option<Letter<'_>>) -> Result<Report, Trouble> {
        let road = Road::prepare(letter)?;
        let work = async {
            if self.settings.changes_ids {
                self.perform_there(ids, &job, road).await
            } else {
                self.perform_here(job, road).await
            }
        };
        match stream::within(self.settings.limit, work).await {
            Ok(report) => report,
            Err(stream::Expired) => Err(Trouble::lost("delivery time limit exceeded")),
        }
    }

    async fn perform_here(&self, job: Job, road: Road<'_>) -> Result<Report, Trouble> {
        let place = Arc::clone(&self.here);
        let pool_failed = |_| Trouble::lost("delivery thread failure");
        match road {
            Road::Empty => self.perform_here_whole(place, job, Vec::new()).await,
            Road::Here(octets) => self.perform_here_whole(place, job, octets).await,
            Road::Pipe {
                first,
                rest,
                into,
                from,
            } => {
                let work = tokio::task::spawn_blocking(move || {
                    perform(&place, &job, Source::Frames(File::from(from)))
                });
                let (fed, report) = tokio::join!(feed(into, first, rest), work);
                fed.map_err(Trouble::from)?;
                report.map_err(pool_failed)
            }
        }
    }

    async fn perform_here_whole(
        &self,
        place: Arc<Workplace>,
        job: Job,
        octets: Vec<u8>,
    ) -> Result<Report, Trouble> {
        let work = move || perform(&place, &job, Source::Octets(&octets));
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| Trouble::lost("delivery thread failure"))
    }

    async fn perform_there(&self, ids: &Ids, job: &Job, road: Road<'_>) -> Result<Report, Trouble> {
        let number = self.tickets.get();
        self.tickets.set(number + 1);
        let mut packet = Vec::with_capacity(512);
        let mut writer = Writer(&mut packet);
        writer.number(number);
        writer.job(job);
        if packet.len() > JOB_OCTETS {
            return Err(Trouble::lost("file name too long"));
        }
        match &road {
            Road::Empty => packet.push(content::NONE),
            Road::Here(octets) => {
                packet.push(content::HERE);
                packet.extend_from_slice(octets);
            }
            Road::Pipe { .. } => packet.push(content::PIPE),
        }
        let (sender, receiver) = oneshot::channel();
        let from = if let Road::Pipe { from, .. } = &road {
            Some(from)
        } else {
            None
        };
        let link = self.hand_over(ids, &packet, from, number, sender).await?;
        let _ticket = Ticket(&link, number);
        let answer = async {
            receiver
                .await
                .map_err(|_| Trouble::lost("delivery process went away"))
        };
        match road {
            Road::Empty | Road::Here(_) => answer.await,
            Road::Pipe {
                first,
                rest,
                into,
                from,
            } => {
                // Only the carrier's copy may stay open, or its going away would not be noticed.
                drop(from);
                let (fed, report) = tokio::join!(feed(into, first, rest), answer);
                fed.map_err(Trouble::from)?;
                report
            }
        }
    }

    /// Gives a job to the carrier for these ids; to a new one when the old one ended since the last message.
    async fn hand_over(
        &self,
        ids: &Ids,
        packet: &[u8],
        descriptor: Option<&OwnedFd>,
        number: u64,
        answer: oneshot::Sender<Report>,
    ) -> Result<Rc<Link>, Trouble> {
        let mut answer = Some(answer);
        for _ in 0..2 {
            let link = self.link(ids).map_err(|error| {
                let why = sys::fault::text(&error);
                Trouble::lost(format!(
                    "cannot start delivery process for uid {}: {why}",
                    ids.uid
                ))
            })?;
            // The answer may come before this task runs again.
            link.waiting
                .borrow_mut()
                .extend(answer.take().map(|answer| (number, answer)));
            if link.send(packet, descriptor).await.is_ok() {
                return Ok(link);
            }
            link.closed.set(true);
            answer = link.waiting.borrow_mut().remove(&number);
        }
        Err(Trouble::lost("delivery process went away"))
    }

    /// The carrier for these ids, started if there is none.
    fn link(&self, ids: &Ids) -> io::Result<Rc<Link>> {
        let now = stream::now();
        let mut carriers = self.carriers.borrow_mut();
        carriers.retain(|carrier| {
            let idle = carrier.ids != *ids && now.duration_since(carrier.used.get()) > IDLE;
            let free = carrier.link.waiting.borrow().is_empty();
            !(carrier.link.closed.get() || idle && free)
        });
        if let Some(carrier) = carriers.iter().find(|carrier| carrier.ids == *ids) {
            carrier.used.set(now);
            return Ok(Rc::clone(&carrier.link));
        }
        if carriers.len() >= CARRIERS {
            let free = carriers
                .iter()
                .enumerate()
                .filter(|(_, it)| it.link.waiting.borrow().is_empty());
            if let Some((index, _)) = free.min_by_key(|(_, carrier)| carrier.used.get()) {
                carriers.swap_remove(index);
            }
        }
        let (ours, child) = self.start(ids)?;
        let carrier = Carrier::over(ids.clone(), ours, Some(child), now)?;
        let link = Rc::clone(&carrier.link);
        carriers.push(carrier);
        Ok(link)
    }

    fn start(&self, ids: &Ids) -> io::Result<(OwnedFd, tokio::process::Child)> {
        let (ours, theirs) = seqpacket_pair()?;
        // Not by path: the program may lie where this user may not go, or have been replaced by a newer one.
        let mut start = Start::new(own_program()?);
        start.arg0 = Some(self.settings.name.clone().into());
        start.args = vec![CARRY.into()];
        start.dir = Some("/".into());
        start.ids = Some(ids.clone());
        start.descriptors = vec![(theirs, SOCKET)];
        start.new_session = true;
        start.umask = Some(0o077);
        let child = tokio::process::Command::from(command_as(start)).spawn()?;
        Ok((ours, child))
    }
}

impl Carrier {
    fn over(
        ids: Ids,
        socket: OwnedFd,
        child: Option<tokio::process::Child>,
        now: Instant,
    ) -> io::Result<Self> {
        let link = Rc::new(Link {
            socket: UnixStream::from_std(socket.into())?,
            waiting: RefCell::default(),
            closed: Cell::new(false),
        });
        let reader = tokio::task::spawn_local(Rc::clone(&link).read()).abort_handle();
        Ok(Self {
            ids,
            link,
            used: Cell::new(now),
            reader,
            _child: child,
        })
    }
}

impl Link {
    async fn send(&self, packet: &[u8], descriptor: Option<&OwnedFd>) -> io::Result<()> {
        let descriptors: Vec<_> = descriptor.iter().map(|fd| fd.as_fd()).collect();
        let send = || send_descriptors(self.socket.as_fd(), packet, &descriptors);
        loop {
            match self.socket.try_io(Interest::WRITABLE, send) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.socket.writable().await?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => return other.map(|_| ()),
            }
        }
    }

    /// Gives each answer to whoever waits for it, until the carrier ends or answers nonsense.
    async fn read(self: Rc<Self>) {
        let mut buffer = vec![0; PACKET_OCTETS];
        let mut descriptors = Vec::new();
        loop {
            let receive = || receive_descriptors(self.socket.as_fd(), &mut buffer, &mut descriptors);
            let length = match self.socket.try_io(Interest::READABLE, receive) {
                Ok(0) => break,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.socket.readable().await.is_err() {
                        break;
                    }
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => break,
            };
            let file = descriptors.drain(..).next().map(File::from);
            let mut reader = Reader(buffer.get(..length).unwrap_or_default());
            let Ok(ticket) = reader.number() else { break };
            let Ok(report) = reader.report(file) else { break };
            if let Some(waiting) = self.waiting.borrow_mut().remove(&ticket) {
                // It may have given up.
                let _ = waiting.send(report);
            }
        }
        self.closed.set(true);
        // Dropping the senders tells everybody who waits.
        self.waiting.borrow_mut().clear();
    }
}

impl<'a> Road<'a> {
    fn prepare(letter: Option<Letter<'a>>) -> Result<Self, Trouble> {
        let Some(letter) = letter else {
            return Ok(Self::Empty);
        };
        let mut rest = Rendering::new(letter);
        let mut first = Vec::new();
        rest.render(&mut first, INLINE_OCTETS).map_err(Trouble::from)?;
        // One record more than was wanted may be long.
        if rest.has_ended() && first.len() < PACKET_OCTETS - JOB_OCTETS {
            return Ok(Self::Here(first));
        }
        let no_pipe =
            |error: io::Error| Trouble::lost(format!("cannot make a pipe: {}", sys::fault::text(&error)));
        let (from, into) = pipe().map_err(no_pipe)?;
        set_nonblocking(into.as_fd(), true).map_err(no_pipe)?;
        let into = Sender::from_owned_fd(into).map_err(no_pipe)?;
        Ok(Self::Pipe {
            first,
            rest,
            into,
            from,
        })
    }
}

/// Sends a longer letter in frames. A reader that went away has its own report; that is not this side's trouble.
async fn feed(mut into: Sender, first: Vec<u8>, mut rest: Rendering<'_>) -> Result<(), QueueError> {
    let mut piece = first;
    loop {
        for part in piece.chunks(PIECE_OCTETS) {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes();
            if into.write_all(&length).await.is_err() || into.write_all(part).await.is_err() {
                return Ok(());
            }
        }
        if rest.has_ended() {
            // The empty frame: all of it was sent.
            let _ = into.write_all(&[0; 4]).await;
            return Ok(());
        }
        piece.clear();
        rest.render(&mut piece, PIECE_OCTETS)?;
    }
}

fn own_program() -> io::Result<std::path::PathBuf> {
    let link = Path::new("/proc/self/exe");
    if link.exists() {
        Ok(link.to_owned())
    } else {
        std::env::current_exe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::Style;
    use crate::letter::tests::{letter, queue_file};
    use mail::EnhancedStatus;
    use record::Kind;
    use std::path::PathBuf;

    fn crew(changes_ids: bool) -> Crew {
        let limit = Duration::from_secs(20);
        Crew::new(CrewSettings {
            changes_ids,
            limit,
            name: "test".into(),
        })
    }

    /// Puts a carrier that is a thread where one that is a process would be.
    fn hire(crew: &Crew, ids: &Ids) {
        let (ours, theirs) = seqpacket_pair().unwrap();
        std::thread::spawn(move || crate::carrier::serve(theirs));
        let carrier = Carrier::over(ids.clone(), ours, None, stream::now()).unwrap();
        crew.carriers.borrow_mut().push(carrier);
    }

    fn scratch(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mailbox-crew-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        folder
    }

    fn maildir(path: &Path) -> Maildir {
        Maildir {
            path: path.to_owned(),
            host: "h".into(),
            limit_octets: None,
            default_status: EnhancedStatus::new(5, 2, 0),
        }
    }

    fn delivered(path: &Path) -> Vec<Vec<u8>> {
        let Ok(entries) = std::fs::read_dir(path.join("new")) else {
            return Vec::new();
        };
        entries
            .map(|entry| std::fs::read(entry.unwrap().path()).unwrap())
            .collect()
    }

    fn run(work: impl Future<Output = ()>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(tokio::task::LocalSet::new().run_until(work));
    }

    #[test]
    fn short_and_long_letters_arrive_whole_by_both_roads() {
        let line = "x".repeat(1000);
        for (count, carried) in [(1, false), (1, true), (1000, false), (1000, true)] {
            run(async {
                let path = scratch(&format!("whole-{count}-{carried}"));
                let records: Vec<_> = (0..count).map(|_| (Kind::LINE, line.as_str())).collect();
                let file = queue_file(&format!("crew-{count}-{carried}"), &records, true);
                let style = Style::plain();
                let letter = letter(&file, b"H: h\n", &style);
                let (crew, ids) = (crew(carried), Ids::new(1, 1));
                hire(&crew, &ids);

                crew.file(&ids, maildir(&path), letter).await.unwrap();

                let expected = format!("H: h\n{}", format!("{line}\n").repeat(count));
                assert!(delivered(&path) == [expected.into_bytes()]);
            });
        }
    }

    #[test]
    fn many_letters_at_once_all_arrive() {
        run(async {
            let path = scratch("many");
            let file = queue_file("crew-many", &[(Kind::LINE, "x")], true);
            let style = Style::plain();
            let (crew, ids) = (Rc::new(crew(true)), Ids::new(1, 1));
            hire(&crew, &ids);
            let (file, style) = (Rc::new(file), Rc::new(style));

            let mut tasks = Vec::new();
            for _ in 0..100 {
                let (crew, ids, file, style) =
                    (Rc::clone(&crew), ids.clone(), Rc::clone(&file), Rc::clone(&style));
                let job = maildir(&path);
                tasks.push(tokio::task::spawn_local(async move {
                    let letter = letter(&file, b"", &style);
                    crew.file(&ids, job, letter).await
                }));
            }
            for task in tasks {
                task.await.unwrap().unwrap();
            }

            assert_eq!(delivered(&path).len(), 100);
        });
    }

    #[test]
    fn a_damaged_queue_file_delivers_nothing() {
        for (count, carried) in [(1, false), (1000, false), (1000, true)] {
            run(async {
                let path = scratch(&format!("damaged-{count}-{carried}"));
                let line = "x".repeat(1000);
                let records: Vec<_> = (0..count).map(|_| (Kind::LINE, line.as_str())).collect();
                let file = queue_file(&format!("crew-bad-{count}-{carried}"), &records, false);
                let style = Style::plain();
                let letter = letter(&file, b"", &style);
                let (crew, ids) = (crew(carried), Ids::new(1, 1));
                hire(&crew, &ids);

                let trouble = crew.file(&ids, maildir(&path), letter).await.unwrap_err();

                assert!(trouble.is_damage());
                assert!(delivered(&path).is_empty());
            });
        }
    }

    #[test]
    fn a_carrier_that_went_away_is_noticed_and_replaced() {
        run(async {
            let (crew, ids) = (crew(true), Ids::new(1, 1));
            let (ours, theirs) = seqpacket_pair().unwrap();
            let carrier = Carrier::over(ids.clone(), ours, None, stream::now()).unwrap();
            crew.carriers.borrow_mut().push(carrier);
            let waiting = crew.look(&ids, Path::new("/"), true);
            drop(theirs);
            // It is replaced by this program, which is no carrier here and ends at once.
            assert_eq!(waiting.await.unwrap_err().status.class, 4);

            crew.carriers.borrow_mut().clear();
            hire(&crew, &ids);
            assert!(matches!(
                crew.look(&ids, Path::new("/"), true).await,
                Ok(Looked::Found(_))
            ));
        });
    }
}
