//! A super app that takes everybody at their word: the code that it is asked about is the number of the
//! document.

use std::io::{BufRead, BufReader, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};

use serde_json::json;

/// Serves until the process ends.
pub(super) fn serve(at: IpAddr) -> SocketAddr {
    let listener = TcpListener::bind((at, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who goes away in between is asked for again by whoever waits.
            drop(answer(stream));
        }
    });
    address
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
