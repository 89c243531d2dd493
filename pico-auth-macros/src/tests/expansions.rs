//! What the attributes write, to be read: each case of `expansions/` in its final form.
//!
//! `PICO_AUTH_UPDATE=1 cargo test -p pico-auth-macros` writes the files anew.

use std::path::Path;
use std::{env, fs};

use super::*;

fn check(name: &str, item: TokenStream) {
    let file = syn::parse2(expand(item)).expect("the expansion is Rust");
    let expanded = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/tests/expansions")
        .join(format!("{name}.rs"));
    if env::var_os("PICO_AUTH_UPDATE").is_some() {
        fs::write(&path, &expanded).unwrap();
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
