//! From files to figures: sources, landing, conforming, books, rollups and checks, over a lake in memory.

#[cfg(test)]
mod booking;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod checking;
#[cfg(test)]
mod conforming;
#[cfg(test)]
mod downloads;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod landing;
#[cfg(test)]
mod rollups;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sources;
