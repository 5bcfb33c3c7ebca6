mod proxies;
mod random_calls;
