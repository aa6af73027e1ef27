//! What passed a switch: packets as tcpdump writes them, and whether anything of anybody can be read in them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

/// Begins a capture of Ethernet frames with microseconds, in the byte order of this machine.
const MAGIC: [u8; 4] = 0xa1b2_c3d4_u32.to_ne_bytes();
const FILE_HEADER: usize = 24;
const PACKET_HEADER: usize = 16;
const ETHERNET: usize = 14;

/// One TCP packet with something in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Packet<'a> {
    from: (Ipv4Addr, u16),
    to: (Ipv4Addr, u16),
    payload: &'a [u8],
}

/// Every TCP packet that carries anything. What is cut off at the end was being written.
pub(super) fn packets(capture: &[u8]) -> Option<Vec<Packet<'_>>> {
    if !capture.starts_with(&MAGIC) {
        return None;
    }
    let mut rest = capture.get(FILE_HEADER..)?;
    let mut found = Vec::new();
    while let Some((header, after)) = rest.split_at_checked(PACKET_HEADER) {
        let length = u32::from_ne_bytes(header.get(8..12)?.try_into().ok()?);
        let Some((frame, after)) = after.split_at_checked(usize::try_from(length).ok()?) else {
            break;
        };
        found.extend(packet(frame).filter(|packet| !packet.payload.is_empty()));
        rest = after;
    }
    Some(found)
}

fn packet(frame: &[u8]) -> Option<Packet<'_>> {
    let (kind, ip) = (frame.get(12..ETHERNET)?, frame.get(ETHERNET..)?);
    // IPv4, and TCP in it.
    if kind != [8, 0] || ip.first()? >> 4 != 4 || *ip.get(9)? != 6 {
        return None;
    }
    let long = usize::from(u16::from_be_bytes(ip.get(2..4)?.try_into().ok()?));
    let address = |at: usize| {
        let bytes: [u8; 4] = ip.get(at..at + 4)?.try_into().ok()?;
        Some(Ipv4Addr::from(bytes))
    };
    let (from, to) = (address(12)?, address(16)?);
    let tcp = ip.get(usize::from(ip.first()? & 15) * 4..long)?;
    let port = |at: usize| Some(u16::from_be_bytes(tcp.get(at..at + 2)?.try_into().ok()?));
    Some(Packet {
        from: (from, port(0)?),
        to: (to, port(2)?),
        payload: tcp.get(usize::from(tcp.get(12)? >> 4) * 4..)?,
    })
}

/// What a capture says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Packets that were looked at.
    pub(super) packets: usize,
    /// Connections that did not begin with a handshake of TLS.
    pub(super) plain: usize,
    /// Which of the words were found.
    pub(super) words: BTreeSet<String>,
    /// Bytes between regions.
    pub(super) between: usize,
}

/// Looks for words in everything, but for what goes to and from some ports, which the proof itself asks in plain text;
/// and adds up what passes between hosts of regions.
pub(super) fn look(
    packets: &[Packet<'_>],
    words: &[String],
    own_ports: &[u16],
    regions: &[IpAddr],
) -> Seen {
    let mut seen = Seen::default();
    let mut begun = BTreeSet::new();
    for packet in packets {
        if own_ports.contains(&packet.from.1) || own_ports.contains(&packet.to.1) {
            continue;
        }
        seen.packets += 1;
        if regions.contains(&packet.from.0.into()) && regions.contains(&packet.to.0.into()) {
            seen.between += packet.payload.len();
        }
        // The first that is said each way: a record of TLS, version 3.x.
        if begun.insert((packet.from, packet.to)) && !matches!(packet.payload, [20..=23, 3, ..]) {
            seen.plain += 1;
        }
        for word in words {
            let found = packet.payload.windows(word.len());
            if found.into_iter().any(|part| part == word.as_bytes()) {
                seen.words.insert(word.clone());
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(from: u8, to: u8, ports: (u16, u16), payload: &[u8]) -> Vec<u8> {
        let long = u16::try_from(40 + payload.len()).unwrap();
        let mut frame = vec![0; 12];
        frame.extend([8, 0, 0x45, 0]);
        frame.extend(long.to_be_bytes());
        frame.extend([0, 0, 0, 0, 64, 6, 0, 0, 10, 97, 13, from, 10, 97, 13, to]);
        frame.extend(ports.0.to_be_bytes());
        frame.extend(ports.1.to_be_bytes());
        frame.extend([0; 8]);
        frame.extend([0x50, 0, 0, 0, 0, 0, 0, 0]);
        frame.extend(payload);
        frame
    }

    fn capture(frames: &[Vec<u8>]) -> Vec<u8> {
        let mut capture = MAGIC.to_vec();
        capture.extend([0; 20]);
        for frame in frames {
            capture.extend([0; 8]);
            let long = u32::try_from(frame.len()).unwrap().to_ne_bytes();
            capture.extend([long, long].concat());
            capture.extend(frame);
        }
        capture
    }

    #[test]
    fn a_name_in_the_open_and_a_plain_connection_are_seen() {
        let tls = [22, 3, 1, 0, 5, 1, 2, 3];
        let frames = [
            frame(3, 4, (9000, 443), &tls),
            frame(4, 3, (443, 9000), &tls),
            frame(3, 4, (9000, 443), "..张三丰..".as_bytes()),
            frame(1, 4, (9001, 80), b"GET /"),
            frame(1, 4, (9002, 8081), "GET 张三丰".as_bytes()),
            frame(3, 4, (9000, 443), &[]),
        ];
        let bytes = capture(&frames);
        let packets = packets(&bytes).unwrap();
        assert_eq!(packets.len(), 5);
        let regions = [3, 4].map(|last| IpAddr::from([10, 97, 13, last]));
        let words = ["张三丰".to_owned(), "李四".to_owned()];
        let seen = look(&packets, &words, &[8081], &regions);
        assert_eq!(seen.packets, 4);
        assert_eq!(seen.plain, 1);
        assert_eq!(seen.words.len(), 1);
        assert_eq!(seen.between, 2 * tls.len() + 13);
        assert!(super::packets(b"no capture at all, nor is it").is_none());
    }
}
