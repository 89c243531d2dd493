//! What the attributes write, to be read: each case of `expansions/` in its final form.
//!
//! `PICO_AUTH_UPDATE=1 cargo test -p pico-auth-macros` writes the files anew.

use std::path::Path;
use std::{env, fs};

use super::*;
use crate::{testing, typed};

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
            /// Says that we are here.
            #[allow_anonymous(reason = "load balancer probe")]
            async fn health() -> &'static str {
                "ok"
            }
        },
    );
}

#[test]
fn block() {
    check(
        "block",
        quote! {
            #[requires_role("admin")]
            impl Users {
                const LIMIT: usize = 7;

                /// Everybody we know.
                async fn list() -> Json<Vec<User>> {
                    load(Self::LIMIT).await
                }

                /// Renames one.
                #[requires_scope(all("users:read", "users:write"))]
                fn rename(&mut self, name: &str) -> Result<(), AppError> {
                    self.set(name)
                }

                #[allow_anonymous(reason = "builds the service")]
                fn new() -> Self {
                    Self
                }
            }
        },
    );
}

/// What the documentation says, of rules of all kinds.
#[test]
fn documentation() {
    let said = |rules: TokenStream| {
        let expanded = expand(quote!(#[doc = " Text."] #rules fn f() -> AppResult<u8> {}));
        let line = expanded.to_string();
        let (_, line) = line.split_once("**Access:** ").unwrap();
        line.split_once("\"]").unwrap().0.to_owned()
    };
    for (rules, expected) in [
        (
            quote!(#[allow_anonymous]),
            "everybody; the token is not looked at",
        ),
        (
            quote!(#[allow_anonymous(reason = "<b>&[x](y)")]),
            r"everybody; the token is not looked at (\\<b\\>\\&\\[x\\]\\(y\\))",
        ),
        (
            quote!(#[optional_authentication]),
            "a valid token, if one is sent",
        ),
        (quote!(#[authenticated]), "any valid token"),
        (
            quote!(#[requires_role("admin", "editor")]),
            "requires one of roles: `admin`, `editor`",
        ),
        (
            quote!(#[requires_group(all("a", "b`"))]),
            "requires all of groups: `a`, `` b` ``",
        ),
        (
            quote!(#[requires_role(AppRole::Admin)]),
            "requires one of roles: `AppRole::Admin`",
        ),
        (
            quote!(#[requires_role("a")] #[requires_scope("b:*")]),
            "requires all of (one of roles: `a`; one of scopes: `b:*`)",
        ),
        (
            quote!(#[authorize(any(role("a"), all(not(agent_scope("b")), when(c))), policy = d::E)]),
            "requires all of (any of (one of roles: `a`; all of (not (one of agent scopes: `b`); a \
             condition on the request)); the policy `d::E`)",
        ),
        (
            quote!(#[authorize(after = |a, b| c)]),
            "any valid token, and a condition on the result",
        ),
    ] {
        assert_eq!(said(rules.clone()), expected, "{rules}");
    }
}

/// A line where none was would silence `missing_docs`.
#[test]
fn a_function_without_documentation_stays_without() {
    for docs in [
        quote!(#[doc(hidden)]),
        // An example without end would take the line in.
        quote!(#[doc = " Text."] #[doc = " ```"] #[doc = " let a = 7;"]),
    ] {
        let expanded = expand(quote!(#[requires_role("a")] #docs pub async fn f() {}));
        assert!(!expanded.to_string().contains("Access"), "{expanded}");
    }
}

/// The line begins where the other lines do: rustdoc moves all of them to the left together, and what it
/// does not move far enough becomes code.
#[test]
fn documentation_keeps_its_indentation() {
    for (docs, line) in [
        (
            quote!(#[doc = " a"] #[doc = ""] #[doc = "     b"]),
            "\" **Access",
        ),
        (quote!(#[doc = "a"]), "\"**Access"),
        (quote!(#[doc = "    a\n      b\n\n"]), "\"    **Access"),
        (quote!(#[doc = " ```\n ~~~\n ```"]), "\" **Access"),
        (quote!(#[doc = include_str!("a.md")]), "\"**Access"),
    ] {
        let expanded = expand(quote!(#docs #[requires_role("a")] async fn f() {}));
        assert!(expanded.to_string().contains(line), "{expanded}");
    }
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

/// A test on its own, in the form that it has beside `#[tokio::test]`, and in what that has written.
#[test]
fn tests_as_a_caller() {
    let arguments = quote!(
        subject = "u1",
        roles("editor", AppRole::Admin),
        agent(subject = "bot", scopes("orders:*"))
    );
    let alone = testing::test(
        &arguments,
        &quote! {
            /// Editors publish.
            #[should_panic]
            async fn alone() -> Result<(), AppError> {
                publish().await
            }
        },
    );
    let subject = quote!(subject = "u1");
    let beside = testing::test(
        &subject,
        &quote!(
            #[tokio::test]
            async fn beside() {
                publish().await;
            }
        ),
    );
    let inside = testing::test(
        &subject,
        &quote! {
            #[::core::prelude::v1::test]
            fn inside() {
                let body = async { publish().await; };
                return Runtime::new().block_on(body);
            }
        },
    );
    let sync = testing::test(
        &subject,
        &quote!(
            fn sync() -> impl Termination {
                count()
            }
        ),
    );
    let carried = testing::test(
        &subject,
        &quote!(
            #[rstest]
            #[case(7)]
            fn carried(#[case] id: u8) {}
        ),
    );
    let file = syn::parse2(quote!(#alone #beside #inside #sync #carried));
    let file = file.expect("the expansion is Rust");
    compare("tests_as_a_caller", &prettyplease::unparse(&file));
}

/// Above the attribute of another runtime, the context is that of the body. Below, what the attribute has written
/// looks like any sync test.
#[test]
fn tests_of_another_runtime() {
    let subject = quote!(subject = "u1");
    let above = testing::test(
        &subject,
        &quote!(
            #[sqlx::test]
            async fn above() {
                publish().await;
            }
        ),
    );
    assert!(above.to_string().contains("testing :: within"), "{above}");
    let below = testing::test(
        &subject,
        &quote! {
            #[::core::prelude::v1::test]
            fn below() {
                sqlx::test_block_on(async { publish().await; })
            }
        },
    );
    assert!(below.to_string().contains("testing :: run"), "{below}");
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
