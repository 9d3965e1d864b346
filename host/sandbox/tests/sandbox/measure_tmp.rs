use crate::support::{World, dossiers, spec};
use hearken_sandbox::{Isolation, wire};
use std::time::Instant;
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn measure_tmp() {
    let world = World::new().await;
    for isolation in [Isolation::Call, Isolation::Connector { calls: 1_000_000 }] {
        let mut s = spec("good");
        s.isolation = isolation;
        let c = world.try_connect(s).await.unwrap();
        for n in [1usize, 16, 256] {
            let mut batch = dossiers(n);
            for d in &mut batch {
                d.said_before = (0..10)
                    .map(|i| wire::Belief {
                        kind: "interest".into(),
                        name: format!("topic-{i}"),
                        value: 0.5,
                        confidence: 0.5,
                        at: 1,
                        evidence: vec!["some-signal-id-1".into(), "some-signal-id-2".into()],
                        half_life_ms: Some(86_400_000),
                        reason: "Read three pages about it in ten minutes.".into(),
                        extra: vec![],
                    })
                    .collect();
                d.fresh = vec![wire::Signal { id: "some-signal-id-3".into(), kind: "page.viewed".into(), at: 2, identities: vec![wire::Identity { scheme: "anonymous".into(), value: "abcdef-0123456789".into() }], company: None, session: None, about: Some("/pricing".into()), answers: None, properties: r#"{"url":"https://example.com/pricing","path":"/pricing","title":"Pricing"}"#.into(), extra: vec![] }];
            }
            let rounds = 2000 / n.max(4);
            let mut best = f64::MAX;
            for _ in 0..5 {
                let batches: Vec<_> = (0..rounds).map(|_| batch.clone()).collect();
                let t = Instant::now();
                for b in batches {
                    let _ = std::hint::black_box(c.assess(b).await);
                }
                best = best.min(t.elapsed().as_secs_f64() * 1e6 / (rounds * n) as f64);
            }
            println!("MEASURE {isolation:?} batch {n}: {best:.2} us per dossier");
        }
    }
}
