//! Images by digest: fetched, verified, unpacked once.
