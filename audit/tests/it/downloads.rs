//! Downloads from a server that breaks off, lies about lengths, or has another version by now.

use std::{
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
};

use audit::fetch::{FetchFault, bundle_address, download};

/// What a server answers, one for each connection, from the request's range.
type Answer = fn(Option<u64>) -> Vec<u8>;

const ETAG: &str = "\"one\"";
const FILE: &[u8] = &[7; 100_000];

/// A server for these connections; returns its address and the ranges that it was asked for.
fn server(answers: Vec<Answer>) -> (String, Arc<Mutex<Vec<Option<u64>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/bundle.tar.zst", listener.local_addr().expect("an address"));
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = Arc::clone(&asked);
    std::thread::spawn(move || {
        for (answer, stream) in answers.into_iter().zip(listener.incoming()) {
            let mut stream = stream.expect("a connection");
            let from = range(&stream);
            noted.lock().expect("nobody panics").push(from);
            // The other side may have heard enough.
            let _ = stream.write_all(&answer(from));
        }
    });
    (address, asked)
}

fn range(stream: &TcpStream) -> Option<u64> {
    let mut from = None;
    for line in BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
        if let Some(value) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = value.trim_end_matches('-').parse().ok();
        }
    }
    from
}

fn whole(_: Option<u64>) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: {ETAG}\r\nConnection: close\r\n\r\n", FILE.len());
    [head.as_bytes(), FILE].concat()
}

fn half(from: Option<u64>) -> Vec<u8> {
    let mut answer = whole(from);
    answer.truncate(answer.len() - FILE.len() / 2);
    answer
}

fn rest(from: Option<u64>) -> Vec<u8> {
    let from = from.expect("a range is asked for") as usize;
    let (last, len) = (FILE.len() - 1, FILE.len());
    let head = format!(
        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes {from}-{last}/{len}\r\nContent-Length: {}\r\nETag: {ETAG}\r\nConnection: close\r\n\r\n",
        len - from
    );
    [head.as_bytes(), &FILE[from..]].concat()
}

fn other_part(_: Option<u64>) -> Vec<u8> {
    b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\nConnection: close\r\n\r\n56789".to_vec()
}

fn huge(_: Option<u64>) -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999\r\nConnection: close\r\n\r\n0".to_vec()
}

fn endless(_: Option<u64>) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".as_slice(), &vec![0; 300_000]].concat()
}

fn missing(_: Option<u64>) -> Vec<u8> {
    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
}

fn fetch(address: &str, file: &Path) -> Result<(), FetchFault> {
    download(address, file, 200_000, &|_, _| {})
}

#[test]
fn a_download_that_breaks_off_goes_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept");
    let (address, asked) = server(vec![half, rest]);
    fetch(&address, &file).expect("the whole file");
    assert_eq!(std::fs::read(&file).expect("a file"), FILE);
    assert_eq!(*asked.lock().expect("nobody panics"), [None, Some(50_000)]);
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing stays beside the file");
    let again = fetch(&address, &file).expect_err("the file is there").to_string();
    assert!(again.contains("there already"), "{again}");
}

#[test]
fn what_an_earlier_run_left_is_used_only_for_the_same_version() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("kept");
    std::fs::write(folder.path().join("kept.part"), &FILE[..1000]).expect("written");
    std::fs::write(folder.path().join("kept.part.etag"), ETAG).expect("written");
    let (address, asked) = server(vec![rest]);
    fetch(&address, &file).expect("the rest");
    assert_eq!(std::fs::read(&file).expect("a file"), FILE);
    assert_eq!(*asked.lock().expect("nobody panics"), [Some(1000)]);
    // A server with another version answers with the whole file, which replaces what is there.
    let file = folder.path().join("other");
    std::fs::write(folder.path().join("other.part"), b"of an older version").expect("written");
    std::fs::write(folder.path().join("other.part.etag"), "\"zero\"").expect("written");
    let (address, _) = server(vec![whole]);
    fetch(&address, &file).expect("the whole file");
    assert_eq!(std::fs::read(&file).expect("a file"), FILE);
}

#[test]
fn refusals_say_what_and_how_much() {
    let folder = tempfile::tempdir().expect("a folder");
    for (answer, reason) in [
        (huge as Answer, "declares 99999999999999 bytes, more than the 200000 allowed"),
        (endless, "more than the 200000 allowed"),
        (missing, "404"),
        (other_part, "another part"),
    ] {
        let (address, _) = server(vec![answer]);
        let fault = fetch(&address, &folder.path().join("none")).expect_err("refused").to_string();
        assert!(fault.contains(reason), "{fault}");
    }
    assert!(!folder.path().join("none").exists());
}

#[test]
fn the_page_of_a_round_leads_to_its_bundle() {
    let bundle = "https://vote.example/api/v1/rounds/spring/export/bundle";
    assert_eq!(bundle_address("https://vote.example/rounds/spring"), bundle);
    assert_eq!(bundle_address("https://vote.example/rounds/spring/"), bundle);
    assert_eq!(bundle_address(bundle), bundle);
    assert_eq!(bundle_address("https://files.example/b.tar.zst"), "https://files.example/b.tar.zst");
}
