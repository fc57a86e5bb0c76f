//! How a command speaks with the mail system: one question and its answer, or a wake-up. It waits, having nothing
//! else to do.

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use contract::attribute::{Attributes, Boundary, Message, Request, encode_request};

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The service could not be reached, or went away.
    #[error("{}", sys::fault::text(.0))]
    Io(#[from] io::Error),
    /// The answer is not one of this conversation.
    #[error("malformed answer: {0}")]
    Malformed(#[from] contract::DecodeError),
}

/// Asks the service whose socket is at `path`, and waits for `wait` at the longest for each piece of the answer.
///
/// # Errors
/// When there is no answer; never to be taken as one.
pub fn ask<R: Request>(path: &Path, request: &R, wait: Duration) -> Result<R::Reply, AskError> {
    let mut socket = connect(path, wait)?;
    let mut octets = Vec::new();
    encode_request(request, &mut octets);
    socket.write_all(&octets)?;
    octets.clear();
    let mut boundary = Boundary::default();
    let mut piece = [0; 4096];
    loop {
        let count = socket.read(&mut piece)?;
        if count == 0 {
            return Err(AskError::Io(ErrorKind::UnexpectedEof.into()));
        }
        octets.extend_from_slice(piece.get(..count).unwrap_or_default());
        if let Some(end) = boundary.find(&octets)? {
            let attributes = Attributes::parse(octets.get(..end).unwrap_or_default())?;
            return Ok(R::Reply::take(&attributes)?);
        }
    }
}

/// Sends wake-up bytes to the socket or named pipe at `path`. There is no answer.
///
/// # Errors
/// When nobody is there to be woken.
pub fn wake(path: &Path, bytes: &[u8], wait: Duration) -> io::Result<()> {
    if std::fs::metadata(path)?.file_type().is_fifo() {
        // Without the flag a pipe that nobody reads would hold us for good.
        let mut options = std::fs::OpenOptions::new();
        let mut pipe = options
            .write(true)
            .custom_flags(sys::disk::NON_BLOCKING)
            .open(path)?;
        return pipe.write_all(bytes);
    }
    connect(path, wait)?.write_all(bytes)
}

fn connect(path: &Path, wait: Duration) -> io::Result<UnixStream> {
    let socket = UnixStream::connect(path)?;
    // Zero is not a time limit to this call, but none at all.
    let wait = Some(wait.max(Duration::from_millis(1)));
    socket.set_read_timeout(wait)?;
    socket.set_write_timeout(wait)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::flush::SendFile;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_question_gets_its_answer_and_a_silent_service_is_an_error() {
        let path = std::env::temp_dir().join(format!("command-ask-{}", std::process::id()));
        let listener = UnixListener::bind(&path).unwrap();
        let server = std::thread::spawn(move || {
            let (mut first, _) = listener.accept().unwrap();
            let mut octets = [0; 100];
            let count = first.read(&mut octets).unwrap();
            first.write_all(b"status\x00").unwrap();
            first.write_all(b"3\x00\x00").unwrap();
            drop(listener.accept().unwrap());
            octets[..count].to_vec()
        });
        let question = SendFile {
            queue_id: "ABC".into(),
        };
        let wait = Duration::from_secs(10);

        assert_eq!(ask(&path, &question, wait).unwrap().status, 3);
        assert!(matches!(ask(&path, &question, wait), Err(AskError::Io(_))));

        assert_eq!(server.join().unwrap(), b"request\0send_file\0queue_id\0ABC\0\0");
        std::fs::remove_file(&path).unwrap();
        assert!(wake(&path, b"W", wait).is_err());
    }
}
