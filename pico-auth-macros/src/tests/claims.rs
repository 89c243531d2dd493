//! `#[derive(Claims)]` on tokens: what it writes, and that nothing makes it panic.

use std::path::Path;
use std::{env, fs};

use super::*;
use crate::claims::derive;
use crate::claims::path::ClaimPath;

#[test]
fn typical_struct() {
    let expanded = derive(quote! {
        #[claims(validate = consistent)]
        pub struct MyClaims<T> {
            #[claim(subject)]
            id: String,
            #[claim(roles, path = "realm_access.roles", path = "resource_access.\"my.client\".roles")]
            roles: Vec<String>,
            #[claim(scopes, default)]
            scope: Vec<String>,
            #[claim(validate = known)]
            tenant: T,
            #[claim(deserialize, default = free)]
            plan: Plan,
            #[claim(flatten)]
            rest: Rest,
        }
    });
    let file = syn::parse2(expanded).expect("the expansion is Rust");
    let expanded = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/expansions/claims.rs");
    if env::var_os("PICO_AUTH_UPDATE").is_some() {
        fs::write(&path, &expanded).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(expected, expanded, "{} differs", path.display());
}

/// The same texts are read by `pico_auth::ClaimPath` at run time, see `tests/tests/settings.rs`.
#[test]
fn paths() {
    let segments = |text| ClaimPath::parse(text).map(|path| path.segments);
    for (text, expected) in [
        ("roles", vec!["roles"]),
        ("realm_access.roles", vec!["realm_access", "roles"]),
        (r#"a."my.client".b"#, vec!["a", "my.client", "b"]),
        (
            r#""https://app.test/roles".list"#,
            vec!["https://app.test/roles", "list"],
        ),
        (r#""a""#, vec!["a"]),
        ("cognito:groups", vec!["cognito:groups"]),
    ] {
        let expected = expected.into_iter().map(str::to_owned).collect();
        assert_eq!(segments(text), Ok(expected), "{text}");
    }
    for text in [
        "", ".", "roles.", ".roles", "a..b", "\"a", "a\"b", "\"a\"b", "\"\"", "a. b", " a",
    ] {
        assert!(segments(text).is_err(), "{text}");
    }
}

#[test]
fn odd_structs_and_words_do_not_panic() {
    const WORDS: [&str; 30] = [
        "",
        ",",
        "=",
        "roles",
        "roles =",
        "roles = \"a\"",
        "subject()",
        "path = \"\"",
        "path = \"a\"",
        "path = 'a'",
        "path = b\"a\"",
        "path = \"a\"suffix",
        "path = \"a\" \"b\"",
        "rename = \"\"",
        "default",
        "default = a::b",
        "default = 1",
        "forms",
        "forms()",
        "forms(,)",
        "forms(array = 1)",
        "forms(string, space_separated)",
        "flatten",
        "deserialize",
        "validate = ::a",
        "crate = x",
        "r#roles",
        "self",
        "\"a\"",
        "#",
    ];
    for left in WORDS {
        for right in WORDS {
            let text = format!(
                "#[claims({left})] struct S<'a, T: ?Sized, const N: usize> where T: X \
                 {{ #[claim({left}, {right})] r#type: T, #[claim({right})] #[claim] b: &'a [T; N] }}"
            );
            if let Ok(item) = text.parse::<TokenStream>() {
                never_panics(&item);
            }
        }
    }
    for text in [
        "",
        "fn f() {}",
        "struct S",
        "struct S;",
        "struct S(u8);",
        "enum E {}",
        "union U {}",
        "struct S { a }",
        "struct S { #[claim(roles)] }",
        "trait T {}",
        "struct r#struct { r#fn: u8 }",
    ] {
        never_panics(&text.parse().unwrap());
    }
}

fn never_panics(item: &TokenStream) {
    let outcome = catch_unwind(AssertUnwindSafe(|| derive(item.clone())));
    assert!(outcome.is_ok(), "panics on {item}");
}
