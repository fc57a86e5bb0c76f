//! The lock on an indexed file, held for a turn of the event loop.
//!
//! A session asks a table for one key after the other (an address, its domain, the domains above), often for dozens
//! within one turn. Taking the lock and giving it back for each costs more than looking the key up. Tables belong to the
//! thread of the loop: none is asked from the blocking pool, where nobody would end the turn.

use std::cell::RefCell;
use std::rc::Rc;

use sys::lmdb::Lmdb;
use tokio::runtime::{Handle, RuntimeFlavor};

thread_local! {
    /// The files that are locked in this turn.
    static LEASED: RefCell<Vec<Rc<Lmdb>>> = const { RefCell::new(Vec::new()) };
}

/// Locks `file` until this turn ends. Without an event loop each call goes on to lock for itself.
pub(crate) fn for_this_turn(file: &Rc<Lmdb>) {
    if file.is_leased() {
        return;
    }
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    // Elsewhere the end of the turn might come on another thread.
    if runtime.runtime_flavor() != RuntimeFlavor::CurrentThread || file.lease().is_err() {
        return;
    }
    LEASED.with_borrow_mut(|leased| {
        if leased.is_empty() {
            // What is spawned runs before the loop goes to sleep.
            runtime.spawn(async { end() });
        }
        leased.push(Rc::clone(file));
    });
}

/// All together: see [`Lmdb::lease`].
fn end() {
    for file in LEASED.take() {
        file.end_lease();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sys::lmdb::Access;

    fn file(name: &str) -> Rc<Lmdb> {
        let path = std::env::temp_dir().join(format!("lookup-lease-{}-{name}", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let file = Lmdb::open(&path, Access::Create(0o600), 1 << 20).unwrap();
        file.put(b"a", b"1", true).unwrap();
        Rc::new(file)
    }

    #[tokio::test]
    async fn files_are_locked_until_the_turn_ends() {
        let (one, other) = (file("one"), file("other"));
        for_this_turn(&one);
        for_this_turn(&one);
        for_this_turn(&other);
        assert!(one.is_leased() && other.is_leased());

        tokio::task::yield_now().await;
        assert!(!one.is_leased() && !other.is_leased());
        for_this_turn(&one);
        assert!(one.is_leased());
    }

    #[test]
    fn a_command_without_a_loop_locks_for_each_key() {
        let file = file("command");
        for_this_turn(&file);
        assert!(!file.is_leased());
    }
}
