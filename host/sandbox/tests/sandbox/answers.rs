use hearken_sandbox::{Class, Fault, Isolation};

use crate::support::{World, actions, cues, dossier, dossiers, request, spec};

#[tokio::test]
async fn batches_of_any_size_are_answered_in_order() {
    let world = World::new().await;
    let connector = world.connect("good").await;
    for count in [0, 1, 2, 255, 256, 257, 1000] {
        let answers = cues(connector.assess(dossiers(count)).await);
        let expected: Vec<_> = (0..count).map(|i| Ok(format!("p{i}"))).collect();
        assert_eq!(answers, expected);
    }
}

#[tokio::test]
async fn a_batch_heavier_than_a_guests_memory_is_split() {
    let world = World::new().await;
    let connector = world.connect("good").await;
    // 128 MiB in all, against a memory of 64 MiB.
    let heavy = (0..128).map(|i| request(&i.to_string(), vec![b'x'; 1 << 20])).collect();
    let answers = connector.receive(heavy).await;
    for (i, answer) in answers.into_iter().enumerate() {
        assert_eq!(answer.unwrap().body, i.to_string().into_bytes());
    }
}

#[tokio::test]
async fn a_trap_on_one_record_costs_only_that_record() {
    let world = World::new().await;
    for bad in [0, 1, 100, 255] {
        let connector = world.connect(&format!("trap-on:p{bad}")).await;
        let answers = cues(connector.assess(dossiers(256)).await);
        for (i, answer) in answers.iter().enumerate() {
            if i == bad {
                assert!(matches!(answer, Err(Fault::Trapped { .. })), "{answer:?}");
            } else {
                assert_eq!(*answer, Ok(format!("p{i}")));
            }
        }
    }
}

#[tokio::test]
async fn a_trap_in_a_sink_that_sent_nothing_costs_only_that_action() {
    let world = World::new().await;
    let connector = world.connect("trap-on:a3").await;
    let answers = connector.deliver(0, actions(8), None, None).await;
    for (i, (id, answer)) in answers.iter().enumerate() {
        assert_eq!(*id, format!("a{i}"));
        assert_eq!(answer.is_ok(), i != 3);
    }
    assert!(!answers[3].1.as_ref().unwrap_err().may_have_been_sent());
}

#[tokio::test]
async fn after_a_file_was_written_a_trap_is_not_bisected_and_nothing_is_written_twice() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    let mut sending = spec("create-then-trap");
    sending.grants.folder = Some(folder.path().to_owned());
    let connector = world.try_connect(sending).await.unwrap();
    for (_, answer) in connector.deliver(0, actions(4), None, None).await {
        let fault = answer.unwrap_err();
        assert!(fault.may_have_been_sent(), "{fault}");
        assert!(matches!(fault, Fault::AfterSending { .. }), "{fault}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[tokio::test]
async fn an_effect_that_did_not_happen_does_not_forbid_bisecting() {
    let world = World::new().await;
    let folder = tempfile::tempdir().unwrap();
    for i in 0..4 {
        std::fs::write(folder.path().join(format!("a{i}")), "from before").unwrap();
    }
    let mut sending = spec("create-then-trap");
    sending.grants.folder = Some(folder.path().to_owned());
    let connector = world.try_connect(sending).await.unwrap();
    for (_, answer) in connector.deliver(0, actions(4), None, None).await {
        assert!(!answer.unwrap_err().may_have_been_sent());
    }
}

#[tokio::test]
async fn a_scorer_that_answers_half_broke_the_contract() {
    let world = World::new().await;
    let connector = world.connect("half").await;
    for answer in connector.assess(dossiers(20)).await {
        assert!(matches!(answer, Err(Fault::Contract { .. })));
    }
}

#[tokio::test]
async fn a_sink_that_answers_half_leaves_the_rest_unknown() {
    let world = World::new().await;
    let connector = world.connect("half").await;
    let answers = connector.deliver(0, actions(6), None, None).await;
    for (i, (_, answer)) in answers.iter().enumerate() {
        match answer {
            Ok(receipt) => assert!(i < 3 && receipt.reference == format!("a{i}")),
            Err(fault) => {
                assert!(i >= 3 && *fault == Fault::NoAnswer);
                assert_eq!(fault.class(), Class::Unknown);
            }
        }
    }
}

#[tokio::test]
async fn answers_for_strangers_and_second_answers_are_ignored() {
    let world = World::new().await;
    let connector = world.connect("strangers").await;
    let answers = connector.deliver(0, actions(3), None, None).await;
    assert_eq!(answers.len(), 3);
    for (id, answer) in answers {
        assert_eq!(answer.unwrap().reference, id);
    }
}

#[tokio::test]
async fn a_failure_keeps_its_class_and_an_unknown_class_is_permanent() {
    let world = World::new().await;
    let connector = world.connect("fail:rate-limited").await;
    let fault = connector.assess(vec![dossier("p")]).await.remove(0).unwrap_err();
    assert_eq!(fault.class(), Class::RateLimited);
    let connector = world.connect("fail:invented").await;
    let fault = connector.assess(vec![dossier("p")]).await.remove(0).unwrap_err();
    assert_eq!(fault.class(), Class::Permanent);
    assert!(fault.to_string().contains("invented"), "{fault}");
}

#[tokio::test]
async fn a_role_that_the_plugin_does_not_play_is_a_broken_contract() {
    let world = World::new().await;
    let connector = world.connect("good").await;
    let fault = connector.poll(0, None, 10).await.unwrap_err();
    assert!(matches!(fault, Fault::Contract { .. }), "{fault}");
}

#[tokio::test]
async fn by_default_no_instance_is_used_twice() {
    let world = World::new().await;
    let connector = world.connect("count").await;
    for _ in 0..3 {
        assert_eq!(cues(connector.assess(dossiers(1)).await), [Ok("1".into())]);
    }
}

#[tokio::test]
async fn a_connectors_instance_serves_so_many_calls_and_no_more() {
    let world = World::new().await;
    let mut kept = spec("count");
    kept.isolation = Isolation::Connector { calls: 3 };
    let connector = world.try_connect(kept).await.unwrap();
    let mut counted = Vec::new();
    for _ in 0..5 {
        counted.extend(cues(connector.assess(dossiers(1)).await));
    }
    let expected = ["1", "2", "3", "1", "2"].map(|count| Ok(count.to_owned()));
    assert_eq!(counted, expected);
}

#[tokio::test]
async fn a_connectors_instance_is_retired_on_any_error() {
    let world = World::new().await;
    let mut kept = spec("trap-on:bad");
    kept.isolation = Isolation::Connector { calls: 100 };
    let connector = world.try_connect(kept).await.unwrap();
    for _ in 0..3 {
        let answers = cues(connector.assess(vec![dossier("good"), dossier("bad")]).await);
        assert_eq!(answers[0], Ok("good".into()));
        assert!(answers[1].is_err());
    }
}

#[tokio::test]
async fn more_callers_than_may_run_at_once_wait_and_are_all_answered() {
    let world = World::new().await;
    let mut narrow = spec("good");
    narrow.limits.in_flight = 2;
    let connector = world.try_connect(narrow).await.unwrap();
    let callers: Vec<_> = (0..50)
        .map(|i| {
            let connector = connector.clone();
            tokio::spawn(async move { connector.assess(vec![dossier(&i.to_string())]).await })
        })
        .collect();
    for (i, caller) in callers.into_iter().enumerate() {
        assert_eq!(cues(caller.await.unwrap()), [Ok(i.to_string())]);
    }
}
