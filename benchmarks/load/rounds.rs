//! The measuring: all cases in turn, round after round.

use std::error::Error;
use std::time::Duration;

use crate::case::{Case, Hostile, Running, Sample};
use crate::issuer::Issuer;
use crate::machine::Machine;
use crate::placement::Placement;
use crate::statistics::Spread;
use crate::verification::Verification;

/// How long and how often is measured.
#[derive(Clone, Copy)]
pub struct Plan {
    /// How often all services are started anew: a process keeps its luck with addresses for life.
    pub runs: usize,
    /// Rounds in a run; in each, every case has one slice.
    pub rounds: usize,
    pub slice: Duration,
}

/// What the tables are made from: for each case a sample of each round.
pub struct Measured {
    samples: Vec<Vec<Sample>>,
    bases: Vec<usize>,
    /// One raw verification, in microseconds; empty if none was asked for.
    pub verification: Vec<f64>,
    /// The memory of each service at the end of the last run, in bytes.
    pub memory: Vec<u64>,
    /// The part of the machine that other programs had meanwhile.
    pub others: f64,
}

/// Whom the cases are measured against.
pub struct Bench<'a> {
    pub issuer: &'a Issuer,
    pub hostile: &'a Hostile,
    pub placement: Placement,
    pub plan: Plan,
}

impl Bench<'_> {
    /// Measures the cases, and the raw verification where one is given, in alternation.
    pub fn measure(
        &self,
        cases: &[Case<'_>],
        verification: Option<&Verification>,
    ) -> Result<Measured, Box<dyn Error>> {
        let mut measured = Measured {
            samples: vec![Vec::new(); cases.len()],
            bases: cases.iter().map(|case| case.base).collect(),
            verification: Vec::new(),
            memory: Vec::new(),
            others: 0.0,
        };
        let before = Machine::now()?;
        for _ in 0..self.plan.runs {
            let mut running = cases
                .iter()
                .map(|case| {
                    Running::start(case, self).map_err(|error| format!("{}: {error}", case.name))
                })
                .collect::<Result<Vec<_>, _>>()?;
            for round in 0..self.plan.rounds {
                // There and back again, so that none always follows the same one.
                let mut order: Vec<_> = running.iter_mut().zip(&mut measured.samples).collect();
                if round % 2 == 1 {
                    order.reverse();
                }
                for (case, samples) in order {
                    samples.push(case.slice()?);
                }
                if let Some(verification) = verification {
                    measured
                        .verification
                        .push(verification.slice(self.placement)?);
                }
            }
            measured.memory = running
                .iter()
                .map(Running::resident_memory)
                .collect::<Result<_, _>>()?;
        }
        measured.others = Machine::now()?.others_since(&before);
        Ok(measured)
    }
}

impl Measured {
    /// CPU time for one request, in microseconds.
    pub fn cpu(&self, case: usize) -> Spread {
        self.samples(case).iter().map(|sample| sample.cpu).collect()
    }

    /// The part of the time in which the service had a CPU.
    pub fn busy(&self, case: usize) -> Spread {
        let samples = self.samples(case).iter();
        samples.map(|sample| sample.busy).collect()
    }

    /// How many times the CPU time of its base, round by round.
    pub fn ratio(&self, case: usize) -> Spread {
        self.with_base(case).map(|(cpu, base)| cpu / base).collect()
    }

    /// What it costs beyond its base, in microseconds, round by round.
    pub fn beyond(&self, case: usize) -> Spread {
        self.with_base(case).map(|(cpu, base)| cpu - base).collect()
    }

    /// What it costs beyond its base and `times` one raw verification, round by round.
    pub fn beyond_verification(&self, case: usize, times: f64) -> Spread {
        let rounds = self.with_base(case).zip(&self.verification);
        rounds
            .map(|((cpu, base), verification)| cpu - base - times * verification)
            .collect()
    }

    /// What it costs beyond its base and `times` what another case costs beyond it, round by round.
    pub fn beyond_another(&self, case: usize, another: usize, times: f64) -> Spread {
        let rounds = self.with_base(case).zip(self.samples(another));
        rounds
            .map(|((cpu, base), another)| cpu - base - times * (another.cpu - base))
            .collect()
    }

    fn with_base(&self, case: usize) -> impl Iterator<Item = (f64, f64)> {
        let base = self.bases.get(case).copied().unwrap_or(case);
        let pairs = self.samples(case).iter().zip(self.samples(base));
        pairs.map(|(sample, base)| (sample.cpu, base.cpu))
    }

    fn samples(&self, case: usize) -> &[Sample] {
        self.samples.get(case).map_or(&[], Vec::as_slice)
    }
}
