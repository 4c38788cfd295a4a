//! Results as files: one neutral table, and the formats that it is written in.

pub mod csv;
pub mod pb;
pub mod table;
