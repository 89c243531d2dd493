//! gRPC as a client sees it: the layer in front of a server, statuses, and rules on service methods. Calls
//! over a real socket are in `examples/integrations/grpc`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

#[path = "grpc/layer.rs"]
mod layer;
#[path = "grpc/methods.rs"]
mod methods;
#[path = "grpc/open.rs"]
mod open;
#[path = "grpc/status.rs"]
mod status;
#[path = "grpc/support.rs"]
mod support;
#[path = "grpc/terse.rs"]
mod terse;
