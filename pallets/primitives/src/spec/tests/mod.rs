//! Stories of specs: one that is fine, and what becomes of it with one thing changed.

use super::*;
