//! Random restriction lists and envelopes, as cases: the same dialogue against the original and ours must come to the
//! same, above all where something is refused.
//!
//! A seed gives one case. Some hundred dialogue steps go over services of one instance, each with lists of its own for
//! every stage, told by XCLIENT of clients of every kind. What is listed as a difference is not asked for.

mod words;

use crate::dice::Dice;
use std::fmt::Write as _;
use words::{
    ACTIONS, CLIENTS, FORMS, HEAD, HELOS, KEYS, LISTS, OTHER_TABLES, PATTERNS, PLAIN, QUESTIONS, RECIPIENTS,
    SENDERS, STAGES, SWITCHES, TABLES, WORLDS,
};

/// How much a case asks.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    /// Services with lists of their own.
    pub services: usize,
    /// Connections to each.
    pub sessions: usize,
}

/// The tables that lists name.
const TABLE_COUNT: usize = 12;

/// The text of the case of a seed, without what is seen.
pub fn case(seed: u64, extent: Extent) -> String {
    let mut dice = Dice::new(seed);
    let mut text =
        format!("# A search, of seed {seed}: written by a program, and not to be changed by hand.\n{HEAD}");
    for table in 0..TABLE_COUNT {
        let mut keys: Vec<&str> = KEYS.to_vec();
        for _ in 0..8 {
            let key = keys.remove(dice.roll(keys.len()));
            let action = dice.pick(ACTIONS);
            let _ = writeln!(text, "file etc/t{table}: {key} {action}");
        }
    }
    for world in WORLDS {
        let _ = writeln!(text, "main: {}", dice.pick(world));
    }
    text.push_str("file etc/networks: 192.0.2.128/26 x\nfile etc/networks: 203.0.113.77 x\n");
    text.push_str("file etc/aliases: /^(.*)@alias\\.test$/ $1@mx.test.example\n");
    for pattern in PATTERNS {
        let (table, pattern) = pattern.split_once(": ").expect("a table and a pattern");
        let _ = writeln!(text, "file etc/{table}: {pattern} {}", dice.pick(ACTIONS));
    }
    for question in dice.draw(QUESTIONS, 5) {
        let _ = writeln!(text, "policy: {question} => {}", dice.pick(ACTIONS));
    }
    for class in ["one", "two", "three", "four"] {
        // A class may name those after it, and so no circle comes about.
        let list = list(&mut dice, class);
        let _ = writeln!(text, "main: {class} = {list}");
    }
    for service in 0..extent.services {
        let _ = writeln!(text, "{}", service_line(&mut dice, service));
    }
    for service in 0..extent.services {
        for _ in 0..extent.sessions {
            session(&mut dice, service, &mut text);
        }
    }
    // What was taken, for whom, and what was logged of it.
    text.push_str("look: mapped deferred\nlook: mapped hold\nlook: lines smtpd RCPT from\n");
    text
}

fn list(dice: &mut Dice, within: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let classes = ["one", "two", "three", "four"];
    let place = |name: &str| classes.iter().position(|class| *class == name);
    for _ in 0..=dice.roll(4) {
        let word = match dice.roll(10) {
            0..4 => dice.pick(PLAIN).to_owned(),
            4..8 => {
                let table = if dice.chance(70) {
                    format!("texthash:@DIR@/etc/t{}", dice.roll(TABLE_COUNT))
                } else {
                    dice.pick(OTHER_TABLES).to_owned()
                };
                format!("{} {table}", dice.pick(TABLES)).trim_start().to_owned()
            }
            _ => dice.pick(LISTS).to_owned(),
        };
        let circle = place(&word).is_some_and(|named| place(within).is_some_and(|own| named <= own));
        if !circle {
            words.push(word);
        }
    }
    // Before the sender's own stage the original does not know yet whether it has looked for him.
    if ["client", "helo", "etrn"].contains(&within) || place(within).is_some() {
        words.retain(|word| word != "reject_unlisted_sender");
    }
    if words.is_empty() {
        words.push("permit_mynetworks".to_owned());
    }
    words.join(", ")
}

/// A list that lets the one behind it come to its turn: a bare permit, or a warning only, would not.
fn stopping(dice: &mut Dice, stage: &str) -> String {
    let list = list(dice, stage).replace("warn_if_reject", "permit_mynetworks");
    let words: Vec<&str> = list.split(", ").filter(|word| *word != "permit").collect();
    words.join(", ")
}

fn service_line(dice: &mut Dice, service: usize) -> String {
    let mut line = format!("master: @PORT:s{service}@ inet n - n - - smtpd");
    // Some list must stop strangers, or neither would start.
    let is_relay_empty = dice.chance(8);
    for stage in STAGES {
        let list = match *stage {
            "relay" if is_relay_empty => String::new(),
            "relay" if dice.chance(50) => "permit_mynetworks, reject_unauth_destination".to_owned(),
            "relay" => [&stopping(dice, stage), "defer_unauth_destination"].join(", "),
            "recipient" if is_relay_empty => [
                &stopping(dice, stage),
                "reject_unauth_destination",
                &list(dice, stage),
            ]
            .join(", "),
            "recipient" if dice.chance(80) => list(dice, stage),
            _ if dice.chance(40) => list(dice, stage),
            _ => continue,
        };
        let _ = write!(line, " -o {{ smtpd_{stage}_restrictions = {list} }}");
    }
    let mut switches: Vec<&str> = SWITCHES.to_vec();
    for _ in 0..dice.roll(5) {
        let switch = switches.remove(dice.roll(switches.len()));
        let name = switch.split('=').next().unwrap_or_default();
        if !line.contains(&format!("-o {{ {name} = ")) {
            let _ = write!(line, " -o {{ {} }}", switch.replacen('=', " = ", 1));
        }
    }
    line
}

fn session(dice: &mut Dice, service: usize, text: &mut String) {
    let _ = writeln!(text, "connect: s{service}\nC: XCLIENT {}", dice.pick(CLIENTS));
    if dice.chance(95) {
        let _ = writeln!(text, "C: HELO {}", dice.pick(HELOS));
    }
    for _ in 0..2 {
        let form = |dice: &mut Dice, addresses: &[&str]| dice.pick(FORMS).replace('%', dice.pick(addresses));
        let mut commands = vec![format!("MAIL FROM:{}", form(dice, SENDERS))];
        for _ in 0..=dice.roll(3) {
            commands.push(format!("RCPT TO:{}", form(dice, RECIPIENTS)));
        }
        if dice.chance(30) {
            let _ = writeln!(text, "C: {}", commands.join("\\r\\n"));
            // Either the end of an empty message or a command that there is not.
            let _ = writeln!(text, "C: DATA\nC: .\nC: RSET");
        } else {
            commands.push("RSET".to_owned());
            let _ = writeln!(text, "C: {}", commands.join("\\r\\n"));
        }
    }
    match dice.roll(6) {
        0 => text.push_str("C: ETRN good.example\n"),
        1 => text.push_str("C: VRFY known@mx.test.example\n"),
        2 => text.push_str("C: VRFY x@elsewhere.example\n"),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_one_case_and_another_seed_another() {
        let extent = Extent {
            services: 2,
            sessions: 2,
        };
        assert_eq!(case(1, extent), case(1, extent));
        assert_ne!(case(1, extent), case(2, extent));
    }
}
