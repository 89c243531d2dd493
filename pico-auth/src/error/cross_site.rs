//! 403: another site may have made the browser send this request.

use std::error::Error;
use std::fmt;

/// Why a request may come from a page of another origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CrossSiteReason {
    /// A header says that it does, or the headers contradict each other.
    OtherOrigin,
    /// Neither `Sec-Fetch-Site` nor `Origin` says where it comes from: no browser sent it, or something on
    /// the way took them off.
    NoOrigin,
}

impl CrossSiteReason {
    /// A short, stable word for logs and metrics: `cross_site` or `cross_site_unknown`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherOrigin => "cross_site",
            Self::NoOrigin => "cross_site_unknown",
        }
    }
}

impl fmt::Display for CrossSiteReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OtherOrigin => "it comes from another origin",
            Self::NoOrigin => "neither Sec-Fetch-Site nor Origin says where it comes from",
        })
    }
}

/// 403: the request may have been made by a page of another origin, which the browser's cookies do not
/// vouch for. The token was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrossSiteRequestError {
    reason: CrossSiteReason,
}

impl CrossSiteRequestError {
    /// The error of a request refused for `reason`.
    pub const fn new(reason: CrossSiteReason) -> Self {
        Self { reason }
    }

    /// Why it is refused.
    pub const fn reason(&self) -> CrossSiteReason {
        self.reason
    }
}

impl fmt::Display for CrossSiteRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cross-site request refused: {}", self.reason)
    }
}

impl Error for CrossSiteRequestError {}
