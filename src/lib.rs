//! Veche: an electronic rating vote for public spaces.
#![doc = include_str!("../README.md")]

// Files of `tests` that unit tests share name the crate as others do.
#[cfg(test)]
extern crate self as veche;

pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod connections;
pub mod crypto;
pub mod domain;
pub mod error;
pub mod export;
pub mod http;
pub mod jobs;
pub mod metrics;
pub mod outbound;
mod packing;
pub mod pages;
pub mod pictures;
pub mod publishing;
pub mod server;
pub mod store;
pub mod telemetry;
pub mod threads;
pub mod web;
pub mod witness;
