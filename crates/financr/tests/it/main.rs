//! The whole house, tried as its users try it.

mod tidy;
