//! What a million revoked tokens cost: `cargo bench -p pico-auth --bench revocation`.
//!
//! First the memory of the process, as Linux counts it, then the time of one question. The numbers in
//! `docs/revocation.md` are from here. That a question allocates nothing is what the tests
//! `asking_a_revocation_list_in_memory_allocates_nothing` and
//! `asking_a_polled_revocation_list_allocates_nothing` show: counting here would add to the times.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::hint::black_box;
use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use criterion::{BatchSize, Criterion};
use pico_auth::{
    MemoryRevocationList, PolledRevocationList, RevocationList, RevocationQuery, TokenKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

const MILLION: u32 = 1_000_000;
const ISSUER: &str = "https://id.example/realms/main";
const EXPIRES: Duration = Duration::from_secs(4_102_444_800);

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().unwrap());
static MEMORY: LazyLock<MemoryRevocationList> = LazyLock::new(in_memory);
static POLLED: LazyLock<PolledRevocationList> = LazyLock::new(|| RUNTIME.block_on(polled()));

/// An id of the usual length: 36 characters.
fn id(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-{number:012x}")
}

fn in_memory() -> MemoryRevocationList {
    let list = MemoryRevocationList::new();
    for number in 0..MILLION {
        list.revoke(ISSUER, &id(number), UNIX_EPOCH + EXPIRES);
    }
    list
}

/// A list that was fetched twice from a server on loopback, so that there is an old one to replace.
async fn polled() -> PolledRevocationList {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"items\":[";
            let _ = stream.write_all(head.as_bytes()).await;
            // Written in pieces: the document must not count as memory of the list.
            for thousand in 0..MILLION / 1000 {
                let ids =
                    (0..1000).map(|one| format!(r#"{{"jti":"{}"}}"#, id(thousand * 1000 + one)));
                let mut piece = ids.collect::<Vec<_>>().join(",");
                if thousand + 1 < MILLION / 1000 {
                    piece.push(',');
                }
                let _ = stream.write_all(piece.as_bytes()).await;
            }
            let _ = stream.write_all(b"]}").await;
        }
    });
    let list = PolledRevocationList::builder(url)
        .ttl(Duration::from_secs(3600))
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap();
    for _ in 0..2 {
        let begun = Instant::now();
        list.refresh().await.unwrap();
        println!("  fetched and read in {:?}", begun.elapsed());
    }
    list
}

/// Of this process, in MB: now, and at most.
fn memory() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse::<u64>().ok())
    };
    let mb = |name| kib(name).unwrap_or_default() * 1024 / 1_000_000;
    (mb("VmRSS:"), mb("VmHWM:"))
}

fn main() {
    let before = memory();
    println!("memory of the process (now, at most): {before:?} MB");
    LazyLock::force(&POLLED);
    println!("with a polled list of a million:      {:?} MB", memory());
    LazyLock::force(&MEMORY);
    println!("and a list in memory of a million:    {:?} MB", memory());

    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion, "polled", &*POLLED);
    measure(&mut criterion, "memory", &*MEMORY);
    criterion.final_summary();
}

fn ask(list: &impl RevocationList, jti: &str) -> bool {
    let query = RevocationQuery::new(ISSUER, jti, TokenKind::Bearer, EXPIRES);
    list.at_hand(query).is_some_and(|answer| answer.unwrap())
}

/// Another id each time, so that the list is not in the processor's cache.
fn measure(criterion: &mut Criterion, name: &str, list: &impl RevocationList) {
    let mut group = criterion.benchmark_group("revocation");
    for (what, first, revoked) in [("revoked", 0, true), ("good", MILLION, false)] {
        assert_eq!(ask(list, &id(first)), revoked);
        let mut number = 0_u32;
        let mut next = || {
            number = number.wrapping_add(0x9E37_79B1);
            id(first + number % MILLION)
        };
        group.bench_function(format!("{name}_{what}"), |bencher| {
            bencher.iter_batched_ref(
                &mut next,
                |jti| ask(list, black_box(jti)),
                BatchSize::SmallInput,
            );
        });
    }
}
