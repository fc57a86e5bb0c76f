//! What can be looked at, once the queue is at rest.

use crate::steady::Steady;
use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use testkit::{Instance, PATIENCE, Sink};

/// How long the log must have said nothing new.
const REST: Duration = Duration::from_millis(600);

/// Looks.
///
/// - `log PROGRAM …`: the log lines of these programs; one after another, deliveries (and all of qmgr and bounce, which
///   work on several messages at once) in alphabetical order
/// - `lines PROGRAM PART`: the log lines of a program that contain this part
/// - `sorted WHAT`: any of the others in alphabetical order, for what sessions do side by side
/// - `distinct WHAT`: as `sorted`, each line once, for what programs say as often as they are asked
/// - `mailq`: the listing of `postqueue -p`; `json`: that of `postqueue -j`
/// - `mapped QUEUE OPTIONS`: of the files of a queue, the addresses of the envelope and, with the options of `postcat`,
///   the content
/// - `postcat QUEUE OPTIONS`: the files of a queue; `queues`: how many files there are in each
/// - `mailboxes`: every file below the mailbox folder; `sink`: what the next hop took
/// - `heard`: the commands that the next hop heard, without those after which nobody waits
/// - `file NAME`: a file
pub fn look(what: &str, instance: &Instance, sink: &Sink, steady: &Steady) -> Vec<String> {
    if let Some(what) = what.strip_prefix("sorted ") {
        let mut lines = look(what, instance, sink, steady);
        lines.sort();
        return lines;
    }
    if let Some(what) = what.strip_prefix("distinct ") {
        let mut lines = look(&format!("sorted {what}"), instance, sink, steady);
        lines.dedup();
        return lines;
    }
    // What is still under way is seen in what is looked at.
    rests(instance, REST);
    let mut words = what.split(' ');
    let kind = words.next().unwrap_or_default();
    let words: Vec<&str> = words.collect();
    match kind {
        "log" => log(instance, &words, steady),
        "lines" => {
            let (program, part) = words.split_at(1);
            let mut lines = log(instance, program, steady);
            lines.retain(|line| line.contains(&part.join(" ")));
            lines
        }
        "mailq" => {
            let all = print(instance, "postqueue", &["-p"], steady);
            // An id fills its column or not.
            sorted_blocks(all.iter().map(|line| squeezed(line)).collect())
        }
        "json" => {
            let mut all = print(instance, "postqueue", &["-j"], steady);
            all.sort();
            all.iter().map(|line| without_numbers(line)).collect()
        }
        "postcat" => postcat(instance, &words, steady),
        "mapped" => mapped(postcat(instance, &words, steady)),
        "queues" => queues(instance),
        "mailboxes" => {
            let mut all = Vec::new();
            mailboxes(&instance.folder().join("mail"), &mut all);
            all.sort();
            all.iter()
                .flat_map(|text| message(text, steady).into_iter().chain(["--".to_owned()]))
                .collect()
        }
        "sink" => taken(sink, steady),
        "heard" => sink
            .commands()
            .iter()
            .filter(|line| *line != "QUIT")
            .map(|line| without_port(&steady.line(line)))
            .collect(),
        "file" => {
            let name = words.first().copied().unwrap_or_default();
            let text = instance.read(name);
            text.lines().map(|line| steady.line(line)).collect()
        }
        _ => panic!("nothing to look at: {what:?}"),
    }
}

/// An XFORWARD command without the client's port.
fn without_port(line: &str) -> String {
    let Some((before, after)) = line.split_once(" PORT=") else {
        return line.to_owned();
    };
    let rest = after.find(' ').map_or("", |end| &after[end..]);
    format!("{before} PORT={{port}}{rest}")
}

/// Waits until nothing has been under way, and nothing logged, for `quiet`; false when it never came to that.
pub fn rests(instance: &Instance, quiet: Duration) -> bool {
    let started = Instant::now();
    let (mut length, mut since) = (0, Instant::now());
    while started.elapsed() < PATIENCE {
        let log = instance.log().len();
        let under_way = ["maildrop", "incoming", "active"]
            .iter()
            .any(|queue| !instance.queue(queue).is_empty());
        if log != length || under_way {
            (length, since) = (log, Instant::now());
        } else if since.elapsed() > quiet {
            return true;
        }
        sleep(Duration::from_millis(20));
    }
    false
}

fn print(instance: &Instance, command: &str, arguments: &[&str], steady: &Steady) -> Vec<String> {
    let output = instance.run(command, arguments);
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .chain(String::from_utf8_lossy(&output.stderr).lines())
        .map(|line| steady.line(line))
        .collect()
}

fn log(instance: &Instance, programs: &[&str], steady: &Steady) -> Vec<String> {
    let log = instance.log();
    let mut all = Vec::new();
    for program in programs {
        let mut of_program: Vec<String> = log
            .lines()
            .filter_map(|line| {
                let (tag, text) = line.split_once("]: ")?;
                let name = tag.rsplit_once(' ')?.1.split_once('[')?.0;
                (name.rsplit_once('/')?.1 == *program).then(|| format!("{name}: {}", steady.line(text)))
            })
            .collect();
        let is_delivery = |line: &&mut String| line.contains(": to=<");
        let mut deliveries: Vec<String> = of_program
            .iter_mut()
            .filter(is_delivery)
            .map(|line| line.clone())
            .collect();
        deliveries.sort();
        for (line, delivery) in of_program.iter_mut().filter(is_delivery).zip(deliveries) {
            *line = delivery;
        }
        if !["smtpd", "cleanup", "pickup"].contains(program) {
            of_program.sort();
        }
        all.extend(of_program);
    }
    all
}

