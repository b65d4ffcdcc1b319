//! The park server seen from outside, one verb a file, in virtual time.

mod choose;
mod connect;
mod desk;
mod end;
mod expire;
mod lots;
mod park;
mod reserve;
mod retrieve;
