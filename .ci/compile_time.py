"""What annotations cost the compiler: 1,000 annotated handlers against the same with the check in one
line written by hand; and how long the macro crate takes to build with all it needs.

The crates are written to target/compile-time and built in turn, without the incremental cache, so that
each build compiles all of the crate and nothing else. What counts is the processor time of the build:
whatever else runs on the machine is in the other. BUILDS is the number of pairs (default 3).

`--routed` also compares the same handlers on a router, which is not judged: it is mostly axum's code.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "target" / "compile-time"
HANDLERS, MODULES, BUILDS = 1_000, 20, int(os.environ.get("BUILDS", "3"))

# Targets, and what fails: on a busy machine three pairs are a tenth off. The target of the macro crate is a time by the
# clock, which whatever else runs would lengthen: too much processor time fails.
RATIO, RATIO_LIMIT = 1.10, 1.25
MACROS_SECONDS, MACROS_LIMIT = 8, 25

MANIFEST = """[workspace]
members = [{members}]
resolver = "3"

[workspace.package]
edition = "2024"

[workspace.dependencies]
axum = {{ version = "0.8", default-features = false, features = ["json", "query"] }}
pico-auth = {{ path = "{root}/pico-auth" }}
serde = {{ version = "1", features = ["derive"] }}
"""
MEMBER = """[package]
name = "{name}"
version = "0.0.0"
edition.workspace = true

[dependencies]
axum.workspace = true
pico-auth.workspace = true
serde.workspace = true
"""
LIB = """//! Handlers of a service.

use std::collections::HashMap;
use std::sync::{{Arc, Mutex}};

use axum::http::StatusCode;
use axum::response::{{IntoResponse, Response}};
use pico_auth::{{AuthClientError, InsufficientPermissionsError, MissingTokenError}};
use serde::{{Deserialize, Serialize}};

#[derive(Clone, Serialize, Deserialize)]
pub struct Order {{
    pub id: u64,
    pub owner: String,
    pub lines: Vec<String>,
}}

#[derive(Deserialize)]
pub struct Page {{
    pub from: usize,
    pub size: usize,
}}

#[derive(Clone, Default)]
pub struct Store {{
    orders: Arc<Mutex<HashMap<u64, Order>>>,
}}

impl Store {{
    pub async fn find(&self, id: u64) -> Result<Option<Order>, AuthClientError> {{
        Ok(self.orders.lock().ok().and_then(|orders| orders.get(&id).cloned()))
    }}

    pub async fn save(&self, order: Order) -> Result<u64, AuthClientError> {{
        let id = order.id;
        if let Ok(mut orders) = self.orders.lock() {{
            orders.insert(id, order);
        }}
        Ok(id)
    }}

    pub async fn list(&self, page: Page) -> Result<Vec<Order>, AuthClientError> {{
        let orders = self.orders.lock().map(|orders| orders.values().cloned().collect::<Vec<_>>());
        Ok(orders.unwrap_or_default().into_iter().skip(page.from).take(page.size).collect())
    }}
}}

pub enum StatusOr {{
    Status(StatusCode),
    Auth(AuthClientError),
}}

impl From<AuthClientError> for StatusOr {{
    fn from(error: AuthClientError) -> Self {{
        Self::Auth(error)
    }}
}}

impl From<MissingTokenError> for StatusOr {{
    fn from(error: MissingTokenError) -> Self {{
        Self::Auth(error.into())
    }}
}}

impl From<InsufficientPermissionsError> for StatusOr {{
    fn from(error: InsufficientPermissionsError) -> Self {{
        Self::Auth(error.into())
    }}
}}

impl IntoResponse for StatusOr {{
    fn into_response(self) -> Response {{
        match self {{
            Self::Status(status) => status.into_response(),
            Self::Auth(error) => error.into_response(),
        }}
    }}
}}

/// Makes the compiler generate the code of a handler's future, as routing does. (It would in any case for
/// those written by hand, and not before the first use for those that are generic inside.)
pub fn used<A, F: Future, H: Handled<A, F>>(_: H) -> usize {{
    <F as Future>::poll as fn(_, _) -> _ as usize
}}

