//! CPU time from the operating system's accounting: nanoseconds, per thread.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// How much longer one waits for the threads to be at rest.
const TRIES: usize = 1_000;
const PAUSE: Duration = Duration::from_millis(1);

/// The CPU time that each thread of a process has used so far.
#[derive(PartialEq, Eq)]
pub struct CpuTime(HashMap<String, u64>);

impl CpuTime {
    /// Waits until the process is at rest: the kernel brings a thread's account up to date when it
    /// goes to sleep (or at a tick), so only then is the number exact.
    pub fn at_rest(process: u32) -> io::Result<Self> {
        let mut before = Self::now(process)?;
        for _ in 0..TRIES {
            thread::sleep(PAUSE);
            let after = Self::now(process)?;
            if after == before {
                return Ok(after);
            }
            before = after;
        }
        Err(io::Error::other(format!(
            "process {process} uses the CPU without any request"
        )))
    }

    fn now(process: u32) -> io::Result<Self> {
        let mut threads = HashMap::new();
        for entry in fs::read_dir(format!("/proc/{process}/task"))? {
            let entry = entry?;
            match on_cpu(&entry.path()) {
                Ok(nanoseconds) => {
                    threads.insert(
                        entry.file_name().to_string_lossy().into_owned(),
                        nanoseconds,
                    );
                }
                // Threads of a pool may end between the listing and the reading.
                Err(error) if gone(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Self(threads))
    }

    /// What was used between `before` and this reading.
    pub fn since(&self, before: &Self) -> Duration {
        let used = self.0.iter().map(|(thread, now)| {
            let then = before.0.get(thread).copied().unwrap_or(0);
            now.saturating_sub(then)
        });
        Duration::from_nanos(used.sum())
    }
}

/// What the calling thread has used so far. The pause brings its account up to date.
pub fn of_this_thread() -> io::Result<Duration> {
    thread::sleep(PAUSE);
    on_cpu(Path::new("/proc/thread-self")).map(Duration::from_nanos)
}

/// The first field of `schedstat`: nanoseconds on a CPU (Documentation/scheduler/sched-stats.rst).
fn on_cpu(thread: &Path) -> io::Result<u64> {
    let line = fs::read_to_string(thread.join("schedstat"))?;
    line.split_whitespace()
        .next()
        .and_then(|field| field.parse().ok())
        .ok_or_else(|| io::Error::other(format!("unexpected schedstat: `{line}`")))
}

fn gone(error: &io::Error) -> bool {
    const NO_SUCH_PROCESS: i32 = 3;
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(NO_SUCH_PROCESS)
}

/// The resident memory of a process, in bytes.
pub fn resident_memory(process: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"))
        .and_then(|kibibytes| kibibytes.parse::<u64>().ok())
        .map(|kibibytes| kibibytes * 1_024)
        .ok_or_else(|| io::Error::other(format!("process {process}: no VmRSS")))
}
