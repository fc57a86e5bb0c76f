//! Records of fixed length: the size record, pointers, the warning time.
//!
//! Their numbers are right-aligned in 15 columns, so that a rewrite in place never moves what follows.

use crate::codec::RecordError;
use crate::kind::Kind;

/// Columns of one number in a record that is rewritten in place.
pub const NUMBER_LEN: usize = 15;
/// Payload bytes of the size record: six numbers and five blanks.
pub const SIZE_PAYLOAD_LEN: usize = 6 * NUMBER_LEN + 5;
/// Bytes of the whole size record.
pub const SIZE_RECORD_LEN: usize = SIZE_PAYLOAD_LEN + 2;
/// Bytes of a whole pointer record.
pub const POINTER_RECORD_LEN: usize = NUMBER_LEN + 2;

/// Bits of [`Size::hints`].
pub mod hints {
    /// Something other than a recipient was seen after the first recipient.
    pub const MIXED_RECIPIENTS: u32 = 0x01;
    /// The DSN NOTIFY masks of all recipients, united, are shifted left by this much.
    pub const NOTIFY_SHIFT: u32 = 1;
    /// Every bit that is known.
    pub const ALL: u32 = 0x1f;
}

/// How the message must be sent: the last number of the size record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SendOptions(pub u32);

impl SendOptions {
    /// The client asked for SMTPUTF8.
    pub const SMTPUTF8_REQUESTED: u32 = 1;
    /// A header has UTF-8.
    pub const HEADER_UTF8: u32 = 2;
    /// The sender has UTF-8.
    pub const SENDER_UTF8: u32 = 4;
    /// A recipient has UTF-8; found at each delivery, never stored.
    pub const RECIPIENT_UTF8: u32 = 8;
    /// The header said `TLS-Required: no`.
    pub const TLS_REQUIRED_NO: u32 = 16;
    /// REQUIRETLS was asked for.
    pub const REQUIRETLS: u32 = 32;
    /// The bits that are found out again by each reader.
    pub const DERIVED: u32 = Self::HEADER_UTF8 | Self::SENDER_UTF8 | Self::RECIPIENT_UTF8;

    /// Whether all these bits are set.
    pub fn has(self, bits: u32) -> bool {
        self.0 & bits == bits
    }

    /// The same without what each reader finds out itself.
    pub fn without_derived(self) -> Self {
        Self(self.0 & !Self::DERIVED)
    }
}

/// The size record: where the parts of a queue file lie, and hints about them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Record bytes between the envelope and the extracted part.
    pub data_size: i64,
    /// Offset of the first content record.
    pub data_offset: i64,
    /// How many recipients were ever written.
    pub recipient_count: i64,
    /// What the queue manager should know beforehand: see [`hints`].
    pub hints: u32,
    /// Bytes of content records; differs from `data_size` after a milter's edits.
    pub content_length: i64,
    /// How the message must be sent.
    pub options: SendOptions,
}

impl Size {
    /// Reads the payload of a size record. Three numbers at least; those missing are zero, a missing
    /// content length is the data size.
    ///
    /// # Errors
    /// [`RecordError::Payload`] with fewer numbers, or numbers out of range. Whether the offsets make
    /// sense is asked by [`Size::is_plausible`], because a submission carries -1 in them.
    pub fn parse(payload: &[u8]) -> Result<Self, RecordError> {
        let bad = RecordError::Payload(Kind::SIZE);
        let text = std::str::from_utf8(payload).map_err(|_| bad)?;
        let mut fields = [0i64; 6];
        let mut count = 0;
        for (slot, word) in fields.iter_mut().zip(text.split_ascii_whitespace()) {
            *slot = word.parse().map_err(|_| bad)?;
            count += 1;
        }
        let [
            data_size,
            data_offset,
            recipient_count,
            hints,
            content_length,
            options,
        ] = fields;
        if count < 3 {
            return Err(bad);
        }
        // A submission may say -1 for what it does not know.
        let bits = |value: i64| {
            if value == -1 {
                Ok(0)
            } else {
                u32::try_from(value).map_err(|_| bad)
            }
        };
        Ok(Self {
            data_size,
            data_offset,
            recipient_count,
            hints: bits(hints)?,
            content_length: if count < 5 { data_size } else { content_length },
            options: SendOptions(bits(options)?),
        })
    }

    /// Whether a queue file can look like this.
    pub fn is_plausible(&self) -> bool {
        self.data_offset > 0
            && self.data_size > 0
            && self.content_length >= 0
            && self.hints & !hints::ALL == 0
    }

    /// Offset of the record that ends the content, if the numbers do not overflow.
    pub fn extracted_offset(&self) -> Option<u64> {
        u64::try_from(self.data_offset.checked_add(self.data_size)?).ok()
    }

