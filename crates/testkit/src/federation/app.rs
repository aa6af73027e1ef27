//! A super app that takes everybody at their word: the code that it is asked about is the number of the
//! document.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::channel;

use serde_json::json;

use super::Place;

/// Serves on the loopback of a host, or of this machine, until the process ends.
pub(super) fn serve(place: &Place) -> SocketAddr {
    let (say, said) = channel();
    let place = place.clone();
    std::thread::spawn(move || {
        place.enter();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        say.send(listener.local_addr().unwrap()).unwrap();
        for stream in listener.incoming().flatten() {
            // Who goes away in between is asked for again by whoever waits.
            drop(answer(stream));
        }
    });
    said.recv().unwrap()
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut header = String::from("x");
    while !header.trim().is_empty() {
        header.clear();
        reader.read_line(&mut header)?;
    }
    let number = line.split("js_code=").nth(1).unwrap_or_default();
    let number = number.split(['&', ' ']).next().unwrap_or_default();
    let body = json!({ "openid": number, "n": number, "m": "张三丰" }).to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// What stands in a region's configuration of it.
pub(super) fn provider(app: SocketAddr) -> String {
    format!(
        "[[identity.super-app]]\nname = \"app\"\ntitle-zh = \"应用\"\ntitle-en = \"app\"\nform = \"wechat\"\n\
         endpoint = \"http://{app}/sns/jscode2session\"\napp = \"wx-1\"\n\
         claims = {{ number = \"n\", name = \"m\", type = \"111\" }}\n"
    )
}
