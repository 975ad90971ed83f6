//! A library to preload into a program (`LD_PRELOAD`), on Linux: it counts the operations that change
//! files under a folder, and at one of them kills the program, tears the write, or lets the disk be full
//! from there on. What the program sees are its own calls of the C library, so nothing in it has to know.
//!
//! | variable | what |
//! | --- | --- |
//! | `FAULTS_FOLDER` | operations under this folder count, given by absolute paths |
//! | `FAULTS_LOG` | a file that gets a line for each: its kind and the file |
//! | `FAULTS_AT` | the number of the operation, from 1; left out, all are done |
//! | `FAULTS_KIND` | `kill` before it, `tear`: half a write and then the kill, or `full`: it and all after it fail with `ENOSPC` |

#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod intercept;
#[cfg(target_os = "linux")]
mod plan;
#[cfg(target_os = "linux")]
mod real;
