use std::{fs, os::unix::fs::symlink, sync::Arc};

use flate2::{Compression, write::GzEncoder};

use super::*;

struct Fixture {
    outside: tempfile::TempDir,
    folder: Folder,
}

impl Fixture {
    fn new() -> Self {
        let outside = tempfile::tempdir().unwrap();
        fs::create_dir(outside.path().join("granted")).unwrap();
        fs::write(outside.path().join("secret"), "secret").unwrap();
        let folder = Folder::open(&outside.path().join("granted")).unwrap();
        Self { outside, folder }
    }

    fn inside(&self, name: &str) -> std::path::PathBuf {
        self.outside.path().join("granted").join(name)
    }

    fn read(&self, name: &str, offset: u64, length: u32) -> Result<Vec<u8>, Failure> {
        let alive = Arc::new(());
        self.folder
            .read(name, offset, length, &Mutex::new(None), &Arc::downgrade(&alive))
    }
}

#[test]
fn a_file_is_created_once_and_never_replaced() {
    let f = Fixture::new();
    assert!(f.folder.create("a.json", b"one").unwrap());
    assert!(!f.folder.create("a.json", b"two").unwrap());
    assert_eq!(fs::read(f.inside("a.json")).unwrap(), b"one");
    assert_eq!(f.folder.names().unwrap(), [("a.json".to_owned(), 3)]);
    let all = fs::read_dir(f.inside("")).unwrap().count();
    assert_eq!(all, 1, "no parts are left");
}

#[test]
fn a_name_that_appears_while_the_part_is_written_is_not_replaced() {
    let f = Fixture::new();
    f.folder.write_part(".hearken-x.part", b"two").unwrap();
    fs::write(f.inside("a"), "one").unwrap();
    assert_eq!(f.folder.rename(".hearken-x.part", "a"), Err(Errno::EXIST));
    assert_eq!(fs::read(f.inside("a")).unwrap(), b"one");
}

#[test]
fn no_name_leads_out_of_the_folder() {
    let f = Fixture::new();
    symlink(f.outside.path().join("secret"), f.inside("link")).unwrap();
    symlink(f.outside.path(), f.inside("up")).unwrap();
    for name in [
        "../secret",
        "/etc/passwd",
        "up/secret",
        "..",
        ".",
        "",
        ".hidden",
        "a\0b",
        "link",
        "up",
    ] {
        assert!(f.read(name, 0, 10).is_err(), "read {name:?}");
    }
    for name in ["../new", "/tmp/new", "up/new", "..", "", ".new", "a\0b"] {
        assert!(f.folder.create(name, b"x").is_err(), "create {name:?}");
    }
    let long = "x".repeat(201);
    assert!(f.folder.create(&long, b"x").is_err());
    assert!(!f.folder.create("link", b"x").unwrap(), "a link is a name too");
    assert_eq!(fs::read(f.outside.path().join("secret")).unwrap(), b"secret");
    assert!(f.folder.names().unwrap().is_empty(), "links are not listed");
}

