//! What a stream promises, over a pair in memory.

use super::*;

const WAIT: Duration = Duration::from_secs(5);

fn run<F: Future<Output = ()>>(test: F) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

#[test]
fn lines_come_one_by_one_without_their_ends() {
    run(async {
        let (mut here, mut there) = Stream::pair();
        there.put(b"one\r\ntwo\nthree");
        there.close_output(WAIT).await;

        assert_eq!(here.line(100, WAIT).await.unwrap(), b"one");
        assert_eq!(here.line(100, WAIT).await.unwrap(), b"two");
        assert_eq!(here.line(100, WAIT).await.unwrap(), b"three");
        assert!(matches!(here.line(100, WAIT).await, Err(StreamError::Closed)));
    });
}

#[test]
fn a_line_past_its_limit_is_refused_and_kept() {
    run(async {
        let (mut here, mut there) = Stream::pair();
        there.put(b"0123456789");
        there.flush(WAIT).await.unwrap();

        assert!(matches!(here.line(8, WAIT).await, Err(StreamError::LineTooLong)));
        assert_eq!(here.buffered(), b"0123456789");
    });
}

#[test]
fn a_silent_peer_runs_out_of_time() {
    run(async {
        let (mut here, _there) = Stream::pair();
        assert!(matches!(
            here.fill(Duration::from_millis(5)).await,
            Err(StreamError::TimedOut)
        ));
        here.set_deadline(Some(now()));
        assert!(matches!(here.fill(WAIT).await, Err(StreamError::TimedOut)));
    });
}

#[test]
fn a_peer_that_speaks_unasked_has_stirred() {
    run(async {
        let (mut here, mut there) = Stream::pair();
        assert!(!here.has_stirred().await);
        there.put(b"x");
        there.flush(WAIT).await.unwrap();
        assert!(here.has_stirred().await);
    });
}

#[test]
fn long_waits_share_a_timer_and_still_end() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .unwrap();
    for _ in 0..2 {
        runtime.block_on(async {
            let started = now();
            let wait = Duration::from_secs(300);
            let (one, other) = tokio::join!(
                within(wait, std::future::pending::<()>()),
                within(wait * 2, pause(Duration::from_secs(100))),
            );
            assert_eq!((one, other), (Err(Expired), Ok(())));
            let took = now() - started;
            assert!(took >= wait && took < wait + Duration::from_secs(3), "{took:?}");
        });
    }
}
