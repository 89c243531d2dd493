//! Shows: the access map of a service with 200 routes and 12 roles.
//!
//! Try it: `cargo run --example access-map -- --print html > access-map.html`, and open the file in a browser.
//! `--print` knows `text`, `markdown` and `json`, too. Without it, the service runs, prints a token for each
//! role and serves the map itself to auditors, at `/access-map`.
//!
//! It is the back office of a shop. Most of its routes are the same eight for each kind of thing, so a macro
//! writes them; what they answer is only their name.
#![allow(clippy::print_stdout, reason = "it talks to the person who runs it")]

use std::error::Error;
use std::time::Duration;

use axum::extract::Path;
use pico_auth::routing::{get, post, put};
use pico_auth::test_kit::TestIssuer;
use pico_auth::{
    AuthClientError, AuthenticatorBuilder, Group, Policy, PolicyWithReason, Requirement, Role,
    Scope, SecureRouter, SecurityContext, TypedName, allow_anonymous, authenticated, authorize,
    optional_authentication, requires_agent_scope, requires_authentication, requires_group,
    requires_role, requires_scope,
};
use tokio::net::TcpListener;

type Answer = Result<String, AuthClientError>;

#[derive(Role)]
#[role(rename_all = "kebab-case")]
enum AppRole {
    #[role(implies(Admin, Auditor, DataProtectionOfficer))]
    Owner,
    #[role(implies(OperationsManager, FinanceManager, SupportLead, CatalogueManager))]
    Admin,
    #[role(implies(WarehouseClerk))]
    OperationsManager,
    WarehouseClerk,
    #[role(implies(Accountant))]
    FinanceManager,
    Accountant,
    #[role(implies(SupportAgent))]
    SupportLead,
    SupportAgent,
    #[role(implies(Editor))]
    CatalogueManager,
    Editor,
    Auditor,
    DataProtectionOfficer,
}

#[derive(Group)]
#[group(rename_all = "kebab-case")]
enum Team {
    OnCall,
    Treasury,
}

#[derive(Scope)]
enum AppScope {
    #[scope(rename = "orders:read")]
    OrdersRead,
    #[scope(rename = "orders:write")]
    OrdersWrite,
    #[scope(rename = "stock:read")]
    StockRead,
    #[scope(rename = "payouts:prepare")]
    PayoutsPrepare,
}

/// The eight routes of one kind of thing: who may read it, who may change it, who may remove it.
macro_rules! resource {
    ($name:ident: read $read:tt, write $write:tt, remove $remove:tt) => {
        mod $name {
            use super::*;

            resource!(@handler list $read);
            resource!(@handler create $write);
            resource!(@handler show $read);
            resource!(@handler replace $write);
            resource!(@handler change $write);
            resource!(@handler remove $remove);
            resource!(@handler history $read);
            resource!(@handler archive $remove);

            pub(super) fn router() -> SecureRouter {
                SecureRouter::new()
                    .route("/", get(list).post(create))
                    .route("/{id}", get(show).put(replace).patch(change).delete(remove))
                    .route("/{id}/history", get(history))
                    .route("/{id}/archive", post(archive))
            }
        }
    };
    (@handler $handler:ident [$($role:ident)+]) => {
        #[requires_role($(AppRole::$role),+)]
        async fn $handler() -> Answer {
            Ok(format!("{}::{}\n", module_path!(), stringify!($handler)))
        }
    };
}

resource!(orders: read [SupportAgent WarehouseClerk Accountant Auditor], write [SupportAgent], remove [SupportLead]);
resource!(order_notes: read [SupportAgent WarehouseClerk], write [SupportAgent], remove [SupportLead]);
resource!(returns: read [SupportAgent WarehouseClerk Auditor], write [SupportAgent], remove [SupportLead]);
resource!(shipments: read [WarehouseClerk SupportAgent], write [WarehouseClerk], remove [OperationsManager]);
resource!(carriers: read [WarehouseClerk], write [OperationsManager], remove [OperationsManager]);
resource!(warehouses: read [WarehouseClerk Auditor], write [OperationsManager], remove [Admin]);
resource!(stock_movements: read [WarehouseClerk Auditor], write [WarehouseClerk], remove [OperationsManager]);
resource!(suppliers: read [WarehouseClerk Accountant Auditor], write [OperationsManager], remove [OperationsManager]);
resource!(purchase_orders: read [WarehouseClerk Accountant Auditor], write [OperationsManager], remove [OperationsManager]);
resource!(products: read [Editor SupportAgent WarehouseClerk], write [Editor], remove [CatalogueManager]);
resource!(categories: read [Editor], write [CatalogueManager], remove [CatalogueManager]);
resource!(price_lists: read [Editor Accountant Auditor], write [CatalogueManager], remove [CatalogueManager]);
resource!(promotions: read [Editor SupportAgent], write [CatalogueManager], remove [CatalogueManager]);
resource!(reviews: read [Editor SupportAgent], write [SupportAgent], remove [SupportLead]);
resource!(invoices: read [Accountant Auditor], write [Accountant], remove [FinanceManager]);
resource!(payments: read [Accountant Auditor], write [FinanceManager], remove [Owner]);
resource!(refunds: read [Accountant SupportLead Auditor], write [SupportLead FinanceManager], remove [FinanceManager]);
resource!(ledgers: read [Accountant Auditor], write [FinanceManager], remove [Owner]);
resource!(tax_rates: read [Accountant Auditor], write [FinanceManager], remove [FinanceManager]);
resource!(customers: read [SupportAgent DataProtectionOfficer], write [SupportAgent], remove [DataProtectionOfficer]);
resource!(consents: read [DataProtectionOfficer Auditor], write [DataProtectionOfficer], remove [DataProtectionOfficer]);
resource!(tickets: read [SupportAgent], write [SupportAgent], remove [SupportLead]);

