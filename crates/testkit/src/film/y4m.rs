//! Frames as a YUV4MPEG2 file, which browsers take for a camera.

use std::io::{self, Write};

use super::Frame;

/// A film that is being written: 4:2:0 without colour.
#[derive(Debug)]
pub struct Y4m<W> {
    to: W,
    size: (usize, usize),
}

impl<W: Write> Y4m<W> {
    /// Begins a film of a size, which is even, with so many frames in a second.
    ///
    /// # Errors
    /// Those of writing.
    pub fn begin(mut to: W, size: (usize, usize), a_second: u32) -> io::Result<Self> {
        let (width, height) = size;
        writeln!(
            to,
            "YUV4MPEG2 W{width} H{height} F{a_second}:1 Ip A1:1 C420jpeg"
        )?;
        Ok(Self { to, size })
    }

    /// Adds a frame so many times.
    ///
    /// # Errors
    /// Those of writing; [`io::ErrorKind::InvalidInput`] for a frame of another size.
    pub fn add(&mut self, frame: &Frame, times: usize) -> io::Result<()> {
        if frame.size() != self.size {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        let (width, height) = self.size;
        let grey = vec![128; width.div_ceil(2) * height.div_ceil(2) * 2];
        for _ in 0..times {
            self.to.write_all(b"FRAME\n")?;
            self.to.write_all(frame.luma())?;
            self.to.write_all(&grey)?;
        }
        Ok(())
    }

    /// Ends the film.
    ///
    /// # Errors
    /// Those of writing.
    pub fn end(mut self) -> io::Result<W> {
        self.to.flush()?;
        Ok(self.to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_has_its_head_and_all_of_each_frame() {
        let mut film = Y4m::begin(Vec::new(), (4, 2), 15).unwrap();
        film.add(&Frame::empty((4, 2)), 2).unwrap();
        assert!(film.add(&Frame::empty((2, 2)), 1).is_err());
        let bytes = film.end().unwrap();
        let head = b"YUV4MPEG2 W4 H2 F15:1 Ip A1:1 C420jpeg\n";
        assert!(bytes.starts_with(head));
        assert_eq!(bytes.len(), head.len() + 2 * (6 + 8 + 4));
        assert_eq!(
            &bytes[head.len()..][..14],
            b"FRAME\n\x60\x60\x60\x60\x60\x60\x60\x60"
        );
    }
}