pub trait Handled<A, F> {{}}
impl<H: Fn() -> F, F> Handled<(), F> for H {{}}
impl<H: Fn(A, B) -> F, A, B, F> Handled<(A, B), F> for H {{}}

{modules}
{router}"""
MODULE = """use axum::Json;
use axum::extract::{{Path, Query, State}};
use axum::http::StatusCode;
use pico_auth::AuthClientError;

#[allow(unused_imports)]
use crate::{{Order, Page, StatusOr, Store, used}};

type Result<T, E = AuthClientError> = std::result::Result<T, E>;
{handlers}
{router}"""
# Shapes as services have them: what they take, what they answer, and a few lines of work.
SHAPES = [
    """(State(store): State<Store>, Path(id): Path<u64>) -> Result<Json<Order>, StatusOr> {{
    {check}
    match store.find(id).await? {{
        Some(order) if order.lines.len() > {n} => Ok(Json(order)),
        Some(_) => Err(StatusOr::Status(StatusCode::CONFLICT)),
        None => Err(StatusOr::Status(StatusCode::NOT_FOUND)),
    }}
}}""",
    """(State(store): State<Store>, Json(mut order): Json<Order>) -> Result<(StatusCode, Json<u64>)> {{
    {check}
    order.lines.retain(|line| line.len() > {n});
    order.owner = order.owner.trim().to_owned();
    let id = store.save(order).await?;
    Ok((StatusCode::CREATED, Json(id)))
}}""",
    """(State(store): State<Store>, Query(page): Query<Page>) -> Result<Json<Vec<Order>>> {{
    {check}
    let mut orders = store.list(page).await?;
    orders.sort_by_key(|order| order.id.wrapping_add({n}));
    Ok(Json(orders))
}}""",
    """() -> Result<String> {{
    {check}
    let count = usize::from({n}u8 > 1) + 41;
    Ok(format!("{{count}} jobs"))
}}""",
]
ATTRIBUTE = '#[pico_auth::requires_role("admin")]\n'
BY_HAND = 'pico_auth::SecurityContext::require()?.require_role("admin")?;'


def handler(number, annotated):
    shape = SHAPES[number % len(SHAPES)].format(check="" if annotated else BY_HAND, n=number % 200)
    return f"\n{ATTRIBUTE if annotated else ''}pub async fn handler_{number}{shape}\n"


def router(names, annotated):
    routing = "pico_auth" if annotated else "axum"
    kind = "pico_auth::SecureRouter" if annotated else "axum::Router"
    routes = "".join(
        f'\n        .route("/{name}", {routing}::routing::{"post" if "Json(mut" in SHAPES[n % 4] else "get"}({name}))'
        for n, name in names
    )
    return f"pub fn router() -> {kind}<Store> {{\n    {kind}::new(){routes}\n}}\n"


def uses(names):
    calls = "".join(f"\n        used({name})," for _, name in names)
    return f"pub fn uses() -> usize {{\n    let uses = [{calls}\n    ];\n    uses.into_iter().max().unwrap_or_default()\n}}\n"


def write(name, annotated, routed):
    source = FOLDER / name / "src"
    source.mkdir(parents=True)
    (FOLDER / name / "Cargo.toml").write_text(MEMBER.format(name=name))
    share = HANDLERS // MODULES
    for module in range(MODULES):
        numbers = range(module * share, (module + 1) * share)
        handlers = "".join(handler(number, annotated) for number in numbers)
        names = [(number, f"handler_{number}") for number in numbers]
        routes = router(names, annotated) if routed else uses(names)
        (source / f"m{module}.rs").write_text(MODULE.format(handlers=handlers, router=routes))
    kind = "pico_auth::SecureRouter" if annotated else "axum::Router"
    merged = "".join(f".merge(m{module}::router())" for module in range(MODULES))
    finish = "secured_by(authenticator)" if annotated else "layer(pico_auth::AuthLayer::new(authenticator).expect(\"enabled\"))"
    service = "pico_auth::SecuredService" if annotated else "axum::Router"
    whole = (
        f"pub fn service(store: Store, authenticator: pico_auth::Authenticator) -> {service} {{\n"
        f"    {kind}::new(){merged}.with_state(store).{finish}\n}}\n"
    )
    modules = "".join(f"pub mod m{module};\n" for module in range(MODULES))
    (source / "lib.rs").write_text(LIB.format(modules=modules, router=whole if routed else ""))


def build(package):
    """Builds one crate; its seconds of processor time, and by the clock."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = ["cargo", "build", "--offline", "--quiet", "-p", package]
    environment = os.environ | {"CARGO_INCREMENTAL": "0", "CARGO_TARGET_DIR": TARGET}
    done = subprocess.run(command, cwd=FOLDER, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{package} does not build\n{done.stderr[-4000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, time.monotonic() - begun


TARGET = os.environ.get("CARGO_TARGET_DIR", str(FOLDER / "target"))
# A crate that only has what the others need, so that no measured build has to build it.
DEPENDENCIES = "only-dependencies"
PAIRS = {"functions": ("functions-annotated", "functions-by-hand", False)}
if "--routed" in sys.argv[1:]:
    PAIRS["functions on a router"] = ("routed-annotated", "routed-by-hand", True)


def generate():
    for old in FOLDER.glob("*-*"):
        shutil.rmtree(old)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for annotated, by_hand, routed in PAIRS.values():
        write(annotated, True, routed)
        write(by_hand, False, routed)
    empty = FOLDER / DEPENDENCIES
    (empty / "src").mkdir(parents=True)
    (empty / "Cargo.toml").write_text(MEMBER.format(name=DEPENDENCIES))
    (empty / "src" / "lib.rs").write_text("")
    members = ", ".join(f'"{name}"' for name in [*(name for pair in PAIRS.values() for name in pair[:2]), DEPENDENCIES])
    (FOLDER / "Cargo.toml").write_text(MANIFEST.format(members=members, root=ROOT.as_posix()))
    # The versions of this workspace, so that there is nothing to fetch.
    shutil.copy(ROOT / "Cargo.lock", FOLDER / "Cargo.lock")


def compare(annotated, by_hand):
    """The times of both crates, built in turn."""
    times = {annotated: [], by_hand: []}
    build(DEPENDENCIES)
    for _ in range(BUILDS):
        for name, measured in times.items():
            (FOLDER / name / "src" / "lib.rs").touch()
            measured.append(build(name))
    return times


def macros():
    """Seconds of a cold build of the macro crate with its dependencies, by the clock and the processor."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as target:
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        command = ["cargo", "build", "--locked", "--quiet", "-p", "pico-auth-macros", "--target-dir", target]
        subprocess.run(command, cwd=ROOT, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.monotonic() - begun, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    generate()
    print("| 1,000 handlers | annotated | by hand | Ratio |\n|---|---|---|---|")
    ratios = {}
    for what, (annotated, by_hand, _) in PAIRS.items():
        times = compare(annotated, by_hand)
        cpu, wall = ({n: statistics.median(t[i] for t in ts) for n, ts in times.items()} for i in (0, 1))
        pairs = [a[0] / b[0] for a, b in zip(times[annotated], times[by_hand])]
        ratios[what] = statistics.median(pairs)
        spread = f"{min(pairs):.3f} to {max(pairs):.3f}"
        print(
            f"| {what} | {cpu[annotated]:.2f} s ({wall[annotated]:.2f} s by the clock)"
            f" | {cpu[by_hand]:.2f} s ({wall[by_hand]:.2f} s) | {ratios[what]:.3f} ({spread}) |",
            flush=True,
        )
    clock, cpu = macros()
    print(f"\nfunctions: {ratios['functions']:.3f} × (at most {RATIO}, failed above {RATIO_LIMIT})")
    print(f"macro crate, cold, by the clock: {clock:.1f} s (at most {MACROS_SECONDS} s)")
    print(f"macro crate, cold, processor time: {cpu:.1f} s (failed above {MACROS_LIMIT} s)")
    return 1 if ratios["functions"] > RATIO_LIMIT or cpu > MACROS_LIMIT else 0


if __name__ == "__main__":
    sys.exit(main())
