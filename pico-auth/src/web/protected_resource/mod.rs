//! What a service tells clients of itself (RFC 9728): which authorization servers give out its tokens, and for
//! what.

mod builder;
mod routes;
mod url;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

pub use builder::ProtectedResourceBuilder;
pub(super) use routes::{ServedMetadata, metadata_routes, named, served};

/// The metadata of a service as an OAuth protected resource (RFC 9728). Clients that know nothing but its URL,
/// such as those of MCP, find the authorization server through it. Cheap to clone.
///
/// ```
/// use pico_auth::{AuthConfigurationError, ProtectedResource, SecureRouter};
///
/// # fn example() -> Result<(), AuthConfigurationError> {
/// let resource = ProtectedResource::builder("https://api.example.com/mcp")
///     .authorization_server("https://id.example.com")
///     .scopes_supported(["orders:read", "orders:write"])
///     .build()?;
/// assert_eq!(
///     resource.metadata_url(),
///     "https://api.example.com/.well-known/oauth-protected-resource/mcp",
/// );
/// let router: SecureRouter = SecureRouter::new().protected_resource_metadata(&resource);
/// # let _ = router;
/// # Ok(()) }
/// ```
///
/// The resource is what clients name as `resource` when they ask for a token (RFC 8707), and what the
/// authorization server then writes into `aud`. So the setting `audience` should be the same text.
#[derive(Clone)]
pub struct ProtectedResource {
    inner: Arc<Inner>,
}

struct Inner {
    resource: String,
    metadata_url: String,
    metadata_path: String,
    document: Bytes,
}

impl ProtectedResource {
    /// Starts the metadata of the service that clients reach under this URL, all of it: with the prefix that a
    /// proxy takes off, if there is one.
    pub fn builder(resource: impl Into<String>) -> ProtectedResourceBuilder {
        ProtectedResourceBuilder::new(resource.into())
    }

    /// The service, as `resource` and `aud` of tokens name it.
    pub fn resource(&self) -> &str {
        &self.inner.resource
    }

    /// Where its metadata is: the well-known path stands between the host and the path of the resource
    /// (RFC 9728 §3.1).
    pub fn metadata_url(&self) -> &str {
        &self.inner.metadata_url
    }

    /// The path of [`metadata_url`](Self::metadata_url).
    pub fn metadata_path(&self) -> &str {
        &self.inner.metadata_path
    }
}

impl fmt::Debug for ProtectedResource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProtectedResource")
            .field("resource", &self.inner.resource)
            .finish_non_exhaustive()
    }
}
