//! Whatever the tokens are, the macros do not panic, and what is no function does not pass silently.

use super::*;
use crate::{testing, typed};

/// Fragments that editors, other macros and slips of the hand put together.
const FRAGMENTS: [&str; 58] = [
    "",
    ",",
    "=",
    "crate",
    "crate =",
    "crate = ",
    "crate = 7",
    "crate = a::b",
    "crate = ::a",
    "\"a\"",
    "\"a\" \"b\"",
    "r#\"a\"#",
    "b\"a\"",
    "c\"a\"",
    "'a'",
    "'a",
    "1",
    "1.5",
    "true",
    "any",
    "any()",
    "all(\"a\", \"b\")",
    "any(any())",
    "all(\"a\" = 1)",
    "any{}",
    "[\"a\"]",
    "{}",
    "a::b",
    "role = \"a\"",
    "#",
    "!",
    "<",
    "-> fn",
    "\"\\u{0}\"",
    "role",
    "role()",
    "role(\"a\", A::B)",
    "any(role(\"a\"), when(ctx.))",
    "not(not(not()))",
    "all(scope(all(any())))",
    "when",
    "when()",
    "when(return)",
    "when(a; b,)",
    "when(|a, b| c)",
    "policy",
    "policy =",
    "policy = Self::A",
    "policy = ::a::B",
    "after = |a, b|",
    "after = |a, b| c, d",
    "after = ,",
    "after",
    "rename = \"\"",
    "rename_all = \"x\"",
    "implies(A, B, A)",
    "implies(A::B, 7, ,)",
    "Self::A",
];

const ENUMS: [&str; 10] = [
    "",
    "enum E {}",
    "enum E { A }",
    "enum E { #[role] A, #[role()] B(u8), C { a: u8 } = 3 }",
    "enum E<T> { A(T) }",
    "struct S;",
    "union U { a: u8 }",
    "fn f() {}",
    "pub(in a) enum r#enum { r#A, r#type }",
    "enum E { A, A }",
];

const ITEMS: [&str; 44] = [
    "",
    ";",
    "fn",
    "fn f",
    "fn f(",
    "async fn",
    "async fn f() {}",
    "pub(crate) async fn f() -> {}",
    "fn f() -> impl {}",
    "fn f() -> impl Future<Output = Result<u8, E>> {}",
    "fn f();",
    "fn f() = 7;",
    "async fn f(self) {}",
    "fn f(self: Box<Self>) -> Result<(), E> {}",
    "fn f(..., a: u8) -> R {}",
    "unsafe extern \"C\" fn f(a: u8, ...) -> Result<(), E> {}",
    "const async unsafe fn f() {}",
    "async fn f(a: impl Fn(&u8) -> impl Sized) -> [impl Sized; 3] {}",
    "async fn f() -> m!(a) {}",
    "default async fn f() {}",
    "async fn f<T: ?Sized, const N: usize>(_: &T) where T: for<'a> A<'a> {}",
    "#[a] #![b] async fn f() {}",
    "async fn f(#[cfg(a)] #[expect(b)] (a | b): u8) {}",
    "impl",
    "impl {}",
    "impl S",
    "impl S {}",
    "impl S { fn f() {} }",
    "impl S { fn f(); async fn g() -> u8 { } const fn }",
    "impl S { m! {} m::n!(); fn f() {} }",
    "impl S { static S: u8 = 7; struct T; fn f() {} }",
    "impl S { const A: u8 = { 7 }; type B = C; const F: fn() = || {}; default const D: u8; }",
    "impl<T: for<'a> A<'a>> B for C<{ 7 }> where T: D { #![a] #[b] pub(in c) default async fn f(&self) -> E {} }",
    "unsafe impl<T> A for for<'a> fn(&'a u8) { extern \"C\" fn f() -> R {} }",
    "default impl <A as B>::C { type }",
    "pub impl S { const }",
    "impl const A for S { async const unsafe fn f() -> Self {} }",
    "struct S;",
    "|| {}",
    "async move {}",
    "macro_rules! m {}",
    "\"fn\"",
    "fn f() -> Pin<Box<dyn>> {}",
    "async fn f(a @ b: u8, ref mut c: u8, &d: &u8, r#type: u8, _e: u8) -> Result {}",
];

fn tokens(text: &str) -> Option<TokenStream> {
    text.parse().ok()
}

fn never_panics(what: impl FnOnce() -> TokenStream, arguments: &TokenStream, item: &TokenStream) {
    let outcome = catch_unwind(AssertUnwindSafe(what));
    assert!(outcome.is_ok(), "panics on #[..({arguments})] {item}");
}

#[test]
fn odd_arguments() {
    let item = quote!(
        async fn f(a: u8) {}
    );
    for left in FRAGMENTS {
        for right in FRAGMENTS {
            if let Some(arguments) = tokens(&format!("{left}, {right}")) {
                for kind in [Kind::RequiresRole, Kind::RequiresScope, Kind::Authorize] {
                    with_arguments(kind, &arguments, &item);
                }
            }
        }
    }
}

#[test]
fn odd_arguments_on_odd_items() {
    for item in ITEMS.iter().filter_map(|item| tokens(item)) {
        for arguments in FRAGMENTS.iter().filter_map(|arguments| tokens(arguments)) {
            for kind in Kind::ALL {
                with_arguments(kind, &arguments, &item);
            }
        }
    }
}

