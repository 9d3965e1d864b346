//! What forgetting leaves in files.

use std::{fs, os::unix::fs::PermissionsExt};

use hearken_model::Instant;
use rusqlite::Connection;

use super::{Folder, page};
use crate::{Accepted, Forget, Sqlite, Store, StoreError, sqlite::Access};

/// Stores somebody, and others around them, and erases them.
async fn with_somebody_erased(folder: &Folder) -> Sqlite {
    let store = folder.daemon();
    for n in 0..200 {
        store
            .accept(page(&format!("other-{n}")))
            .await
            .expect("the store accepts");
    }
    let accepted = store.accept(page("canary")).await.expect("the store accepts");
    let [Accepted::Stored { prospect, .. }] = accepted[..] else {
        panic!("they are new: {accepted:?}")
    };
    let number = store.ask_forgetting(prospect, Instant(2)).await.expect("it is stored");
    let number = number.expect("they are known");
    store.erase(number, Instant(3), vec![]).await.expect("they are erased");
    store
}

fn files_with_the_canary(folder: &Folder) -> Vec<String> {
    let all = fs::read_dir(folder.0.path()).expect("the folder").flatten();
    let holds = |bytes: Vec<u8>| bytes.windows(6).any(|w| w == b"canary");
    all.filter(|file| holds(fs::read(file.path()).expect("a file")))
        .map(|file| file.file_name().to_string_lossy().into_owned())
        .collect()
}

#[tokio::test]
async fn a_store_that_remembers_people_and_has_lost_the_key_to_them_is_not_opened() {
    let folder = Folder::new();
    drop(with_somebody_erased(&folder).await);
    let (key, elsewhere) = (
        folder.0.path().join("hearken.db.key"),
        folder.0.path().join("elsewhere"),
    );
    let mode = fs::metadata(&key).expect("the key").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    fs::rename(&key, &elsewhere).expect("the key is moved");
    let refused = Sqlite::open(folder.file(), Access::Daemon)
        .expect_err("without the key")
        .to_string();
    assert!(refused.contains("restore it from the backup"), "{refused}");
    fs::rename(&elsewhere, &key).expect("the key is moved back");
    folder.daemon();
}

#[tokio::test]
async fn bytes_are_left_until_nobody_reads_and_then_they_are_gone() {
    let folder = Folder::new();
    let store = with_somebody_erased(&folder).await;
    assert_ne!(files_with_the_canary(&folder), [""; 0], "deleting alone leaves them");
    let reader = Connection::open(folder.file()).expect("another program opens it");
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM entry;")
        .expect("it reads on");
    let held_up = store.scrub(Instant(4)).await;
    assert!(matches!(held_up, Err(StoreError::Busy { .. })), "{held_up:?}");
    assert!(
        store.forgetting_to_do(Instant(5)).await.expect("it is read").scrub,
        "it is tried again"
    );
    reader.execute_batch("COMMIT").expect("it ends");
    store.scrub(Instant(6)).await.expect("nobody reads");
    assert_eq!(files_with_the_canary(&folder), [""; 0]);
    store.accept(page("another")).await.expect("it goes on");
}
