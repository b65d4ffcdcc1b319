//! Everything that can happen to a parked call, one verb a file.

mod connect;
mod end;
mod expire;
mod park;
mod replace;
mod reserve;
mod retrieve;
