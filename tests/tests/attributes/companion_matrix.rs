//! Every rule attribute × companion of another crate × order of the two × position of the function.
//!
//! Each of them denies without a caller, denies the wrong one and admits the right one, and a refused
//! body never runs ([`judge`]).

use async_trait::async_trait;
use axum::{Extension, Json};
use pico_auth::{
    AuthClientError, SecurityContext, authenticated, requires_agent_scope, requires_authentication,
    requires_group, requires_role, requires_scope,
};

use crate::caller::{
    Ran, admin, admin_by, admin_with_agent, caller, judge, stranger, stranger_by,
    stranger_with_agent,
};

type CallResult = Result<u8, AuthClientError>;

/// A module for each rule.
macro_rules! beside_companions {
    ($(
        $rule_name:ident: $rules:tt {
            admits $admitted:expr;
            refuses $($refused:expr),*;
        }
    )+) => { $(
        mod $rule_name {
            use super::*;

            fn admitted() -> SecurityContext {
                $admitted
            }

            fn refused() -> Vec<SecurityContext> {
                vec![$($refused),*]
            }

            in_every_order! { functions; instrument: [tracing::instrument(skip_all)] $rules }
            in_every_order! { functions; conditional: [cfg_attr(all(), tracing::instrument(skip_all))] $rules }
            in_every_order! { functions; lint_level: [allow(unused_variables)] $rules }
            in_every_order! { functions; timed: [strangers::times] $rules }
            in_every_order! { handlers; documented: [utoipa::path(get, path = "/")] $rules }
            in_every_order! { handlers; checked: [axum::debug_handler] $rules }
            in_every_order! { handlers; checked_if: [cfg_attr(all(), axum::debug_handler)] $rules }
        }
    )+ };
}

/// A module for each companion.
macro_rules! in_every_order {
    ($position:ident; $companion_name:ident: $companion:tt ($($rule:tt)+)) => {
        mod $companion_name {
            use super::*;

            $position! { rule_above: $($rule)+ $companion }
            $position! { rule_below: $companion $($rule)+ }
            $position! { between_two: $companion $($rule)+ [tracing::instrument(skip_all)] }
        }
    };
}

/// A module for each order, with a function in each position.
macro_rules! functions {
    ($order:ident: $([$($attribute:tt)*])+) => {
        mod $order {
            use super::*;

            $(#[$($attribute)*])+
            async fn free(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            $(#[$($attribute)*])+
            fn sync(ran: &Ran) -> CallResult {
                ran.now();
                Ok(7)
            }

            struct Service(u8);

            impl Service {
                $(#[$($attribute)*])+
                async fn method(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }

                $(#[$($attribute)*])+
                fn sync_method(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }
            }

            #[async_trait]
            trait Api {
                async fn dynamic(&self, ran: &Ran) -> CallResult;
            }

            #[async_trait]
            impl Api for Service {
                $(#[$($attribute)*])+
                async fn dynamic(&self, ran: &Ran) -> CallResult {
                    ran.now();
                    Ok(self.0)
                }
            }

            #[tokio::test]
            async fn denies_and_admits() {
                let refused = refused();
                judge(async |ran: &Ran| free(ran).await, admitted(), &refused).await;
                judge(async |ran: &Ran| sync(ran), admitted(), &refused).await;
                judge(async |ran: &Ran| Service(7).method(ran).await, admitted(), &refused).await;
                judge(async |ran: &Ran| Service(7).sync_method(ran), admitted(), &refused).await;
                judge(async |ran: &Ran| Service(7).dynamic(ran).await, admitted(), &refused).await;
            }
        }
    };
}

/// The same for companions that know handlers only.
macro_rules! handlers {
    ($order:ident: $([$($attribute:tt)*])+) => {
        mod $order {
            use super::*;

            $(#[$($attribute)*])+
            async fn handler(Extension(ran): Extension<Ran>) -> Result<Json<u8>, AuthClientError> {
                ran.now();
                Ok(Json(7))
            }

            #[tokio::test]
            async fn denies_and_admits() {
                let call = async |ran: &Ran| handler(Extension(ran.clone())).await.map(|body| body.0);
                judge(call, admitted(), &refused()).await;
            }
        }
    };
}

beside_companions! {
    role: ([requires_role("admin")]) {
        admits admin();
        refuses stranger(), caller("viewer", "admin");
    }
    group: ([requires_group("staff")]) {
        admits admin();
        refuses stranger();
    }
    scope: ([requires_scope("orders:read")]) {
        admits admin();
        refuses stranger(), caller("orders:read", "orders:write");
    }
    any_scope: ([requires_scope(any("orders:read", "orders:admin"))]) {
        admits admin();
        refuses stranger(), caller("admin", "orders:write");
    }
    all_scopes: ([requires_scope(all("orders:read", "orders:write"))]) {
        admits admin();
        refuses stranger(), caller("admin", "orders:write"), caller("admin", "orders:read");
    }
    agent_scope: ([requires_agent_scope("audit:run")]) {
        admits stranger_with_agent(&["audit:*"]);
        refuses admin(), caller("admin", "audit:run"), admin_with_agent(&["audit:see"]);
    }
    authentication: ([requires_authentication(acr("mfa", "phr"), max_age_seconds = 300)]) {
        admits stranger_by("phr", 300);
        refuses admin(), admin_by("pwd", 0), admin_by("mfa", 301);
    }
    any_token: ([authenticated]) {
        admits stranger();
        refuses;
    }
    stacked: ([requires_role("admin")] [requires_scope("orders:read")]) {
        admits admin();
        refuses stranger(), caller("admin", "orders"), caller("viewer", "orders:read");
    }
}
