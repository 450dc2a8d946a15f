//! The lake as the other rooms use it: written, read, kept quick and shared, in memory and in a folder.

#[cfg(test)]
mod compacting;
#[cfg(test)]
mod delta_log;
#[cfg(test)]
mod files;
#[cfg(test)]
mod growing;
#[cfg(test)]
mod linking;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod looking_again;
#[cfg(test)]
mod pinning;
#[cfg(test)]
mod places;
#[cfg(test)]
mod reading;
#[cfg(test)]
mod replacing;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sql_figures;
#[cfg(test)]
mod writing;