fn with_arguments(kind: Kind, arguments: &TokenStream, item: &TokenStream) {
    never_panics(|| attribute::rule(arguments, item), arguments, item);
    never_panics(|| attribute::public(kind, arguments, item), arguments, item);
    let word = quote::format_ident!("{}", kind.attribute());
    let rule = quote!(#word(#arguments));
    never_panics(|| attribute::rule(&rule, item), &rule, item);
}

#[test]
fn odd_enums() {
    let options = || FRAGMENTS.iter().filter_map(|options| tokens(options));
    for kind in typed::Kind::ALL {
        let word = quote::format_ident!("{}", kind.noun());
        for options in options() {
            for item in ENUMS.iter().filter_map(|item| tokens(item)) {
                let item = quote!(#[#word(#options)] #item);
                never_panics(|| typed::derive(kind, item.clone()), &options, &item);
            }
        }
    }
    for left in options() {
        for right in options() {
            let item = quote!(
                enum E {
                    #[role(#left)]
                    A,
                    #[role(#right)]
                    B,
                }
            );
            never_panics(
                || typed::derive(typed::Kind::Role, item.clone()),
                &left,
                &item,
            );
        }
    }
}

#[test]
fn odd_tests() {
    let words = [
        "subject",
        "subject = \"u1\"",
        "subject = 7u8",
        "subject = r\"u1\"x",
        "roles",
        "roles()",
        "roles = [\"a\"]",
        "roles(\"a\", A::B, any(\"b\"), 7, ,)",
        "agent",
        "agent()",
        "agent(agent())",
        "agent(subject = \"\", scopes(\"a b\"))",
        "role_hierarchy = A::B",
        "role_hierarchy(A)",
    ];
    let items = || ITEMS.iter().filter_map(|item| tokens(item));
    for left in words.iter().chain(&FRAGMENTS) {
        for right in words.iter().chain(&FRAGMENTS) {
            let Some(arguments) = tokens(&format!("{left}, {right}")) else {
                continue;
            };
            let item = quote!(
                fn f() {}
            );
            never_panics(|| testing::test(&arguments, &item), &arguments, &item);
        }
    }
    for arguments in words.iter().filter_map(|arguments| tokens(arguments)) {
        for item in items() {
            for attribute in [
                quote!(),
                quote!(#[rstest]),
                quote!(#[::core::prelude::v1::test]),
            ] {
                let item = quote!(#attribute #item);
                never_panics(|| testing::test(&arguments, &item), &arguments, &item);
            }
        }
    }
}

/// Whatever is wrong, the user's item is there, so that editors and other code find it.
#[test]
fn a_mistake_in_a_test_keeps_the_item() {
    for item in [
        "struct S;",
        "fn f();",
        "fn f(&self) {}",
        "fn f",
        "mod m {}",
        "fn f(a: u8) { a }",
    ] {
        let item = tokens(item).unwrap();
        let expanded = testing::test(&quote!(subject = "u1"), &item);
        assert_eq!(messages(expanded.clone()).len(), 1, "{expanded}");
        let name = item.to_string();
        let begin = name.split(['(', '{', ';']).next().unwrap().trim();
        assert!(expanded.to_string().contains(begin), "{expanded}");
    }
}

#[test]
fn odd_items_under_right_arguments() {
    for item in ITEMS.iter().filter_map(|item| tokens(item)) {
        for kind in Kind::ALL {
            let word = quote::format_ident!("{}", kind.attribute());
            let arguments = if kind.is_marker() {
                quote!()
            } else if kind == Kind::Authorize {
                quote!(any(role("a"), when(a)), after = b)
            } else {
                quote!("a")
            };
            let attributed = quote!(#[#word(#arguments)] #item);
            never_panics(|| expand(attributed.clone()), &arguments, &item);
        }
    }
}

#[test]
fn what_is_no_function_is_refused() {
    for item in [
        "struct S;",
        "mod m;",
        "trait T {}",
        "|| {}",
        "",
        "fn f();",
        "fn f",
    ] {
        let item = tokens(item).unwrap();
        let expanded = attribute::public(Kind::RequiresRole, &quote!("admin"), &item);
        assert_eq!(messages(expanded.clone()).len(), 1, "{expanded}");
        assert!(
            expanded.to_string().ends_with(&item.to_string()),
            "the item is kept"
        );
    }
}

/// Fragments of `macro_rules!` come wrapped in invisible groups.
#[test]
fn invisible_groups_are_looked_through() {
    let invisible = |tokens| TokenTree::Group(Group::new(Delimiter::None, tokens));
    let role = invisible(quote!("admin"));
    let body = invisible(quote!({ Ok(7) }));
    let ty = invisible(quote!(Result<u8, AppError>));
    let visibility = invisible(quote!(pub));
    let expanded = expand(quote! {
        #[requires_role(#role)]
        #visibility async fn handler() -> #ty #body
    });
    assert!(messages(expanded.clone()).is_empty(), "{expanded}");
    assert!(
        expanded.to_string().contains("secure ::"),
        "kept, not wrapped: {expanded}"
    );
}
