//! Functions that cannot be protected.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Generics, Path, ReturnType, Type};

use crate::attribute::expand::{self, Shape};
use crate::attribute::model::{self, Function, Kind, Name, Requirement, Rule};
use crate::attribute::parse::generic;
use crate::diagnostics::{Diagnostics, readable};

/// Refuses functions that cannot be protected, and return types that cannot carry a refusal.
pub(in crate::attribute) fn signature(
    rules: &[Rule],
    function: &Function,
    diagnostics: &mut Diagnostics,
) {
    let own = rules.iter().find(|rule| !rule.origin.is_block());
    let Some(rule) = own.or(rules.first()) else {
        return;
    };
    let attribute = rule.kind.attribute();
    let signature = &function.signature;
    // What is open to everybody stays as it is, and asks for no caller.
    let asks = rule.kind != Kind::AllowAnonymous;
    if let Some(constant) = signature.constness.filter(|_| asks) {
        let instead = if own.is_some() {
            format!("remove `const` or `#[{attribute}]`")
        } else {
            format!("remove `const`, or, {}", say_open(function))
        };
        diagnostics.report(
            constant,
            format!("a `const fn` may run in the compiler, where there is no caller: {instead}"),
        );
    }
    if let Some(abi) = signature.abi.as_ref().filter(|_| asks) {
        let instead = if own.is_some() {
            format!("put `#[{attribute}]` on the Rust function that it calls")
        } else {
            format!(
                "move `{}` to an `impl` block without `#[{attribute}]`, or, {}",
                signature.ident,
                say_open(function)
            )
        };
        diagnostics.report(
            abi,
            format!(
                "an `extern` function is called from outside of Rust, where there is no request: \
                 {instead}"
            ),
        );
    }
    if let Some(variadic) = &signature.variadic {
        diagnostics.report(
            variadic,
            "a function with `...` cannot be protected: remove `...`",
        );
    }
    if signature.ident == "main" && rules.iter().all(|rule| !rule.origin.is_block()) {
        diagnostics.report(
            &signature.ident,
            format!(
                "`main` runs outside of any request, where there is no caller: put `#[{attribute}]` \
                 on the functions that handle requests"
            ),
        );
    }
    if let Some(test) = function
        .attributes
        .iter()
        .find(|attribute| is_test(attribute))
    {
        diagnostics.report(
            test,
            format!(
                "a test runs outside of any request, where there is no caller: put `#[{attribute}]` \
                 on the function under test and call it in `SecurityContext::scope(..)`"
            ),
        );
    }
    no_generics(rules, &signature.generics, diagnostics);
    no_second_caller(rules, function, diagnostics);
    if diagnostics.is_empty() && rules.iter().all(|rule| !rule.kind.is_open()) {
        return_type(rules, function, diagnostics);
    }
}

/// What to do with a function of a block that cannot be under the rule of the block.
fn say_open(function: &Function) -> String {
    format!(
        "if everybody may call `{}`, write `#[allow_anonymous(reason = \"..\")]` above it",
        function.signature.ident
    )
}

/// Refuses names and policies that go through a generic parameter.
pub(super) fn no_generics(rules: &[Rule], generics: &Generics, diagnostics: &mut Diagnostics) {
    let mut refuse = |path: &Path| {
        let first = path.segments.first();
        let is_parameter =
            |name: &proc_macro2::Ident| generics.type_params().any(|it| it.ident == *name);
        if first.is_some_and(|first| is_parameter(&first.ident)) {
            diagnostics.report(path, generic(path));
        }
    };
    for rule in rules {
        rule.leaves(&mut |leaf| match leaf {
            Requirement::Names(names) => names.list.iter().for_each(|name| {
                if let Name::Path(path) = name {
                    refuse(path);
                }
            }),
            Requirement::Policy(path) => refuse(path),
            _ => {}
        });
    }
}

