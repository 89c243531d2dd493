//! The tripwire: set once, in front of the body, and taken out wherever it has gone.

use super::*;

const TRIPWIRE: &str = ":: __private :: unruled ! { }";

/// What the compiler hands to the attributes below: the public ones have run, `__rule` has not.
fn on_the_way(kinds: &[Kind], arguments: &[TokenStream], item: TokenStream) -> TokenStream {
    kinds
        .iter()
        .zip(arguments)
        .fold(item, |item, (kind, arguments)| {
            attribute::public(*kind, arguments, &item)
        })
}

fn text(tokens: &TokenStream) -> String {
    tokens.to_string().replace("{}", "{ }")
}

#[test]
fn one_however_many_rules() {
    let item = quote!(
        #[other]
        async fn f() -> u8 {
            #![allow(unused)]
            7
        }
    );
    let kinds = [Kind::RequiresRole, Kind::RequiresGroup, Kind::RequiresScope];
    let names = [quote!("a"), quote!("b", crate = c::d), quote!("e")];
    let moved = text(&on_the_way(&kinds, &names, item));
    assert_eq!(moved.matches(TRIPWIRE).count(), 1, "{moved}");
    assert!(
        moved.ends_with("{ # ! [allow (unused)] :: pico_auth :: __private :: unruled ! { } 7 }"),
        "{moved}"
    );
}

/// Nobody else sees the function, so nobody can drop the rule.
#[test]
fn none_where_no_macro_is_below() {
    let item = quote!(
        #[doc = "Text."]
        #[must_use]
        async fn f() -> u8 {
            7
        }
    );
    let done = on_the_way(&[Kind::RequiresRole], &[quote!("a")], item);
    assert!(done.to_string().contains("SecuredFuture"), "{done}");
    assert!(!done.to_string().contains("unruled"), "{done}");
}

#[test]
fn any_attribute_that_may_be_a_macro_has_one() {
    for other in [
        quote!(#[other]),
        quote!(#[cfg_attr(all(), other)]),
        quote!(#[tool::doc]),
        quote!(#[doc = "Text."] #[other]),
        quote!(#[authenticated]),
    ] {
        let item = quote!(#other async fn f() {});
        let moved = on_the_way(&[Kind::RequiresRole], &[quote!("a")], item);
        assert!(text(&moved).contains(TRIPWIRE), "{moved}");
    }
}

#[test]
fn none_is_left() {
    for root in [quote!(), quote!(, crate = c::d), quote!(, crate = crate)] {
        let item = quote!(
            #[requires_role("a" #root)]
            #[requires_group("b")]
            fn f() -> AppResult<u8> {
                Ok(7)
            }
        );
        let expanded = expand(item);
        assert!(messages(expanded.clone()).is_empty(), "{expanded}");
        assert!(!expanded.to_string().contains("unruled"), "{expanded}");
    }
}

/// They run behind the attributes of the block, which may drop them.
#[test]
fn it_says_what_a_function_of_a_block_has_of_its_own() {
    let moved = text(&on_the_way(
        &[Kind::RequiresRole, Kind::RequiresGroup],
        &[quote!("admin"), quote!("staff")],
        quote! {
            #[other]
            impl Service {
                #[other]
                fn a() {}
                #[pico_auth::requires_scope("a:b")]
                #[cfg_attr(a, inline, cfg_attr(b, allow_anonymous(reason = "c")))]
                fn b() {}
            }
        },
    ));
    let of_b = ":: __private :: unruled ! { requires_scope allow_anonymous }";
    for tripwire in [TRIPWIRE, of_b] {
        assert_eq!(moved.matches(tripwire).count(), 1, "{moved}");
    }
}

/// As other macros do, which move the body into closures, futures and macros.
#[test]
fn it_is_found_in_nested_groups() {
    let body = quote!(::pico_auth::__private::unruled! {} self.go(););
    let invisible = TokenTree::Group(Group::new(Delimiter::None, body.clone()));
    let expanded = attribute::rule(
        &quote!(authenticated),
        &quote! {
            fn f(&self) -> AppResult<u8> {
                if first { #body }
                Box::pin(async move {
                    let out = { c::d::__private::unruled! { authorize requires_role } a! { #invisible } };
                    out
                })
            }
        },
    );
    assert!(messages(expanded.clone()).is_empty(), "{expanded}");
    assert!(!expanded.to_string().contains("unruled"), "{expanded}");
    assert_eq!(expanded.to_string().matches("self . go () ;").count(), 2);
}

/// Only the macro of this crate is one, as it is generated.
#[test]
fn what_looks_like_it_stays() {
    for body in [
        quote!(unruled! {}),
        quote!(other::unruled! {}),
        quote!(__private::unruled! { 1 }),
        quote!(__private::unruled! { other }),
        quote!(__private::unruled!()),
        quote!(__private::unruled {}),
        quote!(__private::unruled::a! {}),
    ] {
        let item = quote!(fn f() -> AppResult<u8> { #body });
        let expanded = text(&attribute::rule(&quote!(authenticated), &item));
        assert!(expanded.contains(&text(&body)), "{expanded}");
    }
}

/// A second rule must not take out the tripwire of one that was dropped.
#[test]
fn a_rule_dropped_between_two_is_reported() {
    let moved = on_the_way(
        &[Kind::RequiresRole],
        &[quote!("admin")],
        quote!(
            #[dropping]
            async fn f() {}
        ),
    );
    let split = |input: ParseStream<'_>| {
        Attribute::parse_outer(input)?;
        input.parse::<TokenStream>()
    };
    let dropped = split.parse2(moved).unwrap();
    let expanded = expand(quote!(#[requires_group("staff")] #dropped));
    assert_eq!(messages(expanded.clone()).len(), 1, "{expanded}");
}

/// With a mistake, it does not compile anyhow: one error is enough.
#[test]
fn mistakes_set_none() {
    let item = quote!(
        async fn f() {}
    );
    let moved = on_the_way(&[Kind::RequiresRole], &[quote!("admin ")], item);
    assert!(!moved.to_string().contains("unruled"), "{moved}");
}

#[test]
fn attributes_that_check_types_come_first() {
    for checking in [
        quote!(#[axum::debug_handler]),
        quote!(#[debug_middleware(state = S)]),
        quote!(#[cfg_attr(debug_assertions, axum::debug_handler(state = S))]),
    ] {
        let moved = on_the_way(
            &[Kind::RequiresRole],
            &[quote!("admin", crate = a::b)],
            quote!(#[other] #checking #[last] async fn f() {}),
        );
        let expected = quote! {
            #checking
            #[a::b::__private::__checked(requires_role("admin", crate = a::b))]
            #[other] #[last] async fn f() {}
        };
        assert_eq!(moved.to_string(), expected.to_string());
    }
    let mixed = quote!(#[cfg_attr(all(), debug_handler, other)]);
    let moved = on_the_way(
        &[Kind::Authenticated],
        &[quote!()],
        quote!(#mixed async fn f() {}),
    );
    assert!(text(&moved).contains(TRIPWIRE), "{moved}");
}