#[test]
fn a_named_pipe_does_not_block_the_reader() {
    let f = Fixture::new();
    rustix::fs::mknodat(&f.folder.dir, "pipe", FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    assert!(f.read("pipe", 0, 10).is_err());
}

#[test]
fn reading_is_by_position_and_short_only_at_the_end() {
    let f = Fixture::new();
    fs::write(f.inside("a"), "0123456789").unwrap();
    assert_eq!(f.read("a", 3, 4).unwrap(), b"3456");
    assert_eq!(f.read("a", 8, 4).unwrap(), b"89");
    assert_eq!(f.read("a", 99, 4).unwrap(), b"");
    assert_eq!(f.read("a", u64::MAX, 4).unwrap(), b"");
    assert!(f.read("a", 0, MAX_READ_BYTES + 1).is_err());
    let missing = f.read("b", 0, 1).unwrap_err();
    assert_eq!(missing.code, "not-found");
}

fn packed(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_files_are_read_unpacked_from_any_position() {
    let f = Fixture::new();
    let content: Vec<u8> = (0..200_000_u32).flat_map(u32::to_le_bytes).collect();
    // Two members, as log rotation makes them.
    let (first, second) = content.split_at(300_000);
    fs::write(f.inside("a.gz"), [packed(first), packed(second)].concat()).unwrap();
    let alive = Arc::new(());
    let weak = Arc::downgrade(&alive);
    let (mut offset, kept) = (0, Mutex::new(None));
    let mut whole: Vec<u8> = Vec::new();
    loop {
        let bytes = f.folder.read("a.gz", offset, 65_536, &kept, &weak).unwrap();
        offset += bytes.len() as u64;
        whole.extend(&bytes);
        if bytes.len() < 65_536 {
            break;
        }
    }
    assert!(whole == content);
    assert_eq!(f.read("a.gz", 299_998, 4).unwrap(), content[299_998..300_002]);
}

#[test]
fn a_packed_file_that_is_damaged_is_an_error_and_not_an_end() {
    let f = Fixture::new();
    let mut whole = packed(&[7; 10_000]);
    whole.truncate(whole.len() - 4);
    fs::write(f.inside("a.gz"), whole).unwrap();
    assert!(f.read("a.gz", 0, 20_000).is_err());
}

#[test]
fn unpacking_stops_when_nobody_waits_for_it() {
    let f = Fixture::new();
    fs::write(f.inside("a.gz"), packed(&vec![0; 4 << 20])).unwrap();
    let read = f.folder.read("a.gz", 4 << 20, 1, &Mutex::new(None), &Weak::new());
    assert!(read.is_err());
}

#[test]
fn whoever_comes_back_a_little_does_not_begin_anew_and_whoever_comes_back_far_does() {
    let f = Fixture::new();
    let content: Vec<u8> = (0..6_000_000_u32).flat_map(u32::to_le_bytes).collect();
    fs::write(f.inside("a.gz"), packed(&content)).unwrap();
    let (alive, kept) = (Arc::new(()), Mutex::new(None));
    let read = |offset: usize| {
        let read = f
            .folder
            .read("a.gz", offset as u64, 1000, &kept, &Arc::downgrade(&alive));
        assert!(read.unwrap() == content[offset..offset + 1000], "at {offset}");
        kept.lock().unwrap().as_mut().unwrap().packed().unwrap().0
    };
    let far = read(20_000_000);
    assert_eq!(read(17_000_000), far, "what was given last is still there");
    assert!(read(1_000_000) < far, "and what lies far back is unpacked once more");
}

#[test]
fn unpacking_that_was_given_up_goes_on_where_it_stopped() {
    let f = Fixture::new();
    let content = vec![7; 4 << 20];
    fs::write(f.inside("a.gz"), packed(&content)).unwrap();
    let (alive, kept) = (Arc::new(()), Mutex::new(None));
    let mut tries = 0;
    let far = (4 << 20) - 1;
    let failure = loop {
        tries += 1;
        // Nobody waits: each try gets one step further and no more.
        let failure = f.folder.read("a.gz", far, 1, &kept, &Weak::new()).unwrap_err();
        if tries == 40 {
            break failure;
        }
    };
    assert_eq!((failure.class.as_str(), failure.retry_after_ms), ("transient", Some(0)));
    let before = kept.lock().unwrap().as_mut().unwrap().packed().unwrap().0;
    assert!(before > 0);
    let last = f.folder.read("a.gz", far, 1, &kept, &Arc::downgrade(&alive));
    assert_eq!(last.unwrap(), [7]);
}

#[test]
fn a_single_file_is_as_if_it_were_alone_also_by_a_link() {
    let f = Fixture::new();
    fs::write(f.inside("leads.csv"), "a").unwrap();
    fs::write(f.inside("other.csv"), "b").unwrap();
    symlink(f.inside("leads.csv"), f.outside.path().join("latest")).unwrap();
    for path in [f.inside("leads.csv"), f.outside.path().join("latest")] {
        let folder = Folder::open(&path).unwrap();
        assert_eq!(folder.names().unwrap(), [("leads.csv".to_owned(), 1)]);
        let alive = Arc::new(());
        let read = |name| folder.read(name, 0, 9, &Mutex::new(None), &Arc::downgrade(&alive));
        assert_eq!(read("leads.csv").unwrap(), b"a");
        assert_eq!(read("other.csv").unwrap_err().code, "not-found");
    }
}

#[test]
fn parts_that_a_crash_left_are_cleared_away_after_a_day() {
    let f = Fixture::new();
    let (old, new) = (f.inside(".hearken-1-1.part"), f.inside(".hearken-1-2.part"));
    for path in [&old, &new] {
        fs::write(path, "x").unwrap();
    }
    let yesterday = SystemTime::now() - Duration::from_secs(2 * 24 * 3600);
    let file = File::options().write(true).open(&old).unwrap();
    file.set_modified(yesterday).unwrap();
    Folder::open(&f.inside("")).unwrap();
    assert!(!old.exists());
    assert!(new.exists());
}
