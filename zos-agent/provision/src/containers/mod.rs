//! Programs with all they need, run by an OCI runtime, each under a shim that outlives the agent.