/// Refuses an argument with the name that conditions have for the caller.
fn no_second_caller(rules: &[Rule], function: &Function, diagnostics: &mut Diagnostics) {
    struct Find<'a>(&'a mut Diagnostics);
    impl VisitMut for Find<'_> {
        fn visit_pat_ident_mut(&mut self, pattern: &mut syn::PatIdent) {
            if pattern.ident == expand::CALLER {
                self.0.report(
                    &pattern.ident,
                    "in `when(..)`, `ctx` is the authenticated caller: give this argument another name",
                );
            }
            visit_mut::visit_pat_ident_mut(self, pattern);
        }
    }
    if model::conditions(rules).is_empty() {
        return;
    }
    for argument in &function.signature.inputs {
        if let FnArg::Typed(argument) = argument {
            Find(diagnostics).visit_pat_mut(&mut argument.pat.clone());
        }
    }
}

fn is_test(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "test")
}

/// Refuses the types that certainly cannot carry a refusal; the trait `Deny` judges all others.
fn return_type(rules: &[Rule], function: &Function, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    let shape = Shape::of(signature);
    let keeps = !matches!(shape, Shape::Secured) || expand::is_of_trait(rules);
    let ReturnType::Type(_, declared) = &signature.output else {
        if keeps {
            let message = nothing_returned(rules, function);
            diagnostics.report(&signature.ident, message);
        }
        return;
    };
    let output = match &shape {
        Shape::Boxed { output } | Shape::Opaque { output } => output,
        Shape::Secured | Shape::Guarded => &**declared,
    };
    if keeps {
        if certainly_cannot_carry(output) {
            diagnostics.report(output, cannot_carry(rules, function, output));
        }
    } else if matches!(output, Type::Never(_)) {
        diagnostics.report(
            output,
            "a function that never returns cannot return a refusal: write \
             `Result<Infallible, AuthClientError>`",
        );
    }
}

fn nothing_returned(rules: &[Rule], function: &Function) -> String {
    if let Some(message) = of_block(rules, function, "()", "without one it") {
        return message;
    }
    let what = if function.signature.asyncness.is_some() {
        "method"
    } else {
        "function"
    };
    format!(
        "this {what} keeps its return type, and without one it cannot return a refusal: write \
         `-> Result<(), AuthClientError>`"
    )
}

fn cannot_carry(rules: &[Rule], function: &Function, ty: &Type) -> String {
    let (written, mut fixed): (_, TokenStream) = (readable(ty), ty.to_token_stream());
    if matches!(ty, Type::Never(_)) {
        fixed = quote::quote!(Infallible);
    }
    let fixed = readable(fixed);
    if let Some(message) = of_block(rules, function, &fixed, &format!("`{written}`")) {
        return message;
    }
    format!(
        "this function keeps its return type, and `{written}` cannot carry a refusal: write \
         `Result<{fixed}, AuthClientError>`"
    )
}

/// The same of a function that has nothing but the rule of its block: `what` cannot carry a refusal.
fn of_block(rules: &[Rule], function: &Function, fixed: &str, what: &str) -> Option<String> {
    if !rules.iter().all(|rule| rule.origin.is_block()) {
        return None;
    }
    let name = &function.signature.ident;
    let (keeps, change) = if expand::is_of_trait(rules) {
        (
            format!("the trait gives `{name}` its return type"),
            "let the trait say",
        )
    } else {
        (format!("`{name}` keeps its return type"), "write")
    };
    Some(format!(
        "{keeps}, and {what} cannot carry a refusal: {change} `Result<{fixed}, AuthClientError>`, or, {}",
        say_open(function)
    ))
}

fn certainly_cannot_carry(ty: &Type) -> bool {
    const PRIMITIVE: [&str; 18] = [
        "Self", "bool", "char", "str", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize",
        "u8", "u16", "u32", "u64", "u128", "usize",
    ];
    match expand::peeled(ty) {
        Type::Array(_)
        | Type::FnPtr(_)
        | Type::Never(_)
        | Type::Ptr(_)
        | Type::Reference(_)
        | Type::Slice(_)
        | Type::Tuple(_) => true,
        Type::Path(path) => path.path.get_ident().is_some_and(|name| {
            path.qself.is_none() && PRIMITIVE.iter().any(|primitive| name == primitive)
        }),
        _ => false,
    }
}
