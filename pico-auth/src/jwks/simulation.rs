//! Thousands of instances against one issuer: the very schedule that `cache` acts on, with virtual
//! time and numbered randomness. The table it yields is in `docs/keys.md`.
//!
//! Instances share nothing but the issuer, which answers at once or not at all, so each is run
//! through all phases alone, and what is added up is who fetched in which second.

use std::fmt::Write;
use std::time::Duration;

use super::bucket::Rate;
use super::schedule::{Asked, Rules, Schedule, Step};

const RULES: Rules = Rules {
    ttl: Duration::from_secs(300),
    max_stale: Duration::from_secs(3600),
    unknown: Rate {
        burst: 5,
        interval: Duration::from_secs(10),
    },
    timeout: Duration::from_secs(5),
};

/// Name, first second, and the second after the last.
type Phase = (&'static str, usize, usize);

const MINUTE: usize = 60;

/// All are started within this time, and later shown the new key within this time.
const START: usize = MINUTE;

/// The issuer signs with a key that it did not publish before, and the instances' callers show it.
const ROTATION: usize = 40 * MINUTE;

/// The issuer does not answer.
const OUTAGE: [usize; 2] = [60 * MINUTE, 70 * MINUTE];

const END: usize = 100 * MINUTE;

const PHASES: [Phase; 7] = [
    ("start, all within 1 minute", 0, START),
    ("steady state", START, ROTATION),
    (
        "rotation, the new key in use within 1 minute",
        ROTATION,
        ROTATION + START,
    ),
    (
        "the 19 minutes after the rotation",
        ROTATION + START,
        OUTAGE[0],
    ),
    ("outage of 10 minutes", OUTAGE[0], OUTAGE[1]),
    (
        "the first minute after the outage",
        OUTAGE[1],
        OUTAGE[1] + MINUTE,
    ),
    ("the 29 minutes after that", OUTAGE[1] + MINUTE, END),
];

/// `SplitMix64`: numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    /// In 0..1.
    #[allow(clippy::cast_precision_loss)]
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn within(&mut self, start: usize, seconds: usize) -> Duration {
        let whole = Duration::from_secs(seconds as u64);
        Duration::from_secs(start as u64) + whole.mul_f64(self.next())
    }
}

/// One instance, and what it did.
struct Instance {
    schedule: Schedule,
    numbers: Numbers,
}

impl Instance {
    fn run(seed: u64, fetches: &mut [u32]) {
        let mut numbers = Numbers(seed);
        let started = numbers.within(0, START);
        let rotated = numbers.within(ROTATION, START);
        let schedule = Schedule::new(RULES, started);
        let mut it = Self { schedule, numbers };
        it.request(Asked::NoKeys, started, fetches);
        it.background(started, rotated, fetches);
        it.request(Asked::Unknown { looked_for: false }, rotated, fetches);
        it.background(rotated, Duration::from_secs(END as u64), fetches);
    }

    /// A request that has to wait for a fetch, and gets its answer from it.
    fn request(&mut self, asked: Asked, now: Duration, fetches: &mut [u32]) {
        let since = self.schedule.begun();
        assert_eq!(self.schedule.ask(asked, since, now), (Step::Wait, true));
        self.fetch(now, fetches);
        let step = self.schedule.ask(Asked::Known, since, now);
        assert_eq!(step, (Step::Answer, false));
    }

    /// What the refresher does. Requests for known keys come all the time and are answered.
    fn background(&mut self, mut now: Duration, end: Duration, fetches: &mut [u32]) {
        while let Some(pause) = self.schedule.pause(now) {
            now += pause;
            if now >= end {
                return;
            }
            let step = self.schedule.ask(Asked::Known, self.schedule.begun(), now);
            assert_eq!(step, (Step::Answer, true), "a request waits at {now:?}");
            self.fetch(now, fetches);
        }
    }

    fn fetch(&mut self, now: Duration, fetches: &mut [u32]) {
        let second = usize::try_from(now.as_secs()).unwrap();
        fetches[second] += 1;
        let random = self.numbers.next();
        if (OUTAGE[0]..OUTAGE[1]).contains(&second) {
            self.schedule.failed(random, now);
        } else {
            self.schedule.succeeded(None, random, now);
        }
    }
}

/// How often the issuer was asked in each second.
fn fetches(instances: u64) -> Vec<u32> {
    let mut fetches = vec![0; END];
    for n in 0..instances {
        Instance::run(n << 32, &mut fetches);
    }
    fetches
}

/// Peak and mean per second.
fn load(fetches: &[u32]) -> (u32, f64) {
    let total: u32 = fetches.iter().sum();
    let seconds = u32::try_from(fetches.len()).unwrap();
    let peak = fetches.iter().copied().max().unwrap();
    (peak, f64::from(total) / f64::from(seconds))
}

#[test]
fn thousands_of_instances_do_not_come_at_one_moment_and_the_docs_say_so() {
    let mut table = String::from(
        "| Phase | 10 instances: mean | peak | 1,000: mean | peak | 100,000: mean | peak |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let sizes = [10_u64, 1_000, 100_000];
    let runs = sizes.map(fetches);
    for (name, start, end) in PHASES {
        write!(table, "| {name} |").unwrap();
        for run in &runs {
            let (peak, mean) = load(&run[start..end]);
            // Twice the mean, and what chance adds to that.
            let bound = 2.0 * mean + 6.0 * mean.sqrt() + 3.0;
            assert!(f64::from(peak) <= bound, "{name}: {peak}, mean {mean}");
            write!(table, " {mean:.2} | {peak} |").unwrap();
        }
        table.push('\n');
    }
    // The first minutes apart, instances are spread all over time: in no second of the steady state
    // are there many more than their mean.
    let [_, _, many] = &runs;
    for (name, start, end) in [PHASES[1], PHASES[3], PHASES[6]] {
        let (peak, mean) = load(&many[start..end]);
        assert!(f64::from(peak) <= 1.5 * mean, "{name}: {peak}, mean {mean}");
    }
    let docs = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keys.md");
    let docs = std::fs::read_to_string(docs).unwrap();
    assert!(docs.contains(&table), "docs/keys.md should say:\n{table}");
}
