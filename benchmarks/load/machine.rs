//! What else the machine did: other programs make the numbers rough, so the tables say how busy they
//! were.

use std::fs;
use std::io;

/// Clock ticks since the start of the machine.
pub struct Machine {
    all: u64,
    idle: u64,
    own: u64,
}

impl Machine {
    pub fn now() -> io::Result<Self> {
        let line = fs::read_to_string("/proc/stat")?;
        // user, nice, system, idle, iowait, irq, softirq, steal: of all CPUs together.
        let cpu: Vec<_> = numbers(line.lines().next().unwrap_or_default())
            .take(8)
            .collect();
        // The state, then ten numbers, then this process in user and system mode, then the children that
        // have ended, likewise (proc_pid_stat(5)). The name before may hold spaces.
        let own = fs::read_to_string("/proc/self/stat")?;
        let own = own.rsplit(')').next().unwrap_or_default();
        Ok(Self {
            all: cpu.iter().sum(),
            idle: cpu.iter().skip(3).take(2).sum(),
            own: own
                .split_whitespace()
                .skip(11)
                .take(4)
                .filter_map(|ticks| ticks.parse::<u64>().ok())
                .sum(),
        })
    }

    /// The part of the time of all CPUs that went to other programs since `before`. The services count
    /// once they have ended.
    #[expect(clippy::cast_precision_loss, reason = "a part")]
    pub fn others_since(&self, before: &Self) -> f64 {
        let all = self.all - before.all;
        let idle = self.idle - before.idle;
        let own = self.own - before.own;
        all.saturating_sub(idle + own) as f64 / all.max(1) as f64
    }
}

fn numbers(line: &str) -> impl Iterator<Item = u64> {
    line.split_whitespace()
        .filter_map(|field| field.parse().ok())
}
