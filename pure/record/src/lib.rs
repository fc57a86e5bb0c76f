//! Room `record`: queue-file records as bytes.
//!
//! A queue file, a `maildrop` file and the stream of a submission are all the same thing: a row of
//! records, each a type letter, a length and a payload. This room knows the letters, the length
//! code, which letter may stand in which section, the fixed-size records that are rewritten in
//! place, and the text of the notes in `defer`, `bounce` and `trace`.
//!
//! It is *not* about files, directories or modes: see the room `queue`.

pub mod attribute;
mod codec;
mod fixed;
mod kind;
pub mod note;

pub use codec::{
    Decoded, MAX_PAYLOAD, Reader, Record, RecordError, decode, encode, encode_line, encoded_len, next_frame,
};
pub use fixed::{
    ArrivalTime, NUMBER_LEN, POINTER_RECORD_LEN, SIZE_PAYLOAD_LEN, SIZE_RECORD_LEN, SendOptions, Size,
    filler_len, hints, number, parse_number,
};
pub use kind::{Kind, Section};
