//! What the signature says of how a function can be protected.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::visit_mut::{self, VisitMut};
use syn::{
    AngleBracketedGenericArguments, GenericArgument, Path, PathArguments, PathSegment, ReturnType,
    Signature, Token, Type, TypeInfer, TypeParamBound, TypeTuple,
};

/// How a function can be protected.
pub(crate) enum Shape {
    /// An `async fn` without receiver becomes a function that returns a secured future.
    Secured,
    /// The check is the first act of the body: methods, functions that are not async.
    Guarded,
    /// `Pin<Box<dyn Future>>` or `BoxFuture`: the check is the first act of the future.
    Boxed { output: Type },
    /// `impl Future`: the check is the first act of the future.
    Opaque { output: Type },
}

impl Shape {
    pub(crate) fn of(signature: &Signature) -> Self {
        if signature.asyncness.is_some() {
            return match signature.receiver() {
                None => Self::Secured,
                Some(_) => Self::Guarded,
            };
        }
        let ReturnType::Type(_, ty) = &signature.output else {
            return Self::Guarded;
        };
        if let Some(output) = boxed_future(ty) {
            return Self::Boxed { output };
        }
        match peeled(ty) {
            ty @ Type::ImplTrait(_) => bounds(ty)
                .find_map(future)
                .map_or(Self::Guarded, |output| Self::Opaque { output }),
            _ => Self::Guarded,
        }
    }
}

/// The output of `Pin<Box<dyn Future<Output = T> + ..>>`, `BoxFuture<'_, T>`, `LocalBoxFuture<'_, T>`.
fn boxed_future(ty: &Type) -> Option<Type> {
    let last = last_segment(ty)?;
    if last.ident == "BoxFuture" || last.ident == "LocalBoxFuture" {
        return type_arguments(last).last().cloned();
    }
    let boxed = argument_of(last, "Pin")?;
    let object = argument_of(last_segment(boxed)?, "Box")?;
    bounds(object).find_map(future)
}

fn argument_of<'a>(segment: &'a PathSegment, name: &str) -> Option<&'a Type> {
    type_arguments(segment)
        .next()
        .filter(|_| segment.ident == name)
}

/// `T`, if the bound is `Future<Output = T>`.
fn future(bound: &Path) -> Option<Type> {
    let last = bound
        .segments
        .last()
        .filter(|last| last.ident == "Future")?;
    arguments(last)?
        .args
        .iter()
        .find_map(|argument| match argument {
            GenericArgument::AssocType(output) if output.ident == "Output" => {
                Some(output.ty.clone())
            }
            _ => None,
        })
}

/// The traits of `impl A + B` or `dyn A + B`; none for other types.
pub(crate) fn bounds(ty: &Type) -> impl Iterator<Item = &Path> {
    let bounds = match peeled(ty) {
        Type::ImplTrait(ty) => Some(&ty.bounds),
        Type::TraitObject(ty) => Some(&ty.bounds),
        _ => None,
    };
    bounds
        .into_iter()
        .flatten()
        .filter_map(|bound| match bound {
            TypeParamBound::Trait(bound) => Some(&bound.path),
            _ => None,
        })
}

/// What becomes of the output of a secured future.
pub(super) enum Outcome {
    /// It can carry a refusal, or must: `Result`, `Response`.
    Kept,
    /// Any other type `T` becomes `Result<T, AuthClientError>`.
    Wrapped,
}

impl Outcome {
    pub(super) fn of(output: &Type) -> Self {
        let kept = last_segment(output).is_some_and(|last| {
            last.ident == "Response" || last.ident.to_string().ends_with("Result")
        });
        if kept { Self::Kept } else { Self::Wrapped }
    }
}

/// The type that has to carry the refusal, as far as the signature shows it: `E` of `Result<T, E>`.
pub(super) fn carrier(output: &Type) -> &Type {
    let error = last_segment(output).and_then(|last| type_arguments(last).nth(1));
    error.unwrap_or(output)
}

/// The type as an expression may name it: what is `impl Trait` is inferred.
pub(crate) fn nameable(ty: &Type) -> Type {
    struct Erase;
    impl VisitMut for Erase {
        fn visit_type_mut(&mut self, ty: &mut Type) {
            if let Type::ImplTrait(opaque) = ty {
                let underscore_token = Token![_](opaque.impl_token.span);
                *ty = Type::Infer(TypeInfer {
                    attrs: Vec::new(),
                    underscore_token,
                });
            }
            visit_mut::visit_type_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Erase.visit_type_mut(&mut ty);
    ty
}

/// The type with every `impl Trait` capturing all lifetimes, as it does in an `async fn`. In edition
/// 2021 it would not, so its `impl` is moved to the edition of this crate.
pub(super) fn capturing(ty: &Type) -> Type {
    struct Capture;
    impl VisitMut for Capture {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut syn::TypeImplTrait) {
            ty.impl_token.span = Span::call_site().located_at(ty.impl_token.span);
            visit_mut::visit_type_impl_trait_mut(self, ty);
        }
    }
    let mut ty = ty.clone();
    Capture.visit_type_mut(&mut ty);
    ty
}

/// The declared output, `()` where there is none.
pub(crate) fn declared(signature: &Signature) -> Type {
    match &signature.output {
        ReturnType::Default => Type::Tuple(TypeTuple {
            attrs: Vec::new(),
            paren_token: Paren::default(),
            elems: Punctuated::new(),
        }),
        ReturnType::Type(_, ty) => (**ty).clone(),
    }
}

/// Makes `ty` the return type.
pub(super) fn replace(signature: &mut Signature, ty: TokenStream) {
    let arrow = match &signature.output {
        ReturnType::Type(arrow, _) => *arrow,
        ReturnType::Default => Token![->](Span::call_site()),
    };
    signature.output = ReturnType::Type(arrow, Box::new(Type::Verbatim(ty)));
}

/// Turns `impl Future<Output = T>` into `impl SecuredFuture<Output = T>`.
pub(super) fn say_secured(signature: &mut Signature, private: &TokenStream) {
    let ReturnType::Type(_, ty) = &mut signature.output else {
        return;
    };
    let Type::ImplTrait(opaque) = peeled_mut(ty) else {
        return;
    };
    for bound in &mut opaque.bounds {
        if let TypeParamBound::Trait(future) = bound
            && self::future(&future.path).is_some()
        {
            let arguments = future.path.segments.last().map(|last| &last.arguments);
            *bound = TypeParamBound::Verbatim(quote!(#private::SecuredFuture #arguments));
        }
    }
}

/// The type without the parentheses and invisible groups around it.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        _ => ty,
    }
}

fn peeled_mut(ty: &mut Type) -> &mut Type {
    match ty {
        Type::Group(group) => peeled_mut(&mut group.elem),
        Type::Paren(paren) => peeled_mut(&mut paren.elem),
        _ => ty,
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match peeled(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

fn arguments(segment: &PathSegment) -> Option<&AngleBracketedGenericArguments> {
    match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => Some(arguments),
        _ => None,
    }
}

fn type_arguments(segment: &PathSegment) -> impl Iterator<Item = &Type> {
    let arguments = arguments(segment)
        .into_iter()
        .flat_map(|arguments| &arguments.args);
    arguments.filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}
