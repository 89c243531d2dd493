//! gRPC as tonic speaks it: the same gate, and refusals as gRPC statuses.

mod layer;
mod open;
mod status;

pub use layer::{GrpcAuthLayer, GrpcAuthService};
