//! What a million revoked tokens cost: `cargo bench -p pico-auth --bench revocation`.
//!
//! First the memory of the process, as Linux counts it, then the time and the allocations of one
//! question. The numbers in `docs/revocation.md` are from here.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::sync::LazyLock;
use std::time::{Duration, Instant, UNIX_EPOCH};

use divan::{AllocProfiler, Bencher, black_box};
use pico_auth::{
    MemoryRevocationList, PolledRevocationList, RevocationList, RevocationQuery, TokenKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

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
    divan::main();
}

fn ask(list: &impl RevocationList, jti: &str) -> bool {
    let query = RevocationQuery::new(ISSUER, jti, TokenKind::Bearer, EXPIRES);
    list.at_hand(query).is_some_and(|answer| answer.unwrap())
}

/// Another id each time, so that the list is not in the processor's cache.
fn measure(bencher: Bencher<'_, '_>, list: &impl RevocationList, first: u32) {
    let mut number = 0_u32;
    bencher
        .with_inputs(|| {
            number = number.wrapping_add(0x9E37_79B1);
            id(first + number % MILLION)
        })
        .bench_local_refs(|jti| ask(list, black_box(jti)));
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn polled_revoked(bencher: Bencher<'_, '_>) {
    measure(bencher, &*POLLED, 0);
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn polled_good(bencher: Bencher<'_, '_>) {
    measure(bencher, &*POLLED, MILLION);
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn memory_revoked(bencher: Bencher<'_, '_>) {
    measure(bencher, &*MEMORY, 0);
}

#[divan::bench(sample_count = 20_000, sample_size = 1)]
fn memory_good(bencher: Bencher<'_, '_>) {
    measure(bencher, &*MEMORY, MILLION);
}