fn resources() -> SecureRouter {
    SecureRouter::new()
        .nest("/orders", orders::router())
        .nest("/order-notes", order_notes::router())
        .nest("/returns", returns::router())
        .nest("/shipments", shipments::router())
        .nest("/carriers", carriers::router())
        .nest("/warehouses", warehouses::router())
        .nest("/stock-movements", stock_movements::router())
        .nest("/suppliers", suppliers::router())
        .nest("/purchase-orders", purchase_orders::router())
        .nest("/products", products::router())
        .nest("/categories", categories::router())
        .nest("/price-lists", price_lists::router())
        .nest("/promotions", promotions::router())
        .nest("/reviews", reviews::router())
        .nest("/invoices", invoices::router())
        .nest("/payments", payments::router())
        .nest("/refunds", refunds::router())
        .nest("/ledgers", ledgers::router())
        .nest("/tax-rates", tax_rates::router())
        .nest("/customers", customers::router())
        .nest("/consents", consents::router())
        .nest("/tickets", tickets::router())
}

// --- what everybody may call ---

const HEALTH: PolicyWithReason = Policy::AllowAnonymous.because("load balancer probe");
const READY: PolicyWithReason =
    Policy::AllowAnonymous.because("orchestrator probe, tells nothing but yes or no");

/// The map's findings ask why.
#[allow_anonymous]
async fn version() -> &'static str {
    "2026.11\n"
}

#[optional_authentication]
async fn greeting(caller: Option<SecurityContext>) -> String {
    let who = caller.map_or("whoever you are".to_owned(), |c| c.subject().to_owned());
    format!("hello, {who}\n")
}

// --- what every caller may call, and what is theirs ---

#[authenticated]
async fn me(caller: SecurityContext) -> Answer {
    Ok(format!("you are {}\n", caller.subject()))
}

#[authenticated]
async fn my_notifications() -> Answer {
    Ok("none\n".to_owned())
}

#[requires_authentication(max_age_seconds = 900)]
async fn my_sessions() -> Answer {
    Ok("this one\n".to_owned())
}

#[authorize(any(role(AppRole::SupportLead), when(ctx.subject() == owner.0)))]
async fn profile(owner: Path<String>) -> Answer {
    Ok(format!("the profile of {}\n", owner.0))
}

#[authorize(any(role(AppRole::DataProtectionOfficer), when(ctx.subject() == owner.0)))]
async fn export_profile(owner: Path<String>) -> Answer {
    Ok(format!("all that is known of {}\n", owner.0))
}

// --- what takes more than a role ---

#[requires_group(Team::OnCall)]
async fn incidents() -> Answer {
    Ok("none\n".to_owned())
}

#[authorize(all(role(AppRole::OperationsManager), group(Team::OnCall)))]
async fn open_incident() -> Answer {
    Ok("opened\n".to_owned())
}

#[authorize(all(role(AppRole::FinanceManager), group(Team::Treasury)))]
async fn release_payout(Path(id): Path<u32>) -> Answer {
    Ok(format!("payout {id} is on its way\n"))
}

/// The four eyes: who asked for it cannot release it.
#[authorize(all(role(AppRole::FinanceManager), not(role(AppRole::Owner))))]
async fn approve_payout(Path(id): Path<u32>) -> Answer {
    Ok(format!("payout {id} is approved\n"))
}

/// An agent prepares it, for an accountant.
#[requires_role(AppRole::Accountant)]
#[requires_agent_scope(AppScope::PayoutsPrepare)]
async fn prepare_payout() -> Answer {
    Ok("prepared\n".to_owned())
}

// --- for the programs of partners ---

#[requires_scope(AppScope::OrdersRead)]
async fn partner_orders() -> Answer {
    Ok("three orders\n".to_owned())
}

