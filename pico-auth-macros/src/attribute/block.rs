//! A rule on an `impl` block: it is that of each function of the block.

use proc_macro2::{Delimiter, Group, TokenStream};
use quote::{ToTokens, quote};

use super::model::{Block, Member, Origin};
use super::written::{self, Written};
use super::{check, is_inert, is_public, known, tripwire};
use crate::diagnostics::Diagnostics;
use crate::fallback;

/// Moves the rule below the other attributes of the block, which may write functions into it.
pub(super) fn moved(mut written: Written, block: Block) -> TokenStream {
    written.origin = if block.is_of_trait {
        Origin::TraitBlock
    } else {
        Origin::Block
    };
    let mut diagnostics = Diagnostics::default();
    let rule = written.rule(&mut diagnostics);
    if !check::on_block(&rule, &block, &mut diagnostics) {
        return fallback::beside(diagnostics, block.into_token_stream());
    }
    let mut attributes = block.attributes.iter().chain(&block.inner_attributes);
    let moved = if attributes.all(|attribute| is_inert(attribute.path())) {
        ruled(vec![written], block)
    } else {
        moved_below(vec![written], block)
    };
    fallback::beside(diagnostics, moved)
}

fn moved_below(written: Vec<Written>, mut block: Block) -> TokenStream {
    let rules = known(&written);
    for member in &mut block.members {
        if let Member::Function(function) = member {
            let own = check::own_rules(function);
            tripwire::set(&rules, &own, function);
        }
    }
    let attribute = written::waiting(&mut block.attributes, written);
    let above = std::mem::take(&mut block.attributes);
    quote!(#(#above)* #attribute #block)
}

/// The block, in which each function has the rules as if they stood above its own attributes.
pub(super) fn ruled(mut written: Vec<Written>, mut block: Block) -> TokenStream {
    if block.attributes.iter().any(is_public) {
        return moved_below(written, block);
    }
    written.extend(written::taken(&mut block.attributes));
    let mut diagnostics = Diagnostics::default();
    let rules = check::together(known(&written), &mut diagnostics);
    check::block(&rules, &block, &mut diagnostics);
    for member in &mut block.members {
        if let Member::Function(function) = member {
            function.body = tripwire::taken_out(std::mem::take(&mut function.body));
        }
    }
    if !diagnostics.is_empty() {
        return fallback::beside(diagnostics, block.into_token_stream());
    }
    block.members = block
        .members
        .into_iter()
        .map(|member| match member {
            Member::Function(function) => {
                Member::Other(Vec::new(), super::moved(written.clone(), *function, false))
            }
            other @ Member::Other(..) => other,
        })
        .collect();
    block.into_token_stream()
}

impl ToTokens for Block {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (attributes, header) = (&self.attributes, &self.header);
        let (inner, members) = (&self.inner_attributes, &self.members);
        let mut body = Group::new(Delimiter::Brace, quote!(#(#inner)* #(#members)*));
        body.set_span(self.brace);
        tokens.extend(quote!(#(#attributes)* #header #body));
    }
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Function(function) => function.to_tokens(tokens),
            Self::Other(attributes, item) => tokens.extend(quote!(#(#attributes)* #item)),
        }
    }
}
