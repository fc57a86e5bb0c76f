//! The queue manager: chooses what is delivered when, and what becomes of the message afterwards.

pub mod schedule;
