//! Where a tile lies: `tile/<L>/<N>[.p/<W>]` (C2SP tlog-tiles, "Merkle Tree").

use super::{TileId, TileIdError};

/// Why a text is no path of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TilePathError {
    /// Not of the form `tile/<L>/<N>[.p/<W>]`.
    #[error("a tile's path is tile/<level>/<place>[.p/<width>]")]
    Form,
    /// A number that is too long, has a superfluous zero, or is none.
    #[error("the {0} in a tile's path is a decimal number, written in one way only")]
    Number(&'static str),
    /// A width of 256 is written without the suffix.
    #[error("a full tile's path has no .p suffix")]
    FullWidth,
    /// The numbers name no tile.
    #[error(transparent)]
    Tile(#[from] TileIdError),
}

impl TileId {
    /// The path, as in `tile/0/x001/x234/067` or `tile/0/273.p/112`.
    pub fn path(self) -> String {
        let suffix = self.suffix();
        format!("tile/{}/{}{suffix}", self.level(), place(self.index()))
    }

    /// Reads a path.
    ///
    /// # Errors
    /// [`TilePathError`] for every text that [`Self::path`] would not write.
    pub fn parse_path(path: &str) -> Result<Self, TilePathError> {
        let rest = path.strip_prefix("tile/").ok_or(TilePathError::Form)?;
        let (level, rest) = rest.split_once('/').ok_or(TilePathError::Form)?;
        let level = number(level, 2, "level")?;
        let (index, width) = match rest.split_once(".p/") {
            None => (rest, 256),
            Some((_, "256")) => return Err(TilePathError::FullWidth),
            Some((index, width)) => (index, number(width, 3, "width")?),
        };
        let index = read_place(index)?;
        let level = u8::try_from(level).map_err(|_| TilePathError::Number("level"))?;
        let width = u16::try_from(width).map_err(|_| TilePathError::Number("width"))?;
        Ok(Self::new(level, index, width)?)
    }

    fn suffix(self) -> String {
        if self.is_full() {
            String::new()
        } else {
            format!(".p/{}", self.width())
        }
    }
}

/// The path of the bundle of entries whose leaf hashes are in this tile of level 0, as in
/// `tile/entries/273.p/112`; none for a tile of another level.
pub fn entries_path(tile: TileId) -> Option<String> {
    (tile.level() == 0).then(|| format!("tile/entries/{}{}", place(tile.index()), tile.suffix()))
}

/// A number in groups of three digits, all but the last after an `x`.
fn place(index: u64) -> String {
    let mut text = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        text = format!("x{:03}/{text}", rest % 1000);
        rest /= 1000;
    }
    text
}

fn read_place(text: &str) -> Result<u64, TilePathError> {
    const WRONG: TilePathError = TilePathError::Number("place");
    let mut index: u64 = 0;
    for group in text.split('/') {
        let value = decimal(group.strip_prefix('x').unwrap_or(group)).ok_or(WRONG)?;
        index = index
            .checked_mul(1000)
            .and_then(|index| index.checked_add(value))
            .ok_or(WRONG)?;
    }
    // Writing it again catches every other way of writing it.
    if place(index) == text {
        Ok(index)
    } else {
        Err(WRONG)
    }
}

/// A decimal number of at most so many digits, without superfluous zeros.
fn number(text: &str, digits: usize, what: &'static str) -> Result<u64, TilePathError> {
    let canonical = text.len() <= digits && (text == "0" || !text.starts_with('0'));
    decimal(text)
        .filter(|_| canonical)
        .ok_or(TilePathError::Number(what))
}

/// A number of digits and nothing else.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_has_one_path() {
        for (level, index, width, path) in [
            (0, 0, 256, "tile/0/000"),
            (0, 273, 112, "tile/0/273.p/112"),
            (1, 1_234_067, 256, "tile/1/x001/x234/067"),
            (2, 1000, 1, "tile/2/x001/000.p/1"),
        ] {
            let tile = TileId::new(level, index, width).unwrap();
            assert_eq!(tile.path(), path);
            assert_eq!(TileId::parse_path(path), Ok(tile));
        }
    }

    #[test]
    fn every_other_path_is_refused() {
        for path in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/00",
            "tile/0/0000",
            "tile/00/000",
            "tile/8/000",
            "tile/+1/000",
            "tile/0/x000/001",
            "tile/0/x001/1",
            "tile/0/001/001",
            "tile/0/x001",
            "tile/0/1001",
            "tile/0/000.p/0",
            "tile/0/000.p/01",
            "tile/0/000.p/256",
            "tile/0/000.p/257",
            "tile/0/000.p/",
            "tile/0/000/",
            "/tile/0/000",
            "tile/0/000.p/1.p/1",
            "tile/entries/000",
            "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert!(TileId::parse_path(path).is_err(), "{path}");
        }
    }

    #[test]
    fn entries_lie_beside_tiles_of_level_0() {
        let tile = TileId::new(0, 273, 112).unwrap();
        assert_eq!(entries_path(tile).unwrap(), "tile/entries/273.p/112");
        assert_eq!(entries_path(TileId::new(1, 0, 1).unwrap()), None);
    }
}
