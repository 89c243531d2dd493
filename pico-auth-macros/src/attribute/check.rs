//! Mistakes that show only when rules, function and other attributes are seen together.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{ParseStream, Parser};
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Meta, Path, ReturnType, Type};

use super::expand::{self, Shape};
use super::model::{self, Function, Kind, Name, Requirement, Rule};
use super::parse::{generic, separated};
use super::tripwire;
use crate::diagnostics::{Diagnostics, readable};
use crate::names;

/// Attributes that keep a copy of the function's body under another name, which no rule protects.
const COPYING: [&str; 8] = [
    "cached",
    "concurrent_cached",
    "io_cached",
    "memoise",
    "memoize",
    "memoized",
    "once",
    "once_cached",
];

/// Attributes that copy the function's body into code that never runs, to check its types. The
/// tripwire must not go along, so they come first.
const CHECKING: [&str; 2] = ["debug_handler", "debug_middleware"];

/// Takes the attributes out that only check types. Not a `cfg_attr` that has others in it, too: they
/// would run where the tripwire is not set.
pub(super) fn take_checking(function: &mut Function) -> Vec<Attribute> {
    let (checking, others) = std::mem::take(&mut function.attributes)
        .into_iter()
        .partition(|attribute| {
            let alone = !attribute.path().is_ident("cfg_attr")
                || matches!(&attribute.meta, Meta::List(list)
                    if separated(list.tokens.clone()).len() == 2);
            let paths = paths(attribute);
            let last = paths.last().and_then(|path| path.segments.last());
            alone && last.is_some_and(|last| CHECKING.iter().any(|name| last.ident == name))
        });
    function.attributes = others;
    checking
}

/// Refuses a function from which another attribute has taken the rule that stood above this one.
pub(super) fn not_dropped(rule: &Rule, function: &Function, diagnostics: &mut Diagnostics) {
    if tripwire::is_set(&function.body) && !function.attributes.iter().any(is_rule) {
        let attribute = rule.kind.attribute();
        diagnostics.report_at(
            rule.span,
            format!(
                "an attribute above `#[{attribute}]` has dropped another access rule of this \
                 function: put that attribute on a private function, and call that from this one"
            ),
        );
    }
}

/// Refuses attributes that copy the body.
pub(super) fn not_copied(rule: &Rule, function: &Function, diagnostics: &mut Diagnostics) {
    let ours = rule.kind.attribute();
    if function.attributes.iter().any(is_rule) {
        return; // the sibling that ran before has said it
    }
    for path in function.attributes.iter().flat_map(paths) {
        let Some(name) = path.segments.last().map(|last| last.ident.to_string()) else {
            continue;
        };
        if COPYING.contains(&name.as_str()) {
            diagnostics.report(
                &path,
                format!(
                    "`#[{name}]` copies the body of this function into one that `#[{ours}]` does not \
                     protect: put `#[{name}]` on a private function and call that from this one"
                ),
            );
        }
    }
}

fn is_rule(attribute: &Attribute) -> bool {
    crate::paths::is_rule(attribute.path())
}

/// The path of an attribute, and of those inside a `cfg_attr`.
fn paths(attribute: &Attribute) -> Vec<Path> {
    let mut paths = vec![attribute.path().clone()];
    if let Meta::List(list) = &attribute.meta
        && list.path.is_ident("cfg_attr")
    {
        let path_of = |input: ParseStream<'_>| {
            let path = input.call(Path::parse_mod_style)?;
            input.parse::<TokenStream>()?;
            Ok(path)
        };
        let behind_condition = separated(list.tokens.clone()).into_iter().skip(1);
        paths.extend(behind_condition.filter_map(|tokens| path_of.parse2(tokens).ok()));
    }
    paths
}

/// Refuses a function that has been through the macros before.
pub(super) fn not_secured_before(rule: &Rule, function: &Function) -> syn::Result<()> {
    let mut body = function.body.clone().into_iter().skip(1);
    let in_body = body
        .next()
        .is_some_and(|word| word.to_string() == names::RULE_TYPE);
    let in_type = matches!(&function.signature.output, ReturnType::Type(_, ty) if carries_rule(ty));
    if !in_body && !in_type {
        return Ok(());
    }
    let attribute = rule.kind.attribute();
    Err(syn::Error::new(
        rule.span,
        format!(
            "this function already has its access rule: put `#[{attribute}]` directly beside the \
             other rule, several attributes must all hold"
        ),
    ))
}

/// Whether the type is the one that the macros write: `impl ::pico_auth::__private::SecuredFuture`.
fn carries_rule(ty: &Type) -> bool {
    expand::bounds(ty).any(|path| {
        let mut segments = path.segments.iter().rev();
        segments
            .next()
            .is_some_and(|last| last.ident == "SecuredFuture")
            && segments
                .next()
                .is_some_and(|parent| parent.ident == "__private")
    })
}