fn squeezed(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().collect();
    let is_entry = words.first().is_some_and(|word| word.starts_with("{id}"));
    if !is_entry {
        return line.to_owned();
    }
    let words: Vec<&str> = words
        .iter()
        .enumerate()
        .map(|(at, word)| if at == 1 { "{size}" } else { word })
        .collect();
    words.join(" ")
}

/// The listing is in the order of the directory: sorted by its entries.
fn sorted_blocks(lines: Vec<String>) -> Vec<String> {
    let mut blocks: Vec<Vec<String>> = vec![Vec::new()];
    for line in lines {
        let starts = line.starts_with("{id}") || line.starts_with("-- ");
        if starts && blocks.last().is_some_and(|block| !block.is_empty()) {
            blocks.push(Vec::new());
        }
        if let Some(block) = blocks.last_mut() {
            block.push(line);
        }
    }
    let last = blocks.len() - 1;
    if last > 1 {
        blocks[1..last].sort();
    }
    blocks.concat()
}

/// The numbers of a JSON line that change.
fn without_numbers(line: &str) -> String {
    let mut line = line.to_owned();
    for key in ["message_size", "arrival_time"] {
        let found = line.find(&format!("\"{key}\": "));
        let Some(start) = found.map(|at| at + key.len() + 4) else {
            continue;
        };
        let end = line[start..].find([',', '}']).map_or(line.len(), |at| start + at);
        line.replace_range(start..end, "0");
    }
    line
}

fn postcat(instance: &Instance, words: &[&str], steady: &Steady) -> Vec<String> {
    let (queue, options) = words.split_first().expect("a queue");
    let mut blocks: Vec<Vec<String>> = instance
        .queue(queue)
        .iter()
        .map(|id| {
            let mut arguments = options.to_vec();
            arguments.extend(["-q", id.as_str()]);
            let all = print(instance, "postcat", &arguments, steady);
            all.iter().map(|line| unpadded(line)).collect()
        })
        .collect();
    blocks.sort();
    blocks.concat()
}

/// Senders, recipients and what is known of them, and content.
fn mapped(lines: Vec<String>) -> Vec<String> {
    let mut in_content = false;
    let is_address = |line: &str| {
        let facts = ["sender: ", "recipient: ", "original_recipient: "];
        let attributes = ["dsn_orig_rcpt=", "notify_flags="];
        let attribute = line.strip_prefix("named_attribute: ");
        facts.iter().any(|fact| line.starts_with(fact))
            || attribute.is_some_and(|text| attributes.iter().any(|name| text.starts_with(name)))
    };
    let mut kept = Vec::new();
    for line in lines {
        if let Some(section) = line.strip_prefix("*** ") {
            in_content = section == "MESSAGE CONTENTS";
            if section.starts_with("ENVELOPE") {
                kept.push("--".to_owned());
            }
        } else if in_content || is_address(&line) {
            kept.push(line);
        }
    }
    kept
}

/// `message_size` shows numbers in columns, `*** ` the place in a hashed queue.
fn unpadded(line: &str) -> String {
    if line.starts_with("message_size:") {
        return "message_size: {sizes}".to_owned();
    }
    if let Some((words, _)) = line
        .strip_prefix("*** ")
        .and_then(|rest| rest.rsplit_once(" deferred/"))
    {
        return format!("*** {words}");
    }
    if let Some((before, _)) = line.split_once("_port=") {
        return format!("{before}_port={{port}}");
    }
    line.to_owned()
}

fn queues(instance: &Instance) -> Vec<String> {
    ["incoming", "active", "deferred", "hold", "corrupt", "maildrop"]
        .iter()
        .map(|queue| format!("{queue}: {}", instance.queue(queue).len()))
        .collect()
}

fn mailboxes(folder: &Path, all: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            mailboxes(&entry.path(), all);
        } else if let Ok(text) = fs::read(entry.path()) {
            all.push(String::from_utf8_lossy(&text).into_owned());
        }
    }
}

fn taken(sink: &Sink, steady: &Steady) -> Vec<String> {
    let mut blocks: Vec<Vec<String>> = Vec::new();
    for taken in sink.messages() {
        let mut block = vec![steady.line(&format!("MAIL FROM:{}", taken.sender))];
        block.extend(
            taken
                .recipients
                .iter()
                .map(|to| steady.line(&format!("RCPT TO:{to}"))),
        );
        block.extend(message(&taken.text(), steady));
        block.push("--".to_owned());
        blocks.push(block);
    }
    blocks.sort();
    blocks.concat()
}

/// A message; of a notice the words are left out, as these are our own.
fn message(text: &str, steady: &Steady) -> Vec<String> {
    let is_notice = text.contains("multipart/report");
    let (mut lines, mut in_words, mut is_words_next) = (Vec::new(), false, false);
    for line in text.lines() {
        if in_words && line.starts_with("--") {
            in_words = false;
        }
        if in_words {
            continue;
        }
        lines.push(steady.line(line));
        is_words_next |=
            is_notice && line.starts_with("Content-Description: ") && line.ends_with("otification");
        if line.is_empty() && is_words_next {
            (in_words, is_words_next) = (true, false);
            lines.push("{words}".to_owned());
        }
    }
    lines
}