    /// The whole record, type and length included: it is written at the start of the file.
    pub fn encode(&self) -> [u8; SIZE_RECORD_LEN] {
        let mut record = [b' '; SIZE_RECORD_LEN];
        record[0] = Kind::SIZE.byte();
        record[1] = SIZE_PAYLOAD_LEN as u8;
        let fields = [
            self.data_size,
            self.data_offset,
            self.recipient_count,
            i64::from(self.hints),
            self.content_length,
            i64::from(self.options.0),
        ];
        for (column, value) in record[2..].chunks_mut(NUMBER_LEN + 1).zip(fields) {
            for (slot, digit) in column.iter_mut().zip(number(value)) {
                *slot = digit;
            }
        }
        record
    }
}

/// The arrival time record: seconds and microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ArrivalTime {
    /// Seconds since the epoch.
    pub seconds: i64,
    /// Microseconds.
    pub microseconds: u32,
}

impl ArrivalTime {
    /// Reads the payload. The microseconds may be missing; text that is no number reads as zero time.
    pub fn parse(payload: &[u8]) -> Self {
        let text = String::from_utf8_lossy(payload);
        let mut words = text.split_ascii_whitespace();
        Self {
            seconds: words.next().and_then(|word| word.parse().ok()).unwrap_or(0),
            microseconds: words
                .next()
                .and_then(|word| word.parse().ok())
                .unwrap_or(0)
                .min(999_999),
        }
    }

    /// The payload: the microseconds are not padded.
    pub fn payload(&self) -> String {
        format!("{} {}", self.seconds, self.microseconds)
    }
}

/// A number in its 15 columns: the payload of a pointer or a warning time.
pub fn number(value: i64) -> [u8; NUMBER_LEN] {
    let mut columns = [b' '; NUMBER_LEN];
    let mut rest = value.unsigned_abs();
    let mut slots = columns.iter_mut().rev();
    for slot in slots.by_ref() {
        *slot = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if value < 0
        && let Some(slot) = slots.next()
    {
        *slot = b'-';
    }
    columns
}

/// Reads a decimal number with blanks around it.
pub fn parse_number(payload: &[u8]) -> Option<i64> {
    std::str::from_utf8(payload)
        .ok()?
        .trim_matches([' ', '\t', '\0'])
        .parse()
        .ok()
}

/// Payload bytes of the filler after a record that a pointer may have to overwrite, or `None` when
/// the record is long enough already.
pub fn filler_len(payload: usize) -> Option<usize> {
    (payload < NUMBER_LEN).then(|| 13usize.saturating_sub(payload).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_record_is_written_as_in_the_original() {
        let size = Size {
            data_size: 320,
            data_offset: 679,
            recipient_count: 1,
            hints: 0,
            content_length: 320,
            options: SendOptions(0),
        };

        let record = size.encode();

        assert_eq!(record[..2], [b'C', 95]);
        assert_eq!(
            std::str::from_utf8(&record[2..]).unwrap(),
            "            320             679               1               0             320               0"
        );
        assert_eq!(Size::parse(&record[2..]), Ok(size));
        assert_eq!(size.extracted_offset(), Some(999));
    }

    #[test]
    fn old_and_odd_size_records_are_read_or_refused() {
        let old = Size::parse(b"  10  20  1").unwrap();
        assert_eq!((old.content_length, old.hints), (10, 0));
        assert!(old.is_plausible());
        assert!(Size::parse(b"10 20").is_err());
        assert!(Size::parse(b"10 x 20").is_err());
        assert!(Size::parse(b"99999999999999999999 1 1").is_err());
        assert!(!Size::parse(b"0 20 1").unwrap().is_plausible());
        assert!(!Size::parse(b"1 20 1 32 1 0").unwrap().is_plausible());
        let submitted = Size::parse(b"-1 -1 -1 -1 -1 33").unwrap();
        assert_eq!(submitted.options, SendOptions(33));
        let huge = Size {
            data_size: i64::MAX,
            data_offset: 1,
            ..Size::default()
        };
        assert_eq!(huge.extracted_offset(), None);
    }

    #[test]
    fn numbers_fill_their_columns() {
        assert_eq!(&number(0), b"              0");
        assert_eq!(&number(-1), b"             -1");
        assert_eq!(&number(1_795_386_862), b"     1795386862");
        for value in [0, 7, -12, 99_999_999_999_999] {
            assert_eq!(parse_number(&number(value)), Some(value));
        }
        assert_eq!(parse_number(b"12x"), None);
    }

    #[test]
    fn the_filler_makes_room_for_a_pointer() {
        for payload in 0..NUMBER_LEN {
            let filler = filler_len(payload).unwrap();
            assert!(2 + payload + 2 + filler >= POINTER_RECORD_LEN);
        }
        assert_eq!(filler_len(NUMBER_LEN), None);
    }

    #[test]
    fn an_arrival_time_keeps_its_unpadded_microseconds() {
        let time = ArrivalTime::parse(b"1795372462 5604");

        assert_eq!(
            time,
            ArrivalTime {
                seconds: 1_795_372_462,
                microseconds: 5604
            }
        );
        assert_eq!(time.payload(), "1795372462 5604");
        assert_eq!(ArrivalTime::parse(b"junk"), ArrivalTime::default());
    }
}
