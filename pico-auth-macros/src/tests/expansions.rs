//! What the attributes write, to be read: each case of `expansions/` in its final form.
//!
//! `PICO_AUTH_UPDATE=1 cargo test -p pico-auth-macros` writes the files anew.

use std::path::Path;
use std::{env, fs};

use super::*;
use crate::typed;

fn check(name: &str, item: TokenStream) {
    let file = syn::parse2(expand(item)).expect("the expansion is Rust");
    compare(name, &prettyplease::unparse(&file));
}

fn compare(name: &str, expanded: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/tests/expansions")
        .join(format!("{name}.rs"));
    if env::var_os("PICO_AUTH_UPDATE").is_some() {
        fs::write(&path, expanded).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(expected, expanded, "{} differs", path.display());
}

#[test]
fn typical_handler() {
    check(
        "typical_handler",
        quote! {
            /// Deletes a user.
            #[requires_role("admin")]
            pub async fn delete_user(
                State(users): State<Users>,
                Path(id): Path<UserId>,
            ) -> Result<StatusCode, AppError> {
                users.delete(id).await?;
                Ok(StatusCode::NO_CONTENT)
            }
        },
    );
}

#[test]
fn stacked_and_wrapped() {
    check(
        "stacked_and_wrapped",
        quote! {
            #[requires_role("admin", "owner", crate = vendored::pico_auth)]
            #[requires_scope(all("orders:read", "orders:write"))]
            async fn orders(_: Permit, _unused: u8, mut page: u32) -> Json<Vec<Order>> {
                page += 1;
                load(page).await
            }
        },
    );
}

#[test]
fn open() {
    check(
        "open",
        quote! {
            #[allow_anonymous]
            async fn health() -> &'static str {
                "ok"
            }
        },
    );
}

#[test]
fn method() {
    check(
        "method",
        quote! {
            #[authenticated]
            async fn rename(&mut self, name: String) -> Result<(), AppError> {
                self.name = name;
                Ok(())
            }
        },
    );
}

#[test]
fn boxed_future() {
    check(
        "boxed_future",
        quote! {
            #[requires_agent_scope(any("audit:run", "audit:see"))]
            fn audit<'a>(&'a self) -> Pin<Box<dyn Future<Output = Result<(), AppError>> + Send + 'a>> {
                Box::pin(async move { self.run().await })
            }
        },
    );
}

#[test]
fn opaque_future() {
    check(
        "opaque_future",
        quote! {
            #[requires_group("staff")]
            fn list(db: &Db) -> impl Future<Output = Result<Vec<User>, AppError>> + Send {
                db.users()
            }
        },
    );
}

#[test]
fn conditions() {
    check(
        "conditions",
        quote! {
            #[authorize(any(role(AppRole::Admin), when(ctx.subject() == order.owner)))]
            #[requires_scope("orders:write")]
            #[authorize(when(orders.is_open(&order).await))]
            async fn cancel(State(orders): State<Orders>, order: Order) -> Json<Order> {
                Json(orders.cancel(order).await)
            }
        },
    );
}

#[test]
fn conditions_of_a_result() {
    check(
        "conditions_of_a_result",
        quote! {
            #[authorize(when(id > 0), policy = PAYMENTS)]
            async fn load(id: u64) -> Result<Order, AppError> {
                find(id).await
            }
        },
    );
}

#[test]
fn after() {
    check(
        "after",
        quote! {
            #[authorize(after = |ctx, order| order.owner == ctx.subject())]
            async fn load(&self, id: u64) -> Result<Order, AppError> {
                self.find(id).await
            }
        },
    );
}

#[test]
fn role() {
    let item = quote! {
        #[role(rename_all = "kebab-case")]
        pub enum AppRole {
            #[role(implies(Editor))]
            SuperAdmin,
            #[role(implies(Viewer))]
            Editor,
            #[role(rename = "view")]
            Viewer,
        }
    };
    let file = syn::parse2(typed::derive(typed::Kind::Role, item)).expect("the expansion is Rust");
    compare("role", &prettyplease::unparse(&file));
}

#[test]
fn mistake() {
    check(
        "mistake",
        quote! {
            #[requires_role("admin ")]
            async fn handler() -> u8 {
                7
            }
        },
    );
}

/// A body that is still being typed goes through as it is.
#[test]
fn half_typed_body() {
    let expanded = expand(quote! {
        #[requires_role("admin")]
        async fn handler(user: User) -> String {
            let name = user.
            match =>
        }
    });
    assert!(messages(expanded.clone()).is_empty());
    assert!(expanded.to_string().contains("let name = user . match =>"));
}

#[test]
fn inner_attributes_move_to_the_function() {
    let expanded = expand(quote! {
        #[requires_role("admin")]
        fn handler() -> AppResult<u8> {
            #![allow(unused)]
            Ok(7)
        }
    });
    assert!(
        expanded
            .to_string()
            .starts_with("# [allow (unused)] fn handler")
    );
}
