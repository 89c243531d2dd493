//! One line of a table: a service under one load.

use std::error::Error;
use std::time::{Duration, Instant};

use crate::connections::{Connections, Request, status};
use crate::cpu::{self, CpuTime};
use crate::process::{Process, Refuses, Service};
use crate::rounds::Bench;

/// Requests before anything is measured: the keys are fetched, the code is in the CPU's caches.
const WARM_UP: usize = 3_000;

/// What a service must refuse, with the status that says why.
pub type Hostile = Vec<(&'static str, u16, String)>;

/// A service and what is asked of it.
pub struct Case<'a> {
    pub name: String,
    pub service: Service,
    pub load: Load<'a>,
    /// The case beside it that it is compared with.
    pub base: usize,
}

/// What is asked of a service.
#[derive(Clone)]
pub struct Load<'a> {
    /// Asked for in turn.
    pub paths: Vec<String>,
    pub tokens: Tokens<'a>,
    pub connections: usize,
}

/// The tokens of the requests.
#[derive(Clone, Copy)]
pub enum Tokens<'a> {
    /// Anonymous requests.
    None,
    /// The same again and again, in turn.
    Again(&'a [String]),
    /// Each once in the life of a service: so many in each slice. The warm-up has its own.
    New {
        warm_up: &'a [String],
        tokens: &'a [String],
        in_a_slice: usize,
    },
}

impl<'a> Load<'a> {
    fn request(&'a self, number: usize) -> Option<Request<'a>> {
        let token = match self.tokens {
            Tokens::None => None,
            Tokens::Again(tokens) => Some(tokens.get(number % tokens.len())?.as_str()),
            Tokens::New { tokens, .. } => Some(tokens.get(number)?.as_str()),
        };
        let path = self.paths.get(number % self.paths.len())?;
        Some(Request { path, token })
    }

    fn warm_up(&'a self) -> Self {
        let tokens = match self.tokens {
            Tokens::New { warm_up, .. } => Tokens::Again(warm_up),
            other => other,
        };
        Self {
            tokens,
            ..self.clone()
        }
    }
}

/// One slice of a case.
#[derive(Clone, Copy)]
pub struct Sample {
    /// CPU time of the service for one request, in microseconds.
    pub cpu: f64,
    /// The part of the slice's time in which the service had the CPU.
    pub busy: f64,
}

/// A case whose service runs, is checked and warm.
pub struct Running<'a> {
    process: Process,
    connections: Connections,
    load: &'a Load<'a>,
    next: usize,
    in_a_slice: usize,
}

impl<'a> Running<'a> {
    pub fn start(case: &'a Case<'a>, bench: &Bench<'_>) -> Result<Self, Box<dyn Error>> {
        let process = case.service.start(bench.issuer, bench.placement)?;
        let warm_up = case.load.warm_up();
        let first = warm_up.request(0).ok_or("no request")?;
        // Before the first good token, too: the order must not matter.
        if first.token.is_some() {
            must_refuse(&process, case.service.refuses, first, bench.hostile)?;
        }
        let mut connections = Connections::open(process.address, case.load.connections, first)?;
        let requests = |count| (0..count).map_while(|number| warm_up.request(number));
        let different = match warm_up.tokens {
            Tokens::None => 0,
            Tokens::Again(tokens) | Tokens::New { tokens, .. } => tokens.len(),
        };
        connections.run(requests(WARM_UP.max(different)))?;

        let start = Instant::now();
        connections.run(requests(WARM_UP))?;
        let in_a_slice = match case.load.tokens {
            Tokens::New { in_a_slice, .. } => in_a_slice,
            _ => how_many(bench.plan.slice, start.elapsed()),
        };
        Ok(Self {
            process,
            connections,
            load: &case.load,
            next: 0,
            in_a_slice,
        })
    }

    /// Measures one slice.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    pub fn slice(&mut self) -> Result<Sample, Box<dyn Error>> {
        let numbers = self.next..self.next + self.in_a_slice;
        if self.load.request(numbers.end - 1).is_none() {
            return Err("there are not enough new tokens".into());
        }
        self.next = numbers.end;
        let before = CpuTime::at_rest(self.process.id())?;
        let start = Instant::now();
        let load = self.load;
        self.connections
            .run(numbers.map_while(|number| load.request(number)))?;
        let elapsed = start.elapsed();
        let used = CpuTime::at_rest(self.process.id())?.since(&before);
        Ok(Sample {
            cpu: used.as_secs_f64() * 1e6 / self.in_a_slice as f64,
            busy: used.as_secs_f64() / elapsed.as_secs_f64(),
        })
    }

    pub fn resident_memory(&self) -> std::io::Result<u64> {
        cpu::resident_memory(self.process.id())
    }
}

/// A service that lets everybody in is no result.
fn must_refuse(
    process: &Process,
    refuses: Refuses,
    request: Request<'_>,
    hostile: &Hostile,
) -> Result<(), Box<dyn Error>> {
    let hostile = match refuses {
        Refuses::Nothing => return Ok(()),
        // The first of them is.
        Refuses::Forged => hostile.get(..1).unwrap_or_default(),
        Refuses::Everything => hostile.as_slice(),
    };
    let none = ("a request without a token", 401, None);
    let tokens = hostile
        .iter()
        .map(|(what, status, token)| (*what, *status, Some(token.as_str())));
    for (what, expected, token) in tokens.chain([none]) {
        let request = Request { token, ..request };
        let answered = status(process.address, request)?;
        if answered != expected {
            return Err(format!("{what} is answered with {answered}, not {expected}").into());
        }
    }
    Ok(())
}

/// Requests that fill a slice, by the time that the warm-up took.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a positive number of requests"
)]
fn how_many(slice: Duration, warm_up: Duration) -> usize {
    let requests = WARM_UP as f64 * slice.as_secs_f64() / warm_up.as_secs_f64();
    (requests as usize).max(1)
}
