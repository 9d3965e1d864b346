use std::time::{Duration, Instant};

use hearken_sandbox::{Fault, Limits};

use crate::support::{World, cues, dossier, dossiers, spec};

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_spinning_guest_is_cut_at_its_limit_while_others_go_on() {
    let world = World::new().await;
    let spinning = world.connect("spin").await;
    let neighbour = world.connect("good").await;
    let began = Instant::now();
    let cut = tokio::spawn(async move { spinning.assess(dossiers(1)).await });
    let mut served = 0;
    while !cut.is_finished() {
        assert!(neighbour.assess(dossiers(1)).await[0].is_ok());
        served += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let took = began.elapsed();
    let fault = cut.await.unwrap().remove(0).unwrap_err();
    let limit = Duration::from_millis(200);
    assert_eq!(fault, Fault::OutOfCpu { limit });
    assert!(took >= limit, "{took:?}");
    assert!(served > 10, "the neighbour was served {served} times in {took:?}");
}

#[tokio::test]
async fn a_record_that_never_ends_costs_only_that_record() {
    let world = World::new().await;
    let mut tight = spec("spin-on:p5");
    tight.limits.cpu = Duration::from_millis(50);
    let connector = world.try_connect(tight).await.unwrap();
    let answers = cues(connector.assess(dossiers(16)).await);
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_ok(), i != 5, "{i}: {answer:?}");
    }
}

#[tokio::test]
async fn a_plugin_that_always_spins_costs_far_less_than_its_batch_times_its_limit() {
    let world = World::new().await;
    let mut tight = spec("spin");
    tight.limits.cpu = Duration::from_millis(20);
    tight.limits.wall = Duration::from_secs(60);
    let connector = world.try_connect(tight).await.unwrap();
    let began = Instant::now();
    let answers = connector.assess(dossiers(256)).await;
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer, Err(Fault::OutOfCpu { .. })))
    );
    // All alone it would be 256 times 20 ms: more than five seconds.
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
}

#[tokio::test]
async fn the_wall_deadline_ends_a_call_that_has_processor_time_left() {
    let world = World::new().await;
    let mut patient = spec("spin");
    patient.limits.cpu = Duration::from_secs(60);
    patient.limits.wall = Duration::from_millis(100);
    let connector = world.try_connect(patient).await.unwrap();
    let fault = connector.assess(dossiers(1)).await.remove(0).unwrap_err();
    let limit = Duration::from_millis(100);
    assert_eq!(fault, Fault::OutOfTime { limit });
    // The guest is gone, not only its answer: with one place in flight the next would wait.
    let fault = connector.assess(dossiers(1)).await.remove(0).unwrap_err();
    assert_eq!(fault, Fault::OutOfTime { limit });
}

#[tokio::test]
async fn a_guest_that_allocates_without_end_is_out_of_memory() {
    let world = World::new().await;
    let mut roomy = spec("allocate");
    roomy.limits.cpu = Duration::from_secs(5);
    let connector = world.try_connect(roomy).await.unwrap();
    let fault = connector.assess(dossiers(1)).await.remove(0).unwrap_err();
    let limit = Limits::default().memory_bytes;
    assert_eq!(fault, Fault::OutOfMemory { limit });
}

#[tokio::test]
async fn a_guest_that_does_not_fit_its_memory_is_out_of_memory_and_not_a_trap() {
    let world = World::new().await;
    let mut tiny = spec("good");
    tiny.limits.memory_bytes = 64 << 10;
    let fault = world.try_connect(tiny).await.unwrap_err();
    assert!(matches!(fault, Fault::OutOfMemory { .. }), "{fault}");
}

#[tokio::test]
async fn texts_that_all_alias_the_same_bytes_are_too_much_output() {
    let world = World::new().await;
    let connector = world.connect("bomb").await;
    let fault = connector.assess(dossiers(1)).await.remove(0).unwrap_err();
    let limit = Limits::default().output_bytes;
    assert_eq!(fault, Fault::TooMuchOutput { limit });
}

#[tokio::test]
async fn dropping_the_caller_ends_the_guest() {
    let world = World::new().await;
    let mut endless = spec("spin-on:bad");
    endless.limits.cpu = Duration::from_secs(3600);
    endless.limits.wall = Duration::from_secs(3600);
    endless.limits.in_flight = 1;
    let connector = world.try_connect(endless).await.unwrap();
    let asked = connector.assess(vec![dossier("bad")]);
    assert!(tokio::time::timeout(Duration::from_millis(50), asked).await.is_err());
    // The only place is free again as soon as the guest is gone.
    let next = connector.assess(vec![dossier("good")]);
    let answers = tokio::time::timeout(Duration::from_secs(10), next).await.unwrap();
    assert!(answers[0].is_ok());
}

#[tokio::test]
async fn a_sandbox_can_be_dropped_while_a_guest_runs() {
    let world = World::new().await;
    let mut endless = spec("spin");
    endless.limits.cpu = Duration::from_secs(3600);
    let connector = world.try_connect(endless).await.unwrap();
    let asked = tokio::spawn(async move { connector.assess(dossiers(1)).await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    asked.abort();
    drop(world);
    assert!(asked.await.unwrap_err().is_cancelled());
}
