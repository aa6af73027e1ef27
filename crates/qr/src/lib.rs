//! QR codes of code texts as people see them: in the colour of the level, with its word
//! and shape; a paper code, which says no level, in black.
//!
//! Error correction is M and the version the smallest that holds the text, so a code stays small on
//! old phones and readable in the rain. A colour is never alone: whoever cannot tell red from green,
//! or prints in black, reads the word and sees the shape. Nothing here signs or verifies.
//!
//! A tour: [`QrCode::of`] a text, [`Look::of`] a level or [`Look::paper`], then [`svg`], [`png()`] or [`terminal`].
//! [`paper_pdf`] is a paper code as a sheet for a printer.

mod glyphs;
mod letters;
mod look;
mod matrix;
mod picture;
mod raster;
mod sheet;
mod vector;

mod blocks;

pub use blocks::{Paint, terminal};
pub use look::{Colour, Look, Shape};
pub use matrix::{QrCode, TextTooLong};
pub use raster::{PngError, Scale, ScaleError, png};
pub use sheet::{PaperSheet, SheetError, SheetLayout, paper_pdf};
pub use vector::svg;
