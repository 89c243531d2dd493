//! Each rule of the schedule, second by second.

use super::*;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const UNKNOWN: Asked = Asked::Unknown { looked_for: false };
const LOOKED_FOR: Asked = Asked::Unknown { looked_for: true };

fn schedule() -> Schedule {
    let unknown = Rate {
        burst: 5,
        interval: secs(10),
    };
    let rules = Rules {
        ttl: secs(300),
        max_stale: secs(3600),
        unknown,
        timeout: secs(5),
    };
    Schedule::new(rules, secs(0))
}

/// With a set whose fetch began at 0.
fn loaded(max_age: Option<Duration>, random: f64) -> Schedule {
    let mut schedule = schedule();
    assert_eq!(ask(&mut schedule, Asked::NoKeys, 0), (Step::Wait, true));
    schedule.succeeded(max_age, random, secs(1));
    schedule
}

fn ask(schedule: &mut Schedule, asked: Asked, now: u64) -> (Step, bool) {
    let since = schedule.begun();
    schedule.ask(asked, since, secs(now))
}

/// Whole seconds until the next fetch in the background.
fn pause(schedule: &Schedule, now: u64) -> u64 {
    schedule.pause(secs(now)).unwrap().as_secs()
}

#[test]
fn the_first_set_is_refreshed_anywhere_and_the_others_late_but_in_time() {
    for (random, first, second) in [(0.0, 60, 225), (0.5, 172, 255), (0.999_999, 284, 284)] {
        let mut schedule = loaded(None, random);
        assert_eq!(pause(&schedule, 0), first);
        let now = first + 1;
        assert_eq!(ask(&mut schedule, Asked::Known, now), (Step::Answer, true));
        assert_eq!(schedule.pause(secs(now)), None, "while the fetch runs");
        schedule.succeeded(None, random, secs(now + 4));
        assert_eq!(pause(&schedule, now), second, "counted from the beginning");
    }
}

#[test]
fn max_age_shortens_the_lifetime_within_bounds() {
    for (max_age, lifetime) in [(0, 60), (59, 60), (100, 100), (300, 300), (86_400, 300)] {
        let mut schedule = loaded(Some(secs(max_age)), 0.0);
        assert_eq!(pause(&schedule, 0), lifetime / 5, "{max_age}");
        // Nothing has run in the background, for whatever reason.
        assert_eq!(
            ask(&mut schedule, Asked::Known, lifetime),
            (Step::Wait, true)
        );
    }
}

#[test]
fn a_set_that_has_ended_is_the_answer_only_while_a_fetch_that_began_in_time_runs() {
    let mut schedule = loaded(None, 0.0);
    assert_eq!(ask(&mut schedule, Asked::Known, 299), (Step::Answer, true));
    assert_eq!(ask(&mut schedule, Asked::Known, 301), (Step::Answer, false));
    let mut schedule = loaded(None, 0.0);
    assert_eq!(ask(&mut schedule, Asked::Known, 300), (Step::Wait, true));
    assert_eq!(ask(&mut schedule, Asked::Known, 301), (Step::Wait, false));
}

#[test]
fn a_set_is_the_answer_while_fetches_fail_and_not_when_the_process_slept() {
    let mut schedule = loaded(None, 0.0);
    assert_eq!(ask(&mut schedule, Asked::Known, 290), (Step::Answer, true));
    schedule.failed(0.999_999, secs(291));
    assert_eq!(ask(&mut schedule, Asked::Known, 295), (Step::Answer, false));
    assert_eq!(ask(&mut schedule, Asked::Known, 301), (Step::Answer, true));
    schedule.failed(0.999_999, secs(302));
    // Due at 312, and nobody has looked since.
    assert_eq!(ask(&mut schedule, Asked::Known, 373), (Step::Wait, true));
    assert!(schedule.is_usable(secs(3899)));
    assert!(!schedule.is_usable(secs(3900)));
}

/// As where the runtime of its task is driven no more.
#[test]
fn a_fetch_that_does_not_end_counts_as_failed_after_twice_its_time_out() {
    let mut schedule = schedule();
    assert_eq!(ask(&mut schedule, Asked::NoKeys, 0), (Step::Wait, true));
    assert_eq!(ask(&mut schedule, Asked::NoKeys, 9), (Step::Wait, false));
    assert!(schedule.runs(1));
    let wait = Step::Unavailable(secs(1));
    assert_eq!(ask(&mut schedule, Asked::NoKeys, 10), (wait, false));
    assert!(!schedule.runs(1), "its end would be that of another");
    assert_eq!(ask(&mut schedule, Asked::NoKeys, 11), (Step::Wait, true));
    assert!(schedule.runs(2) && !schedule.runs(1));

    let mut schedule = loaded(None, 0.0);
    assert_eq!(ask(&mut schedule, Asked::Known, 295), (Step::Answer, true));
    assert_eq!(schedule.believed_until(), secs(305), "and not for an hour");
    assert_eq!(ask(&mut schedule, Asked::Known, 305), (Step::Answer, false));
    assert_eq!(pause(&schedule, 305), 5);
    assert_eq!(ask(&mut schedule, Asked::Known, 310), (Step::Answer, true));
}

