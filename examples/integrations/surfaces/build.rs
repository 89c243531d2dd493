//! Makes the gRPC services of `src/grpc.rs`: a method for each rule of `src/rules.rs`.

use tonic_build::manual::{Builder, Method, Service};

const RULES: [&str; 14] = [
    "maybe",
    "known",
    "admin",
    "editors",
    "operators",
    "payers",
    "auditors",
    "stacked",
    "nested",
    "others",
    "agents",
    "strong",
    "stepped",
    "undecided",
];

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let open = service("Open", &["open"]);
    let ruled = service("Ruled", &RULES);
    Builder::new().build_client(false).compile(&[open, ruled]);
}

fn service(name: &str, methods: &[&str]) -> Service {
    let service = Service::builder().name(name).package("surfaces");
    let methods = methods.iter().map(|name| {
        Method::builder()
            .name(name)
            .route_name(name)
            .input_type("crate::grpc::Nothing")
            .output_type("crate::grpc::Subject")
            .codec_path("tonic_prost::ProstCodec")
            .build()
    });
    methods
        .fold(service, |service, method| service.method(method))
        .build()
}
