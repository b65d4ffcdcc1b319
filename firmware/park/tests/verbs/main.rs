//! The park server seen from outside, one verb a file, in virtual time.

mod choose;
mod connect;
mod desk;
mod end;
mod expire;
mod lots;
mod lots_changed;
mod park;
mod reserve;
mod retrieve;