#[test]
fn pauses_double_up_to_a_bound_and_are_shorter_without_keys() {
    let mut schedule = loaded(None, 0.0);
    for (keys, pauses) in [
        (true, [5, 10, 20, 40, 60, 60]),
        (false, [1, 2, 4, 8, 10, 10]),
    ] {
        for pause in pauses {
            schedule.failed(0.0, secs(100));
            let least = schedule.pause(secs(100)).unwrap();
            assert_eq!(least, secs(pause) / 2, "{keys}");
            schedule.failures -= 1;
            schedule.failed(1.0, secs(100));
            assert_eq!(schedule.pause(secs(100)).unwrap(), secs(pause), "{keys}");
            assert!(!schedule.refresh(secs(100)));
        }
        schedule = self::schedule();
    }
    schedule.failures = u32::MAX;
    schedule.failed(1.0, Duration::MAX);
}

#[test]
fn an_unknown_key_is_settled_only_by_a_fetch_that_began_after_its_request() {
    let mut schedule = loaded(None, 0.0);
    assert!(schedule.refresh(secs(60)));
    let since = schedule.begun();
    assert_eq!(schedule.ask(UNKNOWN, since, secs(61)), (Step::Wait, false));
    schedule.succeeded(None, 0.0, secs(62));
    assert_eq!(schedule.ask(UNKNOWN, since, secs(62)), (Step::Wait, true));
    schedule.succeeded(None, 0.0, secs(63));
    assert_eq!(
        schedule.ask(UNKNOWN, since, secs(63)),
        (Step::Settled, false)
    );
    // It was looked for: no further fetch while the set is young.
    assert_eq!(ask(&mut schedule, LOOKED_FOR, 71), (Step::Answer, false));
    assert_eq!(ask(&mut schedule, LOOKED_FOR, 72), (Step::Wait, true));
}

#[test]
fn known_keys_and_refreshes_take_nothing_from_the_bucket() {
    let mut schedule = loaded(None, 0.0);
    for now in (0..10_000).step_by(200) {
        ask(&mut schedule, Asked::Known, now);
        schedule.succeeded(None, 0.0, secs(now));
    }
    for _ in 0..5 {
        assert_eq!(ask(&mut schedule, UNKNOWN, 9_900), (Step::Wait, true));
        schedule.succeeded(None, 0.0, secs(9_900));
    }
    assert_eq!(ask(&mut schedule, UNKNOWN, 9_900), (Step::Answer, false));
    assert_eq!(
        ask(&mut schedule, Asked::Known, 9_900),
        (Step::Answer, false)
    );
}

#[test]
fn an_unknown_key_is_not_denied_while_fetches_fail() {
    let mut schedule = loaded(None, 0.0);
    assert_eq!(ask(&mut schedule, UNKNOWN, 20), (Step::Wait, true));
    schedule.failed(1.0, secs(21));
    let wait = Step::Unavailable(secs(4));
    assert_eq!(ask(&mut schedule, UNKNOWN, 22), (wait, false));
    assert_eq!(ask(&mut schedule, Asked::Known, 22), (Step::Answer, false));
    // The retry is made for whoever comes, and is not charged to the bucket.
    assert_eq!(ask(&mut schedule, UNKNOWN, 26), (Step::Wait, true));
}

#[test]
fn a_fetch_for_an_unknown_key_does_not_move_the_next_refresh() {
    let mut schedule = loaded(None, 0.5);
    assert_eq!(pause(&schedule, 0), 172);
    assert_eq!(ask(&mut schedule, UNKNOWN, 100), (Step::Wait, true));
    schedule.succeeded(None, 0.0, secs(101));
    assert_eq!(pause(&schedule, 100), 72);
    // Unless the new set ends before.
    assert_eq!(ask(&mut schedule, UNKNOWN, 110), (Step::Wait, true));
    schedule.succeeded(Some(secs(0)), 0.0, secs(110));
    assert_eq!(pause(&schedule, 110), 57);
}
