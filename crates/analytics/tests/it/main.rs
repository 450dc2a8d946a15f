//! Figures against published ones: inline, and against the whole correctness pack where it lies beside the project.

#[cfg(test)]
mod factors;
#[cfg(test)]
mod pack;
#[cfg(test)]
mod published;
#[cfg(test)]
mod random_flows;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod shelves;
