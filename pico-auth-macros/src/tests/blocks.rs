//! Rules on `impl` blocks.

use syn::ImplItem;

use super::*;

/// The functions of the block in their final form.
fn functions(item: TokenStream) -> Vec<(String, String)> {
    let expanded = expand(item);
    assert!(compiles(&expanded), "{expanded}");
    let block: syn::ItemImpl = syn::parse2(expanded).unwrap();
    let functions = block.items.iter().map(|item| match item {
        ImplItem::Fn(function) => (
            function.sig.ident.to_string(),
            quote!(#function).to_string(),
        ),
        other => (String::new(), quote!(#other).to_string()),
    });
    functions.collect()
}

/// Whether nothing in the tokens, however deep, is a mistake.
fn compiles(expanded: &TokenStream) -> bool {
    !expanded.to_string().contains("compile_error")
}

fn invisible(tokens: TokenStream) -> TokenTree {
    TokenTree::Group(Group::new(Delimiter::None, tokens))
}

/// Each function of the block, however it is written, has the rule, and nothing else is touched.
#[test]
fn every_function_is_ruled() {
    let functions = functions(quote! {
        #[requires_role("admin")]
        #[requires_group("staff")]
        impl<T> Api for Store<T> {
            #![allow(unused)]
            const LIMIT: u8 = { const fn limit() -> u8 { 7 } limit() };
            type Answer = Result<u8, AppError>;
            async fn a() -> Self::Answer { Ok(7) }
            #[other]
            pub(crate) async fn b(&self) -> AppResult<u8> { Ok(7) }
            #[cfg(x)]
            default unsafe fn c(&self) -> AppResult<u8> { Ok(7) }
            fn d() -> BoxFuture<'static, AppResult<u8>> { Box::pin(async { Ok(7) }) }
            fn e() -> impl Future<Output = AppResult<u8>> { async { Ok(7) } }
            #[requires_scope("a:b")]
            fn f() -> AppResult<u8> { Ok(7) }
        }
    });
    for (name, text) in functions {
        assert!(!text.contains("unruled"), "{text}");
        let is_ruled = ["any_role", "any_group"].map(|rule| text.contains(rule));
        assert_eq!(is_ruled, [!name.is_empty(); 2], "{name}: {text}");
        assert_eq!(text.contains("any_scope"), name == "f", "{text}");
    }
}

/// What a `macro_rules!` has matched as one item may hide the end of that item.
#[test]
fn an_invisible_group_hides_no_function() {
    for hidden in [
        quote!(
            const A: u8 = 7;
        ),
        quote!(
            type A = u8;
        ),
        quote!(
            fn a() -> AppResult<u8> {
                Ok(7)
            }
        ),
    ] {
        let hidden = invisible(hidden);
        let functions = functions(quote! {
            #[requires_role("admin")]
            impl Service {
                #hidden
                fn b() -> AppResult<u8> { Ok(7) }
                #hidden
                #hidden
                fn c() -> AppResult<u8> { Ok(7) }
            }
        });
        for (name, text) in functions {
            assert_eq!(text.contains("any_role"), !name.is_empty(), "{text}");
            assert_eq!(
                text.matches("Ok (7)").count(),
                usize::from(!name.is_empty())
            );
        }
    }
    let whole = invisible(quote!(impl Service { fn a() -> AppResult<u8> { Ok(7) } }));
    let expanded = expand(quote!(#[requires_role("admin")] #whole));
    assert!(expanded.to_string().contains("any_role"), "{expanded}");
}

#[test]
fn what_may_be_a_function_does_not_pass_silently() {
    for odd in [
        quote!(
            static A: u8 = 7;
        ),
        quote!(
            struct A;
        ),
        quote!(m! {}),
        quote!(self::m!();),
        quote!(default! {}),
        quote!(union! {}),
        quote!(safe fn a() {}),
        quote!(
            gen fn a() {}
        ),
        quote!(
            fn a();
        ),
        quote!(type A = u8 fn a() {}),
        quote!(const A: u8),
        quote!(#[doc = "a"]),
        invisible(quote!(m! {})).into(),
    ] {
        for kind in [Kind::RequiresRole, Kind::Authenticated] {
            let arguments = if kind.is_marker() {
                quote!()
            } else {
                quote!("admin")
            };
            let block = quote!(impl Service { fn b() -> AppResult<u8> { Ok(7) } #odd });
            let expanded = attribute::public(kind, &arguments, &block);
            assert!(!compiles(&expanded), "{odd}: {expanded}");
        }
    }
}

/// The `for` of a trait, not that of lifetimes.
#[test]
fn a_block_of_a_trait_is_known_by_its_for() {
    for (header, of_trait) in [
        (quote!(impl A for B), true),
        (quote!(impl<T: for<'a> A<'a>> A for <B as C>::D), true),
        (quote!(unsafe impl A<'_> for &B where for<> B: C), true),
        (quote!(default impl A for for<'a> fn(&'a u8)), true),
        (quote!(impl A), false),
        (quote!(impl<T: for<'a> A<'a>> B<T>), false),
        (quote!(impl<T> A<T> where for<'a> &'a T: C), false),
        (quote!(impl A<{ for _ in 0..1 {} }>), false),
    ] {
        let item = quote!(#[requires_role("admin")] #header { async fn f() -> u8 { 7 } });
        let expanded = expand(item);
        assert_eq!(!compiles(&expanded), of_trait, "{expanded}");
    }
}

/// Below other attributes of the block, the rule waits as one attribute for all of its functions, whose
/// bodies do not compile until then.
#[test]
fn a_rule_that_waits_has_a_tripwire_in_every_body() {
    let block = quote! {
        #[other]
        impl Service {
            const A: u8 = 7;
            fn a() {}
            #[allow_anonymous(reason = "x")]
            async fn b() {}
        }
    };
    let role = attribute::public(Kind::RequiresRole, &quote!("admin"), &block);
    let both = attribute::public(Kind::RequiresGroup, &quote!("staff"), &role);
    assert_eq!(both.to_string().matches("unruled").count(), 2, "{both}");
    let waits = quote! {
        #[other]
        #[::pico_auth::__private::__rule(requires_role("admin") impl, requires_group("staff") impl)]
        impl Service
    };
    assert!(both.to_string().starts_with(&waits.to_string()), "{both}");
}

/// What becomes of a function in a block of `staff`, when an attribute of the block has changed those of the
/// function.
fn behind(own: &TokenStream, change: fn(&mut Vec<Attribute>)) -> TokenStream {
    let block = quote!(#[other] impl Service { #own async fn a() {} });
    let waits = attribute::public(Kind::RequiresGroup, &quote!("staff"), &block);
    let mut block: syn::ItemImpl = syn::parse2(waits).unwrap();
    for item in &mut block.items {
        if let ImplItem::Fn(function) = item {
            change(&mut function.attrs);
        }
    }
    expand(quote!(#block))
}

/// The rule of the block would be left alone, and admit more callers, or, in place of an open one, fewer.
#[test]
fn a_rule_of_a_function_that_its_block_drops_is_missed() {
    for (own, lost) in [
        (quote!(#[requires_role("admin")]), 1),
        (quote!(#[inline] #[pico_auth::authenticated]), 1),
        (quote!(#[allow_anonymous(reason = "a")]), 1),
        (quote!(#[cfg_attr(a, inline, requires_scope("a:b"))]), 1),
        (quote!(#[requires_role("a")] #[requires_scope("b")]), 2),
        (quote!(#[other] #[inline]), 0),
    ] {
        let expanded = behind(&own, Vec::clear);
        assert_eq!(messages(expanded.clone()).len(), lost, "{expanded}");
        assert!(!expanded.to_string().contains("unruled"), "{expanded}");
    }
    let two = quote!(#[requires_role("a")] #[requires_role("b")]);
    let expanded = behind(&two, |attributes| attributes.truncate(1));
    assert_eq!(messages(expanded.clone()).len(), 1, "{expanded}");
}

#[test]
fn a_rule_of_a_function_that_its_block_keeps_is_added() {
    let own = quote!(#[requires_role("a")] #[cfg_attr(b, requires_scope("c"))]);
    let expanded = behind(&own, |attributes| attributes.reverse());
    assert!(compiles(&expanded), "{expanded}");
    for rule in ["any_role", "any_group"] {
        assert!(expanded.to_string().contains(rule), "{expanded}");
    }
}

/// A macro would write functions beside it, which had no rule.
#[test]
fn what_is_no_function_has_no_macros() {
    for (attributes, fits) in [
        (quote!(#[doc = "a"] #[cfg(a)] #[rustfmt::skip]), true),
        (
            quote!(#[cfg_attr(a, allow(b), cfg_attr(c, doc = "d"))]),
            true,
        ),
        (quote!(#[other]), false),
        (quote!(#[other::allow(a)]), false),
        (quote!(#[allow(a)] #[cfg_attr(b, doc = "c", other)]), false),
        (quote!(#[cfg_attr(a, cfg_attr(b, other = 7))]), false),
    ] {
        for member in [
            quote!(
                pub(crate) const A: u8 = 7;
            ),
            quote!(
                default type A = u8;
            ),
        ] {
            let block = quote!(impl A for B { #attributes #member fn b() -> AppResult<u8> {} });
            let expanded = attribute::public(Kind::RequiresRole, &quote!("admin"), &block);
            assert_eq!(compiles(&expanded), fits, "{expanded}");
            let kept = quote!(#attributes #member).to_string();
            assert!(expanded.to_string().contains(&kept), "{expanded}");
        }
    }
}

/// An attribute of the compiler's in the block is no macro, so that all is done in one pass.
#[test]
fn nothing_waits_where_no_macro_is() {
    let block = quote! {
        #[allow(unused)]
        impl Service {
            #![allow(dead_code)]
            /// Documented.
            #[inline]
            fn a() -> AppResult<u8> { Ok(7) }
        }
    };
    let done = attribute::public(Kind::RequiresRole, &quote!("admin"), &block).to_string();
    assert!(
        done.contains("any_role") && !done.contains("unruled"),
        "{done}"
    );
}

/// A hidden form that says what it cannot say is no rule, and no open one either.
#[test]
fn a_hidden_form_that_cannot_be_read_does_not_compile() {
    for odd in [
        quote!(),
        quote!(,),
        quote!(requires_role),
        quote!(requires_role("admin") mod),
        quote!(requires_role("admin") impl for impl),
        quote!(requires_role = "admin"),
        quote!(allow_anonymous(), nothing()),
    ] {
        let function = quote!(
            fn a() -> AppResult<u8> {
                Ok(7)
            }
        );
        let expanded = attribute::rule(&odd, &function).to_string();
        let refuses = expanded.contains("compile_error") || expanded.contains("any_role (& [])");
        assert!(refuses, "{odd}: {expanded}");
    }
}
