//! Makes Rust of `proto/shop.proto`: the service's trait, its client, and the description of both that
//! the reflection service shows.

use std::error::Error;
use std::path::PathBuf;

use prost::Message;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=proto");
    let description = protox::compile(["proto/shop.proto"], ["proto"])?;
    let file = PathBuf::from(std::env::var("OUT_DIR")?).join("shop.bin");
    std::fs::write(file, description.encode_to_vec())?;
    tonic_prost_build::compile_fds(description)?;
    Ok(())
}
