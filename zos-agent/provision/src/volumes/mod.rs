//! Disks of a size that the file system enforces.
