//! The client's dialogue against any server: it ends, sends content only after a server's yes, and leaves no recipient
//! without a fate; nobody is delivered whom no positive reply was about.
#![no_main]

use esmtp::client::{Fate, Handshake, Introduced, Manner, Next, Protocol, Purpose, Stage, Transaction};
use esmtp::extension::Keywords;
use esmtp::reply::{Reply, ReplyReader};
use libfuzzer_sys::fuzz_target;

/// The next reply of the server; one that says yes when it has no more to say.
fn reply(lines: &mut impl Iterator<Item = u8>) -> Reply {
    let text = match lines.next() {
        Some(octet) if octet < 250 => format!("{} x", u16::from(octet) * 4),
        _ => "250 2.0.0 x".to_owned(),
    };
    ReplyReader::new(1000)
        .line(text.as_bytes())
        .ok()
        .flatten()
        .unwrap_or_else(|| {
            let padded = format!("{text:0>5}");
            ReplyReader::new(1000)
                .line(padded.as_bytes())
                .expect("a line")
                .expect("a reply")
        })
}

fuzz_target!(|data: &[u8]| {
    let [bits, count, rest @ ..] = data else { return };
    let bit = |number: u32| bits >> number & 1 == 1;
    let purpose = match bits >> 6 {
        0 => Purpose::ProbeRecipients,
        1 => Purpose::ProbeData,
        _ => Purpose::Deliver,
    };
    let manner = Manner {
        protocol: if bit(0) { Protocol::Lmtp } else { Protocol::Smtp },
        pipelining: bit(1),
        quit: bit(2),
        skip_quit_reply: bit(3),
        purpose,
    };
    let mut octets = rest.iter().copied();
    let mut handshake = Handshake::new(manner.protocol, bit(4).then_some(bit(5)));
    let mut introduced = handshake.greeting(&reply(&mut octets));
    for turn in 0.. {
        assert!(turn < 4, "a handshake without end");
        match introduced {
            Introduced::Say(_) => introduced = handshake.reply(&reply(&mut octets), Keywords::NONE),
            Introduced::Features(_) | Introduced::Refused => break,
        }
    }
    let recipients = usize::from(*count);
    let rcpts = (0..recipients)
        .map(|number| format!("RCPT TO:<r{number}@example.com>"))
        .collect();
    let xforward = vec!["XFORWARD NAME=x".to_owned(); usize::from(bit(5))];
    let mut transaction = Transaction::new(manner, xforward, "MAIL FROM:<s@example.com>".into(), rcpts);
    let (mut out, mut go_ahead, mut yes) = (Vec::new(), false, false);
    let most_turns = 2 * recipients + 10;
    for turn in 0.. {
        assert!(turn < most_turns, "a dialogue without end");
        match transaction.next(&mut out) {
            Next::Receive(stage) => {
                let reply = reply(&mut octets);
                go_ahead |= stage == Stage::Data && reply.is_intermediate();
                yes |= reply.is_positive() || reply.is_intermediate();
                transaction.reply(reply);
            }
            Next::Content => {
                assert!(go_ahead, "content without a yes to DATA");
                go_ahead = false;
                transaction.content_sent();
            }
            Next::Finished => break,
        }
    }
    for fate in transaction.fates() {
        match fate {
            Fate::Open | Fate::Accepted => panic!("a recipient was forgotten: {fate:?}"),
            Fate::Delivered(reply) => assert!(yes && (reply.is_positive() || reply.is_intermediate())),
            // To DATA only 3xx is a yes.
            Fate::Refused(stage, reply) => assert!(*stage == Stage::Data || !reply.is_positive()),
        }
    }
});