#[requires_scope(all(AppScope::OrdersRead, AppScope::OrdersWrite))]
async fn partner_order() -> Answer {
    Ok("ordered\n".to_owned())
}

#[requires_scope(AppScope::StockRead)]
async fn partner_stock(Path(product): Path<u32>) -> Answer {
    Ok(format!("seven of product {product}\n"))
}

// --- what turns knobs: its router asks for an admin beside the rules of its functions ---

#[authenticated]
async fn settings() -> Answer {
    Ok("all as it should be\n".to_owned())
}

#[requires_role(AppRole::Owner)]
async fn change_settings() -> Answer {
    Ok("changed\n".to_owned())
}

#[authenticated]
async fn jobs() -> Answer {
    Ok("none\n".to_owned())
}

#[requires_group(Team::OnCall)]
async fn restart_job(Path(name): Path<String>) -> Answer {
    Ok(format!("{name} runs again\n"))
}

const ADMIN: Policy = Policy::require(Requirement::any_role(&["admin"]));
const AUDITOR: Policy = Policy::require(Requirement::any_role(&["auditor"]));

fn application() -> SecureRouter {
    let users = SecureRouter::new()
        .route("/me", get(me))
        .route("/me/notifications", get(my_notifications))
        .route("/me/sessions", get(my_sessions))
        .route("/users/{name}", get(profile))
        .route("/users/{name}/export", get(export_profile));
    let payouts = SecureRouter::new()
        .route("/", post(prepare_payout))
        .route("/{id}/approval", put(approve_payout))
        .route("/{id}/release", put(release_payout));
    let partners = SecureRouter::new()
        .route("/orders", get(partner_orders).post(partner_order))
        .route("/stock/{product}", get(partner_stock));
    let admin = SecureRouter::new()
        .route("/settings", get(settings).put(change_settings))
        .route("/jobs", get(jobs))
        .route("/jobs/{name}/restart", post(restart_job))
        .require(ADMIN);
    let api = resources()
        .merge(users)
        .nest("/payouts", payouts)
        .nest("/partners", partners)
        .nest("/admin", admin)
        .route("/incidents", get(incidents).post(open_incident));
    SecureRouter::new()
        .route("/health", get(HEALTH.guard(|| async { "ok\n" })))
        .route("/ready", get(READY.guard(|| async { "yes\n" })))
        .route("/version", get(version))
        .route("/", get(greeting))
        .nest("/api", api)
        .access_map_routes("/access-map", AUDITOR)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => serve().await,
        ["--print", form] => print(form),
        _ => Err("usage: access-map [--print text|markdown|json|html]".into()),
    }
}

fn print(form: &str) -> Result<(), Box<dyn Error>> {
    let map = application().access_map().with_role_hierarchy::<AppRole>();
    let document = match form {
        "text" => map.to_text(),
        "markdown" => map.to_markdown(),
        "json" => map.to_json(),
        "html" => map.to_html("Access map of the back office"),
        _ => return Err(format!("`{form}`: there are text, markdown, json and html").into()),
    };
    print!("{document}");
    Ok(())
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let issuer = TestIssuer::in_memory();
    let authenticator = issuer.authenticator_with(
        issuer.settings(),
        AuthenticatorBuilder::role_hierarchy::<AppRole>,
    );
    let app = application().secured_by(authenticator);
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    print_tour(&format!("http://{}", listener.local_addr()?), &issuer);
    let stop = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            println!("cannot wait for Ctrl-C: {error}");
        }
    };
    axum::serve(listener, app)
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn print_tour(url: &str, issuer: &TestIssuer) {
    let an_hour = Duration::from_secs(3600);
    println!("serving on {url}\n");
    for role in AppRole::ALL {
        let token = issuer.token("alice").role(role.name()).expires_in(an_hour);
        let variable = role.name().to_uppercase().replace('-', "_");
        println!("{variable}={}\n", token.sign());
    }
    println!("Paste the lines above into a shell (they are good for an hour), then try:\n");
    for (path, token, answer) in [
        ("/health", "", "200 ok"),
        (
            "/access-map",
            "",
            "401 Missing or invalid Authorization header",
        ),
        (
            "/access-map",
            "EDITOR",
            "403 Requires one of roles: ['auditor']",
        ),
        ("/api/users/alice", "EDITOR", "200 the profile of alice"),
    ] {
        let header = match token {
            "" => String::new(),
            token => format!(" -H \"Authorization: Bearer ${token}\""),
        };
        println!("# {answer}\ncurl -i {url}{path}{header}\n");
    }
    println!("The map, to be opened in a browser:\n");
    println!("curl -o access-map.html {url}/access-map -H \"Authorization: Bearer $AUDITOR\"");
}
