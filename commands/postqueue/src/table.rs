//! The listing for people (`mailq`), which scripts read too: its columns are an interface.

use crate::{Writer, listing::Listing};
use command::Failure;
use contract::showq::{Entry, Recipient};
use jiff::tz::TimeZone;
use std::io::{self, Write};

/// The widths of the columns, which follow `enable_long_queue_ids`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Columns {
    id: usize,
    size: usize,
    time: usize,
    heading: [&'static str; 4],
}

impl Columns {
    pub(crate) fn new(long_ids: bool) -> Self {
        if long_ids {
            let heading = [
                "----Queue ID-----",
                "--Size--",
                "---Arrival Time----",
                "--Sender/Recipient------",
            ];
            Self {
                id: 17,
                size: 8,
                time: 19,
                heading,
            }
        } else {
            let heading = [
                "-Queue ID-",
                "--Size--",
                "----Arrival Time----",
                "-Sender/Recipient-------",
            ];
            Self {
                id: 11,
                size: 7,
                time: 20,
                heading,
            }
        }
    }

    fn row(&self, out: &mut impl Write, cells: [&str; 4]) -> io::Result<()> {
        let [id, size, time, address] = cells;
        let Self {
            id: id_width,
            size: size_width,
            time: time_width,
            ..
        } = *self;
        writeln!(
            out,
            "{id:id_width$} {size:>size_width$} {time:time_width$} {address}"
        )
    }
}

/// A reason ends at this column.
const REASON_COLUMN: usize = 76;

/// Prints the whole listing.
pub(crate) fn print<W: Write>(
    listing: &mut Listing,
    columns: &Columns,
    zone: &TimeZone,
    out: &mut Writer<W>,
) -> Result<(), Failure> {
    let (mut files, mut octets) = (0u64, 0u64);
    while let Some((entry, recipients)) = listing.next()? {
        let first = files == 0;
        files += 1;
        octets = octets.saturating_add(entry.size);
        out.write(|out| {
            if first {
                columns.row(out, columns.heading)?;
            } else {
                writeln!(out)?;
            }
            message(&entry, &recipients, columns, zone, out)
        })?;
    }
    out.write(|out| {
        if files == 0 {
            return writeln!(out, "Mail queue is empty");
        }
        let plural = if files == 1 { "" } else { "s" };
        writeln!(out, "\n-- {} Kbytes in {files} Request{plural}.", octets / 1024)
    })
}

fn message(
    entry: &Entry,
    recipients: &[Recipient],
    columns: &Columns,
    zone: &TimeZone,
    out: &mut impl Write,
) -> io::Result<()> {
    let mut id = entry.queue_id.clone();
    match entry.queue_name.as_str() {
        "active" => id.push('*'),
        "hold" => id.push('!'),
        _ => {}
    }
    if entry.forced_expire {
        id.push('#');
    }
    let moment = jiff::Timestamp::from_second(i64::try_from(entry.time).unwrap_or(0)).unwrap_or_default();
    let mut time = moment
        .to_zoned(zone.clone())
        .strftime("%a %b %e %H:%M:%S %Y")
        .to_string();
    time.truncate(columns.time);
    columns.row(out, [&id, &entry.size.to_string(), &time, &entry.sender])?;
    let mut last = "";
    for recipient in recipients {
        if recipient.reason != last {
            last = &recipient.reason;
            let shown = if last.is_empty() {
                "reason unavailable"
            } else {
                last
            };
            let blanks = REASON_COLUMN.saturating_sub(shown.len());
            writeln!(out, "{:blanks$}({shown})", "")?;
        }
        columns.row(out, ["", "", "", &recipient.address])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_marks_are_those_of_the_original() {
        let entry = Entry {
            queue_name: "active".into(),
            queue_id: "88DEB9C800D".into(),
            time: 1_795_385_466,
            size: 311,
            forced_expire: true,
            sender: "me@peer.example".into(),
        };
        let recipient = |address: &str, reason: &str| Recipient {
            address: address.into(),
            reason: reason.into(),
            ..Recipient::default()
        };
        let recipients = [
            recipient("a@b", "no"),
            recipient("c@d", "no"),
            recipient("e@f", ""),
        ];
        let mut out = Vec::new();

        message(
            &entry,
            &recipients,
            &Columns::new(false),
            &TimeZone::UTC,
            &mut out,
        )
        .unwrap();

        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "88DEB9C800D*#     311 Sun Nov 22 22:11:06  me@peer.example"
        );
        assert_eq!(lines[1], format!("{:74}(no)", ""));
        assert_eq!(lines[2], format!("{:41}a@b", ""));
        assert_eq!(lines[4], format!("{:58}(reason unavailable)", ""));
    }

    #[test]
    fn long_ids_have_other_widths() {
        let mut out = Vec::new();
        let columns = Columns::new(true);

        columns.row(&mut out, columns.heading).unwrap();

        assert_eq!(
            String::from_utf8(out).unwrap(),
            "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------\n"
        );
    }
}
