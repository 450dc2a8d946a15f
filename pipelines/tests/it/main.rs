//! From files to figures: sources, landing, conforming, books, rollups and checks, over a lake in memory.

#[cfg(test)]
mod ages;
#[cfg(test)]
mod attributing;
#[cfg(test)]
mod booking;
#[cfg(test)]
mod bridge;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod checking;
#[cfg(test)]
mod comparisons;
#[cfg(test)]
mod concentrating;
#[cfg(test)]
mod conforming;
#[cfg(test)]
mod demotions;
#[cfg(test)]
mod doubts;
#[cfg(test)]
mod downloads;
#[cfg(test)]
mod export_formats;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod factor_nights;
#[cfg(test)]
mod factors;
#[cfg(test)]
mod folders;
#[cfg(test)]
mod forecasts;
#[cfg(test)]
mod historical_simulation;
#[cfg(test)]
mod hypothetical;
#[cfg(test)]
mod invariants;
#[cfg(test)]
mod landing;
#[cfg(test)]
mod liquidity;
#[cfg(test)]
mod measures_of_files;
#[cfg(test)]
mod parquet_books;
#[cfg(test)]
mod position_returns;
#[cfg(test)]
mod proxies;
#[cfg(test)]
mod restating;
#[cfg(test)]
mod return_parts;
#[cfg(test)]
mod risk;
#[cfg(test)]
mod risk_classes;
#[cfg(test)]
mod risk_parts;
#[cfg(test)]
mod rollups;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sampling;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod transfers;
#[cfg(test)]
mod why;
#[cfg(test)]
mod why_actions;
