//! Values that name files: what is stored is the content of the files, in base64 (postmap(1) `-F`).

use std::path::Path;

use crate::error::OpenError;
use crate::file::text;

/// How long such a file may be, in octets.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The content of the files in `names`, joined by a newline, in base64.
///
/// # Errors
/// No name, or a file that can not be read.
pub fn of_files(names: &str) -> Result<String, OpenError> {
    let mut joined = Vec::new();
    let mut count = 0_usize;
    for name in config::split::list(names) {
        if count > 0 {
            joined.push(b'\n');
        }
        let (content, _, _) = text::read(Path::new(name), LONGEST).map_err(|source| OpenError::Io {
            what: name.to_owned(),
            source,
        })?;
        joined.extend_from_slice(&content);
        count += 1;
    }
    if count == 0 {
        return Err(OpenError::NoFiles(names.to_owned()));
    }
    Ok(data_encoding::BASE64.encode(&joined))
}
