//! What the rule attributes do at run time: who is admitted, who is refused, and that a refused call
//! never runs.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs, clippy::unused_async)]

#[path = "attributes/arguments.rs"]
mod arguments;
#[path = "attributes/authorize.rs"]
mod authorize;
#[path = "attributes/blocks.rs"]
mod blocks;
#[path = "attributes/caller.rs"]
mod caller;
#[path = "attributes/companion_matrix.rs"]
mod companion_matrix;
#[path = "attributes/companions.rs"]
mod companions;
#[path = "attributes/functions.rs"]
mod functions;
#[path = "attributes/matrix.rs"]
mod matrix;
#[path = "attributes/one_line.rs"]
mod one_line;
