//! The whole house, tried as its users try it: through the binary, on folders of its own.

#[cfg(test)]
mod announced;
#[cfg(test)]
mod attributing;
#[cfg(test)]
mod auditing;
#[cfg(test)]
mod books;
#[cfg(test)]
mod command_line;
#[cfg(test)]
mod compose_settings;
#[cfg(test)]
mod composites;
#[cfg(test)]
mod delivering;
#[cfg(test)]
mod evaluation;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod functions_page;
#[cfg(test)]
mod handing_out;
#[cfg(test)]
mod happened;
#[cfg(test)]
mod holdings;
#[cfg(test)]
mod house;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod killed_batch;
#[cfg(test)]
mod liquidity;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod management;
#[cfg(test)]
mod mirror;
#[cfg(test)]
mod night;
#[cfg(test)]
mod ordering;
#[cfg(test)]
mod privacy;
#[cfg(test)]
mod pushing;
#[cfg(test)]
mod reconciling;
#[cfg(test)]
mod reporting;
#[cfg(test)]
mod restating;
#[cfg(test)]
mod rights;
#[cfg(test)]
mod sealing;
#[cfg(test)]
mod sending;
#[cfg(test)]
mod served;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod tables_page;
#[cfg(test)]
mod tidy;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod users;
#[cfg(test)]
mod why;