/// Refuses rules that contradict or repeat each other.
///
/// What is returned is the stricter side, so that the rest of the program is checked as it should be.
pub(super) fn together(mut rules: Vec<Rule>, diagnostics: &mut Diagnostics) -> Vec<Rule> {
    for (i, rule) in rules.iter().enumerate() {
        if rules.iter().take(i).any(|earlier| earlier.repeats(rule)) {
            let attribute = rule.kind.attribute();
            let message = format!("`#[{attribute}]` stands here twice: remove one of the two");
            diagnostics.report_at(rule.span, message);
        } else if let Some(message) = contradiction(rule, &rules) {
            diagnostics.report_at(rule.span, message);
        }
    }
    if rules.iter().any(|rule| !rule.kind.is_open()) {
        rules.retain(|rule| !rule.kind.is_open());
    }
    rules
}

fn contradiction(rule: &Rule, rules: &[Rule]) -> Option<String> {
    let attribute = rule.kind.attribute();
    let other = rules.iter().find(|other| other.kind != rule.kind)?;
    let other_attribute = other.kind.attribute();
    match rule.kind {
        Kind::AllowAnonymous => Some(format!(
            "`#[{attribute}]` admits everybody and `#[{other_attribute}]` looks at the token: keep \
             one of them"
        )),
        Kind::OptionalAuthentication if other.kind != Kind::AllowAnonymous => Some(format!(
            "`#[{attribute}]` admits callers without a token and `#[{other_attribute}]` does not: \
             keep one of them"
        )),
        Kind::Authenticated => {
            let requirement = rules.iter().find(|other| !other.kind.is_marker())?;
            Some(format!(
                "`#[{}]` already implies an authenticated caller: remove `#[{attribute}]`",
                requirement.kind.attribute()
            ))
        }
        _ => None,
    }
}

/// Refuses functions that cannot be protected, and return types that cannot carry a refusal.
pub(super) fn signature(rules: &[Rule], function: &Function, diagnostics: &mut Diagnostics) {
    let Some(rule) = rules.first() else { return };
    let attribute = rule.kind.attribute();
    let signature = &function.signature;
    if let Some(constant) = &signature.constness {
        diagnostics.report(
            constant,
            format!(
                "a `const fn` may run in the compiler, where there is no caller: remove `const` or \
                 `#[{attribute}]`"
            ),
        );
    }
    if let Some(abi) = &signature.abi {
        diagnostics.report(
            abi,
            format!(
                "an `extern` function is called from outside of Rust, where there is no request: put \
                 `#[{attribute}]` on the Rust function that it calls"
            ),
        );
    }
    if let Some(variadic) = &signature.variadic {
        diagnostics.report(
            variadic,
            "a function with `...` cannot be protected: remove `...`",
        );
    }
    if signature.ident == "main" {
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
    no_generics(rules, function, diagnostics);
    no_second_caller(rules, function, diagnostics);
    if diagnostics.is_empty() && rules.iter().all(|rule| !rule.kind.is_open()) {
        return_type(function, diagnostics);
    }
}

/// Refuses names and policies that go through a generic parameter of the function.
fn no_generics(rules: &[Rule], function: &Function, diagnostics: &mut Diagnostics) {
    let generics = &function.signature.generics;
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
fn return_type(function: &Function, diagnostics: &mut Diagnostics) {
    let signature = &function.signature;
    let ReturnType::Type(_, declared) = &signature.output else {
        if !matches!(Shape::of(signature), Shape::Secured) {
            let what = if signature.asyncness.is_some() {
                "method"
            } else {
                "function"
            };
            diagnostics.report(
                &signature.ident,
                format!(
                    "this {what} keeps its return type, and without one it cannot return a refusal: \
                     write `-> Result<(), AuthClientError>`"
                ),
            );
        }
        return;
    };
    match Shape::of(signature) {
        Shape::Secured if matches!(**declared, Type::Never(_)) => diagnostics.report(
            declared,
            "a function that never returns cannot return a refusal: write \
             `Result<Infallible, AuthClientError>`",
        ),
        Shape::Secured => {}
        Shape::Guarded => cannot_carry(declared, diagnostics),
        Shape::Boxed { output } | Shape::Opaque { output } => cannot_carry(&output, diagnostics),
    }
}

fn cannot_carry(ty: &Type, diagnostics: &mut Diagnostics) {
    if !certainly_cannot_carry(ty) {
        return;
    }
    let (written, mut fixed): (_, TokenStream) = (readable(ty), ty.to_token_stream());
    if matches!(ty, Type::Never(_)) {
        fixed = quote::quote!(Infallible);
    }
    diagnostics.report(
        ty,
        format!(
            "this function keeps its return type, and `{written}` cannot carry a refusal: write \
             `Result<{}, AuthClientError>`",
            readable(fixed)
        ),
    );
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
