//! The examples as programs: what they accept, what they refuse, and what they leave behind.

mod advice;
mod bad_data;
mod bad_flags;
mod bad_settings;
mod compare;
mod damage;
mod deform;
mod device;
mod endings;
mod examples;
mod figures;
mod fixture;
mod initialization;
mod list;
mod names;
mod output;
mod predict;
mod recipe;
mod runs;
mod settings;
