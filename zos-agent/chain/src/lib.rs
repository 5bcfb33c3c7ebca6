//! How an agent hears the chain and speaks to it.
