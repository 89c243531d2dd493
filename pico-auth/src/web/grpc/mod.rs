//! gRPC as tonic speaks it: the same gate, and refusals as gRPC statuses.

mod layer;
mod open;
mod status;
mod terse;

pub use layer::{GrpcAuthLayer, GrpcAuthService};
