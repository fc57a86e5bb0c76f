//! Room `outcome`: being built.
