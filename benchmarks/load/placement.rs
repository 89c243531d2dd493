//! Which CPU runs what: one the load, another the services. Without it the kernel moves them about,
//! and now and then puts both on one.

use std::error::Error;
use std::io;
use std::thread;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Two CPUs of those that the program may use.
#[derive(Clone, Copy)]
pub struct Placement {
    load: usize,
    services: usize,
}

impl Placement {
    pub fn new() -> Result<Self, Box<dyn Error>> {
        let allowed = sched_getaffinity(None)?;
        let mut cpus = (0..CpuSet::MAX_CPU).filter(|cpu| allowed.is_set(*cpu));
        match (cpus.next(), cpus.next()) {
            (Some(load), Some(services)) => Ok(Self { load, services }),
            _ => Err("two CPUs are needed: one for the load, one for the services".into()),
        }
    }

    /// Keeps the calling thread to the CPU of the load.
    pub fn pin_load(self) -> Result<(), Box<dyn Error>> {
        Ok(pin(self.load)?)
    }

    /// Does this on the CPU of the services; processes and threads started there stay there.
    pub fn with_services<T: Send>(
        self,
        work: impl FnOnce() -> io::Result<T> + Send,
    ) -> Result<T, Box<dyn Error>> {
        let done = thread::scope(|scope| {
            let thread = scope.spawn(|| {
                pin(self.services)?;
                work()
            });
            thread.join()
        });
        Ok(done.map_err(|_| "a thread on the CPU of the services stopped")??)
    }
}

fn pin(cpu: usize) -> io::Result<()> {
    let mut only = CpuSet::new();
    only.set(cpu);
    Ok(sched_setaffinity(None, &only)?)
}
